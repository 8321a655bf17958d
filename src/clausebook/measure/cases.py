"""Every complaint as a case: its state, severity, clocks and repeats, derived anew from the facts (3.3, 3.4).

What was received before the system began (`system_effective_on`), and what was imported from an older log, is
counted but runs no clock: nobody is judged by rules that did not exist (corrections 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..model import Entry, System
from .calendar import working_days
from .clocks import Clock, Watch
from .collector import uncollected
from .criteria import Criteria, criteria_of
from .moments import Receipt, child, day, end_of, inner, read, receipt, rows, word, zone_of
from .repeats import NONE, WINDOW_DAYS, Candidate, Repeats, repeats_of
from .rounds import Round
from .stages import Facts, clocks, facts_of, triggered
from .states import NOT_COUNTED, last_reaction, state_of

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
    facts: Facts
    """What was read of the record for its clocks: rounds with their moments, pauses."""

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def value(self) -> Mapping[str, Any]:
        return self.entry.value

    @property
    def cause(self) -> str | None:
        """The group of causes it was put into, once somebody has looked for the cause (8.4)."""
        return word(self.value, "cause", "group")

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


@uncollected()
def complaints_of(system: System) -> Complaints:
    watch = watch_of(system)
    start = day(system.organisation, "system_effective_on")
    kept = [_read(entry, at, watch) for entry in system.of("complaint") if (at := received(entry.value, watch))]
    repeats = repeats_of([_candidate(entry, facts) for entry, facts in kept if _counted(facts)])
    cases = tuple(_case(entry, facts, start, repeats.get(entry.id, NONE)) for entry, facts in kept)
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
    return receipt(read(value.get("received_at"), watch.zone), day(value.get("received_on")), watch.zone)


def person_of(value: Mapping[str, Any]) -> str | None:
    """The person token; an anonymous complainant, and a record without a token, has none."""
    named = word(inner(value, "complainant"), "ref")
    return None if named is None or named == "anonymous" else named


def _read(entry: Entry, at: Receipt, watch: Watch) -> tuple[Entry, Facts]:
    value = entry.value
    said = inner(value, "complainant").get("contactable")
    return entry, facts_of(value, watch, at, said if isinstance(said, bool) else not _anonymous(value))


def _anonymous(value: Mapping[str, Any]) -> bool:
    complainant = inner(value, "complainant")
    return "anonymous" in (complainant.get("ref"), complainant.get("category"))


def _candidate(entry: Entry, facts: Facts) -> Candidate:
    window = facts.watch.criteria.threshold("repeat", "lookback_calendar_days", facts.on)
    value = entry.value
    logged = day(value, "imported", "closed_on") if "imported" in value else None
    closed = facts.turns[-1].closed or (end_of(logged, facts.watch.zone) if logged else None)
    return Candidate(
        entry.id, value, facts.received, closed, person_of(value), int(window or WINDOW_DAYS),
        word(value, "product"), word(inner(value, "cause"), "group"), word(value, "order"),
    )  # fmt: skip


def _case(entry: Entry, facts: Facts, start: date | None, repeats: Repeats) -> Case:
    value, watch, last = entry.value, facts.watch, facts.turns[-1]
    before, imported = start is not None and facts.on < start, bool(value.get("imported"))
    return Case(
        entry=entry,
        state=state_of(value, last, watch.criteria, watch.own, watch.zone, watch.as_of, facts.on),
        severity=facts.severity,
        received=facts.received,
        counted=_counted(facts),
        started_before_system=before,
        imported=imported,
        anonymous=_anonymous(value),
        contactable=facts.contactable,
        triggers=tuple(triggered(value)),
        clocks=NO_CLOCKS if before or imported else clocks(facts),
        repeats=repeats,
        reaction=word(last_reaction(last.value), "answer") or _at_once(last.value),
        first_reaction=word(value, "reaction", "answer") or _at_once(value),
        closed_at=last.closed,
        closure_basis=last.basis,
        reopened=len(facts.turns) - 1,
        follow_up_outcome=_asked(facts.turns),
        facts=facts,
    )


def _counted(facts: Facts) -> bool:
    return facts.turns[-1].basis not in NOT_COUNTED


def _at_once(part: Mapping[str, Any]) -> str | None:
    return "accepted" if inner(part, "first_contact").get("accepted") is True else None


def _asked(turns: Sequence[Round]) -> str | None:
    """scored, refused, attempts or none; the last round that was followed up decides."""
    for turn in reversed(turns):
        follow_up = turn.value.get("follow_up")
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
