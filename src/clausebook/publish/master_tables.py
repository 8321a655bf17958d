"""The master list as tables, for spreadsheets and machines: the rows of the page, every name written out (7.5.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..measure.external_documents import external_documents
from ..measure.moments import word
from .book import Book
from .controlled import Listed, asked, family_name, listed, recorded
from .master_list import DOWNLOADS, period
from .reading_pages import SPACES
from .spreadsheets import Cell, Table, as_csv, as_xlsx

Row = Mapping[str, Cell]
DOCUMENT = (
    "number", "title", "family", "version", "status", "owner", "first_issued_on", "effective_on", "next_review_on",
    "review_late", "distribution", "readers", "confirmed", "missing", "kept", "confidentiality", "path",
)  # fmt: skip
RECORD = ("title", "kind", "clauses", "form", "owner", "kept", "place", "disposal", "approver", "count", "path")
EXTERNAL = (
    "id", "number", "title", "in_use", "latest", "newer", "checked_on", "checked_by", "next_check_on", "overdue",
    "status", "used_for", "impact",
)  # fmt: skip
READING = ("number", "title", "version", "since", "reader", "state", "record", "on", "attended", "headcount", "person")


def documents(book: Book) -> Iterator[Row]:
    for one in listed(book):
        found = one.acknowledgement if one.acknowledgement is not None and one.acknowledgement.asked else None
        yield {
            "number": one.entry.id, "title": book.title(one.entry), "family": family_name(book, one.family),
            "version": one.field("version"), "status": book.say(f"state.{one.status}"),
            "owner": book.atlas.name(("role",), one.field("owner")),
            "first_issued_on": one.field("first_issued_on"), "effective_on": one.field("effective_on"),
            "next_review_on": one.review_on.isoformat() if one.review_on else "", "review_late": _yes(book, one.late),
            "distribution": _names(book, one.readers), "readers": len(found.readers) if found else "",
            "confirmed": found.confirmed if found else "", "missing": _names(book, found.missing) if found else "",
            "kept": _kept(book, one.kept), "confidentiality": _label(book, one, "confidentiality"),
            "path": one.entry.path,
        }  # fmt: skip


def record_types(book: Book) -> Iterator[Row]:
    for one in recorded(book):
        classes = [row for _, row in one.classes]
        owners = dict.fromkeys(word(entry.value, "owner") or "" for _, entry in one.forms)
        forms = (str(row.get("number", "")) for row, _ in one.forms)
        yield {
            "title": book.choose(one.kind.title), "kind": one.kind.name,
            "clauses": book.values("").comma.join(one.kind.clauses), "form": book.values("").comma.join(forms),
            "owner": _names(book, list(owners)),
            "kept": _kept(book, classes), "place": _lines(row.get("storage", "") for row in classes),
            "disposal": _lines(row.get("disposal", "") for row in classes),
            "approver": _names(book, list(dict.fromkeys(str(row.get("approver", "")) for row in classes))),
            "count": one.count, "path": one.kind.paths[0],
        }  # fmt: skip


def externals(book: Book) -> Iterator[Row]:
    for one in external_documents(book.system):
        row = one.row
        shape = (one.entry.kind.shape.properties["items"].items or one.entry.kind.shape).properties
        said = {key: str(row.get(key, "")) for key in ("id", "number", "title", "used_for", "impact")}
        yield {
            **said, "in_use": one.in_use, "latest": one.latest, "newer": _yes(book, one.newer),
            "checked_on": one.checked.on.isoformat() if one.checked.on else "",
            "checked_by": book.atlas.name(("person", "role"), one.checked.by),
            "next_check_on": one.due_on.isoformat() if one.due_on else "",
            "overdue": _yes(book, one.overdue(book.system.as_of)),
            "status": book.values("").plain(shape["status"], str(row.get("status", ""))),
        }  # fmt: skip


def readings(book: Book) -> Iterator[Row]:
    """A row for each confirmation, and one for each reader who has none."""
    for found in asked(listed(book)):
        entry = found.document
        for reader in (*found.readers, *found.besides):
            state = "confirmed" if reader.confirmed else "begun" if reader.readings else "open"
            about: Row = {
                "number": entry.id, "title": book.title(entry), "version": found.version,
                "since": found.since.isoformat(), "reader": book.atlas.name(SPACES, reader.id),
                "state": book.tell(f"master.{state}"),
            }  # fmt: skip
            for one in reader.readings:
                numbers = {"attended": one.attended, "headcount": one.headcount}
                counts: Row = {key: value for key, value in numbers.items() if value is not None}
                person = book.atlas.name(("person",), one.person) if one.person else ""
                yield {**about, "record": one.record.id, "on": one.on.isoformat(), "person": person, **counts}
            if not reader.readings:
                yield about


LISTS: Mapping[str, tuple[Sequence[str], Callable[[Book], Iterator[Row]]]] = {
    "documents": (DOCUMENT, documents), "record-types": (RECORD, record_types),
    "external-documents": (EXTERNAL, externals), "readings": (READING, readings),
}  # fmt: skip
"""What can be exported besides the kinds: the master list first, then the lists beside it."""


def table(book: Book, name: str) -> Table:
    keys, made = LISTS[name]
    rows = [[row.get(key, "") for key in keys] for row in made(book)]
    return Table(book.tell(f"export.list.{name}"), [book.tell(f"export.column.{key}") for key in keys], rows)


def tables(book: Book) -> list[Table]:
    """The whole master list as one workbook."""
    return [table(book, name) for name in LISTS]


def downloads(book: Book) -> Mapping[str, bytes]:
    """The master list as files of the site, by their place on it."""
    workbook, sheet = DOWNLOADS
    master = as_csv(table(book, "documents"), bom=True)
    return {workbook: as_xlsx(tables(book), book.system.as_of), sheet: master.encode("utf-8")}


def _yes(book: Book, so: bool) -> str:
    return book.say("yes" if so else "no")


def _names(book: Book, ids: Sequence[str]) -> str:
    return book.values("").comma.join(book.atlas.name(SPACES, one) for one in ids if one)


def _label(book: Book, one: Listed, key: str) -> str:
    shape = one.entry.kind.shape.properties.get(key)
    return book.values("").plain(shape, one.field(key)) if shape is not None and key in one.entry.value else ""


def _kept(book: Book, classes: Sequence[Mapping[str, Any]]) -> str:
    register = book.system.first("retention")
    if register is None:
        return ""
    return _lines(f"{row.get('id', '')} {period(book, register, row)}" for row in classes)


def _lines(said: Iterator[str]) -> str:
    return "\n".join(dict.fromkeys(line for line in said if line))
