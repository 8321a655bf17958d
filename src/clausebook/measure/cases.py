"""Every complaint as a case: its state, severity, clocks and repeats, derived anew from the facts (3.3, 3.4).

What was received before the system began (`system_effective_on`), and what was imported from an older log, is
counted but runs no clock: nobody is judged by rules that did not exist (corrections 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..model import Entry, System
from .calendar import working_days
from .clocks import Clock, Watch
from .criteria import Criteria, criteria_of
from .moments import Receipt, child, day, end_of, moment, receipt, rows, word, zone_of
from .repeats import NONE, WINDOW_DAYS, Candidate, Repeats, repeats_of
from .stages import clocks_of, severity_of, triggered
from .states import NOT_COUNTED, last_reaction, last_round, rounds, state_of

NO_CLOCKS: Mapping[str, Clock] = {}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Case:
    """One complaint. `counted`: it is a complaint of its own (no duplicate, not found to be none)."""

    entry: Entry
    state: str
    severity: str | None
    received: Receipt
    counted: bool
    started_before_system: bool
    imported: bool
    anonymous: bool
    contactable: bool
    triggers: tuple[str, ...]
    clocks: Mapping[str, Clock]
    repeats: Repeats
    reaction: str | None
    first_reaction: str | None
    closed_at: datetime | None
    closure_basis: str | None
    reopened: int
    follow_up_outcome: str | None

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def value(self) -> Mapping[str, Any]:
        return self.entry.value

    @property
    def judged(self) -> bool:
        """False for history: it counts in trends but is held against no rule of behaviour."""
        return not self.started_before_system and not self.imported

    @property
    def open(self) -> bool:
        """What came from an older log is as open as that log said."""
        ended = child(self.value, "imported", "state") == "closed" or child(self.value, "imported", "closed_on")
        return self.closed_at is None and not ended


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Complaints:
    """All cases in path order, and what they were judged by. `missing_years`: year → cases that need it."""

    cases: tuple[Case, ...]
    watch: Watch
    missing_years: Mapping[int, tuple[str, ...]]

    @property
    def criteria(self) -> Criteria:
        return self.watch.criteria


def complaints_of(system: System) -> Complaints:
    watch = watch_of(system)
    start = day(system.organisation, "system_effective_on")
    kept = [(entry, at) for entry in system.of("complaint") if (at := received(entry.value, watch)) is not None]
    repeats = repeats_of([_candidate(entry, at, watch) for entry, at in kept if _counted(entry.value)])
    cases = tuple(_case(entry, at, watch, start, repeats.get(entry.id, NONE)) for entry, at in kept)
    missing: dict[int, list[str]] = {}
    for case in cases:
        for year in {c.missing_year for c in case.clocks.values() if c.missing_year and c.status != "none"}:
            missing.setdefault(year, []).append(case.id)
    return Complaints(cases, watch, {year: tuple(ids) for year, ids in sorted(missing.items())})


def watch_of(system: System) -> Watch:
    """What the clocks of this organisation need."""
    calendars = list(system.of("calendar"))
    return Watch(
        criteria_of(system), working_days(calendars), working_days(calendars, legal=True),
        zone_of(system.organisation), system.as_of, tuple(rows(system.organisation, "business_hours")),
    )  # fmt: skip


def received(value: Mapping[str, Any], watch: Watch) -> Receipt | None:
    return receipt(moment(value, watch.zone, "received_at"), day(value, "received_on"), watch.zone)


def person_of(value: Mapping[str, Any]) -> str | None:
    """The person token; an anonymous complainant, and a record without a token, has none."""
    named = word(value, "complainant", "ref")
    return None if named is None or named == "anonymous" else named


def _candidate(entry: Entry, at: Receipt, watch: Watch) -> Candidate:
    window = watch.criteria.threshold("repeat", "lookback_calendar_days", at.on)
    closed = moment(last_round(entry.value), watch.zone, "closure", "at")
    logged = day(entry.value, "imported", "closed_on")
    return Candidate(
        entry.id, entry.value, at, closed or (end_of(logged, watch.zone) if logged else None), person_of(entry.value),
        int(window or WINDOW_DAYS),
    )  # fmt: skip


def _case(entry: Entry, at: Receipt, watch: Watch, start: date | None, repeats: Repeats) -> Case:
    value, part = entry.value, last_round(entry.value)
    before = start is not None and at.on < start
    imported = bool(child(value, "imported"))
    anonymous = "anonymous" in (word(value, "complainant", "ref"), word(value, "complainant", "category"))
    said = child(value, "complainant", "contactable")
    contactable = said if isinstance(said, bool) else not anonymous
    basis = word(part, "closure", "basis")
    return Case(
        entry=entry,
        state=state_of(value, watch.criteria, watch.own, watch.zone, watch.as_of, at.on),
        severity=severity_of(value),
        received=at,
        counted=_counted(value),
        started_before_system=before,
        imported=imported,
        anonymous=anonymous,
        contactable=contactable,
        triggers=tuple(triggered(value)),
        clocks=NO_CLOCKS if before or imported else clocks_of(value, watch, at, contactable),
        repeats=repeats,
        reaction=word(last_reaction(part), "answer") or _at_once(part),
        first_reaction=word(value, "reaction", "answer") or _at_once(value),
        closed_at=moment(part, watch.zone, "closure", "at"),
        closure_basis=basis,
        reopened=len(rows(value, "reopenings")),
        follow_up_outcome=_asked(value),
    )


def _counted(value: Mapping[str, Any]) -> bool:
    return word(last_round(value), "closure", "basis") not in NOT_COUNTED


def _at_once(part: Mapping[str, Any]) -> str | None:
    return "accepted" if child(part, "first_contact", "accepted") is True else None


def _asked(value: Mapping[str, Any]) -> str | None:
    """scored, refused, attempts or none; the last round that was followed up decides."""
    for part in reversed(rounds(value)):
        follow_up = child(part, "follow_up")
        if not isinstance(follow_up, dict):
            continue
        if isinstance(follow_up.get("process_score"), int) or isinstance(follow_up.get("outcome_score"), int):
            return "scored"
        outcomes = {row.get("outcome") for row in rows(follow_up, "attempts")}
        if outcomes & {"refused", "not-allowed"}:
            return "refused"
        if outcomes:
            return "attempts"
    return "none"
