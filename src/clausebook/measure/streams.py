"""Streams: how many complaints each type, line, channel, cause … had in each period, and which cases they were (8.4).

A period nobody observed is unknown, not zero. Observed is everything from the start of the system on, and before it
the span of an imported history; a first month that the system saw only in part counts for nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import System
from .cases import Case
from .moments import day, rows, word, words
from .periods import Period, Unit, period_of

TOTAL = "total"
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


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """All streams; `start` and `history` say what was observed."""

    cases: tuple[Case, ...]
    as_of: date
    start: date | None
    history: tuple[date, date] | None
    lines: Mapping[str, str]
    memory: dict[str, tuple[Stream, ...]]

    def streams(self, dimension: str, only: Sequence[str] = ()) -> tuple[Stream, ...]:
        """The streams of a dimension in which anything ever came in; the total always."""
        if dimension not in self.memory:
            self.memory[dimension] = tuple(self._made(dimension))
        return tuple(one for one in self.memory[dimension] if not only or one.value in only)

    def _made(self, dimension: str) -> Iterator[Stream]:
        found: dict[str, list[Case]] = {"": []} if dimension == TOTAL else {}
        for case in self.cases:
            value = self.value(case, dimension)
            if value is not None:
                found.setdefault(value, []).append(case)
        for value in sorted(found):
            kept = tuple(found[value])
            yield Stream(dimension, value, kept, tuple(case.received.on for case in kept))

    def value(self, case: Case, dimension: str) -> str | None:
        """Where a case belongs; by type it belongs to its primary type only (K03)."""
        if dimension == TOTAL:
            return ""
        if dimension == "type":
            return next(iter(words(case.value, "types")), None)
        if dimension == "line":
            return self.lines.get(word(case.value, "product") or "")
        if dimension == "cause":
            return word(case.value, "cause", "group")
        if dimension == "severity":
            return case.severity
        return word(case.value, dimension)

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
    return Ledger(tuple(counted), system.as_of, start, (before[0], before[-1]) if before else None, lines, {})


class Exposures:
    """Orders, customers or services of each month (K02); a month without a record is unknown."""

    def __init__(self, system: System) -> None:
        self._months: dict[str, Mapping[str, Any]] = {
            str(entry.value.get("period")): entry.value for entry in system.of("exposure")
        }

    def of(self, period: Period, measure: str) -> float | None:
        """The exposure of a period; None when a month of it is missing or has nothing to relate to."""
        total, month = 0, period_of(period.start, "month")
        while month.start <= period.end:
            found = self._months.get(month.label, {}).get(measure)
            if not isinstance(found, int) or isinstance(found, bool):
                return None
            total, month = total + found, month.shifted(1)
        return float(total) if total > 0 else None
