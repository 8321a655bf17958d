"""6.1 Risks and opportunities: high ones have actions, and their effect is looked at when that was planned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure import Measured
from ...measure.actions import cancelled
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.retirements import retirements
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

RISK_WITHOUT_ACTION = Rule("risk-without-action", "contradiction", "own")
RISK_ACTIONS_CANCELLED = Rule("risk-closed-with-open-action", "contradiction", "own")
RISK_EFFECT_UNCHECKED = Rule("risk-effect-unchecked", "due", "own")
RISK_EFFECT_BEFORE_ACTION = Rule("risk-effect-before-action", "lapse", "explicit")
RISK_EFFECT_BY_OWNER = Rule("risk-effect-by-owner", "contradiction", "implied")
RISK_STILL_HIGH = Rule("risk-still-high", "contradiction", "own")
RISK_TYPE_AGAINST_PURPOSE = Rule("risk-type-against-purpose", "contradiction", "explicit")
RISK_OF_NO_SOURCE_LEFT = Rule("risk-source-retired", "contradiction", "own")
RULES = (
    RISK_WITHOUT_ACTION, RISK_ACTIONS_CANCELLED, RISK_EFFECT_UNCHECKED, RISK_EFFECT_BEFORE_ACTION, RISK_EFFECT_BY_OWNER,
    RISK_STILL_HIGH, RISK_TYPE_AGAINST_PURPOSE, RISK_OF_NO_SOURCE_LEFT,
)  # fmt: skip
READS = frozenset({"risks", "roles", "people", "context", "interested-parties", "obligations"})
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices, gone = Offices(system), set(retirements(system))
    for entry in system.of("risks"):
        threshold = child(entry.value, "threshold")
        known = {str(row.get("id")): row for row in rows(entry.value, "items")}
        for index, row in enumerate(rows(entry.value, "items")):
            at: Pointer = ("items", index)
            yield from _actions(entry, at, row, threshold)
            yield from _effect(system, offices, entry, at, row)
            yield from _residual(entry, at, row, threshold, known)
            yield from _meaning(entry, at, row, gone)


def score(row: Row) -> int:
    """Likelihood times impact, as the register's own scale says."""
    likelihood, impact = row.get("likelihood"), row.get("impact")
    return likelihood * impact if isinstance(likelihood, int) and isinstance(impact, int) else 0


def _actions(entry: Entry, at: Pointer, row: Row, threshold: Any) -> Iterator[Problem]:
    """From the organisation's own threshold on, accepting in silence is no plan."""
    closed, left = row.get("status") == "closed", _planned(row)
    silent = not left if not closed else not rows(row, "actions")
    if isinstance(threshold, int) and score(row) >= threshold and silent:
        facts = {"score": score(row), "threshold": threshold}
        yield found(RISK_WITHOUT_ACTION, entry, (*at, "likelihood"), ("6.1.plan.a",), facts=facts)
    if closed and any(not action.get("done_on") for action in left):
        yield found(RISK_ACTIONS_CANCELLED, entry, (*at, "status"), ("6.1.plan.b",))


def _planned(row: Row) -> list[Row]:
    """What is to be done, without what somebody approved to drop."""
    return [action for action in rows(row, "actions") if not cancelled(action)]


def _effect(system: System, offices: Offices, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    effect = child(row, "effectiveness")
    planned, evaluated = day(effect, "planned_on"), day(effect, "evaluated_on")
    if planned is not None and evaluated is None and planned < system.as_of:
        facts = {"planned": planned.isoformat()}
        yield found(RISK_EFFECT_UNCHECKED, entry, (*at, "effectiveness", "planned_on"), ("6.1.plan.c",), facts=facts)
    if evaluated is None:
        return
    done = [on for action in _planned(row) if (on := day(action, "done_on"))]
    where = (*at, "effectiveness", "evaluated_on")
    if done and evaluated < min(done):
        facts = {"evaluated": evaluated.isoformat(), "done": min(done).isoformat()}
        yield found(RISK_EFFECT_BEFORE_ACTION, entry, where, ("6.1.plan.c",), breach=("other",), facts=facts)
    judges = offices.people_of(word(effect, "evaluated_by"), evaluated)
    owners = {p for action in _planned(row) for p in offices.people_of(word(action, "owner"), evaluated)}
    if judges and judges <= owners:
        facts = {"who": word(effect, "evaluated_by") or ""}
        yield found(RISK_EFFECT_BY_OWNER, entry, (*at, "effectiveness", "evaluated_by"), ("6.1.plan.c",), facts=facts)


def _residual(entry: Entry, at: Pointer, row: Row, threshold: Any, known: dict[str, Row]) -> Iterator[Problem]:
    """Ineffective, or still at the threshold: something further has to be planned, here or in a successor."""
    verdict, left = child(row, "effectiveness", "verdict"), child(row, "effectiveness", "residual")
    high = isinstance(left, int) and isinstance(threshold, int) and left >= threshold
    if row.get("type") != "risk" or not (verdict == "ineffective" or high):
        return
    evaluated = day(row, "effectiveness", "evaluated_on")
    later = [action for action in _planned(row) if (due := day(action, "due_on")) and evaluated and due > evaluated]
    if not later and word(row, "successor") not in known:
        facts = {"residual": left if isinstance(left, int) else 0}
        yield found(RISK_STILL_HIGH, entry, (*at, "effectiveness", "verdict"), ("6.1.plan.c",), facts=facts)


def _meaning(entry: Entry, at: Pointer, row: Row, gone: set[str]) -> Iterator[Problem]:
    """An opportunity prevents no harm, a risk improves nothing by itself; what is derived from nothing is dropped."""
    purposes = set(words(row, "purposes"))
    if (row.get("type") == "opportunity" and purposes == {"adverse"}) or (
        row.get("type") == "risk" and purposes == {"improvement"}
    ):
        yield found(RISK_TYPE_AGAINST_PURPOSE, entry, (*at, "purposes"), ("6.1.c", "6.1.b"))
    sources = set(words(row, "sources"))
    if sources and sources <= gone and row.get("status") != "closed":
        yield found(RISK_OF_NO_SOURCE_LEFT, entry, (*at, "sources"), ("6.1.det",))
