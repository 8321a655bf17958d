"""What auditors ask, each question with its answer in a line and the way straight to it (requirements 6).

Thirty questions of stage 1 and stage 2, and two that corrections 31 and 32 add. From home one click leads here and
one more to the sentence or cell that answers; what is missing is said here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..check.readiness import conditions
from ..measure.alterations import alterations_of, audits
from ..measure.moments import rows
from ..measure.offices import Offices
from . import case_answers, competence_pages, gate
from .answers import (
    HERE,
    Answer,
    Facts,
    document,
    indicator,
    indicator_line,
    joined,
    link_of,
    record,
    register,
    revisions,
    say,
    serving,
    to,
)
from .atlas import anchor_of, clause_page
from .book import Book, Lines, page
from .formats import as_data
from .values import chip, definitions

OBJECTIVES = 12
"""So many objectives, the newest, are named; all are in the register."""
SCOPE = ("sites", "products", "exclusions")


@dataclass(frozen=True, slots=True)
class Question:
    """A question by its number; `stage` is that of the certification audit, `clauses` what it is about."""

    number: int
    stage: int
    clauses: tuple[str, ...]
    answers: tuple[Answer, ...]


def coverage(book: Book) -> Facts:
    counts = as_data(book.report, book.language)["requirements"]
    said = gate.text(book.say("coverage_line", **counts))
    yield say(book, "where"), f"{gate.link(book.say('clauses'), to(book, 'clauses/index.md'))} · {said}"


def scope(book: Book) -> Facts:
    """Sites and products by name, and what is left out with the reason (4.3)."""
    values = book.values(HERE)
    for entry in book.system.of("scope"):
        shape = entry.kind.shape.properties
        for key in SCOPE:
            if key in entry.value:
                yield values.title(shape[key], key), values.inline(shape[key], entry.value[key])


def master_list(book: Book) -> Facts:
    documents = [entry for entry in book.system.entries if entry.controlled]
    today = book.system.as_of.isoformat()
    late = sum(str(entry.value.get("next_review_on") or today) < today for entry in documents)
    link = gate.link(say(book, "documents", count=len(documents)), to(book, "documents/index.md"))
    review = chip("warn" if late else "ok", say(book, "reviews_late", count=late))
    yield book.say("documents"), f"{link} · {review}"


def readiness(book: Book) -> Facts:
    asked = conditions(book.system, book.report.measured.approvals, book.report.problems)
    for stage in (1, 2):
        left = sum(one.stage <= stage and not one.met for one in asked)
        state = chip("bad", book.tell("gaps.readiness.no")) if left else chip("ok", book.tell("gaps.readiness.yes"))
        name, said = f"gaps.readiness.stage-{stage}", f"gaps.readiness.{'left' if left else 'start'}"
        link = gate.link(book.tell("gaps.readiness.title"), to(book, "gaps/readiness.md", f"stage-{stage}"))
        yield book.tell(name), f"{state} {book.tell(said, count=left)} · {link}"


def processes(book: Book) -> Facts:
    """Every process with its owner, a link each to inputs, outputs and indicators."""
    found = list(book.system.of("process"))
    yield book.choose(book.system.kinds["process"].title), "<br>".join(link_of(book, one) for one in found) or "—"


def objectives(book: Book) -> Facts:
    """Target, and how the period ended; while it runs, what the indicator says today."""
    known = {one.id: one for one in book.figures.indicators}
    items = [row for entry in book.system.of("objectives") for row in rows(entry.value, "items")]
    for row in items[-OBJECTIVES:]:
        own, result = str(row.get("id", "")), row.get("result")
        one = known.get(str(row.get("kpi")))
        target = " ".join(str(row[key]) for key in ("comparator", "target", "unit") if key in row)
        if isinstance(result, dict):
            stands = _ended(book, result)
        else:
            stands = f"{chip('calm', say(book, 'under_way'))} {indicator_line(book, one) if one else ''}".rstrip()
        name = gate.link(gate.text(own), to(book, "registers/objectives.md", anchor_of(own)))
        yield own, f"{name} · {gate.text(row.get('statement', ''))} · {gate.text(target)} · {stands}"


def _ended(book: Book, result: dict[str, object]) -> str:
    met = result.get("met") is True
    said = chip("ok" if met else "bad", say(book, "reached" if met else "not_reached"))
    return f"{said} {gate.text(result.get('conclusion', ''))}".rstrip()


def people(book: Book) -> Facts:
    """One link for each person: role, competence, training, awareness."""
    offices = Offices(book.system)
    active = [person for person in offices.people if offices.active(person, book.system.as_of)]
    links = [
        gate.link(gate.text(book.atlas.name(("person",), person)), to(book, competence_pages.HERE, anchor_of(person)))
        for person in active
    ]
    yield say(book, "people.title"), gate.link(say(book, "persons", count=len(links)), to(book, competence_pages.HERE))
    yield say(book, "people.person"), " · ".join(links) or "—"


def findings(book: Book) -> Facts:
    """Nonconformities by whether they are closed."""
    found = list(book.system.of("nonconformity"))
    open_ = [entry for entry in found if "closed_on" not in entry.value]
    links = [gate.link(gate.whole(e.id), to(book, book.atlas.page(e)), book.title(e)) for e in open_]
    yield say(book, "label.open_findings"), joined(book, links) or chip("ok", say(book, "none"))


def versions(book: Book) -> Facts:
    """Every document's revisions are one click from the master list; here the newest version in force."""
    there = gate.link(say(book, "revisions_there"), to(book, "documents/index.md"))
    yield say(book, "label.any_document"), there
    today = book.system.as_of.isoformat()
    dated = [(str(one.value.get("effective_on", "")), one.id, one) for one in book.system.entries if one.controlled]
    held = [found for found in dated if found[0] <= today and not found[2].part]
    if held:
        on, _, newest = max(held, key=lambda found: found[:2])
        version = gate.whole(newest.value.get("version", ""))
        told = [link_of(book, newest), version, gate.whole(on), revisions(book, newest)]
        yield say(book, "label.newest_version"), " · ".join(told)


def changed(book: Book) -> Facts:
    """How much has changed since the last audit, and the page that says what."""
    last = next(iter(audits(book.report.measured.sound)), None)
    found = [one for one in alterations_of(book.report.measured.sound) if last is None or one.on > last[0]]
    link = gate.link(book.tell("gaps.changes.title"), to(book, "gaps/changes.md"))
    since = say(book, "changes_since", count=len(found), on=last[0].isoformat()) if last else say(book, "no_audit")
    yield say(book, "where"), f"{link} · {gate.text(since)}"


QUESTIONS = (
    Question(1, 1, ("4.3",), (document("scope"), scope)),
    Question(2, 1, ("4.4.1",), (coverage,)),
    Question(3, 1, ("5.2", "7.3"), (document("policy"), record("communication-record"), record("awareness"))),
    Question(4, 1, ("7.5.2", "7.5.3"), (master_list,)),
    Question(5, 1, ("9.2", "9.3"), (readiness, record("audit"), record("management-review"))),
    Question(6, 1, ("6.1",), (register("obligations"),)),
    Question(7, 1, ("5.3",), (document("appointment"), document("roles"))),
    Question(8, 1, ("4.1", "4.2"), (register("context"), register("interested-parties"), record("participation"))),
    Question(9, 1, ("4.4.1",), (processes,)),
    Question(10, 1, ("8.1", "8.2"), (document("time-limits"),)),
    Question(11, 2, ("8.4", "9.1"), (case_answers.volume, indicator("complaint-count"))),
    Question(12, 2, ("8.2",), (case_answers.numbers,)),
    Question(13, 2, ("8.2", "8.3", "8.5", "8.6"), (case_answers.samples,)),
    Question(14, 2, ("8.2",), (case_answers.spoken,)),
    Question(15, 2, ("8.2",), (document("urgent-criteria"), case_answers.urgent, indicator("fast-lane-conformity"),
                               indicator("first-action-time"))),
    Question(16, 2, ("8.1", "10.1"), (case_answers.beyond, indicator("closure-on-time"))),
    Question(17, 2, ("8.6",), (case_answers.alternatives, indicator("alternatives-told-rate"))),
    Question(18, 2, ("8.6",), (indicator("follow-up-coverage"), indicator("satisfaction-score"),
                               case_answers.follow_up)),
    Question(19, 2, ("8.4",), (document("alert-rules"), case_answers.last_alarm, record("alert"))),
    Question(20, 2, ("7.4",), (serving("7.4", "procedure", "manual"), register("communication"), record("drill"),
                               record("crisis"))),
    Question(21, 2, ("8.7",), (register("providers"), record("provider-evaluation"),
                               indicator("provider-performance"))),
    Question(22, 2, ("6.2",), (register("objectives"), objectives)),
    Question(23, 2, ("6.1",), (register("risks"), indicator("risk-action-on-time"))),
    Question(24, 2, ("7.2", "7.3"), (people, record("training"), record("awareness"))),
    Question(25, 2, ("9.1.2",), (record("compliance-evaluation"), indicator("obligation-compliance"))),
    Question(26, 2, ("9.2",), (register("audit-programme"), record("audit"), indicator("audit-finding-closure"))),
    Question(27, 2, ("9.3",), (record("management-review"),)),
    Question(28, 2, ("10.1",), (record("nonconformity"), findings, indicator("corrective-action-effectiveness"))),
    Question(29, 2, ("7.5.3",), (versions,)),
    Question(30, 2, ("7.5.3",), (serving("7.5.3", "procedure", "manual"), register("retention"), record("disposal"))),
    Question(31, 2, ("8.2",), (case_answers.completeness,)),
    Question(32, 2, ("6.3", "7.5.3"), (changed,)),
)  # fmt: skip


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, say(book, "title"), _page(book))


def _page(book: Book) -> Lines:
    yield say(book, "lead", as_of=book.system.as_of.isoformat())
    yield ""
    stage = 0
    for question in QUESTIONS:
        if question.stage != stage:
            stage = question.stage
            yield f"## {book.tell(f'gaps.readiness.stage-{stage}')} {{#stage-{stage}}}"
            yield ""
        asked = say(book, f"ask.q{question.number:02d}")
        yield f"### {question.number}. {gate.text(asked)} {{#q-{question.number}}}"
        yield ""
        clauses = (gate.link(gate.text(one), to(book, clause_page(one))) for one in question.clauses)
        facts = [fact for answer in question.answers for fact in answer(book)]
        yield from definitions("facts", [*facts, (book.say("clause"), " · ".join(clauses))])
