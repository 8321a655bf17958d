"""Planned intervals: whether something that has to happen again and again did so in time (4.2, 7.4, 9.1.2, 9.2, 9.3).

A gap between two past events stays what it was: a lapse. A gap that is still open is due, and ends with the next
event. Both are counted from the same days, so the day something becomes overdue is the day after its limit.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Gap:
    """From one event (or the start) to the next one; `until` is None while nobody has done it."""

    since: date
    due_on: date
    until: date | None


def months_after(on: date, months: int) -> date:
    """The same day so many months later (or earlier, if negative); the last of a month that is too short."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if year > date.max.year else date.min
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def gaps(happened: Iterable[date], months: int, as_of: date, start: date | None = None) -> Iterator[Gap]:
    """Every gap longer than the interval, up to the date that rules. Without a start, the first event begins it."""
    days = sorted(on for on in happened if on <= as_of)
    points = [start, *days] if start is not None and (not days or start < days[0]) else days
    if not points:
        return
    for since, until in zip(points, [*points[1:], None], strict=True):
        due = months_after(since, months)
        if until is None and due < as_of:
            yield Gap(since, due, None)
        elif until is not None and until > due:
            yield Gap(since, due, until)
