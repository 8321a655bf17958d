"""5.3 Roles: each is held by somebody who is here, once, with another as deputy, and who has been told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices, within
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

ROLE_VACANT = Rule("role-vacant", "due", "explicit")
HOLDER_NOT_HERE = Rule("role-holder-not-here", "contradiction", "explicit")
HELD_TWICE = Rule("role-held-twice", "contradiction", "own")
DEPUTY_IS_HOLDER = Rule("deputy-is-holder", "contradiction", "own")
DEPUTY_GONE = Rule("deputy-gone", "due", "own")
REPORTING_CIRCLE = Rule("reporting-line-broken", "contradiction", "own")
HOLDER_UNTOLD = Rule("role-holder-untold", "due", "explicit")
RULES = (ROLE_VACANT, HOLDER_NOT_HERE, HELD_TWICE, DEPUTY_IS_HOLDER, DEPUTY_GONE, REPORTING_CIRCLE, HOLDER_UNTOLD)
READS = frozenset({"roles", "people", "communication-record", "awareness", "organization"})

ASKED = ("5.3.assign",)
TOLD_WITHIN = 3
"""Months in which a holder is told what the role brings; the standard says only: communicated."""
Row = Mapping[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    for entry in system.of("roles"):
        for index, role in enumerate(rows(entry.value, "roles")):
            at: Pointer = ("roles", index)
            retired = day(role, "retired_on")
            for number, holding in enumerate(rows(role, "holders")):
                yield from _holding(system, offices, entry, (*at, "holders", number), holding)
            yield from _twice(entry, at, role)
            if retired is None or retired > system.as_of:
                yield from _held(system, offices, entry, at, role)
                yield from _told(system, entry, at, role)


def _held(system: System, offices: Offices, entry: Entry, at: Pointer, role: Row) -> Iterator[Problem]:
    if not any(within(row, system.as_of) for row in rows(role, "holders")):
        yield found(ROLE_VACANT, entry, at, ASKED)
    seen, above = {role.get("id")}, word(role, "reports_to")
    while above is not None and above not in seen:
        seen.add(above)
        higher = offices.roles.get(above, {})
        gone = day(higher, "retired_on")
        above = None if gone is not None and gone <= system.as_of else word(higher, "reports_to")
        if gone is not None and gone <= system.as_of and word(role, "reports_to") == higher.get("id"):
            yield found(REPORTING_CIRCLE, entry, (*at, "reports_to"), ASKED, above=str(higher.get("id")))
    if above == role.get("id"):
        yield found(REPORTING_CIRCLE, entry, (*at, "reports_to"), ASKED, above=str(word(role, "reports_to")))


def _holding(system: System, offices: Offices, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """Holder and deputy are here as long as the register says they act, and are two people."""
    person, deputy = word(row, "person") or "", word(row, "deputy")
    first, last = day(row, "from_on"), min(day(row, "to_on") or date.max, system.as_of)
    if first is not None and first > system.as_of:
        return
    for on in (first, last):
        if person in offices.people and on is not None and not offices.active(person, on):
            yield found(HOLDER_NOT_HERE, entry, (*at, "person"), ASKED, facts={"person": person, "on": on.isoformat()})
            break
    if deputy is None:
        return
    if offices.human(deputy) == offices.human(person):
        yield found(DEPUTY_IS_HOLDER, entry, (*at, "deputy"), ASKED, person=person)
    elif within(row, system.as_of) and deputy in offices.people and not offices.active(deputy, system.as_of):
        yield found(DEPUTY_GONE, entry, (*at, "deputy"), ASKED, person=deputy)


def _twice(entry: Entry, at: Pointer, role: Row) -> Iterator[Problem]:
    """One person holds one role once at a time."""
    until: dict[str, date] = {}
    numbered = sorted(enumerate(rows(role, "holders")), key=lambda pair: str(pair[1].get("from_on")))
    for number, row in numbered:
        person, first = str(row.get("person")), day(row, "from_on") or date.min
        if person in until and first <= until[person]:
            yield found(HELD_TWICE, entry, (*at, "holders", number, "from_on"), ASKED, person=person)
        until[person] = max(until.get(person, date.min), day(row, "to_on") or date.max)


def _told(system: System, entry: Entry, at: Pointer, role: Row) -> Iterator[Problem]:
    """Whoever holds a role was told so; top management assigns and needs no telling."""
    began = day(system.organisation, "system_effective_on")
    for number, row in enumerate(rows(role, "holders") if role.get("top_management") is not True else ()):
        since = max((on for on in (day(row, "from_on"), began) if on), default=None)
        if since is None or not within(row, system.as_of) or months_after(since, TOLD_WITHIN) >= system.as_of:
            continue
        if not any(on >= months_after(since, -1) for on in _tellings(system, role, word(row, "person"))):
            facts = {"person": word(row, "person") or "", "since": since.isoformat()}
            yield found(HOLDER_UNTOLD, entry, (*at, "holders", number), ASKED, facts=facts)


def _tellings(system: System, role: Row, person: str | None) -> Iterator[date]:
    """Days on which roles were communicated to this role, its department or everybody, or taught to the person."""
    for record in system.of("communication-record"):
        to = {*words(record.value, "roles"), *words(record.value, "departments")}
        on = day(record.value, "sent_on")
        reached = not to or role.get("id") in to or role.get("department") in to
        if on is not None and "roles" in words(record.value, "topics") and reached:
            yield on
    for meeting in system.of("awareness"):
        on = day(meeting.value, "held_on")
        if on is not None and any(row.get("person") == person for row in rows(meeting.value, "role_holders")):
            yield on
