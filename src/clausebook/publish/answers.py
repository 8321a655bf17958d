"""Where an answer stands, in one line with links to it: a document, a register, a kind of record, an indicator.

Each maker returns facts (plain name, finished cell) for the page of the auditor's questions. What an organisation
does not have is said, with its reason where it gave one: an empty answer is an answer (requirements 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..measure.indicators import Indicator
from ..model import Entry, Kind
from ..wording import choose
from . import gate
from .book import Book
from .indicator_formats import sides, value_words
from .record_pages import day_of
from .standing import in_hand, revisions_page, status_chip
from .values import Fact, chip

HERE = "clauses/questions.md"
Facts = Iterator[Fact]
Answer = Callable[[Book], Facts]
SHOWN = 6
"""So many things are named on one line before the rest is counted."""


def say(book: Book, key: str, **facts: str | int) -> str:
    return book.tell(f"questions.{key}", **facts)


def to(book: Book, page: str, anchor: str = "") -> str:
    return book.atlas.to(page, HERE, anchor)


def link_of(book: Book, entry: Entry) -> str:
    """A record by its number, a document by number and title."""
    own = to(book, book.atlas.page(entry))
    if entry.kind.information == "retain":
        return gate.link(gate.whole(entry.id), own, book.title(entry))
    return gate.link(gate.text(f"{entry.id} {book.title(entry)}" if entry.controlled else book.title(entry)), own)


def joined(book: Book, cells: Iterable[str]) -> str:
    """The first cells on one line; of more, how many."""
    found = list(cells)
    more = [say(book, "more", count=len(found) - SHOWN)] if len(found) > SHOWN else []
    return " · ".join([*found[:SHOWN], *more])


def absent(book: Book, kind: Kind) -> str:
    """Nothing of this kind: why its whole clause does not apply where the organisation says so, else that none was."""
    known = book.system.catalogue.requirements.values()
    rows = [book.report.coverage.get(one.id) for one in known if one.clause in kind.clauses]
    reasons = [row.reason for row in rows if row and row.status == "not_applicable" and row.reason != "no-case"]
    if rows and len(reasons) == len(rows):
        return gate.text(say(book, "not_applicable", reason=reasons[0]))
    return chip("calm", say(book, "none"))


def document(kind: str) -> Answer:
    """The valid documents of a kind: version, state, who approved it and when."""

    def answer(book: Book) -> Facts:
        yield from _documents(book, book.system.kinds[kind], list(book.system.of(kind)))

    return answer


def serving(clause: str, *kinds: str) -> Answer:
    """The procedures, or what stands for them, that serve a clause."""

    def answer(book: Book) -> Facts:
        for kind in kinds:
            own = [e for e in book.system.of(kind) if clause in [str(c) for c in e.value.get("clauses") or ()]]
            if own:
                yield from _documents(book, book.system.kinds[kind], own)
                return
        yield from _documents(book, book.system.kinds[kinds[0]], [])

    return answer


def _documents(book: Book, kind: Kind, found: list[Entry]) -> Facts:
    name = book.choose(kind.title)
    if not found:
        yield name, absent(book, kind)
    for entry in found[:SHOWN]:
        version = gate.whole(entry.value.get("version", ""))
        said = [link_of(book, entry), version, status_chip(book, entry), *_approval(book, entry)]
        yield name, " · ".join([*filter(None, said), revisions(book, entry)])
    if len(found) > SHOWN:
        rest = book.say("and_more", count=len(found) - SHOWN)
        yield name, gate.link(rest, to(book, "documents/index.md"))


def revisions(book: Book, entry: Entry) -> str:
    """The way to a document's versions and who approved them."""
    return gate.link(book.tell("documents.see_revisions"), to(book, revisions_page(book, entry)))


def _approval(book: Book, entry: Entry) -> Iterator[str]:
    """Who approved the version shown, and on which day."""
    for verdict in book.report.measured.approvals.verdicts(in_hand(book, entry)):
        value = verdict.approval.value
        if verdict.version == entry.value.get("version") and value.get("meaning") == "approve" and not verdict.faults:
            person = book.atlas.name(("person",), str(value.get("person", "")))
            yield gate.text(say(book, "approved", person=person, on=str(value.get("on", ""))))
            return


def register(kind: str) -> Answer:
    """A register with its rows and its last review."""

    def answer(book: Book) -> Facts:
        found = list(book.system.of(kind))
        name = book.choose(book.system.kinds[kind].title)
        if not found:
            yield name, absent(book, book.system.kinds[kind])
        for entry in found:
            count = sum(len(value) for value in entry.value.values() if isinstance(value, list))
            reviewed = str(entry.value.get("reviewed_on", ""))
            said = say(book, "register", count=count, on=reviewed)
            owner = entry.kind.shape.properties.get("owner")
            owned = book.values(HERE).inline(owner, entry.value["owner"]) if owner and "owner" in entry.value else ""
            link = gate.link(gate.text(book.title(entry)), to(book, book.atlas.page(entry)))
            yield name, " · ".join(filter(None, [link, gate.text(said), owned]))

    return answer


def record(kind: str) -> Answer:
    """All records of a kind, and the latest."""

    def answer(book: Book) -> Facts:
        found = list(book.system.of(kind))
        name = book.choose(book.system.kinds[kind].title)
        if not found:
            yield name, absent(book, book.system.kinds[kind])
            return
        latest = max(found, key=lambda entry: (day_of(entry), entry.id))
        every = gate.link(gate.text(say(book, "records", count=len(found))), to(book, f"records/{kind}/index.md"))
        last = say(book, "latest", on=day_of(latest))
        yield name, f"{every} · {gate.text(last)} {link_of(book, latest)} {gate.text(book.name(latest))}".rstrip()

    return answer


def indicator(name: str) -> Answer:
    """What an indicator says of the running year, whether it meets its target."""

    def answer(book: Book) -> Facts:
        one = next((one for one in book.figures.indicators if one.id == name), None)
        if one is None:
            return
        yield choose(one.name, book.language), indicator_line(book, one)

    return answer


def indicator_line(book: Book, one: Indicator) -> str:
    link = gate.link(say(book, "see_indicator"), to(book, f"indicators/{one.id}.md"))
    year = book.figures.years[-1]
    result = book.figures.of(one, year)
    if result is None:
        return link
    tone = {True: "ok", False: "bad", None: "calm"}[result.headline.met]
    value = chip(tone, gate.text(value_words(one, result.headline, book.language)))
    counts, _, target, _ = sides(one, result.headline, book.language)
    said = [f"{gate.whole(year.label)} {value}", gate.text(counts), gate.text(target), link]
    return " · ".join(filter(None, said))


def rule_state(book: Book, *rules: str) -> str:
    """How many problems of some rules are open, with the way to them."""
    found = [problem for problem in book.report.problems if problem.rule in rules]
    tone = "bad" if found else "ok"
    count = chip(tone, say(book, "open_problems", count=len(found)))
    return gate.link(count, to(book, "gaps/index.md")) if found else count
