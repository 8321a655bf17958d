"""One page per clause: what is required, how it is met, by which document, register and record, and what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..clauses import Clause, Requirement
from ..model import Entry
from ..wording import COLON, COMMA, aside, text
from . import gate
from .atlas import anchor_of, clause_page
from .book import Book, Lines, page, problem_lines
from .values import chip, definitions

TONE = {"failing": "bad", "evidenced": "ok"}
SHOWN = 8
"""So many pieces of evidence are listed per kind before the rest is counted."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield "clauses/index.md", page(book, "clauses/index.md", book.say("clauses"), _index(book))
    for clause in book.system.catalogue.clauses.values():
        if _own(book, clause.id):
            yield (
                clause_page(clause.id),
                page(book, clause_page(clause.id), f"{clause.id} {book.choose(clause.title)}", _clause(book, clause)),
            )


def _own(book: Book, clause: str) -> list[Requirement]:
    return [r for r in book.system.catalogue.requirements.values() if r.clause == clause]


def _index(book: Book) -> Lines:
    here = "clauses/index.md"
    yield book.say("clauses_lead")
    yield ""
    names = ("clause", "requirements", "evidenced", "failing", "not_applicable", "to_judge", "documents")
    yield from gate.header(map(book.say, names), range(1, 6))
    for clause in book.system.catalogue.clauses.values():
        rows = [book.report.coverage[r.id] for r in _own(book, clause.id) if r.id in book.report.coverage]
        title = f"{gate.text(clause.id)} {gate.text(book.choose(clause.title))}"
        if not rows:
            if "." not in clause.id:
                yield gate.row(f"**{title}**", *[""] * 6)
            continue
        count = Counter(row.status for row in rows)
        name = gate.link(title, book.atlas.to(clause_page(clause.id), here))
        failing = chip("bad", str(count["failing"])) if count["failing"] else "0"
        judged = sum(row.judgement != "none" for row in rows)
        numbers = (len(rows), count["evidenced"], failing, count["not_applicable"], judged)
        yield gate.row(name, *map(str, numbers), _documents(book, clause.id, here))
    yield ""
    yield from _notes(book)


def _documents(book: Book, clause: str, here: str) -> str:
    """The controlled documents that say they serve this clause."""
    found = [
        entry for entry in book.system.entries
        if entry.controlled and clause in [str(own) for own in entry.value.get("clauses") or ()]
    ]  # fmt: skip
    links = [
        gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), here), book.title(entry))
        for entry in found[:SHOWN]
    ]
    return " ".join(links) + ("…" if len(found) > SHOWN else "")


def _notes(book: Book) -> Lines:
    """How the irregularities of the printed standard are handled (requirements 1.2)."""
    notes = book.system.catalogue.notes.get("irregularities") or []
    if notes:
        yield f"## {book.say('irregularities')}"
        yield ""
        yield from gate.header(map(book.say, ("where", "seen", "treatment")))
        for note in notes:
            yield gate.row(*(gate.text(book.choose(note[key])) for key in ("where", "seen", "treatment")))
        yield ""


def _clause(book: Book, clause: Clause) -> Lines:
    here = clause_page(clause.id)
    if clause.iso9001 or clause.iso10002:
        quality = gate.text(", ".join(clause.iso9001) or "—")
        complaints = gate.text(", ".join(clause.iso10002) or "—")
        yield f"GB/T 19001-2016 / ISO 9001:2015 {quality} · GB/T 19012-2019 / ISO 10002:2018 {complaints}"
        yield ""
    for requirement in _own(book, clause.id):
        yield from _requirement(book, requirement, here)


def _requirement(book: Book, requirement: Requirement, here: str) -> Lines:
    row = book.report.coverage.get(requirement.id)
    status = (
        "no_case"
        if row and row.reason == "no-case" and row.status == "not_applicable"
        else row.status
        if row
        else "failing"
    )
    mark = " ★" if requirement.emphasis else ""
    yield f"## {gate.text(requirement.id)}{mark} {{#{anchor_of(requirement.id)}}}"
    yield ""
    yield gate.text(book.choose(requirement.text))
    yield ""
    said = chip(TONE.get(status, "calm"), text(f"check.status.{status}", book.language))
    judgement = text(f"check.judgement.{requirement.judgement}", book.language)
    printed = requirement.printed
    if requirement.printed_note:
        printed += aside(book.choose(requirement.printed_note), book.language)
    yield f"{said} {chip('calm', judgement)} {book.say('printed')} {gate.text(printed)}"
    yield ""
    if row and row.status == "not_applicable" and row.reason != "no-case":
        yield f"{book.say('reason')}{COLON[book.language]}{gate.text(row.reason)}"
        yield ""
    if requirement.question:
        yield '!!! question "' + book.say("auditor_asks") + '"'
        yield f"    {gate.text(book.choose(requirement.question))}"
        yield ""
    yield from _evidence(book, requirement, here)
    problems = [p for p in book.report.problems if requirement.id in p.requirements]
    if problems:
        yield f"**{book.say('open_problems')}**"
        yield ""
        yield from problem_lines(book, problems, here)


def _evidence(book: Book, requirement: Requirement, here: str) -> Lines:
    """What shows it, by kind: how many, the latest of them, and the way to all."""
    entries: dict[str, dict[str, Entry]] = {}
    for thing in book.report.measured.evidence[requirement.id].things:
        entries.setdefault(book.of_kind(thing.entry), {}).setdefault(thing.entry.path, thing.entry)
    if not entries:
        yield book.say("no_evidence")
        yield ""
        return
    joined = COMMA[book.language]
    facts = []
    for kind, found in entries.items():
        latest = sorted(found.values(), key=lambda entry: entry.path, reverse=True)
        links = [gate.link(_label(book, e), book.atlas.to(book.atlas.page(e), here)) for e in latest[:SHOWN]]
        if len(latest) > SHOWN:
            everything = book.atlas.to(f"records/{latest[0].kind.name}/index.md", here)
            rest = book.say("and_more", count=len(latest) - SHOWN)
            links.append(gate.link(rest, everything) if latest[0].kind.information == "retain" else rest)
        facts.append((f"{kind} × {len(latest)}" if len(latest) > 1 else kind, joined.join(links)))
    yield from definitions("facts evidence", facts)


def _label(book: Book, entry: Entry) -> str:
    if entry.kind.information == "retain":
        return gate.whole(entry.id)
    return gate.text(f"{entry.id} {book.title(entry)}" if entry.controlled else book.title(entry))
