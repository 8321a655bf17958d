"""By how much a clock was kept or broken, and how a case stands by all its clocks (8.1 d).

A limit that ends with a day is measured in working days of the organisation, one that ends at an hour in hours
and minutes. A day counts as working by the calendar, weekends assumed where a year has none yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .cases import Case
from .clocks import Clock, Watch
from .moments import LAST_SECOND, end_of

Punctuality = Literal["overdue", "running", "late", "met", "none"]


@dataclass(frozen=True, slots=True)
class Margin:
    """The distance to the due time, always positive. `days` (working days) only for limits that end with a day."""

    after: bool
    days: int | None
    time: timedelta


def margin_of(clock: Clock, watch: Watch) -> Margin | None:
    """Measured to the moment it was done, else to the as-of date; None when nothing was due or was never done."""
    if clock.due_at is None or clock.status == "none" or (clock.done_at is None and clock.status == "late"):
        return None
    reached = clock.done_at or end_of(watch.as_of, watch.zone)
    after = reached.replace(microsecond=0) > clock.due_at
    first, last = sorted((reached, clock.due_at))
    days = _days(first, last, watch) if clock.due_at.time() == LAST_SECOND else None
    return Margin(after, days, last - first)


def _days(first: datetime, last: datetime, watch: Watch) -> int:
    return watch.own.provisional().count(first.date(), last.date())


def punctuality(case: Case) -> tuple[Punctuality, tuple[Clock, ...]]:
    """What a reader of a list wants to know of a case, worst first: what is overdue, what runs (the next due
    first), what was late, else everything in time. A case without clocks (history) says `none`."""
    clocks = case.clocks.values()
    for status in ("overdue", "running", "late", "met"):
        found = tuple(_by_due(clock for clock in clocks if clock.status == status))
        if found:
            return status, found
    return "none", ()


def _by_due(clocks: Iterable[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda clock: clock.due_at.timestamp() if clock.due_at else 0.0)
