"""10.1 d: effectiveness is reviewed after the action, by its criterion; what did not work, or came back, goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...measure import Measured
from ...measure.actions import cancelled
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined

EFFECT_BEFORE_ACTION = Rule("effect-before-action", "lapse", "explicit")
EFFECT_TOO_EARLY = Rule("effect-too-early", "lapse", "implied")
EFFECT_OVERDUE = Rule("effect-overdue", "due", "own")
EFFECT_LATE = Rule("effect-late", "lapse", "implied")
EFFECT_UNPLANNED = Rule("effect-unplanned", "due", "implied")
EFFECT_BY_OWNER = Rule("effect-by-owner", "contradiction", "implied")
EFFECT_RESULT_COPIED = Rule("effect-result-copied", "contradiction", "own")
INEFFECTIVE_UNANSWERED = Rule("ineffective-unanswered", "due", "explicit")
ROUND_NOT_INEFFECTIVE = Rule("round-not-ineffective", "contradiction", "own")
CAUSE_CAME_BACK = Rule("cause-came-back", "due", "implied")
RULES = (
    EFFECT_BEFORE_ACTION, EFFECT_TOO_EARLY, EFFECT_OVERDUE, EFFECT_LATE, EFFECT_UNPLANNED, EFFECT_BY_OWNER,
    EFFECT_RESULT_COPIED, INEFFECTIVE_UNANSWERED, ROUND_NOT_INEFFECTIVE, CAUSE_CAME_BACK,
)  # fmt: skip
READS = frozenset({"nonconformity", "people", "roles"})

CAME_BACK_MONTHS = 12
"""A cause that shows again within a year questions the verdict that it was gone (requirements 4)."""
Row = Mapping[str, object]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    for nc in system.of("nonconformity"):
        rounds = rows(nc.value, "rounds")
        for pointer, part in ((("rounds", index), row) for index, row in enumerate(rounds)):
            yield from _review(system.as_of, offices, nc, pointer, part)
            verdict = word(part, "effectiveness", "verdict")
            if verdict is not None and verdict != "ineffective":
                at = (*pointer, "effectiveness", "verdict")
                yield found(ROUND_NOT_INEFFECTIVE, nc, at, ("10.1.d",), round=str(part.get("round")))
        yield from _review(system.as_of, offices, nc, (), nc.value)
        yield from _ineffective(nc)
    yield from _came_back(system)


def _review(as_of: date, offices: Offices, nc: Entry, pointer: Pointer, part: Row) -> Iterator[Problem]:
    actions = [row for row in rows(part, "actions") if not cancelled(row)]
    done = [on for row in actions if (on := day(row, "done_on"))]
    effect = child(part, "effectiveness")
    on, planned = day(effect, "evaluated_on"), day(effect, "planned_on")
    last = max(done, default=None)
    if on is None:
        yield from _awaited(as_of, nc, pointer, planned, last if len(done) == len(actions) else None)
        return
    at = (*pointer, "effectiveness", "evaluated_on")
    praised = word(effect, "verdict") == "effective"
    undone = [str(row.get("id") or row.get("what")) for row in actions if praised and not day(row, "done_on")]
    early = last is not None and on <= last
    facts: dict[str, Fact] = {
        "on": on.isoformat(), "done": str(last) if early else "", "planned": str(planned or ""), "open": joined(undone),
    }  # fmt: skip
    if early or undone:
        yield found(EFFECT_BEFORE_ACTION, nc, at, ("10.1.d",), breach=("other",), facts=facts)
    elif planned is not None and on < planned:
        yield found(EFFECT_TOO_EARLY, nc, at, ("10.1.d",), breach=("other",), facts=facts)
    elif planned is not None and on > planned:
        yield found(EFFECT_LATE, nc, at, ("10.1.d",), breach=("late-action", "other"), facts=facts)
    yield from _honest(offices, nc, pointer, effect, actions, on)


def _awaited(as_of: date, nc: Entry, pointer: Pointer, planned: date | None, last: date | None) -> Iterator[Problem]:
    at = (*pointer, "effectiveness")
    if planned is not None and planned < as_of:
        yield found(EFFECT_OVERDUE, nc, (*at, "planned_on"), ("10.1.d",), planned=planned.isoformat())
    elif planned is None and last is not None and last < as_of:
        yield found(EFFECT_UNPLANNED, nc, at, ("10.1.d",), done=last.isoformat())


def _honest(
    offices: Offices, nc: Entry, pointer: Pointer, effect: object, actions: list[dict[str, object]], on: date
) -> Iterator[Problem]:
    """Somebody else than who acted, with a result of its own."""
    who = word(effect, "evaluated_by")
    owners = {offices.human(person) for row in actions for person in offices.people_of(word(row, "owner"), on)}
    if who is not None and offices.human(who) in owners:
        at = (*pointer, "effectiveness", "evaluated_by")
        yield found(EFFECT_BY_OWNER, nc, at, ("10.1.d",), who=who)
    result, criterion = word(effect, "result"), word(effect, "criterion")
    if result and criterion and result.strip() == criterion.strip():
        at = (*pointer, "effectiveness", "result")
        yield found(EFFECT_RESULT_COPIED, nc, at, ("10.1.rec.result",))


def _ineffective(nc: Entry) -> Iterator[Problem]:
    """What did not work is followed by a new round: actions after the verdict, or the whole reopened."""
    on = day(nc.value, "effectiveness", "evaluated_on")
    if word(nc.value, "effectiveness", "verdict") != "ineffective" or on is None or day(nc.value, "closed_on"):
        return
    ahead = [row for row in rows(nc.value, "actions") if (due := day(row, "due_on")) is not None and due > on]
    if not ahead:
        yield found(INEFFECTIVE_UNANSWERED, nc, ("effectiveness", "verdict"), ("10.1.d",), on=on.isoformat())


def _came_back(system: System) -> Iterator[Problem]:
    every = list(system.of("nonconformity"))
    judged = [
        (nc, on, group) for nc in every
        if word(nc.value, "effectiveness", "verdict") == "effective"
        and (on := day(nc.value, "effectiveness", "evaluated_on")) is not None and (group := _group(nc)) is not None
    ]  # fmt: skip
    for nc, on, group in judged:
        for later in every:
            opened, began = day(later.value, "opened_on"), day(later.value, "occurred_on")
            since = began or opened
            if later is nc or since is None or _group(later) != group or _seen(nc, later):
                continue
            if on < since <= months_after(on, CAME_BACK_MONTHS):
                facts = {"other": later.id, "on": on.isoformat(), "group": group}
                yield found(CAUSE_CAME_BACK, nc, ("effectiveness", "verdict"), ("10.1.d",), facts=facts)


def _group(nc: Entry) -> str | None:
    return word(nc.value, "cause", "cause_group") or word(nc.value, "group", "cause_group")


def _seen(nc: Entry, later: Entry) -> bool:
    """Whether somebody has put the two side by side."""
    return word(later.value, "repeat_of") == nc.id or nc.id in words(later.value, "similar", "found")
