"""10.1 a to c, e and f: a nonconformity is corrected, understood, answered and closed, in that order.

The steps are judged by their days and by what they say: a cause that repeats the symptom, a prevention that repeats
the correction or a change nobody made is no step at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher

from ...measure import Measured
from ...measure.actions import cancelled
from ...measure.moments import child, day, rows, shifted, word, words
from ...measure.offices import Offices
from ...model import Entry, Pointer, System
from ...problems import Basis, Problem, Rule
from ..reporting import found

NC_DATES_CONTRADICT = Rule("nonconformity-dates-contradict", "contradiction", "own")
NC_SOURCE_MISMATCH = Rule("nonconformity-source-mismatch", "contradiction", "own")
NC_CLOSED_EARLY = Rule("nonconformity-closed-early", "lapse", "explicit")
NC_CLOSED_UNANSWERED = Rule("nonconformity-closed-unanswered", "contradiction", "explicit")
NC_STALLED = Rule("nonconformity-stalled", "due", "implied")
STEP_CONTRADICTS = Rule("step-contradicts-itself", "contradiction", "own")
ANALYSIS_AFTER_ACTIONS = Rule("analysis-after-actions", "lapse", "own")
CAUSE_REPEATS_SYMPTOM = Rule("cause-repeats-symptom", "contradiction", "explicit")
CAUSE_COPIED = Rule("cause-copied", "contradiction", "implied")
NO_ACTION_UNAPPROVED = Rule("no-action-unapproved", "contradiction", "own")
PREVENTION_REPEATS_ACTION = Rule("prevention-repeats-action", "contradiction", "own")
SYSTEM_CHANGE_UNTRACED = Rule("system-change-untraced", "contradiction", "own")
SYSTEM_CHANGE_NOT_MADE = Rule("system-change-not-made", "contradiction", "explicit")
RULES = (
    NC_DATES_CONTRADICT, NC_SOURCE_MISMATCH, NC_CLOSED_EARLY, NC_CLOSED_UNANSWERED, NC_STALLED, STEP_CONTRADICTS,
    ANALYSIS_AFTER_ACTIONS, CAUSE_REPEATS_SYMPTOM, CAUSE_COPIED, NO_ACTION_UNAPPROVED, PREVENTION_REPEATS_ACTION,
    SYSTEM_CHANGE_UNTRACED, SYSTEM_CHANGE_NOT_MADE,
)  # fmt: skip
READS = frozenset({"nonconformity", "change", "audit", "people"})

STALLED_DAYS = 60
"""An open nonconformity without action or decision for so long is forgotten (our advice; the standard sets none)."""
ALIKE = 0.9
"""Texts this similar say the same thing."""
LOOKED_AT = 400
"""So many signs decide; comparing takes the square of them."""
COMES_FROM: Mapping[str, frozenset[str]] = {
    "complaint": frozenset({"complaint", "crisis"}), "internal-audit": frozenset({"audit"}),
    "external-audit": frozenset({"audit"}), "compliance-evaluation": frozenset({"compliance-evaluation"}),
    "management-review": frozenset({"management-review"}), "alert": frozenset({"alert"}),
    "tool-check": frozenset({"tool-check"}), "drill": frozenset({"drill"}),
}  # fmt: skip
"""Type of source → kinds of record, one of which its references name. Other types have no record of one kind."""
STEPS: tuple[tuple[Pointer, str], ...] = (
    (("correction", "done_on"), "10.1.a.1"), (("consequences", "done_on"), "10.1.a.2"),
    (("analysis", "on"), "10.1.b.1"), (("no_action", "approved_on"), "10.1.c"),
    (("effectiveness", "evaluated_on"), "10.1.d"),
)  # fmt: skip


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices, changes = Offices(system), {entry.id: entry for entry in system.of("change")}
    kinds = {entry.id: entry for entry in system.entries if entry.kind.information == "retain"}
    for nc in system.of("nonconformity"):
        yield from _days(nc)
        yield from _source(nc, kinds)
        yield from _closed(nc)
        yield from _stalled(system, nc)
        yield from _contradictions(offices, nc)
        yield from _cause(nc)
        yield from _prevention(nc)
        yield from _change(system, nc, changes)
    yield from _copied(system)


def _days(nc: Entry) -> Iterator[Problem]:
    """Nothing is corrected, treated or analysed before it has occurred, or opened before it was seen."""
    occurred = day(nc.value, "occurred_on")
    for pointer, asked in ((("opened_on",), "10.1.rec.nature"), *STEPS[:3]):
        on = _at(nc, pointer)
        if on is not None and occurred is not None and on < occurred:
            facts = {"on": on.isoformat(), "occurred": occurred.isoformat()}
            yield found(NC_DATES_CONTRADICT, nc, pointer, (asked,), facts=facts)


def _source(nc: Entry, kinds: Mapping[str, Entry]) -> Iterator[Problem]:
    """The type of the source is that of a record it names."""
    said = word(nc.value, "source", "type") or ""
    lapsed = (str(row.get("record")) for row in rows(nc.value, "lapses"))
    cited = (*words(nc.value, "source", "references"), *words(nc.value, "complaints"), *lapsed)
    names = [kinds[name] for name in cited if name in kinds]
    asked = COMES_FROM.get(said)
    if asked is None:
        return
    fitting = [entry for entry in names if entry.kind.name in asked]
    wanted = {"internal-audit": "internal", "external-audit": "external"}.get(said)
    if not fitting or (wanted and all(entry.value.get("type") != wanted for entry in fitting)):
        yield found(NC_SOURCE_MISMATCH, nc, ("source", "type"), ("10.1.rec.nature",), source=said)


def _closed(nc: Entry) -> Iterator[Problem]:
    closed = day(nc.value, "closed_on")
    if closed is None:
        return
    listed = [(("actions", index, "done_on"), "10.1.c", row) for index, row in enumerate(rows(nc.value, "actions"))]
    open_: list[tuple[Pointer, str]] = [
        (at[:2], asked) for at, asked, row in listed if not day(row, "done_on") and not cancelled(row)
    ]
    corrected = child(nc.value, "correction")
    if word(corrected, "what") and not day(corrected, "done_on") and not word(corrected, "not_possible"):
        open_.append((("correction",), "10.1.a.1"))
    if word(nc.value, "effectiveness", "verdict") == "ineffective":
        open_.append((("effectiveness", "verdict"), "10.1.d"))
    for at, asked in open_:
        yield found(NC_CLOSED_UNANSWERED, nc, at, (asked,), closed=closed.isoformat())
    for pointer, asked in (*STEPS, *((at, asked) for at, asked, _ in listed)):
        on = _at(nc, pointer)
        if on is not None and on > closed:
            facts = {"closed": closed.isoformat(), "on": on.isoformat()}
            yield found(NC_CLOSED_EARLY, nc, pointer, (asked,), breach=("other",), facts=facts)


def _at(nc: Entry, pointer: Pointer) -> date | None:
    value: object = nc.value
    for step in pointer:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    return day(value)


def _stalled(system: System, nc: Entry) -> Iterator[Problem]:
    opened = day(nc.value, "opened_on")
    answered = nc.value.get("actions") or nc.value.get("no_action") or day(nc.value, "closed_on")
    if opened is not None and not answered and opened < shifted(system.as_of, -STALLED_DAYS):
        yield found(NC_STALLED, nc, ("opened_on",), ("10.1.c",), opened=opened.isoformat(), days=str(STALLED_DAYS))


def _contradictions(offices: Offices, nc: Entry) -> Iterator[Problem]:
    """A step says either what was done or why not, never both."""
    value = nc.value
    both: tuple[tuple[Pointer, str, bool], ...] = (
        (("consequences", "none_reason"), "10.1.a.2", bool(
            word(value, "consequences", "none_reason") and word(value, "consequences", "handling"))),
        (("correction", "not_possible"), "10.1.a.1", bool(
            word(value, "correction", "not_possible") and day(value, "correction", "done_on"))),
        (("similar", "none_reason"), "10.1.b.3", bool(
            word(value, "similar", "none_reason") and words(value, "similar", "found"))),
        (("no_action",), "10.1.c", bool(value.get("no_action") and value.get("actions"))),
        (("preventive_recommendation", "none_reason"), "10.1.e", bool(
            word(value, "preventive_recommendation", "none_reason")
            and word(value, "preventive_recommendation", "recommendation"))),
        (("system_change", "needed"), "10.1.f", bool(
            child(value, "system_change", "needed") is False
            and (word(value, "system_change", "change_id") or words(value, "system_change", "documents")))),
    )  # fmt: skip
    for pointer, asked, wrong in both:
        if wrong:
            yield found(STEP_CONTRADICTS, nc, pointer, (asked,))
    similar = child(value, "similar")
    silent = isinstance(similar, dict) and not any(similar.get(k) for k in ("found", "none_reason", "conclusion"))
    if silent and day(value, "closed_on"):
        yield found(NC_CLOSED_UNANSWERED, nc, ("similar",), ("10.1.b.3",), closed=str(value.get("closed_on")))
    decision = value.get("no_action")
    approver = word(decision, "approved_by")
    owner = offices.human(str(value.get("owner")))
    if isinstance(decision, dict) and (approver is None or offices.human(approver) == owner):
        basis: Basis = "implied" if approver else "own"
        yield found(NO_ACTION_UNAPPROVED, nc, ("no_action",), ("10.1.c",), basis=basis)


def _cause(nc: Entry) -> Iterator[Problem]:
    analysed = day(nc.value, "analysis", "on")
    asked = [row for row in rows(nc.value, "actions") if not cancelled(row)]
    done = [on for row in asked if (on := day(row, "done_on"))]
    if analysed and done and len(done) == len(asked) and max(done) < analysed:
        facts = {"on": analysed.isoformat(), "done": max(done).isoformat()}
        yield found(ANALYSIS_AFTER_ACTIONS, nc, ("analysis", "on"), ("10.1.b.1",), breach=("other",), facts=facts)
    cause = word(nc.value, "cause", "statement")
    for text in (word(nc.value, "description"), word(nc.value, "title")):
        if cause and text and alike(cause, text):
            yield found(CAUSE_REPEATS_SYMPTOM, nc, ("cause", "statement"), ("10.1.b.2",))
            return


def _copied(system: System) -> Iterator[Problem]:
    """The same cause in the same words, although nobody says that it came back."""
    first: dict[str, list[Entry]] = defaultdict(list)
    for nc in system.of("nonconformity"):
        cause = plain(word(nc.value, "cause", "statement") or "")
        known = [other.id for other in first[cause]] if cause else []
        if known and word(nc.value, "repeat_of") not in known:
            yield found(CAUSE_COPIED, nc, ("cause", "statement"), ("10.1.b.2",), other=known[0])
        first[cause].append(nc)


def _prevention(nc: Entry) -> Iterator[Problem]:
    advice = word(nc.value, "preventive_recommendation", "recommendation")
    known = [word(nc.value, "correction", "what"), *(word(row, "what") for row in rows(nc.value, "actions"))]
    if advice and any(text and alike(advice, text) for text in known):
        yield found(PREVENTION_REPEATS_ACTION, nc, ("preventive_recommendation", "recommendation"), ("10.1.e",))


def _change(system: System, nc: Entry, changes: Mapping[str, Entry]) -> Iterator[Problem]:
    """A change of the system leaves its trace: a change record that knows why, documents that have moved on."""
    if child(nc.value, "system_change", "needed") is not True:
        return
    name, documents = word(nc.value, "system_change", "change_id"), words(nc.value, "system_change", "documents")
    change = changes.get(name or "")
    reasons = words(change.value, "source", "references") if change else []
    origin = {nc.id, *words(nc.value, "source", "references"), *words(nc.value, "complaints")}
    if not (name or documents) or (change is not None and not origin & set(reasons)):
        yield found(SYSTEM_CHANGE_UNTRACED, nc, ("system_change",), ("10.1.f",), change=name or "—")
    closed, opened = day(nc.value, "closed_on"), day(nc.value, "opened_on")
    if closed is None or opened is None:
        return
    if change is not None and (change.value.get("rejected") or not _made(change, closed)):
        yield found(SYSTEM_CHANGE_NOT_MADE, nc, ("system_change", "change_id"), ("10.1.f",), what=change.id)
    for index, number in enumerate(documents):
        document = next((entry for entry in system.entries if entry.controlled and entry.id == number), None)
        if document is not None and not _revised(document, opened, closed):
            at = ("system_change", "documents", index)
            yield found(SYSTEM_CHANGE_NOT_MADE, nc, at, ("10.1.f",), what=number)


def _revised(document: Entry, since: date, by: date) -> bool:
    """Whether a version came between opening and closing; without any day nobody can say."""
    known = [day(document.value, "effective_on"), *(day(row, "on") for row in rows(document.value, "history"))]
    days = [on for on in known if on is not None]
    return not days or any(since <= on <= by for on in days)


def _made(change: Entry, by: date) -> bool:
    on = day(change.value, "implemented_on") or day(change.value, "effective_on")
    return on is not None and on <= by


def alike(one: str, other: str) -> bool:
    """Whether two texts say the same in the same words; signs and spaces do not count."""
    a, b = plain(one)[:LOOKED_AT], plain(other)[:LOOKED_AT]
    if not a or not b or min(len(a), len(b)) < ALIKE * max(len(a), len(b)):
        return False
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
