"""Records: what happened. An overview, a list per kind (complaints by month), and a page for every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..load.schemas import below
from ..model import Entry, Kind, Shape
from . import gate
from .pages import Book, Lines, page, problem_lines

PAGE_ROWS = 500
"""A list longer than this is split by month, so that no page grows without limit."""


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
            title = entry.id if entry.title == book.of_kind(entry) else f"{entry.id} {entry.title}"
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
    yield path, page(book, path, title, _months(book, kind, entries, months, path))
    for month, rows in months.items():
        own = f"records/{kind.name}/list-{month}.md"
        yield own, page(book, own, f"{title} {month}", _list(book, kind, rows, own))


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


COLUMNS = {"complaint": ("received_at", "channel", "product", "types", "assessment.severity", "closure.basis")}


def _list(book: Book, kind: Kind, entries: list[Entry], here: str) -> Lines:
    values = book.values(here)
    columns = COLUMNS.get(kind.name) or _columns(kind, entries)
    shapes = [below(kind.shape, tuple(c.split(".")))[-1] for c in columns]
    yield gate.text(book.choose(kind.description))
    yield ""
    yield (
        f"| {book.say('column.number')} | "
        + " | ".join(gate.text(values.title(s, c)) for s, c in zip(shapes, columns, strict=True))
        + " |"
    )
    yield "|---|" + "---|" * len(columns)
    for entry in reversed(entries):
        cells = [gate.link(gate.text(entry.id), book.atlas.to(book.atlas.page(entry), here))]
        for column, shape in zip(columns, shapes, strict=True):
            value = _dig(entry.value, column)
            if column == "received_at" and value is None:
                value = entry.value.get("received_on")
            cells.append(
                ""
                if value is None
                else values.inline(shape, str(value)[:16].replace("T", " ") if column.endswith("_at") else value)
            )
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _columns(kind: Kind, entries: list[Entry]) -> tuple[str, ...]:
    """The first plain fields that the schema names, as far as any record uses them."""
    used = {key for entry in entries for key, value in entry.value.items() if isinstance(value, str)}
    plain = [k for k, s in kind.shape.properties.items() if k in used and k not in ("id", "kind") and not s.properties]
    return tuple(plain[:5])


def _dig(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _record(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    kind = gate.link(gate.text(book.of_kind(entry)), book.atlas.to(f"records/{entry.kind.name}/index.md", here))
    yield f"{kind} · {book.say('serves')} {gate.text(', '.join(entry.kind.clauses))}"
    yield ""
    problems = [p for p in book.report.problems if p.place.path == entry.path]
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    if entry.kind.name == "complaint":
        yield from _timeline(book, entry, here)
    yield from book.values(here).block(entry.kind.shape, entry.value)
    yield book.colophon(entry)


def _timeline(book: Book, entry: Entry, here: str) -> Lines:
    """Everything that has a time, in order: what happened to this complaint."""
    moments = sorted(_moments(entry.kind.shape, entry.value, ()), key=lambda moment: moment[0])
    if len(moments) < 2:
        return
    yield f"## {book.say('timeline')}"
    yield ""
    yield from gate.header([book.say("column.when"), book.say("column.what")])
    for when, shapes in moments:
        names = [book.choose(shape.title) for shape in shapes if shape.title["zh"]]
        yield f"| {gate.text(when[:16].replace('T', ' '))} | {gate.text(' · '.join(dict.fromkeys(names)))} |"
    yield ""


def _moments(shape: Shape, value: Any, chain: tuple[Shape, ...]) -> Iterator[tuple[str, tuple[Shape, ...]]]:
    if isinstance(value, dict):
        for key, child in value.items():
            inner = shape.properties.get(key)
            if inner is None or key in ("history", "imported", "corrections"):
                continue
            happened = key in ("at", "on") or key.endswith("_at") or key in ("received_on", "paid_on")
            if isinstance(child, str) and happened and not key.startswith(("told_due", "source_due")):
                yield child, (*chain, inner)
            else:
                yield from _moments(inner, child, (*chain, inner))
    elif isinstance(value, list) and shape.items is not None:
        for child in value:
            yield from _moments(shape.items, child, chain)
