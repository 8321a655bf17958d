"""One page per clause: what is required, how it is met, by which document, register and record, and what is open."""

from __future__ import annotations

from collections.abc import Iterator

from ..clauses import Clause, Requirement
from ..model import Entry
from ..wording import text
from . import gate
from .atlas import anchor_of, clause_page
from .pages import Book, Lines, page, problem_lines

SHOWN = 12
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
    names = ("clause", "requirements", "evidenced", "failing", "not_applicable", "to_judge")
    yield from gate.header(map(book.say, names), range(1, 6))
    for clause in book.system.catalogue.clauses.values():
        rows = [book.report.coverage[r.id] for r in _own(book, clause.id) if r.id in book.report.coverage]
        if not rows:
            if "." not in clause.id:
                yield f"| **{gate.text(clause.id)} {gate.text(book.choose(clause.title))}** | | | | | |"
            continue
        count = {
            status: sum(row.status == status for row in rows) for status in ("evidenced", "failing", "not_applicable")
        }
        name = gate.link(
            f"{gate.text(clause.id)} {gate.text(book.choose(clause.title))}",
            book.atlas.to(clause_page(clause.id), here),
        )
        judged = sum(row.judgement != "none" for row in rows)
        failing = f"**{count['failing']}**" if count["failing"] else "0"
        numbers = (len(rows), count["evidenced"], failing, count["not_applicable"], judged)
        yield gate.row(name, *map(str, numbers))
    yield ""
    yield from _notes(book)


def _notes(book: Book) -> Lines:
    """How the irregularities of the printed standard are handled (requirements 1.2)."""
    notes = book.system.catalogue.notes.get("irregularities") or []
    if notes:
        yield f"## {book.say('irregularities')}"
        yield ""
        yield from gate.header(map(book.say, ("where", "seen", "treatment")))
        for note in notes:
            said = (str(note.get("where", "")), book.choose(note["seen"]), book.choose(note["treatment"]))
            yield gate.row(*map(gate.text, said))
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
    judgement = text(f"check.judgement.{requirement.judgement}", book.language)
    chip = {"failing": "bad", "evidenced": "ok"}.get(status, "calm")
    said = f'<span class="chip {chip}">{text(f"check.status.{status}", book.language)}</span>'
    yield f"{said} · {book.say('printed')} {gate.text(requirement.printed)} · {judgement}"
    yield ""
    if row and row.status == "not_applicable" and row.reason != "no-case":
        yield f"{book.say('reason')}：{gate.text(row.reason)}"
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
    entries: dict[str, dict[str, Entry]] = {}
    for thing in book.report.measured.evidence[requirement.id].things:
        entries.setdefault(book.of_kind(thing.entry), {}).setdefault(thing.entry.path, thing.entry)
    if not entries:
        yield book.say("no_evidence")
    for kind, found in entries.items():
        latest = sorted(found.values(), key=lambda entry: entry.path, reverse=True)
        shown = [
            gate.link(gate.text(_label(entry)), book.atlas.to(book.atlas.page(entry), here)) for entry in latest[:SHOWN]
        ]
        rest = book.say("and_more", count=len(latest) - SHOWN) if len(latest) > SHOWN else ""
        yield f"- {gate.text(kind)}（{len(latest)}）：{'、'.join(shown)}{rest}"
    yield ""


def _label(entry: Entry) -> str:
    return (
        f"{entry.id} {entry.title}"
        if entry.controlled
        else entry.id
        if entry.kind.information == "retain"
        else entry.title
    )
