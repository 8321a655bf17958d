"""Documents: the master list (computed, 7.5.3) and a page per controlled document with its control block."""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.revisits import next_reviews
from ..model import Entry
from ..wording import messages
from . import gate
from .book import Book, Lines, page, problem_lines
from .standing import coming, headless, in_hand, revisions_page, signatures, status_chip
from .values import Fact, chip

# In the order of the standard's own cover; the second tuple needs the full width.
COVER = (
    "number", "version", "owner", "prepared_by", "first_issued_on", "first_effective_on", "effective_on",
    "next_review_on", "confidentiality", "necessity",
)  # fmt: skip
BELOW = ("distribution", "clauses", "supersedes")
SHOWN_ELSEWHERE = frozenset({*COVER, *BELOW, "history", "title", "title_en", "language", "kind"})


def make(book: Book) -> Iterator[tuple[str, str]]:
    maintained = [e for e in book.system.entries if e.kind.information == "maintain"]
    yield "documents/index.md", page(book, "documents/index.md", book.say("documents"), _index(book, maintained))
    for entry in maintained:
        if entry.path.startswith("registers/"):
            continue
        title = f"{entry.id} {book.title(entry)}" if entry.controlled else book.title(entry)
        yield book.atlas.page(entry), page(book, book.atlas.page(entry), title, _document(book, entry))


def _index(book: Book, documents: list[Entry]) -> Lines:
    here = "documents/index.md"
    yield book.say("documents_lead")
    yield ""
    families: dict[str, list[Entry]] = {}
    for entry in documents:
        if entry.controlled:
            families.setdefault(_family(entry), []).append(entry)
    for family in sorted(families, key=lambda name: (name != "system", name)):
        title = messages(book.language).get(f"site.family.{family}", family)
        yield f"## {gate.text(title)} {{#{family}}}"
        yield ""
        yield from _master_list(book, sorted(families[family], key=lambda entry: entry.id), here)
    others = [e for e in documents if not e.controlled and not e.path.startswith("registers/")]
    if others:
        yield f"## {book.say('other_documents')}"
        yield ""
        yield from (f"- {gate.link(gate.text(book.title(e)), book.atlas.to(book.atlas.page(e), here))}" for e in others)
        yield ""
    yield f"## {book.say('record_types')} {{#record-types}}"
    yield ""
    columns = ("column.title", "column.place", "column.number", "clause", "column.count")
    yield from gate.header(map(book.say, columns), [4])
    for kind in book.system.kinds.values():
        if kind.information == "retain":
            count = sum(1 for _ in book.system.of(kind.name))
            said = (book.choose(kind.title), kind.paths[0], kind.number or "", ", ".join(kind.clauses), str(count))
            yield gate.row(*map(gate.text, said))
    yield ""


def _family(entry: Entry) -> str:
    """What a document belongs to, by where its kind is at home: an organisation names its own folders."""
    first, *rest = entry.kind.paths[0].split("/")
    return rest[0] if first == "system" and len(rest) > 1 else first


def _master_list(book: Book, documents: list[Entry], here: str) -> Lines:
    names = ("number", "title", "version", "status", "owner", "effective_on", "next_review_on")
    yield from gate.header(book.say(f"column.{name}") for name in names)
    ahead = next_reviews(book.system)
    for entry in documents:
        values = book.values(here)
        due = ahead.get(entry.id)
        review = due.isoformat() if due is not None else str(entry.value.get("next_review_on", ""))
        late = f" {chip('warn', book.say('late'))}" if due is not None and due < book.system.as_of else ""
        address = book.atlas.to(book.atlas.page(entry), here)
        yield gate.row(
            gate.link(gate.whole(entry.id), address),
            gate.link(gate.text(book.title(entry)), address),
            gate.text(entry.value.get("version", "")),
            status_chip(book, entry),
            values.inline(entry.kind.shape.properties["owner"], entry.value.get("owner", "")),
            gate.whole(entry.value.get("effective_on", "")),
            gate.whole(review) + late,
        )
    yield ""


def _document(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    values = book.values(here)
    if entry.controlled:
        yield from coming(book, entry)
        yield from _cover(book, entry, here)
    problems = [p for p in book.report.problems if p.place.path == entry.path]
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    skip = SHOWN_ELSEWHERE if entry.controlled else frozenset({"kind"})
    rest = {key: value for key, value in entry.value.items() if key not in skip}
    if entry.body is None:
        yield from values.block(entry.kind.shape, rest)
    else:
        yield gate.prose(headless(entry), book.atlas.resolver(entry, here))
        yield ""
        if rest:
            yield f"## {book.say('further')}"
            yield ""
            yield from values.block(entry.kind.shape, rest, 3)
    yield ""
    yield book.colophon(entry)


def _cover(book: Book, entry: Entry, here: str) -> Lines:
    """The control block, as on the standard's own cover, with who signed this version and what proves it."""
    values = book.values(here)
    shape = entry.kind.shape.properties

    def said(keys: tuple[str, ...]) -> list[Fact]:
        known = [key for key in keys if key in entry.value and key in shape]
        return [(values.title(shape[key], key), values.inline(shape[key], entry.value[key])) for key in known]

    yield '<div class="cover" markdown>'
    yield ""
    cover = said(COVER)
    cover.insert(2, (book.say("column.status"), status_chip(book, entry)))
    yield from values.facts(cover)
    verdicts = book.report.measured.approvals.verdicts(in_hand(book, entry))
    version = str(entry.value.get("version", ""))
    yield from signatures(book, (verdict for verdict in verdicts if verdict.version == version), here)
    yield from values.facts(said(BELOW))
    revisions = book.atlas.to(revisions_page(book, entry), here)
    yield gate.link(book.tell("documents.see_revisions"), revisions)
    yield "</div>"
    yield ""
    history = entry.value.get("history")
    if isinstance(history, list) and history:
        yield f'??? note "{book.say("history")}"'
        yield ""
        lines = values.many(shape["history"].items or shape["history"], history, 4)
        yield from (f"    {line}" for line in lines)
        yield ""
