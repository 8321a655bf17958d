"""Documents: the master list (computed, 7.5.3) and a page per controlled document with its control block."""

from __future__ import annotations

from collections.abc import Iterator

from ..check.support import approvals, valid_approval
from ..model import Entry
from . import gate
from .pages import Book, Lines, page, problem_lines

BLOCK = (
    "number", "version", "owner", "prepared_by", "first_issued_on", "first_effective_on", "effective_on",
    "next_review_on", "confidentiality", "distribution", "clauses", "necessity", "supersedes",
)  # fmt: skip


def make(book: Book) -> Iterator[tuple[str, str]]:
    maintained = [e for e in book.system.entries if e.kind.information == "maintain"]
    yield "documents/index.md", page(book, "documents/index.md", book.say("documents"), _index(book, maintained))
    for entry in maintained:
        if entry.path.startswith("registers/"):
            continue
        title = f"{entry.id} {entry.title}" if entry.controlled else f"{book.of_kind(entry)} {entry.title}"
        yield book.atlas.page(entry), page(book, book.atlas.page(entry), title, _document(book, entry))


def status(book: Book, entry: Entry, given: dict[str, list[Entry]]) -> str:
    """controlled once this very content is approved and effective; else draft or not yet effective."""
    if valid_approval(entry, given.get(entry.id, [])) is None:
        return "draft"
    effective = str(entry.value.get("effective_on", ""))
    return "controlled" if effective <= book.system.as_of.isoformat() else "not_yet_effective"


def _index(book: Book, documents: list[Entry]) -> Lines:
    here = "documents/index.md"
    given = approvals(book.system)
    yield book.say("documents_lead")
    yield ""
    names = ("number", "title", "version", "status", "owner", "effective_on", "next_review_on")
    yield from gate.header(book.say(f"column.{name}") for name in names)
    for entry in documents:
        if not entry.controlled:
            continue
        values = book.values(here)
        shape = entry.kind.shape.properties
        owner = values.inline(shape["owner"], entry.value.get("owner", ""))
        cells = [
            gate.link(gate.text(entry.id), book.atlas.to(book.atlas.page(entry), here)),
            gate.text(entry.title),
            gate.text(entry.value.get("version", "")),
            book.say(f"state.{status(book, entry, given)}"),
            owner,
            gate.text(entry.value.get("effective_on", "")),
            gate.text(entry.value.get("next_review_on", "")),
        ]
        yield gate.row(*cells)
    yield ""
    others = [e for e in documents if not e.controlled and not e.path.startswith("registers/")]
    if others:
        yield f"## {book.say('other_documents')}"
        yield ""
        for entry in others:
            label = gate.text(f"{book.of_kind(entry)} {entry.title}")
            yield f"- {gate.link(label, book.atlas.to(book.atlas.page(entry), here))}"
        yield ""
    yield f"## {book.say('record_types')}"
    yield ""
    columns = ("column.title", "column.place", "column.number", "clause", "column.count")
    yield from gate.header(map(book.say, columns), [4])
    for kind in book.system.kinds.values():
        if kind.information == "retain":
            count = sum(1 for _ in book.system.of(kind.name))
            said = (book.choose(kind.title), kind.paths[0], kind.number or "", ", ".join(kind.clauses), str(count))
            yield gate.row(*map(gate.text, said))
    yield ""


def _document(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    values = book.values(here)
    shape = entry.kind.shape.properties
    if entry.controlled:
        given = approvals(book.system)
        rows = [(book.say("column.status"), f"**{book.say('state.' + status(book, entry, given))}**")]
        rows += [
            (values.title(shape[key], key), values.inline(shape[key], entry.value[key]))
            for key in BLOCK
            if key in entry.value and key in shape
        ]
        rows += list(_signatures(book, entry, given, here))
        yield from values.rows(rows)
        if isinstance(entry.value.get("history"), list):
            yield f'??? note "{book.say("history")}"'
            yield ""
            yield from (
                f"    {line}"
                for line in values.many(shape["history"].items or shape["history"], entry.value["history"], 3)
            )
        yield ""
    problems = [p for p in book.report.problems if p.place.path == entry.path]
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    skip = (
        frozenset({*BLOCK, "history", "title", "title_en", "language", "kind"})
        if entry.controlled
        else frozenset({"kind"})
    )
    rest = {key: value for key, value in entry.value.items() if key not in skip}
    yield from values.block(entry.kind.shape, rest)
    if entry.body is not None:
        yield gate.prose(entry.body, book.atlas.resolver(entry, here))
    yield ""
    yield book.colophon(entry)


def _signatures(book: Book, entry: Entry, given: dict[str, list[Entry]], here: str) -> Iterator[tuple[str, str]]:
    """Who prepared, reviewed and approved this version, with the level of the evidence (never oversold)."""
    for approval in given.get(entry.id, []):
        value = approval.value
        if value.get("version") != entry.value.get("version"):
            continue
        values = book.values(here)
        shape = approval.kind.shape.properties
        meaning = values.scalar(shape["meaning"], value.get("meaning", ""))
        person = values.scalar(shape["person"], value.get("person", ""))
        level = values.scalar(shape["level"], value.get("level", ""))
        record = gate.link(book.say("evidence"), book.atlas.to(book.atlas.page(approval), here))
        yield meaning, f"{person} · {gate.text(value.get('on', ''))} · {level} · {record}"
