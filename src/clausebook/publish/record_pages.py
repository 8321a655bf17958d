"""Records: what happened. An overview, a list per kind (complaints by month), and a page for every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..load.schemas import below
from ..model import Entry, Kind
from . import complaint_pages, gate
from .book import Book, Lines, page, problem_lines

PAGE_ROWS = 250
"""A list longer than this is split by month, and a month by so many rows: no page grows beyond 300 KB."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    by_kind: dict[str, list[Entry]] = {}
    for entry in book.system.entries:
        if entry.kind.information == "retain":
            by_kind.setdefault(entry.kind.name, []).append(entry)
    yield "records/index.md", page(book, "records/index.md", book.say("records"), _index(book, by_kind))
    for kind_name, entries in by_kind.items():
        kind = book.system.kinds[kind_name]
        yield from _lists(book, kind, entries)
        for entry in entries:
            name = book.title(entry)
            title = entry.id if name == book.of_kind(entry) else f"{entry.id} {name}"
            yield book.atlas.page(entry), page(book, book.atlas.page(entry), title, _record(book, entry))


def _index(book: Book, by_kind: dict[str, list[Entry]]) -> Lines:
    here = "records/index.md"
    yield book.say("records_lead")
    yield ""
    names = ("record", "column.count", "column.first", "column.last", "clause")
    yield from gate.header(map(book.say, names), [1])
    for kind in book.system.kinds.values():
        if kind.information != "retain":
            continue
        entries = by_kind.get(kind.name, [])
        name = gate.text(book.choose(kind.title))
        clauses = gate.text(", ".join(kind.clauses))
        if entries:
            days = sorted(filter(None, map(day_of, entries))) or [""]
            name = gate.link(name, book.atlas.to(f"records/{kind.name}/index.md", here))
            yield gate.row(name, str(len(entries)), gate.text(days[0]), gate.text(days[-1]), clauses)
        else:
            yield gate.row(name, book.say("none_in_period"), "", "", clauses)
    yield ""


def day_of(entry: Entry) -> str:
    """The day a record is about: its first dated field, else what its name says."""
    for key, value in entry.value.items():
        if (isinstance(value, str) and key.endswith(("_on", "_at"))) or key in ("on", "date", "period"):
            return str(value)[:10]
    return ""


def _lists(book: Book, kind: Kind, entries: list[Entry]) -> Iterator[tuple[str, str]]:
    path = f"records/{kind.name}/index.md"
    title = book.choose(kind.title)
    if len(entries) <= PAGE_ROWS:
        yield path, page(book, path, title, _list(book, kind, entries, path))
        return
    months: dict[str, list[Entry]] = {}
    for entry in entries:
        months.setdefault(day_of(entry)[:7] or "—", []).append(entry)
    parts = {
        f"{month}-{start // PAGE_ROWS + 1}" if len(rows) > PAGE_ROWS else month: rows[start : start + PAGE_ROWS]
        for month, rows in sorted(months.items())
        for start in range(0, len(rows), PAGE_ROWS)
    }
    yield path, page(book, path, title, _months(book, kind, entries, parts, path))
    for part, rows in parts.items():
        own = f"records/{kind.name}/list-{part}.md"
        yield own, page(book, own, f"{title} {part}", _list(book, kind, rows, own))


def _months(book: Book, kind: Kind, entries: list[Entry], months: dict[str, list[Entry]], here: str) -> Lines:
    yield book.say("by_month", count=len(entries))
    yield ""
    for month in sorted(months, reverse=True):
        own = book.atlas.to(f"records/{kind.name}/list-{month}.md", here)
        yield f"- {gate.link(gate.text(month), own)} ({len(months[month])})"
    yield ""
    yield from imported_counts(book, entries)


def imported_counts(book: Book, entries: list[Entry]) -> Lines:
    """What an imported log says by itself: each raw column with few values, counted."""
    raw = [e.value["imported"]["columns"] for e in entries if isinstance(e.value.get("imported"), dict)]
    columns = list(dict.fromkeys(column for row in raw for column in row))
    for column in columns:
        counts = Counter(str(row.get(column, "")) for row in raw)
        if len(counts) <= 12:
            yield f"## {gate.text(column)}"
            yield ""
            yield from gate.header([book.say("column.value"), book.say("column.count")], [1])
            for value, count in counts.most_common():
                yield gate.row(gate.text(value or "—"), str(count))
            yield ""


COLUMNS = {
    "complaint": (
        "received_at", "channel", "product", "types", "assessment.severity", "reaction.answer",
        "closure.basis",
    ),
    "approval": ("document", "version", "meaning", "person", "on", "level"),
}  # fmt: skip


def _list(book: Book, kind: Kind, entries: list[Entry], here: str) -> Lines:
    values = book.values(here)
    columns = COLUMNS.get(kind.name) or _columns(kind, entries)
    shapes = [below(kind.shape, tuple(c.split(".")))[-1] for c in columns]
    yield gate.text(book.choose(kind.description))
    yield ""
    yield from gate.header(
        [book.say("column.number"), *(values.title(s, c) for s, c in zip(shapes, columns, strict=True))]
    )
    for entry in reversed(entries):
        name = "" if book.title(entry) == book.of_kind(entry) else f"<br>{gate.text(book.title(entry))}"
        cells = [gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), here)) + name]
        for column, shape in zip(columns, shapes, strict=True):
            value = _dig(entry.value, column)
            if column == "received_at" and value is None:
                value = entry.value.get("received_on")
            cells.append("" if value is None else values.inline(shape, value))
        yield gate.row(*cells)
    yield ""


def _columns(kind: Kind, entries: list[Entry]) -> tuple[str, ...]:
    """The first plain fields that the schema names, as far as any record uses them."""
    used = {key for entry in entries for key, value in entry.value.items() if isinstance(value, str)}
    plain = [
        k
        for k, s in kind.shape.properties.items()
        if k in used and k not in ("id", "kind", "title") and not s.properties
    ]
    return tuple(plain[:5])


def _dig(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _record(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    values = book.values(here)
    served = ", ".join(book.atlas.reference(("requirement",), clause, here) for clause in entry.kind.clauses)
    complaint = entry.kind.name == "complaint"
    if complaint:
        yield complaint_pages.standing(book, entry, values)
        yield ""
    yield f"{book.say('serves')} {served}"
    yield ""
    problems = [p for p in book.report.problems if p.place.path == entry.path]
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    if complaint:
        yield from complaint_pages.timeline(book, entry, values)
        yield f"## {book.say('facts')}"
        yield ""
    yield from values.block(entry.kind.shape, entry.value)
    yield book.colophon(entry)
