"""Who has confirmed reading the version in force, by a document's distribution list (7.3, 7.5.3).

Awareness records are the evidence: a group's sheet speaks for its department or provider, a person's line for that
person and the role held. Which version holds is what the approvals say of the day that rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import Entry, System
from .approvals import Approvals
from .moments import day, rows, word, words
from .offices import Offices
from .retirements import retirements
from .validity import Period, valid_on

POLICY, INTAKE = "policy_version", "procedure_version"
"""What an awareness record says of the policy and of the intake procedure without naming the document."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One confirmation: the record, its day, and how many of how many signed; a person's line has no numbers."""

    record: Entry
    on: date
    attended: int | None = None
    headcount: int | None = None
    person: str | None = None
    absent: str | None = None
    """How the absent of a group were reached."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A department or role of the distribution list (a provider beside it), with what confirms its reading."""

    id: str
    readings: tuple[Reading, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The readers of the version in force of one document. `since`: the day from which that version holds."""

    document: Entry
    version: str
    since: date
    readers: tuple[Reader, ...]
    besides: tuple[Reader, ...]
    asked: bool
    """Whether its reading is to be confirmed: policy, intake procedure, and what records have named before."""

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(reader.id for reader in self.readers if not reader.confirmed)

    @property
    def confirmed(self) -> int:
        return sum(reader.confirmed for reader in self.readers)


def intake_procedure(system: System) -> Entry | None:
    """The procedure that `procedure_version` speaks of: the one that serves 8.2, where there is only one."""
    serving = [entry for entry in system.of("procedure") if "8.2" in words(entry.value, "clauses")]
    return serving[0] if len(serving) == 1 else None


def acknowledgements(system: System, approvals: Approvals) -> Iterator[Acknowledgement]:
    """Every controlled document that has a distribution list and a version in force, in path order."""
    held = [e for e in system.of("awareness") if (on := day(e.value, "held_on")) is not None and on <= system.as_of]
    held.sort(key=lambda e: (str(e.value["held_on"]), e.id))
    intake, register = intake_procedure(system), _Register(system, held)
    named: dict[str, list[tuple[Entry, str | None]]] = defaultdict(list)
    for record in held:
        for row in rows(record.value, "documents"):
            named[str(row.get("document"))].append((record, word(row, "version")))
    for document in system.entries:
        listed = words(document.value, "distribution") if document.controlled else []
        period = valid_on(approvals, document, system.as_of) if listed else None
        if period is None:
            continue
        key = POLICY if document.kind.name == "policy" else INTAKE if document is intake else ""
        taught = [*named[document.id], *((record, word(record.value, key)) for record in held if key)]
        records = {id(record): record for record, said in taught if _means(approvals, document, record, said, period)}
        confirming = list(records.values())
        readers = tuple(_reader(register, one, confirming) for one in listed)
        besides = tuple(_providers(confirming))
        asked = bool(key or named[document.id])
        yield Acknowledgement(document, period.version, period.since, readers, besides, asked)


def _means(approvals: Approvals, document: Entry, record: Entry, said: str | None, period: Period) -> bool:
    """A record that names the document without a version taught the one that held on its day."""
    if said is not None:
        return said == period.version
    listed = {str(row.get("document")) for row in rows(record.value, "documents") if not word(row, "version")}
    held = valid_on(approvals, document, day(record.value, "held_on") or date.min)
    return document.id in listed and held is not None and held.version == period.version


def departments_in_scope(system: System) -> list[str]:
    """The departments that the scope names, or all when it names none; without those that are no more (4.3)."""
    scope = [name for entry in system.of("scope") for name in words(entry.value, "departments")]
    gone = retirements(system)
    named = scope or [str(row.get("id")) for row in rows(system.organisation, "departments")]
    return [name for name in named if name not in gone]


class _Register:
    """The people an organisation knows by name, and how many a department has by its latest sheet."""

    def __init__(self, system: System, held: list[Entry]) -> None:
        self._offices, self._on = Offices(system), system.as_of
        self._people: dict[str, set[str]] = {}
        self._heads = {
            str(row.get("department")): heads
            for record in held for row in rows(record.value, "groups") if isinstance(heads := row.get("headcount"), int)
        }  # fmt: skip

    def people(self, identifier: str) -> set[str]:
        """Who is meant by a department or a role on the day that rules; asked for every document they read."""
        if identifier not in self._people:
            self._people[identifier] = self._meant(identifier)
        return self._people[identifier]

    def _meant(self, identifier: str) -> set[str]:
        offices = self._offices
        if identifier in offices.roles:
            return set(offices.holders(identifier, self._on))
        return {
            person for person, row in offices.people.items()
            if row.get("department") == identifier and offices.active(person, self._on)
        }  # fmt: skip

    def complete(self, identifier: str, signed: set[str]) -> bool:
        """Whether those who signed one by one are everybody there is."""
        wanted = {self._offices.human(person) for person in self.people(identifier)}
        signing = {self._offices.human(person) for person in signed}
        return bool(wanted) and wanted <= signing and self._heads.get(identifier, 0) <= len(signing)


def _reader(register: _Register, identifier: str, records: list[Entry]) -> Reader:
    """A sheet of the department speaks for all of it; lines of persons do when nobody is left out."""
    readings = [*_sheets(records, "department", identifier)]
    if any(reading.attended for reading in readings):
        return Reader(identifier, tuple(readings), True)
    lines = list(_lines(records, register.people(identifier), identifier))
    whole = register.complete(identifier, {str(line.person) for line in lines})
    return Reader(identifier, (*readings, *lines), whole)


def _sheets(records: list[Entry], key: str, identifier: str) -> Iterator[Reading]:
    for record in records:
        for row in rows(record.value, "groups"):
            if row.get(key) == identifier:
                yield _sheet(record, row)


def _sheet(record: Entry, row: Mapping[str, Any]) -> Reading:
    there, heads = row.get("attended"), row.get("headcount")
    return Reading(
        record, _day(record, row), there if isinstance(there, int) else None, heads if isinstance(heads, int) else None,
        absent=word(row, "absent_handling"),
    )  # fmt: skip


def _lines(records: list[Entry], wanted: set[str], role: str) -> Iterator[Reading]:
    for record in records:
        for row in rows(record.value, "role_holders"):
            person = word(row, "person")
            if person is not None and (person in wanted or row.get("role") == role):
                yield Reading(record, _day(record, row), person=person)


def _providers(records: list[Entry]) -> Iterator[Reader]:
    """Providers whose people read it too: they work under our control, and no distribution list can name them."""
    groups: dict[str, list[Reading]] = defaultdict(list)
    for record in records:
        for row in rows(record.value, "groups"):
            name = word(row, "provider")
            if name is not None:
                groups[name].append(_sheet(record, row))
    for name, readings in groups.items():
        yield Reader(name, tuple(readings), any(reading.attended for reading in readings))


def _day(record: Entry, row: Mapping[str, Any]) -> date:
    return day(row, "on") or day(record.value, "held_on") or date.min
