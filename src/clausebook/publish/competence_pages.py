"""Everybody on one page: which role, which competence on what evidence, which training and awareness (7.2, 7.3).

An auditor has just spoken with somebody and looks for that name; the registers are ordered by what is kept, this
page by people (corrections 34).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..measure.moments import rows, word, words
from ..measure.offices import Offices
from ..model import Entry
from . import gate
from .atlas import anchor_of
from .book import Book, Lines, page
from .listing import box
from .record_pages import day_of
from .values import chip

HERE = "registers/competence-by-person.md"
COLUMNS = ("person", "roles", "competence", "training", "awareness")
SHOWN = 3
"""So many trainings and talks of one person are named, newest first."""
Row = Mapping[str, Any]


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.tell("questions.people.title"), _page(book), wide=True)


def _page(book: Book) -> Lines:
    yield book.tell("questions.people.lead", as_of=book.system.as_of.isoformat())
    yield ""
    offices = Offices(book.system)
    if not offices.people:
        yield book.tell("questions.none")
        yield ""
        return
    yield from box(book, _table(book, offices), look="cards")


def _table(book: Book, offices: Offices) -> Lines:
    yield from gate.header(book.tell(f"questions.people.{name}") for name in COLUMNS)
    assessed = _assessed(book)
    trained = _attended(book, "training", "participants")
    aware = _attended(book, "awareness", "role_holders")
    for person, row in offices.people.items():
        if not offices.active(person, book.system.as_of):
            continue
        name = book.atlas.reference(("person",), person, HERE)
        said = f'<a id="{anchor_of(person)}"></a>{name}<br><small>{gate.text(row.get("position", ""))}</small>'
        roles = list(dict.fromkeys(str(one.role.get("id")) for one in offices.of(person, book.system.as_of)
                                   if not one.deputy))  # fmt: skip
        held = "<br>".join(book.atlas.reference(("role",), role, HERE) for role in roles)
        yield gate.row(
            said, held or "—", _competence(book, assessed.get(person, {}), _required(book, roles)),
            _named(book, trained[person]), _awareness(book, row, aware[person]),
        )  # fmt: skip


def _assessed(book: Book) -> Mapping[str, Mapping[str, Row]]:
    """Person → item → the assessment in the register of competence."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for entry in book.system.of("competence"):
        for row in rows(entry.value, "people"):
            found[str(row.get("person"))][str(row.get("item"))] = row
    return found


def _required(book: Book, roles: list[str]) -> list[str]:
    """What the roles of a person ask for."""
    profiles = (row for entry in book.system.of("competence") for row in rows(entry.value, "profiles"))
    return list(dict.fromkeys(item for row in profiles if row.get("role") in roles for item in words(row, "items")))


def _competence(book: Book, assessed: Mapping[str, Row], required: list[str]) -> str:
    """Each item with its verdict, day and evidence; what a role asks for and nobody assessed stands out."""
    cells = []
    for item in dict.fromkeys([*required, *assessed]):
        row = assessed.get(item)
        name = book.atlas.reference(("competence-item",), item, HERE)
        if row is None:
            cells.append(f"{name} {chip('bad', book.tell('questions.people.unassessed'))}")
            continue
        state = "met" if row.get("status") == "met" else "gap"
        said = chip("ok" if state == "met" else "warn", book.tell(f"questions.people.{state}"))
        proof = " · ".join(filter(None, (word(row, "acquired_on"), word(row, "evidence"))))
        cells.append(f"{name} {said}<br><small>{gate.text(proof)}</small>")
    return "<br>".join(cells) or "—"


def _attended(book: Book, kind: str, field: str) -> Mapping[str, list[Entry]]:
    """Person → records that name the person as present, newest first."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(book.system.of(kind), key=day_of, reverse=True):
        for row in rows(entry.value, field):
            if row.get("attended") is not False:
                found[str(row.get("person"))].append(entry)
    return found


def _named(book: Book, found: list[Entry]) -> str:
    return "<br>".join(_one(book, entry) for entry in found[:SHOWN]) or "—"


def _one(book: Book, entry: Entry) -> str:
    link = gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), HERE), book.title(entry))
    return f"{link} {gate.whole(day_of(entry))}"


def _awareness(book: Book, person: Row, named: list[Entry]) -> str:
    """By name where the person is named, else the sheet of the department (corrections 26)."""
    if named:
        return _named(book, named)
    own = word(person, "department")
    sheets = [
        entry for entry in sorted(book.system.of("awareness"), key=day_of, reverse=True)
        if any(own and row.get("department") == own for row in rows(entry.value, "groups"))
    ]  # fmt: skip
    if not sheets:
        return "—"
    return f"{_named(book, sheets)}<br><small>{book.tell('questions.people.by_department')}</small>"
