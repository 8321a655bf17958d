"""Monitoring periods: months and quarters as the organisation named them, weeks and days for surges (8.4, 9.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "quarter"]
PER_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4}
DAYS = {"day": 1, "week": 7}
WRITTEN = re.compile(r"([0-9]{4})-([QW]?)([0-9]{1,2})(?:-([0-9]{2}))?")
UNITS: dict[str, Unit] = {"": "month", "Q": "quarter", "W": "week"}
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, week (from Monday), month or quarter; `number` counts them, so neighbours differ by one."""

    unit: Unit
    number: int

    @property
    def label(self) -> str:
        """`2026-10`, `2026-Q4`, `2026-W41` (ISO 8601), `2026-10-07`."""
        if self.unit in DAYS:
            year, week, _ = self.start.isocalendar()
            return f"{year:04d}-W{week:02d}" if self.unit == "week" else self.start.isoformat()
        year, part = divmod(self.number, PER_YEAR[self.unit])
        return f"{year:04d}-{part + 1:02d}" if self.unit == "month" else f"{year:04d}-Q{part + 1}"

    @property
    def start(self) -> date:
        if self.unit in DAYS:
            ordinal = self.number * DAYS[self.unit] + 1
            return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
        year, part = divmod(self.number, PER_YEAR[self.unit])
        if not date.min.year <= year <= date.max.year:
            return date.min if year < date.min.year else date.max
        return date(year, part * MONTHS[self.unit] + 1, 1)

    @property
    def next_start(self) -> date:
        """The first day after it; a period has ended when this day has come."""
        return self.shifted(1).start

    @property
    def end(self) -> date:
        return self.next_start - timedelta(days=1)

    def shifted(self, by: int) -> Period:
        return Period(self.unit, self.number + by)


def period_of(day: date, unit: Unit) -> Period:
    """The period that holds a day."""
    if unit in DAYS:
        return Period(unit, (day.toordinal() - 1) // DAYS[unit])
    return Period(unit, day.year * PER_YEAR[unit] + (day.month - 1) // MONTHS[unit])


def spread(first: Period, last: Period) -> list[Period]:
    """All periods from one to another."""
    return [Period(first.unit, number) for number in range(first.number, last.number + 1)]


def period_named(label: str | None) -> Period | None:
    """The period of a label; None for anything else."""
    found = WRITTEN.fullmatch(label or "")
    if found is None or not date.min.year <= int(found[1]) < date.max.year:
        return None
    year, unit, part = int(found[1]), UNITS[found[2]], int(found[3])
    try:
        if found[4]:
            return None if found[2] else period_of(date.fromisoformat(f"{year:04d}-{part:02d}-{found[4]}"), "day")
        if unit == "week":
            return period_of(date.fromisocalendar(year, part, 1), unit)
    except ValueError:
        return None
    return Period(unit, year * PER_YEAR[unit] + part - 1) if 1 <= part <= PER_YEAR[unit] else None
