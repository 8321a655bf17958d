"""Monitoring periods: months and quarters as the organisation named them, with their neighbours (8.4, 9.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["month", "quarter"]
PER_YEAR = {"month": 12, "quarter": 4}
WRITTEN = re.compile(r"([0-9]{4})-(Q?)([0-9]{1,2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month or quarter; `number` counts them from year 0, so neighbours differ by one."""

    unit: Unit
    number: int

    @property
    def label(self) -> str:
        year, part = divmod(self.number, PER_YEAR[self.unit])
        return f"{year:04d}-{part + 1:02d}" if self.unit == "month" else f"{year:04d}-Q{part + 1}"

    @property
    def start(self) -> date:
        year, part = divmod(self.number, PER_YEAR[self.unit])
        if not date.min.year <= year <= date.max.year:
            return date.min if year < date.min.year else date.max
        return date(year, part * (12 // PER_YEAR[self.unit]) + 1, 1)

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
    per_year = PER_YEAR[unit]
    return Period(unit, day.year * per_year + (day.month - 1) // (12 // per_year))


def period_named(label: str | None) -> Period | None:
    """`2026-10` or `2026-Q3`; None for anything else."""
    found = WRITTEN.fullmatch(label or "")
    if found is None:
        return None
    unit: Unit = "quarter" if found[2] else "month"
    part = int(found[3]) - 1
    if not 0 <= part < PER_YEAR[unit] or not date.min.year <= int(found[1]) < date.max.year:
        return None
    return Period(unit, int(found[1]) * PER_YEAR[unit] + part)
