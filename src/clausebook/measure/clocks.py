"""The clocks of a complaint (8.1 b and d): when each step was due, by which limit, and whether it was kept.

Due is the earliest among the limits with the same end event: the organisation's own, the date told to the
complainant, the ticket of an authority or platform, the law (requirements 3.4, corrections 39). The day of
receipt is not counted; a limit in days ends at 24:00 of its last day. Own and civil limits never end on a day
off, those of public law may (corrections 40). This is the one definition: rules, pages and indicators read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple

from .calendar import Due, WorkingDays
from .criteria import Criteria, Limit
from .moments import LAST_SECOND, Receipt, day, end_of, later, moment, not_after, rows, shifted

Source = Literal["own", "told", "ticket", "legal"]
Status = Literal["met", "late", "overdue", "running", "none"]


class Clock(NamedTuple):
    """One step: `due_at` None means that nobody set a limit. `missing_year`: the due date is provisional,
    because that year has no calendar yet; it is the earliest possible but for make-up days (corrections 38).
    A tuple, as a hundred thousand cases have a million clocks."""

    event: str
    started_at: datetime
    due_at: datetime | None
    source: Source
    done_at: datetime | None
    status: Status
    missing_year: int | None = None
    limit_id: str = ""

    @property
    def provisional(self) -> bool:
        return self.missing_year is not None

    @property
    def broken(self) -> bool:
        return self.status in ("late", "overdue")


class Candidate(NamedTuple):
    """One limit turned into a moment."""

    at: datetime
    source: Source
    missing_year: int | None = None
    limit_id: str = ""


class Pause(NamedTuple):
    """Waiting for the complainant, told to them: time that own and told limits do not count."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """What clocks need to know of the organisation. `legal` leaves the organisation's own days off out."""

    criteria: Criteria
    own: WorkingDays
    legal: WorkingDays
    zone: tzinfo
    as_of: date
    hours: tuple[Mapping[str, Any], ...]
    memory: dict[tuple[Limit, date, Source], tuple[datetime, int | None]] = field(default_factory=dict)
    """Memory only: last days, since many cases begin on one day."""
    planned: dict[tuple[str, str | None, date, date], tuple[Candidate, ...] | Limit] = field(default_factory=dict)
    """Memory only: own limits by event, severity, day of the criteria and day of the start; hours as they are."""

    def after(self, limit: Limit, start: Receipt, source: Source, limit_id: str = "") -> Candidate:
        """The end of a limit that runs from `start`."""
        if limit.unit == "hours":
            return Candidate(later(start.at, timedelta(hours=limit.value)), source, None, limit_id)
        key = (limit, start.on, source)
        found = self.memory.get(key)
        if found is None:
            found = self.memory[key] = self._last_day(limit, start.on, self.own if source == "own" else self.legal)
        return Candidate(found[0], source, found[1], limit_id)

    def own_limit(self, event: str, severity: str | None, start: Receipt, on: date) -> tuple[Candidate, ...]:
        """What the organisation itself allows for a step that begins at `start`, by the criteria of day `on`."""
        key = (event, severity, on, start.on)
        found = self.planned.get(key)
        if found is None:
            limit = self.criteria.limit(event, severity, on)
            days = () if limit is None else (self.after(limit, start, "own"),)
            found = self.planned[key] = limit if limit is not None and limit.unit == "hours" else days
        return (self.after(found, start, "own"),) if isinstance(found, Limit) else found

    def _last_day(self, limit: Limit, start: date, calendar: WorkingDays) -> tuple[datetime, int | None]:
        if limit.unit == "working-days":
            due = calendar.due(start, limit.days)
            return end_of(due.on, self.zone), _missing(calendar, due, start)
        last = shifted(start, limit.days)
        if not limit.rolls:
            return end_of(last, self.zone), None
        due = calendar.rolled(last)
        return end_of(due.on, self.zone), _missing(calendar, due, last)

    def first_day(self, start: Receipt, channel: str | None, case_day: date) -> Receipt:
        """Own limits may count what comes after hours or on a day off as come on the next working day."""
        version = self.criteria.at("time-limits", case_day)
        if version.get("after_hours") != "next-working-day" or not start.exact:
            return start
        closes = _closes(self.hours, channel)
        late = closes is not None and start.at.strftime("%H:%M") >= closes
        if not late and self.own.provisional().is_working(start.on):
            return start
        return Receipt(start.at, self.own.due(start.on, 1).on, True)

    def lengthened(self, due: Candidate, pauses: list[Pause], cap: int) -> Candidate:
        """A limit moved by its pauses, up to the cap; working days for a limit in days, else plain time."""
        before = [pause for pause in pauses if pause.start <= due.at]
        if not before:
            return due
        if due.at.time() != LAST_SECOND:
            waited = sum((pause.end - pause.start for pause in before), timedelta())
            moved = later(due.at, min(waited, timedelta(days=cap)))
            return Candidate(moved, due.source, due.missing_year, due.limit_id)
        calendar = self.own.provisional()
        days = sum(calendar.count(pause.start.date(), pause.end.date()) for pause in before)
        last = self.own.due(due.at.date(), min(days, cap))
        missing = _missing(self.own, last, due.at.date())
        return Candidate(end_of(last.on, self.zone), due.source, due.missing_year or missing, due.limit_id)

    def clock(
        self, event: str, start: datetime, candidates: Sequence[Candidate], done: datetime | None,
        ended: datetime | None,
    ) -> Clock:  # fmt: skip
        """The verdict. `ended`: the case ended without this step, which then is only asked for if it was due."""
        if not candidates:
            return Clock(event, start, None, "own", done, "none")
        due = candidates[0] if len(candidates) == 1 else min(candidates, key=lambda candidate: candidate.at)
        return Clock(
            event, start, due.at, due.source, done, self.status(due.at, done, ended), due.missing_year, due.limit_id
        )

    def status(self, due: datetime, done: datetime | None, ended: datetime | None = None) -> Status:
        """A day is over once it is over: what is due on the as-of date itself still runs."""
        if done is not None:
            return "met" if not_after(done, due) else "late"
        if ended is not None:
            return "none" if not_after(ended, due) else "late"
        return "overdue" if due.date() < self.as_of else "running"


def _missing(calendar: WorkingDays, due: Due, start: date) -> int | None:
    """The first year without a calendar on the way to a provisional due date."""
    if not due.provisional:
        return None
    return next((year for year in range(start.year, due.on.year + 1) if year not in calendar.files), due.on.year)


def _closes(hours: tuple[Mapping[str, Any], ...], channel: str | None) -> str | None:
    general = None
    for row in hours:
        channels = row.get("channels")
        if isinstance(channels, list) and channel in channels:
            return str(row.get("closes"))
        if not channels and not row.get("sites") and general is None:
            general = str(row.get("closes"))
    return general


def pauses_of(value: Mapping[str, Any], zone: tzinfo, as_of: date) -> list[Pause]:
    """Pauses that count: only those the complainant was told of; an open one lasts until the as-of date."""
    found: list[Pause] = []
    if not value.get("pauses"):
        return found
    for row in rows(value, "pauses"):
        start, told = moment(row, zone, "started_at"), moment(row, zone, "told_complainant_at")
        end = moment(row, zone, "ended_at") or end_of(as_of, zone)
        if row.get("reason_code") == "waiting_for_complainant" and start and told and start < end:
            found.append(Pause(start, end))
    return found


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension and whether it counts: told to the complainant before the old date was over, and later."""

    new_on: date
    old_on: date
    told_at: datetime | None
    counts: bool


def extensions_of(value: Mapping[str, Any], zone: tzinfo, due: date, most: int) -> Iterator[Extension]:
    """Extensions in order, the first against `due`. One that was told late leaves the old date in force."""
    for number, row in enumerate(rows(value, "extensions"), 1):
        new, told = day(row, "new_due_on"), moment(row, zone, "told_complainant_at")
        if new is None:
            continue
        counts = told is not None and told.date() <= due and new > due and number <= most
        yield Extension(new, due, told, counts)
        due = new if counts else due
