"""Gaps for people: by clause, in each by what sort of gap it is; what is excused; what is for the auditor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..check.gaps import GROUPS, Group, Section, Unverified, sections
from ..clauses import Requirement
from . import excused, gate
from .atlas import anchor_of, clause_page
from .book import Book, Lines, page, problem_lines
from .values import chip

HERE = "gaps/index.md"
ROOM = ("readiness", "lapses", "changes", "rules", "proofs")
TONES: dict[Group, str] = {
    "missing": "bad", "incomplete": "bad", "contradictory": "bad", "overdue": "bad", "unverified": "warn",
}  # fmt: skip


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.say("gaps"), _gaps(book))


def _gaps(book: Book) -> Lines:
    errors = book.report.errors
    warnings = len(book.report.problems) - errors
    found = list(sections(book.system, book.report.problems, book.report.coverage))
    yield book.say("gaps_lead")
    yield ""
    yield " · ".join(gate.link(book.tell(f"gaps.{name}.title"), f"{name}.md") for name in ROOM)
    yield ""
    count = book.tell("check.count", errors=errors, warnings=warnings)
    yield count if book.report.problems else book.tell("check.clean")
    yield ""
    yield from _overview(book, found)
    yield from excused.lines(book, HERE)
    for section in found:
        yield from _section(book, section)


def _overview(book: Book, found: list[Section]) -> Lines:
    """All six sorts in numbers, then clauses down and the sorts there are across: where to look first."""
    counts = [_counts(section) for section in found]
    sums = {group: sum(count[group] for count in counts) for group in GROUPS}
    yield '<div class="figures" markdown>'
    yield ""
    for group, number in sums.items():
        tone = TONES.get(group, "calm") if number else "ok"
        yield f'- <strong class="{tone}">{number}</strong> {book.tell(f"gaps.group.{group}")}'
    yield ""
    yield "</div>"
    yield ""
    shown = [group for group in GROUPS if sums[group]]
    names = [book.say("clause"), *(book.tell(f"gaps.group.{group}") for group in shown)]
    yield from gate.header(names, range(1, len(names)))
    for section, count in zip(found, counts, strict=True):
        name = gate.link(gate.text(_title(book, section)), f"#{_anchor(section)}")
        yield gate.row(name, *(_number(group, count[group]) for group in shown))
    yield ""


def _counts(section: Section) -> dict[Group, int]:
    counts = {group: len(section.problems.get(group, ())) for group in GROUPS}
    counts["unverified"] += len(section.unverified)
    counts["judged"] = len(section.judged)
    return counts


def _number(group: Group, count: int) -> str:
    return chip(TONES[group], str(count)) if count and group in TONES else str(count or "—")


def _title(book: Book, section: Section) -> str:
    clause = book.system.catalogue.clauses.get(section.clause)
    return f"{clause.id} {book.choose(clause.title)}" if clause else book.tell("gaps.general")


def _anchor(section: Section) -> str:
    return f"c-{anchor_of(section.clause)}" if section.clause else "c-general"


def _section(book: Book, section: Section) -> Lines:
    yield f"## {gate.text(_title(book, section))} {{#{_anchor(section)}}}"
    yield ""
    if any(r.clause == section.clause for r in book.system.catalogue.requirements.values()):
        yield gate.link(book.tell("gaps.to_clause"), book.atlas.to(clause_page(section.clause), HERE))
        yield ""
    for group, problems in section.problems.items():
        yield f"**{book.tell(f'gaps.group.{group}')}** · {len(problems)}"
        yield ""
        yield from problem_lines(book, problems, HERE)
    if section.unverified:
        yield from _unverified(book, section.unverified)
    if section.judged:
        yield from _judged(book, section.judged)


def _unverified(book: Book, found: Sequence[Unverified]) -> Lines:
    """No problem of ours yet, but said: nobody has compared these with the source."""
    yield f"**{book.tell('gaps.unverified_rows')}** · {len(found)}"
    yield ""
    for row in found:
        target = book.atlas.to(book.atlas.page(row.entry), HERE, anchor_of(row.id))
        yield f"- {gate.link(gate.text(row.id), target)} {gate.text(row.title)}"
    yield ""


def _judged(book: Book, found: Sequence[Requirement]) -> Lines:
    """The auditor's question to each; nothing is claimed."""
    yield f"**{book.tell('gaps.group.judged')}** · {len(found)}"
    yield ""
    for requirement in found:
        name = gate.link(gate.whole(requirement.id), _to(book, requirement))
        how = book.tell(f"check.judgement.{requirement.judgement}")
        yield f"- {name} {how} · {gate.text(book.choose(requirement.question or requirement.text))}"
    yield ""


def _to(book: Book, requirement: Requirement) -> str:
    return book.atlas.to(clause_page(requirement.clause), HERE, anchor_of(requirement.id))
