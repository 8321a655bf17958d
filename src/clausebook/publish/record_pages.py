"""Records: what happened. An overview, a list per kind (that of complaints is in complaint_list), a page each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..measure.moments import child
from ..model import Entry, Kind, Shape
from . import complaint_pages, gate, originals, times
from .book import Book, Lines, page, problem_lines
from .listing import box, pick
from .portions import ALL_ROWS, UNDATED, Row, called, month_of, portions, to_all
from .restricted import is_restricted


def make(book: Book) -> Iterator[tuple[str, str]]:
    by_kind: dict[str, list[Entry]] = {}
    for entry in book.system.entries:
        if entry.kind.information == "retain":
            by_kind.setdefault(entry.kind.name, []).append(entry)
    yield "records/index.md", page(book, "records/index.md", book.say("records"), _index(book, by_kind))
    for kind_name, entries in by_kind.items():
        if kind_name != "complaint":
            yield from _lists(book, book.system.kinds[kind_name], entries)
        for entry in entries:
            name = book.name(entry)
            title = f"{entry.id} {name}" if name else entry.id
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
        if isinstance(value, str) and (key.endswith(("_on", "_at")) or key in ("on", "date", "period")):
            return value[:10]
    return ""


def _lists(book: Book, kind: Kind, entries: list[Entry]) -> Iterator[tuple[str, str]]:
    """One page, or an overview, a page with everything and one for each month."""
    room, title = f"records/{kind.name}", book.choose(kind.title)
    here, everything = f"{room}/index.md", f"{room}/all.md"
    shapes = {key: kind.shape.properties[key] for key in COLUMNS.get(kind.name) or _columns(kind, entries)}
    facets = book.values(here).facets(shapes, [entry.value for entry in entries])
    rows = [_row(book, entry, shapes, facets, here) for entry in reversed(entries)]
    parts = portions(rows)
    if len(parts) < 2:
        yield here, page(book, here, title, _list(book, kind, shapes, facets, rows))
        return
    yield here, page(book, here, title, _months(book, rows, parts, book.atlas.to(everything, here)))
    if len(rows) <= ALL_ROWS:
        lines = _list(book, kind, shapes, facets, rows)
        yield everything, page(book, everything, f"{title} {book.tell('listing.all')}", lines, wide=True, found=False)
    for part, own in parts.items():
        path = f"{room}/list-{part}.md"
        yield path, page(book, path, f"{title} {called(part)}", _list(book, kind, shapes, facets, own))


def _months(book: Book, rows: Sequence[Row], parts: Mapping[str, Sequence[Row]], everything: str) -> Lines:
    yield book.say("by_month", count=len(rows))
    yield ""
    yield from to_all(book, rows, everything)
    for part in sorted(parts, reverse=True):
        yield f"- {gate.link(gate.text(called(part)), f'list-{part}.md')} ({len(parts[part])})"
    yield ""
    yield from imported_counts(book, [row.entry for row in rows])


def imported_counts(book: Book, entries: list[Entry]) -> Lines:
    """What an imported log says by itself: each raw column with few values, counted."""
    raw = [found for entry in entries if isinstance(found := child(entry.value, "imported", "columns"), dict)]
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


COLUMNS = {"approval": ("document", "version", "meaning", "person", "on", "level")}


def _list(book: Book, kind: Kind, shapes: Mapping[str, Shape], facets: Mapping[str, str], rows: Sequence[Row]) -> Lines:
    yield gate.text(book.choose(kind.description))
    yield ""
    values = book.values(f"records/{kind.name}/index.md")

    def table() -> Lines:
        titles = [values.title(shape, column) for column, shape in shapes.items()]
        yield from gate.header([book.say("column.number"), *titles])
        yield from (row.said for row in rows)

    yield from box(book, table(), {"period": book.say("column.period")} | dict(facets), repeats=True)


def _row(book: Book, entry: Entry, shapes: Mapping[str, Shape], facets: Mapping[str, str], here: str) -> Row:
    values, day = book.values(here), day_of(entry)
    number = gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), here)) + book.below(entry)
    filed = "" if month_of(day) == UNDATED else pick("period", month_of(day), "")
    cells = [values.choice(key, shape, entry.value.get(key), facets) for key, shape in shapes.items()]
    return Row(entry, day, gate.row(number + filed, *cells))


def _columns(kind: Kind, entries: list[Entry]) -> tuple[str, ...]:
    """The first plain fields that the schema names, as far as any record uses them."""
    used = {key for entry in entries for key, value in entry.value.items() if isinstance(value, str)}
    plain = [
        k
        for k, s in kind.shape.properties.items()
        if k in used and k not in ("id", "kind", "title") and not s.properties
    ]
    return tuple(plain[:5])


def _record(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    values = book.values(here)
    served = ", ".join(book.atlas.reference(("requirement",), clause, here) for clause in entry.kind.clauses)
    complaint = entry.kind.name == "complaint"
    if is_restricted(entry):
        yield f'!!! note "{book.say("restricted")}"'
        yield f"    {book.say('restricted_note')}"
        yield ""
    if complaint:
        yield complaint_pages.standing(book, entry, values)
        yield ""
    yield from times.lines(book, entry, values)
    yield f"{book.say('serves')} {served}"
    yield ""
    problems = book.problems_at.get(entry.path)
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    if complaint:
        yield from complaint_pages.story(book, entry, values)
        yield from originals.lines(book, entry, values)
        yield f"## {book.say('facts')}"
        yield ""
    yield from values.block(entry.kind.shape, entry.value)
    if not complaint:
        yield from originals.lines(book, entry, values)
    yield book.colophon(entry)
