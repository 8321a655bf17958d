"""Who has confirmed reading the version in force: on each document's page, and over all documents (7.3, 7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.readings import Acknowledgement, Reader, Reading
from . import gate
from .book import Book, Lines, page
from .controlled import asked, listed
from .listing import box
from .values import chip

READINGS = "documents/readings.md"
COLUMNS = ("document", "version", "since", "confirmed", "missing")
SPACES = ("department", "role", "provider")


def make(book: Book) -> Iterator[tuple[str, str]]:
    found = asked(listed(book))
    if found:
        yield READINGS, page(book, READINGS, book.tell("master.readings"), _overview(book, found))


def progress(found: Acknowledgement) -> str:
    """How many of the readers have confirmed, as a safe cell."""
    return gate.whole(f"{found.confirmed} / {len(found.readers)}")


def _overview(book: Book, found: list[Acknowledgement]) -> Lines:
    yield book.tell("master.readings_lead")
    yield ""
    yield from gate.header(book.tell(f"master.reading_column.{name}") for name in COLUMNS)
    for one in found:
        entry = one.document
        address = book.atlas.to(book.atlas.page(entry), READINGS, "reading")
        link = gate.link(gate.text(f"{entry.id} {book.title(entry)}"), address)
        missing = book.values(READINGS).comma.join(book.atlas.reference(SPACES, name, READINGS) for name in one.missing)
        yield gate.row(link, gate.whole(one.version), gate.whole(one.since.isoformat()), progress(one), missing or "—")
    yield ""


def section(book: Book, found: Acknowledgement, here: str) -> Lines:
    """The readers of one document, each with its sheets or its people; who is missing stands out."""
    yield f"## {book.tell('master.reading')} {{#reading}}"
    yield ""
    facts = {"version": found.version, "confirmed": str(found.confirmed), "readers": str(len(found.readers))}
    yield book.tell("master.reading_lead", **facts)
    yield ""

    def table() -> Lines:
        yield from gate.header(book.tell(f"master.reader_column.{name}") for name in ("reader", "state", "evidence"))
        for reader in found.readers:
            yield gate.row(*_reader(book, reader, here))
        for reader in found.besides:
            yield gate.row(*_reader(book, reader, here, besides=True))

    yield from box(book, table(), look="cards")


def _reader(book: Book, reader: Reader, here: str, *, besides: bool = False) -> Iterator[str]:
    name = book.atlas.reference(SPACES, reader.id, here)
    yield f"{name} <small>{book.tell('master.besides')}</small>" if besides else name
    state = "confirmed" if reader.confirmed else "begun" if reader.readings else "open"
    yield chip({"confirmed": "ok", "begun": "warn", "open": "warn"}[state], book.tell(f"master.{state}"))
    yield "<br>".join(_evidence(book, one, here) for one in reader.readings) or "—"


def _evidence(book: Book, one: Reading, here: str) -> str:
    """A record with its day: a sheet by its numbers, a person by name."""
    record = gate.link(gate.whole(one.record.id), book.atlas.to(book.atlas.page(one.record), here))
    who = book.atlas.reference(("person",), one.person, here) if one.person else ""
    facts = {"there": str(one.attended), "heads": str(one.headcount)}
    counted = "" if one.attended is None else gate.whole(book.tell("master.sheet", **facts))
    absent = f" <small>{gate.text(one.absent)}</small>" if one.absent else ""
    return f"{record} {gate.whole(one.on.isoformat())} {who or counted}{absent}"
