"""10.2: improvements come from what was learnt, end in time with something to show, and change the system openly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...measure import Measured
from ...measure.actions import cancelled
from ...measure.datings import Datings
from ...measure.moments import day, rows, word, words
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

IMPROVEMENT_OVERDUE = Rule("improvement-overdue", "due", "own")
IMPROVEMENT_LATE = Rule("improvement-late", "lapse", "implied")
IMPROVEMENT_STALE = Rule("improvement-stale", "due", "implied")
IMPROVEMENT_STATUS_CONTRADICTS = Rule("improvement-status-contradicts", "contradiction", "own")
IMPROVEMENT_WITHOUT_GAIN = Rule("improvement-without-gain", "contradiction", "implied")
IMPROVEMENT_BEFORE_SOURCE = Rule("improvement-before-source", "contradiction", "own")
REVIEW_IMPROVEMENT_UNLINKED = Rule("review-improvement-unlinked", "contradiction", "own")
REVIEW_ACTION_NOT_REGISTERED = Rule("review-action-not-registered", "due", "implied")
IMPROVEMENT_WITHOUT_CHANGE = Rule("improvement-without-change", "contradiction", "explicit")
IMPROVEMENT_CHANGE_UNLINKED = Rule("improvement-change-unlinked", "contradiction", "own")
IMPROVEMENT_AHEAD_OF_CHANGE = Rule("improvement-ahead-of-change", "lapse", "own")
RULES = (
    IMPROVEMENT_OVERDUE, IMPROVEMENT_LATE, IMPROVEMENT_STALE, IMPROVEMENT_STATUS_CONTRADICTS, IMPROVEMENT_WITHOUT_GAIN,
    IMPROVEMENT_BEFORE_SOURCE, REVIEW_IMPROVEMENT_UNLINKED, REVIEW_ACTION_NOT_REGISTERED, IMPROVEMENT_WITHOUT_CHANGE,
    IMPROVEMENT_CHANGE_UNLINKED, IMPROVEMENT_AHEAD_OF_CHANGE,
)  # fmt: skip
READS = frozenset({"improvements", "management-review", "change"})

STALE_MONTHS = 12
OPEN = frozenset({"proposed", "approved", "in-progress"})
Row = Mapping[str, object]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    datings = Datings(system)
    changes = {entry.id: entry for entry in system.of("change")}
    known: dict[str, Row] = {}
    for register in system.of("improvements"):
        for index, row in enumerate(rows(register.value, "items")):
            at: Pointer = ("items", index)
            known[str(row.get("id"))] = row
            yield from _in_time(system.as_of, register, at, row)
            yield from _said(register, at, row)
            yield from _source(datings, register, at, row)
            yield from _changed(register, at, row, changes)
    yield from _of_reviews(system, known)


def _in_time(as_of: date, register: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    due, done, opened = day(row, "due_on"), day(row, "completed_on"), day(row, "opened_on")
    facts = {"due": str(due or ""), "done": str(done or ""), "opened": str(opened or "")}
    if due and done and done > due:
        late = ("late-action",)
        yield found(IMPROVEMENT_LATE, register, (*at, "completed_on"), ("10.2.gen",), breach=late, facts=facts)
    if row.get("status") not in OPEN or done:
        return
    if due and due < as_of:
        yield found(IMPROVEMENT_OVERDUE, register, (*at, "due_on"), ("10.2.gen",), facts=facts)
    elif due is None and opened and months_after(opened, STALE_MONTHS) < as_of:
        yield found(IMPROVEMENT_STALE, register, (*at, "opened_on"), ("10.2.gen",), facts=facts)


def _said(register: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """What its status claims has happened, and the other way round."""
    opened, decided, done = day(row, "opened_on"), day(row, "decided_on"), day(row, "completed_on")
    finished = row.get("status") == "completed"
    backwards = (opened and decided and decided < opened) or (opened and done and done < opened)
    if backwards or finished != (done is not None) or (row.get("status") == "rejected" and not row.get("decision")):
        yield found(IMPROVEMENT_STATUS_CONTRADICTS, register, (*at, "status"), ("10.2.gen",))
    before, after = _value(row, "before"), _value(row, "after")
    same = before is not None and before == after and word(row, "before", "unit") == word(row, "after", "unit")
    if finished and same:
        yield found(IMPROVEMENT_WITHOUT_GAIN, register, (*at, "after"), ("10.2.gen",), value=str(after))


def _value(row: Row, key: str) -> str | None:
    part = row.get(key)
    return str(part.get("value")) if isinstance(part, dict) and part.get("value") is not None else None


def _source(datings: Datings, register: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """What an improvement comes from was there before it; one source that was is enough."""
    opened = day(row, "opened_on")
    began = [datings.of(name).began for name in words(row, "sources")]
    dated = [on for on in began if on is not None]
    if opened and dated and len(dated) == len(began) and min(dated) > opened:
        facts = {"opened": opened.isoformat(), "source": min(dated).isoformat()}
        yield found(IMPROVEMENT_BEFORE_SOURCE, register, (*at, "sources"), ("10.2.det",), facts=facts)


def _changed(register: Entry, at: Pointer, row: Row, changes: Mapping[str, Entry]) -> Iterator[Problem]:
    name = word(row, "change")
    change = changes.get(name or "")
    affects = row.get("affects_system")
    if (affects is True and name is None and row.get("status") not in ("proposed", "rejected")) or (
        affects is False and name is not None
    ):
        yield found(IMPROVEMENT_WITHOUT_CHANGE, register, (*at, "affects_system"), ("10.2.chg",))
    if change is None:
        return
    reasons = {*words(change.value, "source", "references")}
    if not reasons & {str(row.get("id")), *words(row, "sources")}:
        yield found(IMPROVEMENT_CHANGE_UNLINKED, register, (*at, "change"), ("10.2.chg",), change=change.id)
    approved, done = day(change.value, "approved_on"), day(row, "completed_on")
    if done and (change.value.get("rejected") or approved is None or done < approved):
        facts = {"change": change.id, "done": done.isoformat(), "approved": str(approved or "—")}
        where, breach = (*at, "completed_on"), ("other",)
        yield found(IMPROVEMENT_AHEAD_OF_CHANGE, register, where, ("10.2.chg",), breach=breach, facts=facts)


def _of_reviews(system: System, known: Mapping[str, Row]) -> Iterator[Problem]:
    """What a management review decided to improve is in the register, and the register knows where it came from."""
    for review in system.of("management-review"):
        for index, action in enumerate(rows(review.value, "outputs", "a", "actions")):
            at: Pointer = ("outputs", "a", "actions", index)
            name, asked = word(action, "improvement"), ("10.2.det", "9.3.out.a")
            if name is None and not cancelled(action):
                yield found(REVIEW_ACTION_NOT_REGISTERED, review, at, asked, what=str(action.get("what")))
            elif name in known and review.id not in words(known[str(name)], "sources"):
                yield found(REVIEW_IMPROVEMENT_UNLINKED, review, (*at, "improvement"), asked, improvement=str(name))
