"""The manual to be read through: every document where its chapter of the standard stands, as it is valid (7.5.2).

The master list says what there is; this page says in which order to read it. A document stands once, in the chapter
that it serves first; long families of small documents (definitions of indicators, say) share one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ..model import Entry
from . import gate
from .book import Book, Lines, page
from .controlled import family_name, family_of
from .master_list import INDEX as MASTER_LIST
from .process_map import HERE as PROCESS_MAP
from .standing import status, status_chip

HERE = "manual/index.md"
COLUMNS = ("document", "version", "effective_on")
OTHERS = ""
"""Where documents stand that name no clause of this standard."""
MANY = 8
"""A family with more documents than this in one chapter is told in one line."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.say("manual"), _page(book))


def chapters(book: Book) -> Mapping[str, Sequence[Entry]]:
    """Chapter → its documents, in the order of the clauses that they serve first; `OTHERS` last."""
    order = {clause: place for place, clause in enumerate(book.system.catalogue.clauses)}
    placed = []
    for entry in book.system.entries:
        if entry.controlled:
            first = min(
                (order[str(own)] for own in entry.value.get("clauses") or () if str(own) in order), default=None
            )
            placed.append((len(order) if first is None else first, entry.kind.paths[0], entry.id, entry))
    names = [*order, OTHERS]
    found: dict[str, list[Entry]] = defaultdict(list)
    for place, _, _, entry in sorted(placed, key=lambda one: one[:3]):
        found[names[place].split(".")[0]].append(entry)
    return found


def _page(book: Book) -> Lines:
    yield book.say("manual_lead")
    yield ""
    map_ = [(book.tell("documents.map"), PROCESS_MAP)] if book.system.first("process") else []
    ways = [*map_, (book.say("documents"), MASTER_LIST)]
    yield " · ".join(gate.link(name, book.atlas.to(target, HERE)) for name, target in ways)
    yield ""
    found = chapters(book)
    if not found:
        yield book.say("manual_empty")
        yield ""
    yield '<div class="chapters" markdown>'
    yield ""
    for chapter, entries in found.items():
        title = book.say("other_chapter")
        if chapter != OTHERS:
            title = f"{gate.text(chapter)} {gate.text(book.choose(book.system.catalogue.clauses[chapter].title))}"
        yield f"## {title} {{#chapter-{gate.line(chapter or 'others')}}}"
        yield ""
        yield from _chapter(book, entries)
    yield "</div>"
    yield ""
    yield f"<small>{book.say('manual_paper')}</small>"


def _chapter(book: Book, entries: Sequence[Entry]) -> Lines:
    families: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        families[family_of(entry)].append(entry)
    shown = [entry for entry in entries if len(families[family_of(entry)]) <= MANY]
    if shown:
        yield from gate.header([*(book.tell(f"master.column.{name}") for name in COLUMNS), book.say("serves")])
        yield from (gate.row(*_line(book, entry)) for entry in shown)
        yield ""
    for family, members in families.items():
        if len(members) > MANY:
            name = gate.text(family_name(book, family))
            links = " · ".join(_named(book, entry) for entry in members)
            yield f"**{name}** {links}"
            yield ""


def _line(book: Book, entry: Entry) -> Iterator[str]:
    yield _named(book, entry)
    yield gate.whole(str(entry.value.get("version", "")))
    yield gate.whole(str(entry.value.get("effective_on", "")))
    clauses = [str(own) for own in entry.value.get("clauses") or ()]
    yield " ".join(book.atlas.reference(("requirement",), clause, HERE) for clause in clauses)


def _named(book: Book, entry: Entry) -> str:
    """Number and title as one link; a state only where it is not the usual one."""
    address = book.atlas.to(book.atlas.page(entry), HERE)
    title = book.title(entry)
    label = gate.whole(entry.id) if title == entry.id else f"{gate.whole(entry.id)} {gate.text(title)}"
    usual = status(book, entry) == "controlled"
    return gate.link(label, address) + ("" if usual else f" {status_chip(book, entry)}")
