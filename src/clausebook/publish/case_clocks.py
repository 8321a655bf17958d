"""The clocks of a case as a table (8.1 d): when each step began and was due, whose limit, and what became of it.

Late stays late: a broken limit says by how much, and which nonconformity or deviation has taken it up.
"""

from __future__ import annotations

from ..check.operation.desk import shown
from ..measure.cases import Case
from ..measure.clocks import Clock
from ..problems import Problem
from . import gate
from .book import Book, Lines, rule_link
from .case_words import TONES, distance, say, step, when
from .treatment import treated
from .values import Values, chip

COLUMNS = ("step", "began", "due", "limit", "done", "margin", "treated")


def table(book: Book, case: Case, values: Values) -> Lines:
    yield f"## {say(book, 'clocks')} {{: {gate.UNSOUGHT} }}"
    yield ""
    clocks = [clock for clock in case.clocks.values() if clock.due_at is not None]
    if not clocks:
        yield say(book, "history" if not case.judged else "no_limits")
        yield ""
        return
    yield '<div class="steady" markdown>'
    columns = COLUMNS if any(clock.broken for clock in clocks) else COLUMNS[:-1]
    yield from gate.header(say(book, f"column.{name}") for name in columns)
    for clock in sorted(clocks, key=lambda clock: (clock.started_at, clock.due_at or clock.started_at)):
        yield gate.row(*_cells(book, case, clock, values)[: len(columns)])
    yield ""
    yield "</div>"
    yield ""
    free = [step(book, clock) for clock in case.clocks.values() if clock.due_at is None and clock.done_at]
    if free:
        yield f"<small>{say(book, 'without_limit', steps=('、' if book.language == 'zh' else ', ').join(free))}</small>"
        yield ""


def _cells(book: Book, case: Case, clock: Clock, values: Values) -> list[str]:
    provisional = f" {chip('warn', say(book, 'provisional'))}" if clock.provisional else ""
    done = gate.whole(when(clock.done_at)) if clock.done_at else "—"
    verdict = chip(TONES[clock.status], gate.text(distance(book, clock, book.report.measured.complaints.watch)))
    return [
        step(book, clock), gate.whole(when(clock.started_at)), gate.whole(when(clock.due_at)) + provisional,
        _limit(book, clock, values), done, verdict, _treatment(book, case, clock, values) if clock.broken else "",
    ]  # fmt: skip


def _limit(book: Book, clock: Clock, values: Values) -> str:
    """Whose limit was the earliest: the own one leads to the time limits, a legal one to its obligation."""
    said = say(book, f"source.{clock.source}")
    limits = book.system.first("time-limits")
    if clock.source == "legal" and clock.limit_id:
        return f"{said} {book.atlas.reference(('obligation',), clock.limit_id, values.here)}"
    if clock.source == "own" and limits is not None:
        return gate.link(said, book.atlas.to(book.atlas.page(limits), values.here))
    return said


def _treatment(book: Book, case: Case, clock: Clock, values: Values) -> str:
    """What took the lapse up, or the rule under which it is still open."""
    for lapse in book.lapses_of.get(case.id, ()):
        if _about(lapse.problem, clock):
            return treated(book, lapse.treated_by, values.here)
    for found in book.problems_at.get(case.entry.path, ()):
        if _about(found, clock):
            return chip("bad", rule_link(book, found.rule, values.here))
    return say(book, "untreated")


def _about(found: Problem, clock: Clock) -> bool:
    """Whether a problem speaks of this clock: the same step and the same due time."""
    event = clock.event.split("#")[0]
    named = found.rule.startswith(event) or event in found.breach or found.rule == "step-overdue"
    return named and found.facts.get("due") == shown(clock.due_at)
