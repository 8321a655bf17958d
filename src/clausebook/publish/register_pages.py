"""Registers: the living lists, each on one page with every row as something one can link to."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Entry
from . import gate
from .book import Book, Lines, page, problem_lines


def make(book: Book) -> Iterator[tuple[str, str]]:
    registers = [e for e in book.system.entries if e.path.startswith("registers/")]
    yield "registers/index.md", page(book, "registers/index.md", book.say("registers"), _index(book, registers))
    grouped: dict[str, list[Entry]] = {}
    for entry in registers:
        grouped.setdefault(book.atlas.page(entry), []).append(entry)
    for path, entries in grouped.items():
        yield path, page(book, path, book.of_kind(entries[0]), _register(book, entries, path))


def _index(book: Book, registers: list[Entry]) -> Lines:
    here = "registers/index.md"
    yield book.say("registers_lead")
    yield ""
    if not registers:
        yield book.tell("listing.empty")
        yield ""
        return
    names = ("register", "column.rows", "column.owner", "column.reviewed_on", "clause")
    yield from gate.header(map(book.say, names), [1])
    for entry in registers:
        values = book.values(here)
        owner = entry.kind.shape.properties.get("owner")
        name = gate.link(gate.text(book.of_kind(entry)), book.atlas.to(book.atlas.page(entry), here))
        rows = sum(len(v) for v in entry.value.values() if isinstance(v, list))
        shown = values.inline(owner, entry.value["owner"]) if owner and "owner" in entry.value else ""
        reviewed = gate.text(entry.value.get("reviewed_on", ""))
        yield gate.row(name, str(rows), shown, reviewed, gate.text(", ".join(entry.kind.clauses)))
    yield ""


def _register(book: Book, entries: list[Entry], here: str) -> Lines:
    for entry in entries:
        description = book.choose(entry.kind.description)
        yield gate.text(description)
        yield ""
        problems = [p for p in book.report.problems if p.place.path == entry.path]
        if problems:
            yield f"## {book.say('open_problems')}"
            yield ""
            yield from problem_lines(book, problems, here)
        yield from book.values(here).block(entry.kind.shape, entry.value)
        yield book.colophon(entry)
        yield ""
