"""The master list on one page: documents and registers, documents from outside, kinds of record (7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..measure.external_documents import External, external_documents
from ..measure.moments import word
from ..measure.readings import departments_in_scope
from ..model import Entry
from . import gate
from .atlas import anchor_of
from .book import Book, Lines, page
from .controlled import Listed, Recorded, asked, family_name, listed, recorded
from .listing import box, pick
from .reading_pages import READINGS, progress
from .standing import TONE, revisions_page
from .values import Values, chip

INDEX = "documents/index.md"
FACETS = ("family", "status", "owner", "reader", "mark")
COLUMNS = ("document", "version", "status", "owner", "effective_on", "review", "distribution", "reading")
EXTERNAL = ("document", "in_use", "latest", "checked", "status", "answer")
KINDS = ("record", "form", "kept", "place", "disposal", "count")
DOWNLOADS = ("documents/master-list.xlsx", "documents/master-list.csv")


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield INDEX, page(book, INDEX, book.say("documents"), _index(book), wide=True)


def _index(book: Book) -> Lines:
    lines = listed(book)
    yield book.tell("master.lead", as_of=book.system.as_of.isoformat())
    yield ""
    ways = [gate.link(book.tell(f"master.{name}"), f"#{name}") for name in ("external", "record-types")]
    ways += [gate.link(book.tell("master.readings"), book.atlas.to(READINGS, INDEX))] if asked(lines) else []
    ways += [gate.link(book.tell(f"master.{path[-4:].strip('.')}"), book.atlas.to(path, INDEX)) for path in DOWNLOADS]
    yield " · ".join(ways)
    yield ""
    yield f"## {book.tell('master.documents')} {{#master-list}}"
    yield ""
    yield from box(book, _documents(book, lines), _facets(book), look="cards master", repeats=True)
    yield from _others(book)
    yield from _external(book)
    yield from _kinds(book)


def _facets(book: Book) -> Mapping[str, str]:
    return {facet: book.tell(f"master.facet.{facet}") for facet in FACETS}


def _documents(book: Book, lines: list[Listed]) -> Lines:
    yield from (f'<a id="family={gate.line(family)}"></a>' for family in dict.fromkeys(x.family for x in lines))
    yield from gate.header(book.tell(f"master.column.{name}") for name in COLUMNS)
    departments = set(departments_in_scope(book.system))
    for one in lines:
        yield gate.row(*_line(book, one, departments))


def _version(book: Book, one: Listed) -> str:
    """The version leads to the earlier ones: what was valid when, and who approved it (7.5.3)."""
    said, entry = gate.whole(one.field("version")), one.entry
    kept = entry.controlled and not entry.part and one.field("version")
    return gate.link(said, book.atlas.to(revisions_page(book, entry), INDEX)) if kept else said


def _line(book: Book, one: Listed, departments: set[str]) -> Iterator[str]:
    values, entry = book.values(INDEX), one.entry
    address = book.atlas.to(book.atlas.page(entry), INDEX)
    family = family_name(book, one.family)
    hidden = f"<span hidden>{pick('family', one.family, gate.text(family))}</span>"
    name = gate.link(gate.text(book.title(entry)), address)
    yield f"{gate.link(gate.whole(entry.id), address)}<br>{name}{hidden}"
    yield _version(book, one)
    tone, said = TONE.get(one.status, "calm"), book.say(f"state.{one.status}")
    yield pick("status", one.status, chip(tone, said))
    owner = one.field("owner")
    yield pick("owner", owner, values.inline(entry.kind.shape.properties["owner"], owner)) if owner else ""
    yield _dated(book, "effective_on", one.field("effective_on"))
    yield _dated(book, "review", one.review_on.isoformat() if one.review_on else "") + _mark(book, "late", one.late)
    yield _readers(book, values, one, departments)
    yield _reading(book, one)


def _dated(book: Book, name: str, day: str) -> str:
    """A date; where rows are cards, with what it is the date of."""
    return f'<span class="named">{book.tell(f"master.column.{name}")} </span>{gate.whole(day)}' if day else ""


def _mark(book: Book, mark: str, there: bool) -> str:
    return f"<br>{pick('mark', mark, chip('warn', book.tell(f'master.mark.{mark}')))}" if there else ""


def _readers(book: Book, values: Values, one: Listed, departments: set[str]) -> str:
    """Who gets it; a list that leaves nobody out is said in one word and still found by each name."""
    if not one.readers:
        return ""
    shape = one.entry.kind.shape.properties["distribution"].items or one.entry.kind.shape
    named = [(reader, gate.text(values.plain(shape, reader))) for reader in one.readers]
    picks = [pick("reader", reader, name) for reader, name in named]
    if departments and departments <= set(one.readers):
        others = [name for reader, name in named if reader not in departments]
        shown = values.comma.join([book.tell("master.everybody"), *others])
        return f"{shown}<span hidden>{''.join(picks)}</span>"
    return values.comma.join(picks)


def _reading(book: Book, one: Listed) -> str:
    found = one.acknowledgement
    if found is None or not found.asked:
        return ""
    address = book.atlas.to(book.atlas.page(one.entry), INDEX, "reading")
    label = f'<span class="named">{book.tell("master.column.reading")} </span>'
    return label + gate.link(progress(found), address) + _mark(book, "unread", bool(found.missing))


def _others(book: Book) -> Lines:
    others = [
        entry for entry in book.system.entries
        if entry.kind.information == "maintain" and not entry.controlled and not entry.path.startswith("registers/")
    ]  # fmt: skip
    if others:
        yield f"## {book.say('other_documents')}"
        yield ""
        for entry in others:
            yield f"- {gate.link(gate.text(book.title(entry)), book.atlas.to(book.atlas.page(entry), INDEX))}"
        yield ""


def _external(book: Book) -> Lines:
    rows = list(external_documents(book.system))
    yield f"## {book.tell('master.external')} {{#external}}"
    yield ""
    laws = book.system.first("obligations")
    lead = [book.tell(f"master.external_{'lead' if rows else 'none'}")]
    if laws is not None:
        link = gate.link(gate.text(book.of_kind(laws)), book.atlas.to(book.atlas.page(laws), INDEX))
        lead.append(f"{book.tell('master.laws')} {link}")
    yield " ".join(lead)
    yield ""
    if not rows:
        return

    def table() -> Lines:
        yield from gate.header(book.tell(f"master.external_column.{name}") for name in EXTERNAL)
        yield from (gate.row(*_edition(book, one)) for one in rows)

    yield from box(book, table(), look="cards master")


def _edition(book: Book, one: External) -> Iterator[str]:
    """One document from outside; a newer edition and an old check stand out."""
    values, row = book.values(INDEX), one.row
    shape = (one.entry.kind.shape.properties["items"].items or one.entry.kind.shape).properties
    address = book.atlas.to(book.atlas.page(one.entry), INDEX, anchor_of(str(row.get("id"))))
    number, title = str(row.get("number", "")), row.get("title_en") if book.language == "en" else None
    yield f"{gate.link(gate.whole(number), address)}<br>{gate.text(title or row.get('title', ''))}"
    yield gate.text(one.in_use)
    newer = f"<br>{chip('warn', book.tell('master.newer'))}" if one.newer else ""
    yield (gate.text(one.latest) if one.dated or word(row, "current_edition") else "—") + newer
    yield _checked(book, values, shape, one)
    yield values.scalar(shape["status"], row["status"]) if "status" in row else ""
    answer = word(row, "impact") or ""
    action = f"<br>{values.inline(shape['action'], row['action'])}" if row.get("action") else ""
    yield gate.text(answer) + action


def _checked(book: Book, values: Values, shape: Mapping[str, Any], one: External) -> str:
    """When, by whom, and until when that is good enough."""
    who = values.inline(shape["checked_by"], one.checked.by) if one.checked.by else ""
    due = one.due_on.isoformat() if one.due_on else ""
    late = f" {chip('warn', book.say('late'))}" if one.overdue(book.system.as_of) else ""
    next_ = f"<br><small>{book.tell('master.next')} {gate.whole(due)}</small>{late}" if due else ""
    return f"{gate.whole(one.checked.on or '')} {who}{next_}"


def _kinds(book: Book) -> Lines:
    yield f"## {book.say('record_types')} {{#record-types}}"
    yield ""
    yield book.tell("master.records_lead")
    yield ""

    def table() -> Lines:
        yield from gate.header((book.tell(f"master.kind_column.{name}") for name in KINDS), [len(KINDS) - 1])
        for one in recorded(book):
            yield from _kind(book, one)

    yield from box(book, table(), look="cards master")


def _kind(book: Book, one: Recorded) -> Lines:
    """A row for each retention class of a kind: what applies decides between them."""
    kind = one.kind
    name = gate.text(book.choose(kind.title))
    there = book.atlas.to(f"records/{kind.name}/index.md", INDEX) if one.count else ""
    record = (gate.link(name, there) if there else name) + f"<br><small>{gate.text(', '.join(kind.clauses))}</small>"
    forms = "<br>".join(_form(book, str(row.get("number", "")), entry) for row, entry in one.forms)
    count = f'<span class="named">{book.say("column.count")} </span>{one.count}'
    for entry, row in one.classes:
        place = gate.text(row.get("storage", ""))
        yield gate.row(record, forms, _kept(book, entry, row), place, _disposal(book, entry, row), count)
    if not one.classes:
        lacking = chip("warn", book.tell("master.no_class")) if one.count else "—"
        yield gate.row(record, forms, lacking, "", "", count)


def _form(book: Book, number: str, entry: Entry) -> str:
    """A form by its number; the document that prescribes it answers for it."""
    return gate.link(gate.whole(number), book.atlas.to(book.atlas.page(entry), INDEX), book.title(entry))


def _kept(book: Book, entry: Entry, row: Mapping[str, Any]) -> str:
    """A retention class: its number, how long, counted from what, and when it applies."""
    address = book.atlas.to(book.atlas.page(entry), INDEX, anchor_of(str(row.get("id"))))
    only = f"<br><small>{gate.text(row['applies_if'])}</small>" if word(row, "applies_if") else ""
    return f"{gate.link(gate.whole(row.get('id', '')), address)} {gate.text(period(book, entry, row))}{only}"


def period(book: Book, entry: Entry, row: Mapping[str, Any]) -> str:
    """How long a class is kept and from when on, in words; not yet safe."""
    if row.get("permanent") is True:
        return book.tell("master.permanent")
    shape = (entry.kind.shape.properties["items"].items or entry.kind.shape).properties["trigger"]
    trigger = book.values(INDEX).plain(shape, str(row.get("trigger", "")))
    return book.tell("master.years", years=str(row.get("years", "—")), trigger=trigger)


def _disposal(book: Book, entry: Entry, row: Mapping[str, Any]) -> str:
    shape = (entry.kind.shape.properties["items"].items or entry.kind.shape).properties["approver"]
    who = book.values(INDEX).inline(shape, row["approver"]) if row.get("approver") else ""
    approved = f"<br><small>{book.tell('master.approved_by')} {who}</small>" if who else ""
    return f"{gate.text(row.get('disposal', ''))}{approved}"
