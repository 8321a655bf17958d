"""Documents: a page per document, with its control block and who has read it (7.5.2, 7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Entry
from . import gate
from .book import Book, Lines, page, problem_lines
from .reading_pages import section
from .standing import coming, headless, in_hand, revisions_page, signatures, status_chip
from .values import Fact

# In the order of the standard's own cover; the second tuple needs the full width.
COVER = (
    "number", "version", "owner", "prepared_by", "first_issued_on", "first_effective_on", "effective_on",
    "next_review_on", "confidentiality", "necessity",
)  # fmt: skip
BELOW = ("distribution", "clauses", "supersedes")
SHOWN_ELSEWHERE = frozenset({*COVER, *BELOW, "history", "title", "title_en", "language", "kind"})


def make(book: Book) -> Iterator[tuple[str, str]]:
    maintained = [e for e in book.system.entries if e.kind.information == "maintain"]
    for entry in maintained:
        if entry.path.startswith("registers/"):
            continue
        title = f"{entry.id} {book.title(entry)}" if entry.controlled else book.title(entry)
        yield book.atlas.page(entry), page(book, book.atlas.page(entry), title, _document(book, entry))


def _document(book: Book, entry: Entry) -> Lines:
    here = book.atlas.page(entry)
    if entry.controlled:
        yield from coming(book, entry)
        yield from _cover(book, entry, here)
    problems = [p for p in book.report.problems if p.place.path == entry.path]
    if problems:
        yield f"## {book.say('open_problems')}"
        yield ""
        yield from problem_lines(book, problems, here)
    yield from content(book, entry, here)
    yield ""
    read = book.readings.get(entry.path)
    if read is not None and read.asked:
        yield from section(book, read, here)
    yield book.colophon(entry)


def content(book: Book, entry: Entry, here: str) -> Lines:
    """What a document says, without its control block: its text, then its further fields."""
    values = book.values(here)
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
