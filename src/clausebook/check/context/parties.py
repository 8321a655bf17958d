"""4.2 Interested parties: all classes thought of, what they need carried on, and spoken with again and again.

What counts as contact: participation and communication that names the party; cases count for customers and
complainants (corrections 27), and where the organisation meets a class anyway, the record of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...measure.retirements import retirements
from ...measure.rhythm import gaps
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..phrases import label
from ..presence import lean
from ..reporting import found, joined

PARTY_DECLARED_AWAY = Rule("party-declared-away", "contradiction", "own")
PARTY_CLASS_MISSING = Rule("party-class-missing", "contradiction", "implied")
PARTY_NEED_DROPPED = Rule("party-need-dropped", "contradiction", "own")
PARTY_NEED_REPEALED = Rule("party-need-repealed", "contradiction", "own")
PARTY_OVERDUE = Rule("party-contact-overdue", "due", "own")
PARTY_MISSED = Rule("party-contact-missed", "lapse", "own")
PARTICIPATION_PLANNED = Rule("participation-planned-missed", "due", "own")
PARTICIPANT_NOT_THERE = Rule("participant-not-there", "contradiction", "explicit")
PARTICIPATION_OF_RETIRED = Rule("participation-of-retired", "contradiction", "own")
PARTICIPATION_COPIED = Rule("participation-copied", "contradiction", "implied")
RULES = (
    PARTY_DECLARED_AWAY, PARTY_CLASS_MISSING, PARTY_NEED_DROPPED, PARTY_NEED_REPEALED, PARTY_OVERDUE, PARTY_MISSED,
    PARTICIPATION_PLANNED, PARTICIPANT_NOT_THERE, PARTICIPATION_OF_RETIRED, PARTICIPATION_COPIED,
)  # fmt: skip
READS = frozenset({
    "interested-parties", "obligations", "participation", "communication-record", "people", "complaint", "awareness",
    "management-review", "provider-evaluation", "audit",
})  # fmt: skip

CLASSES = (
    "employees", "management", "shareholders", "union", "government-regulators", "customers", "complainants",
    "consumer-organisations", "providers", "industry-associations", "certification-bodies", "media", "insurers",
)  # fmt: skip
MET_ANYWAY = {
    "employees": ("awareness", "held_on"), "management": ("management-review", "held_on"),
    "providers": ("provider-evaluation", "evaluated_on"), "certification-bodies": ("audit", "started_on"),
}  # fmt: skip
"""Class → the records of meeting it, and their date."""
ALL_CASES = frozenset({"customers", "complainants"})
Row = Mapping[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    gone, contacts = retirements(system), _contacts(system)
    for entry in system.of("interested-parties"):
        live = [
            (("items", index), row)
            for index, row in enumerate(rows(entry.value, "items"))
            if str(row.get("id")) not in gone
        ]
        yield from _classes(entry, {str(row.get("class")) for _, row in live}, lean(system))
        for at, row in live:
            yield from _needs(entry, at, row, gone)
            yield from _rhythm(system, entry, at, row, contacts)
    yield from _participation(system, gone)


def _classes(entry: Entry, listed: set[str], small: bool) -> Iterator[Problem]:
    declared: set[str] = set()
    for index, row in enumerate(rows(entry.value, "not_applicable")):
        name = str(row.get("class"))
        declared.add(name)
        if name in listed:
            yield found(
                PARTY_DECLARED_AWAY,
                entry,
                ("not_applicable", index),
                ("4.2.a",),
                facts={"group": label(entry.kind, ("items", "class"), name)},
            )
    for name in CLASSES if not small else ():
        if name not in listed | declared:
            yield found(
                PARTY_CLASS_MISSING,
                entry,
                ("items",),
                ("4.2.a",),
                facts={"group": label(entry.kind, ("items", "class"), name)},
            )


def _needs(entry: Entry, at: Pointer, row: Row, gone: Mapping[str, date]) -> Iterator[Problem]:
    """A need that becomes an obligation is one in the register, and one that is in force."""
    for index, need in enumerate(rows(row, "requirements")):
        here, named = (*at, "requirements", index), words(need, "obligations")
        if need.get("becomes_obligation") is True and not named:
            yield found(PARTY_NEED_DROPPED, entry, here, ("4.2.b",))
        if named and set(named) <= set(gone):
            facts = {"obligations": joined(named)}
            yield found(PARTY_NEED_REPEALED, entry, (*here, "obligations"), ("4.2.b",), facts=facts)


def _rhythm(
    system: System, entry: Entry, at: Pointer, row: Row, contacts: Mapping[str, list[date]]
) -> Iterator[Problem]:
    """In the interval the organisation set for the party; who was never met may only just have been listed."""
    months, group = row.get("interval_months"), str(row.get("class"))
    if not isinstance(months, int):
        return
    happened = [*contacts[str(row.get("id"))], *contacts[group]]
    if group in ALL_CASES and row.get("complaint_contacts_count") is True:
        happened += contacts["cases"]
    start = day(system.organisation, "system_effective_on")
    for gap in gaps(happened, months, system.as_of, None if happened else start):
        facts = {"party": word(row, "name") or "", "since": gap.since.isoformat(), "due": gap.due_on.isoformat()}
        where, asked = (*at, "interval_months"), ("4.2.cont", "4.2.doc")
        if gap.until is None:
            basis = "own" if happened else "implied"
            yield found(PARTY_OVERDUE, entry, where, asked, basis=basis, facts=facts)  # type: ignore[arg-type]
        else:
            facts["until"] = gap.until.isoformat()
            yield found(PARTY_MISSED, entry, where, asked, breach=("missed-period",), facts=facts)


def _contacts(system: System) -> Mapping[str, list[date]]:
    """Party id, class or `cases` → days of contact."""
    days: dict[str, list[date]] = defaultdict(list)
    for record in system.of("participation", "communication-record"):
        on = day(record.value, "held_on") or day(record.value, "sent_on")
        for name in words(record.value, "parties"):
            days[name] += [on] if on else []
        if on and words(record.value, "providers"):
            days["providers"].append(on)
    for group, (kind, field) in MET_ANYWAY.items():
        days[group] += [on for record in system.of(kind) if (on := day(record.value, field)) and _is_met(group, record)]
    for case in system.of("complaint"):
        talks = [row.get("at") for row in rows(case.value, "communications") if row.get("audience") == "complainant"]
        moments = (case.value.get("received_at"), case.value.get("received_on"), *talks)
        days["cases"] += [on for at in moments if isinstance(at, str) and (on := day(at[:10]))]
    return days


def _is_met(group: str, record: Entry) -> bool:
    return group != "certification-bodies" or record.value.get("type") == "external"


def _participation(system: System, gone: Mapping[str, date]) -> Iterator[Problem]:
    offices, seen = Offices(system), dict[tuple[str, ...], str]()
    records = sorted(system.of("participation"), key=lambda entry: str(entry.value.get("held_on")))
    for number, entry in enumerate(records):
        held, next_on = day(entry.value, "held_on"), day(entry.value, "next_on")
        parties = words(entry.value, "parties")
        if held is not None:
            yield from _there(offices, entry, held, gone)
        later = {name for other in records[number + 1 :] for name in words(other.value, "parties")}
        open_still = set(parties) - set(gone) and not later & set(parties)
        if next_on is not None and next_on < system.as_of and open_still:
            facts = {"next": next_on.isoformat()}
            yield found(PARTICIPATION_PLANNED, entry, ("next_on",), ("4.2.cont",), facts=facts)
        said = tuple("".join(text.split()) for text in words(entry.value, "outputs"))
        if said and said in seen:
            yield found(PARTICIPATION_COPIED, entry, ("outputs",), ("4.2.doc",), facts={"other": seen[said]})
        seen.setdefault(said, entry.id)


def _there(offices: Offices, entry: Entry, held: date, gone: Mapping[str, date]) -> Iterator[Problem]:
    for index, person in enumerate(words(entry.value, "participants")):
        if person in offices.people and not offices.active(person, held):
            facts = {"person": person, "held": held.isoformat()}
            yield found(PARTICIPANT_NOT_THERE, entry, ("participants", index), ("4.2.doc",), facts=facts)
    for index, party in enumerate(words(entry.value, "parties")):
        if party in gone and gone[party] <= held:
            facts = {"party": party, "since": gone[party].isoformat()}
            yield found(PARTICIPATION_OF_RETIRED, entry, ("parties", index), ("4.2.doc",), facts=facts)
