"""Streams: how many complaints each type, line, channel, cause … had in each period, and which cases they were (8.4).

A period nobody observed is unknown, not zero. Observed is everything from the start of the system on, and before it
the span of an imported history; a first month that the system saw only in part counts for nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from ..model import System
from .cases import Case
from .moments import CHINA, day, rows, word, words, zone_of
from .periods import DAYS, Period, Unit, period_of

TOTAL, OTHER = "total", "other"
GRAVE = ("S1", "S2")
Key = tuple[str, str]
"""Dimension and value; the value of the total is empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One stream: its cases in order of receipt."""

    dimension: str
    value: str
    cases: tuple[Case, ...]
    days: tuple[date, ...]

    @property
    def name(self) -> str:
        return f"{self.dimension}:{self.value}" if self.value else self.dimension

    def within(self, period: Period) -> tuple[Case, ...]:
        return self.cases[bisect_left(self.days, period.start) : bisect_left(self.days, period.next_start)]

    def count(self, period: Period) -> int:
        return bisect_left(self.days, period.next_start) - bisect_left(self.days, period.start)

    def last_days(self, at: int, days: int) -> tuple[Case, ...]:
        """The cases of the `days` calendar days that end with the case at this place."""
        since = date.fromordinal(max(self.days[at].toordinal() - days + 1, 1))
        return self.cases[bisect_left(self.days, since) : at + 1]


def is_repeat(case: Case) -> bool:
    """A computed or declared repeat; a reasoned "not a repeat" takes it out (corrections 4)."""
    named = word(case.value, "links", "repeat_of") is not None
    return named or (bool(case.repeats.r1 or case.repeats.r2) and not word(case.value, "links", "not_repeat_reason"))


def is_other(case: Case) -> bool:
    """Nobody found a type that fits."""
    return next(iter(words(case.value, "types")), OTHER) == OTHER


def _faults(case: Case) -> Iterator[str]:
    """The same cause in the same lot, and in the same process (requirements 5.3)."""
    cause = case.cause
    for key in ("batch", "process"):
        named = word(case.value, key)
        if cause and named:
            yield f"{cause}/{named}"


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """All streams; `start` and `history` say what was observed."""

    cases: tuple[Case, ...]
    as_of: date
    start: date | None
    history: tuple[date, date] | None
    lines: Mapping[str, str]
    memory: dict[str, tuple[Stream, ...]]
    zone: tzinfo = CHINA

    def streams(self, dimension: str, only: Sequence[str] = ()) -> tuple[Stream, ...]:
        """The streams of a dimension in which anything ever came in; the total always."""
        if dimension not in self.memory:
            self.memory[dimension] = tuple(self._made(dimension))
        return tuple(one for one in self.memory[dimension] if not only or one.value in only)

    def _made(self, dimension: str) -> Iterator[Stream]:
        found: dict[str, list[Case]] = {"": []} if dimension == TOTAL else {}
        for case in self.cases:
            if dimension == "fault":
                for fault in _faults(case):
                    found.setdefault(fault, []).append(case)
            elif (value := self.value(case, dimension)) is not None:
                found.setdefault(value, []).append(case)
        for name in sorted(found):
            kept = tuple(found[name])
            yield Stream(dimension, name, kept, tuple(case.received.on for case in kept))

    def value(self, case: Case, dimension: str) -> str | None:
        """Where a case belongs; by type it belongs to its primary type only (K03)."""
        if dimension == TOTAL:
            return ""
        if dimension == "type":
            return next(iter(words(case.value, "types")), None)
        if dimension == "repeat":
            return "R1-R2" if is_repeat(case) else None
        if dimension == "grave":
            return "-".join(GRAVE) if case.severity in GRAVE else None
        if dimension == "line":
            return self.lines.get(word(case.value, "product") or "")
        if dimension == "cause":
            return case.cause
        if dimension == "severity":
            return case.severity
        return word(case.value, dimension)

    def drawn(self, stream: Stream, name: str, dates: Callable[[Case], date | None]) -> Stream:
        """The same stream by another date, such as that of the follow-up; without those that have none."""
        key = f"{stream.name} {name}"
        if key not in self.memory:
            dated = [(on, case) for case in stream.cases if (on := dates(case)) is not None]
            dated.sort(key=lambda pair: pair[0])
            cases, days = tuple(case for _, case in dated), tuple(on for on, _ in dated)
            self.memory[key] = (Stream(stream.dimension, stream.value, cases, days),)
        return self.memory[key][0]

    def observed(self, period: Period) -> bool:
        if self.start is not None and period.start >= self.start:
            return True
        if self.history is None:
            return False
        first, last = self.history
        whole = period_of(first, period.unit) <= period <= period_of(last, period.unit)
        return whole or (self.start is None and period.start >= first)

    def first(self, unit: Unit) -> Period | None:
        """The first observed period."""
        known = [day for day in (self.start, self.history and self.history[0]) if day]
        if not known:
            return None
        period = period_of(min(known), unit)
        return period if self.observed(period) else period.shifted(1)

    def ended(self, period: Period) -> bool:
        return period.next_start <= self.as_of


def ledger_of(system: System, cases: Sequence[Case]) -> Ledger:
    """Streams over every counted complaint up to the date that rules."""
    start = day(system.organisation, "system_effective_on")
    counted = [case for case in cases if case.counted and case.received.on <= system.as_of]
    counted.sort(key=lambda case: (case.received.at, case.id))
    before = [case.received.on for case in counted if start is None or case.received.on < start]
    lines = {str(row.get("id")): str(row["line"]) for row in rows(system.organisation, "products") if row.get("line")}
    history = (before[0], before[-1]) if before else None
    return Ledger(tuple(counted), system.as_of, start, history, lines, {}, zone_of(system.organisation))


class Exposures:
    """What complaints relate to, month by month: orders, customers or services (K02), and the traffic of channels.

    A month without a record is unknown, and a week or a day has none of its own.
    """

    def __init__(self, system: System) -> None:
        self._months: dict[str, Mapping[str, Any]] = {
            str(entry.value.get("period")): entry.value for entry in system.of("exposure")
        }
        self._traffic: dict[str, dict[str, int]] = {}
        for entry in system.of("channel-count"):
            month = self._traffic.setdefault(str(entry.value.get("period")), {})
            for row in rows(entry.value, "items"):
                month[str(row.get("channel"))] = _contacts(row)

    def of(self, period: Period, measure: str) -> float | None:
        """The exposure of a period; None when a month of it is missing or has nothing to relate to."""
        total = _summed(period, lambda month: self._months.get(month, {}).get(measure))
        return float(total) if total else None

    def traffic(self, period: Period, channel: str) -> int | None:
        """What the source system of a channel counted in a period; None without a counter."""
        return _summed(period, lambda month: self._traffic.get(month, {}).get(channel))


def _contacts(row: Mapping[str, Any]) -> int:
    """All that came in through the channel; of a source that excludes nothing these are its complaints."""
    found = row.get("before_exclusion", row.get("count"))
    return found if isinstance(found, int) else -1


def _summed(period: Period, of: Callable[[str], Any]) -> int | None:
    total, month = 0, period_of(period.start, "month")
    if period.unit in DAYS:
        return None
    while month.start <= period.end:
        found = of(month.label)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            return None
        total, month = total + found, month.shifted(1)
    return total
