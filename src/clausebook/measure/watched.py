"""Control charts of the streams (8.4): what was counted, the level before, and the limit of the rule in each period.

The same numbers that `alerts` judges by, also where they raised no alarm: a chart that is computed apart from the
rule would one day show something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..model import System
from .alarm_statistics import METHODS, Question, exact_limit
from .alarm_values import unit_of
from .alerts import KIND, earlier_periods, lookback, plain_limit
from .baselines import Baseline, Watchers, alpha_of, baseline_of, streams_of
from .cases import Complaints
from .criteria import Criteria
from .moments import rows, words
from .periods import Period, period_of
from .streams import Exposures, Ledger, Stream, ledger_of

REMEMBERING = ("ewma", "cusum")
"""These look at a sum over many periods; their chart shows that sum instead of the counts."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One period of one stream. None: it was not observed, or the rule has no such line there."""

    period: Period
    value: float | None
    centre: float | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One rule on one stream over the last periods, oldest first."""

    rule: str
    method: str
    stream: str
    points: tuple[Observed, ...]

    @property
    def peak(self) -> float:
        return max((point.value or 0.0 for point in self.points), default=0.0)


def watched_streams(system: System, complaints: Complaints, count: int) -> tuple[Watched, ...]:
    """Every stream under every rule in force that judges whole periods, over the last `count` of them."""
    criteria = complaints.criteria
    version = criteria.at(KIND, system.as_of)
    if not version:
        return ()
    ledger = ledger_of(system, complaints.cases)
    now = period_of(system.as_of, unit_of(version))
    periods = [now.shifted(-back) for back in range(count - 1, -1, -1)]
    watchers = Watchers(ledger, Exposures(system), tuple(row for _, _, row in criteria.versions.get(KIND, ())))
    return (*_plain(ledger, criteria, version, periods), *_statistical(watchers, version, periods))


def _plain(
    ledger: Ledger, criteria: Criteria, version: Mapping[str, Any], periods: Sequence[Period]
) -> Iterator[Watched]:
    for rule in rows(version, "rules"):
        if "window_calendar_days" not in rule:
            for stream in ledger.streams(str(rule.get("dimension")), words(rule, "values")):
                points = tuple(_plain_point(ledger, criteria, str(rule.get("id")), stream, p) for p in periods)
                yield Watched(str(rule.get("id")), "plain", stream.name, points)


def _plain_point(ledger: Ledger, criteria: Criteria, name: str, stream: Stream, period: Period) -> Observed:
    """By the version of the rule in force at the end of the period, as the alarm itself."""
    if not ledger.observed(period):
        return Observed(period, None, None, None)
    count = float(stream.count(period))
    version = criteria.at(KIND, min(period.end, ledger.as_of))
    rule = next((row for row in rows(version, "rules") if row.get("id") == name), None)
    if rule is None or unit_of(version) != period.unit:
        return Observed(period, count, None, None)
    earlier = earlier_periods(ledger, period, lookback(version))
    mean = Fraction(sum(map(stream.count, earlier)), len(earlier)) if earlier else None
    return Observed(period, count, None if mean is None else float(mean), float(plain_limit(rule, mean)))


def _statistical(watchers: Watchers, version: Mapping[str, Any], periods: Sequence[Period]) -> Iterator[Watched]:
    for rule in rows(version, "statistical"):
        method = str(rule.get("method", "exact"))
        if method not in METHODS:
            continue
        alpha = alpha_of(watchers, version, rule)
        for stream in streams_of(watchers, rule):
            baseline = baseline_of(watchers, rule, stream, periods[-1].unit)
            if isinstance(baseline, Baseline):
                asked = [Question(watchers, version, rule, stream, p, alpha, baseline) for p in periods]
                yield Watched(str(rule.get("id")), method, stream.name, tuple(_judged(q, method) for q in asked))


def _judged(question: Question, method: str) -> Observed:
    ledger, period, size = question.watchers.ledger, question.period, question.size()
    if not ledger.observed(period):
        return Observed(period, None, None, None)
    judged = period > question.baseline.periods[-1] and ledger.ended(period) and size is not None
    if method in REMEMBERING:
        verdict = METHODS[method](question) if judged else None
        return Observed(period, verdict.value if verdict else None, None, verdict.limit if verdict else None)
    limit = None
    if judged:
        limit = float(exact_limit(question)) if method == "exact" else METHODS[method](question).limit
    centre = None if size is None else question.baseline.rate * size
    return Observed(period, float(question.stream.count(period)), centre, limit)
