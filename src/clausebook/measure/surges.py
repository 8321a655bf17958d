"""Surges: a day or a week against the seven before it, which no monthly rule sees in time (8.4).

The window of EARS C2 (`ears_charts`): two periods between it and the day, so that a rise does not hide itself. The
limit is that of a prediction from seven values (Student's t, not the normal one, which alarms ten times as often as
it says), and the spread is never below what chance alone gives to a count.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from .alarm_values import Alarm, Note, Silence, sentence_of, unit_of_rule, version_of
from .baselines import Watchers, alpha_of, streams_of
from .chances import smallest
from .ears_charts import LAG, WINDOW
from .intervals import student
from .moments import day, rows
from .periods import Period, Unit, period_of
from .series import deviation, mean
from .streams import Ledger, Stream

METHOD = "surge"
FEWEST = 3
"""Fewer than this is no surge at any level: the limit of an empty window lies above two."""
GAP = LAG["ears-c2"]
BUILT_IN = "built-in"
HISTORY: Mapping[str, Any] = {"id": "history-surge", "method": METHOD, "alpha": 0.001}
HISTORY_DIMENSIONS = ("total", "type", "line", "channel", "site", "provider")
"""What an imported history is looked through for, by a rule of our own: nobody had rules then."""


def surges(watchers: Watchers, begin: date | None) -> Iterator[Alarm]:
    """Alarms of every surge rule, each period by the version in force at its end."""
    for version in watchers.versions if begin else ():
        since = day(version, "effective_from_on") or date.max
        last = day(version, "effective_to_on") or date.max
        for rule in rows(version, "statistical"):
            if rule.get("method") == METHOD:
                alpha, unit = alpha_of(watchers, version, rule), unit_of_rule(version, rule)
                for stream in streams_of(watchers, rule):
                    for period in _candidates(watchers.ledger, stream, unit, max(since, begin or since)):
                        if period.end <= last:
                            yield from _judged(watchers.ledger, stream, period, rule, version_of(version), alpha)


def surges_in_history(ledger: Ledger, begin: date | None) -> Iterator[Alarm]:
    """What the rules would have seen before they began; it explains the trend and asks nobody for an answer."""
    for dimension in HISTORY_DIMENSIONS:
        for stream in ledger.streams(dimension):
            for period in _candidates(ledger, stream, "day", date.min, begin or date.max):
                yield from _judged(ledger, stream, period, HISTORY, BUILT_IN, HISTORY["alpha"])


def _candidates(ledger: Ledger, stream: Stream, unit: Unit, since: date, before: date = date.max) -> Iterator[Period]:
    """The ended periods, with their ends from one day on and their beginnings before another, that hold enough."""
    first, last = bisect_left(stream.days, period_of(since, unit).start), bisect_left(stream.days, before)
    for period, cases in groupby(stream.days[first:last], partial(period_of, unit=unit)):
        if sum(1 for _ in cases) >= FEWEST and period.end >= since and ledger.ended(period):
            yield period


def _judged(
    ledger: Ledger, stream: Stream, period: Period, rule: Mapping[str, Any], version: str, alpha: float
) -> Iterator[Alarm]:
    window = window_of(ledger, period)
    if not window:
        return
    counts = [float(stream.count(one)) for one in window]
    count, tail = stream.count(period), partial(surge_chance, counts)
    p = tail(count)
    if p < alpha:
        limit = smallest(tail, alpha, int(mean(counts)) + 1)
        yield Alarm(
            stream.name, period, str(rule.get("id")), version, "statistical", count, limit, mean(counts), len(window),
            p, period.next_start, False, tuple(case.id for case in stream.within(period)), sentence_of(rule),
            method=METHOD, historical=version == BUILT_IN,
        )  # fmt: skip


def window_of(ledger: Ledger, period: Period) -> list[Period]:
    """The periods it is compared with; nothing when one of them was not observed."""
    found = [period.shifted(-GAP - n) for n in range(WINDOW, 0, -1)]
    return found if all(map(ledger.observed, found)) else []


def surge_chance(window: list[float], count: int) -> float:
    """The chance of `count` or more in a period like those of the window (two values or more)."""
    middle = mean(window)
    spread = max(deviation(window), math.sqrt(max(middle, 1.0))) * math.sqrt(1 + 1 / len(window))
    return 1 - student((count - middle) / spread, len(window) - 1) if count > middle else 1.0


def surge_silence(watchers: Watchers, version: Mapping[str, Any]) -> Iterator[Silence]:
    """Surge rules that cannot compare the last ended period yet."""
    for rule in rows(version, "statistical"):
        if rule.get("method") != METHOD:
            continue
        last = period_of(watchers.ledger.as_of, unit_of_rule(version, rule)).shifted(-1)
        if not window_of(watchers.ledger, last):
            for stream in streams_of(watchers, rule):
                yield Silence(str(rule.get("id")), stream.name, Note("few-days", {"least": WINDOW + GAP}))
