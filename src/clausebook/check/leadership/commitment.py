"""5.1 Leadership and commitment: what is said of top management was done by top management, and led to something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.rhythm import months_after
from ...measure.targets import running
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

LEADERSHIP_BY_OTHERS = Rule("leadership-by-others", "contradiction", "explicit")
LEADERSHIP_COPIED = Rule("leadership-copied", "contradiction", "implied")
LEADERSHIP_LONG_AGO = Rule("leadership-long-ago", "due", "implied")
REVIEW_APPROVED_BELOW = Rule("review-approved-below", "contradiction", "own")
IMPORTANCE_BY_OTHERS = Rule("importance-told-by-others", "contradiction", "explicit")
IMPORTANCE_LONG_AGO = Rule("importance-told-long-ago", "due", "implied")
STRATEGY_UNSERVED = Rule("strategy-unserved", "contradiction", "implied")
RESOURCE_DECISION_UNFOUND = Rule("resource-decision-unfound", "contradiction", "own")
VERDICT_AGAINST_RESULT = Rule("review-verdict-against-result", "contradiction", "own")
MISSED_WITHOUT_ACTION = Rule("review-missed-unanswered", "contradiction", "own")
RULES = (
    LEADERSHIP_BY_OTHERS, LEADERSHIP_COPIED, LEADERSHIP_LONG_AGO, REVIEW_APPROVED_BELOW, IMPORTANCE_BY_OTHERS,
    IMPORTANCE_LONG_AGO, STRATEGY_UNSERVED, RESOURCE_DECISION_UNFOUND, VERDICT_AGAINST_RESULT, MISSED_WITHOUT_ACTION,
)  # fmt: skip
READS = frozenset({
    "leadership", "roles", "people", "management-review", "communication-record", "objectives", "resources",
})  # fmt: skip

SHOWN_WITHIN = 13
"""Months in which top management shows each of the nine, and tells why it matters; a year and a month, and ours."""
ONLY_HERE = ("a", "b", "c", "d", "f", "i")
"""Letters whose last record may be old; for e, g and h the catalogue itself asks for a recent one."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    if not any(role.get("top_management") is True for role in offices.roles.values()):
        return  # nobody is top management: that is said by the evidence, and nobody's act can be judged
    yield from _leading(system, offices)
    yield from _importance(system, offices)
    yield from _strategy(system)
    yield from _decided(system)
    for review in system.of("management-review"):
        on = day(review.value, "approved_on") or day(review.value, "held_on")
        who = word(review.value, "approved_by")
        if who is not None and on is not None and not offices.top_management(who, on):
            facts = {"person": who, "on": on.isoformat()}
            yield found(REVIEW_APPROVED_BELOW, review, ("approved_by",), ("5.1.a",), facts=facts)
        yield from _objectives(system, review)


def _leading(system: System, offices: Offices) -> Iterator[Problem]:
    last: dict[str, tuple[date, Entry]] = {}
    told: dict[str, str] = {}
    for entry in sorted(system.of("leadership"), key=lambda e: str(e.value.get("held_on"))):
        held, person, letters = day(entry.value, "held_on"), word(entry.value, "person"), words(entry.value, "letters")
        asked = tuple(f"5.1.{letter}" for letter in letters)
        if held is None:
            continue
        if not offices.top_management(person, held) or not offices.active(person, held):
            facts = {"person": person or "", "held": held.isoformat()}
            yield found(LEADERSHIP_BY_OTHERS, entry, ("person",), asked, facts=facts)
        else:  # what others did does not show top management
            last |= dict.fromkeys(letters, (held, entry))
        said = "".join((word(entry.value, "activity") or "").split())
        if said in told:
            yield found(LEADERSHIP_COPIED, entry, ("activity",), asked, facts={"other": told[said]})
        told.setdefault(said, entry.id)
    for letter in ONLY_HERE:
        if letter not in last:
            continue
        on, entry = last[letter]
        if months_after(on, SHOWN_WITHIN) < system.as_of:
            facts = {"letter": letter, "last": on.isoformat(), "months": str(SHOWN_WITHIN)}
            yield found(LEADERSHIP_LONG_AGO, entry, ("held_on",), (f"5.1.{letter}",), facts=facts)


def _importance(system: System, offices: Offices) -> Iterator[Problem]:
    """Why complaints matter is told by top management itself (5.1 e)."""
    told = [e for e in system.of("communication-record") if "importance" in words(e.value, "topics")]
    dated = [(on, entry) for entry in told if (on := day(entry.value, "sent_on"))]
    by_top = [(on, entry) for on, entry in dated if offices.top_management(word(entry.value, "by"), on)]
    if dated and not by_top:
        _, entry = max(dated, key=lambda pair: pair[0])
        facts = {"person": word(entry.value, "by") or ""}
        yield found(IMPORTANCE_BY_OTHERS, entry, ("by",), ("5.1.e",), facts=facts)
    elif by_top:
        on, entry = max(by_top, key=lambda pair: pair[0])
        if months_after(on, SHOWN_WITHIN) < system.as_of:
            facts = {"last": on.isoformat(), "months": str(SHOWN_WITHIN)}
            yield found(IMPORTANCE_LONG_AGO, entry, ("sent_on",), ("5.1.e",), facts=facts)


def _strategy(system: System) -> Iterator[Problem]:
    """Objectives and strategy point the same way, so each statement is served by an objective of today (5.1 b)."""
    for entry in system.of("objectives"):
        today = running(rows(entry.value, "items"), system.as_of)
        served = {word(row, "strategy_ref") for row in today}
        for index, row in enumerate(rows(entry.value, "strategy")):
            if today and row.get("id") not in served:
                yield found(STRATEGY_UNSERVED, entry, ("strategy", index), ("5.1.b",))


def _decided(system: System) -> Iterator[Problem]:
    """A resource said to be decided by a review is one that the review decided (5.1 d)."""
    reviews = {review.id: review for review in system.of("management-review")}
    for entry in system.of("resources"):
        for index, row in enumerate(rows(entry.value, "items")):
            review = reviews.get(word(row, "decision") or "")
            if review is not None and row.get("id") not in _resources_of(review):
                facts = {"review": review.id}
                yield found(RESOURCE_DECISION_UNFOUND, entry, ("items", index, "decision"), ("5.1.d",), facts=facts)


def _resources_of(review: Entry) -> set[str]:
    actions = [row for letter in ("a", "b", "c") for row in rows(review.value, "outputs", letter, "actions")]
    cited = words(review.value, "inputs", "d", "references")
    return {*cited, *(str(row.get("resource")) for row in actions)}


def _objectives(system: System, review: Entry) -> Iterator[Problem]:
    """What the review says of an objective is what came out, and a missed one has a consequence (5.1 f)."""
    held = day(review.value, "held_on")
    results: dict[str, object] = {}
    for entry in system.of("objectives"):
        results |= {str(row.get("id")): child(row, "result") for row in rows(entry.value, "items")}
    for keys in (("objectives",), ("inputs", "c_5", "objectives")):
        for index, row in enumerate(rows(review.value, *keys)):
            at: Pointer = (*keys, index, "verdict")
            verdict, result = row.get("verdict"), results.get(str(row.get("objective")))
            known, met = day(result, "evaluated_on"), child(result, "met")
            facts = {"objective": str(row.get("objective"))}
            if held and known and known <= held and verdict != ("met" if met is True else "missed"):
                yield found(VERDICT_AGAINST_RESULT, review, at, ("5.1.f",), facts=facts)
            elif keys == ("objectives",) and verdict == "missed" and not _answered(row, result):
                yield found(MISSED_WITHOUT_ACTION, review, at, ("5.1.f",), facts=facts)


def _answered(row: object, result: object) -> bool:
    return bool(child(row, "action")) or bool(words(result, "follow_up"))
