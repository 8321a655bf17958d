"""3.3: the path of a case. No step without the one it rests on, none before it, and an end that somebody may set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from ...measure.cases import Case
from ...measure.moments import child, rows, word, words
from ...measure.states import agreed, last_reaction, refused, rounds
from ...model import Pointer
from ...problems import Bilingual, Fact, Problem, Rule
from ...wording import LANGUAGES, text
from .desk import Desk, found, ground, shown

STEP_SKIPPED = Rule("step-skipped", "contradiction", "own", source="V42")
STEP_OUT_OF_ORDER = Rule("step-out-of-order", "lapse", "own", source="V42")
HISTORY_DISAGREES = Rule("history-disagrees", "contradiction", "own", source="V42")
FIRST_CONTACT_TOO_GRAVE = Rule("first-contact-too-grave", "lapse", "own", source="V42")
CLOSED_WITHOUT_AUTHORITY = Rule("closed-without-authority", "lapse", "own", source="V42")
ENDING_NOT_TOLD = Rule("ending-not-told", "due", "own", source="V42")
ANSWERED_YET_NOT_COUNTED = Rule("answered-yet-not-counted", "contradiction", "implied", source="V42")
RULES = (
    STEP_SKIPPED, STEP_OUT_OF_ORDER, HISTORY_DISAGREES, FIRST_CONTACT_TOO_GRAVE, CLOSED_WITHOUT_AUTHORITY,
    ENDING_NOT_TOLD, ANSWERED_YET_NOT_COUNTED,
)  # fmt: skip

ASKED = ("8.1.e.1", "8.2.rec")
"""A record of complete steps in order is what gives confidence that the processes ran as planned."""
Part = Mapping[str, Any]
Pair = tuple[tuple[str, ...], str, tuple[str, ...], str]
"""An earlier and a later step: where each moment stands, and the step's name."""
NAME_OF: dict[str, Bilingual] = {
    "assessment": {"zh": "初步评估", "en": "assessment"}, "investigation": {"zh": "调查", "en": "investigation"},
    "response": {"zh": "提出方案", "en": "response"}, "result": {"zh": "结果通知", "en": "notice of the result"},
    "reaction": {"zh": "投诉者答复", "en": "reaction"}, "rejection": {"zh": "投诉者不接受", "en": "rejection"},
    "closure": {"zh": "关闭", "en": "closing"}, "reopening": {"zh": "重新打开", "en": "reopening"},
    "follow-up": {"zh": "满意度回访", "en": "follow-up"}, "opened": {"zh": "升级", "en": "escalation"},
    "decided": {"zh": "复核决定", "en": "decision of the review"},
    "fast-lane": {"zh": "启动紧急通道", "en": "fast lane"},
    "released": {"zh": "解除紧急通道", "en": "release of the fast lane"},
    "pause": {"zh": "暂停", "en": "pause"}, "resumed": {"zh": "恢复处理", "en": "resumption"},
    "exhausted": {"zh": "按用尽途径关闭", "en": "closing as exhausted"},
}  # fmt: skip
HAPPENED: dict[str, tuple[str, ...]] = {
    "acknowledged": ("ack",), "fast-lane": ("fast_lane",), "assessed": ("assessment", "at"),
    "reassessed": ("assessment", "reassessments"), "investigating": ("investigation", "started_at"),
    "investigated": ("investigation", "finished_at"), "extended": ("extensions",), "paused": ("pauses",),
    "resumed": ("pauses",), "responded": ("response",), "notified": ("result_notified",), "accepted": ("reaction",),
    "rejected": ("reaction",), "withdrawn": ("reaction",), "alternatives-told": ("alternatives",),
    "escalated": ("escalations",), "followed-up": ("follow_up",), "closed": ("closure",), "reopened": ("reopenings",),
}  # fmt: skip
"""Words of the history and the fact that must be there when the word is."""
AT_ONCE = frozenset({"acknowledged", "responded", "notified", "accepted"})
"""What one contact may hold (corrections 18)."""
ORDER: tuple[Pair, ...] = (
    (("response", "proposed_at"), "response", ("result_notified", "at"), "result"),
    (("response", "proposed_at"), "response", ("reaction", "at"), "reaction"),
    (("fast_lane", "activated_at"), "fast-lane", ("fast_lane", "released", "at"), "released"),
)
WITHIN_REVIEW: tuple[Pair, ...] = (
    (("opened_at",), "opened", ("decided_at",), "decided"),
    (("decided_at",), "decided", ("result_notified", "at"), "result"),
    (("result_notified", "at"), "result", ("reaction", "at"), "reaction"),
)
ACCEPTANCE: Pair = (("reaction", "at"), "reaction", ("closure", "at"), "closure")
PAUSE: Pair = (("started_at",), "pause", ("ended_at",), "resumed")
ROUND = (("response", "proposed_at"), ("result_notified", "at"), ("reaction", "at"), ("closure", "at"))
ANSWERED = frozenset({"accepted", "exhausted"})
NOT_TAKEN_UP = frozenset({"not_complaint", "duplicate", "transferred"})


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    parts = rounds(case.value)
    for number, part in enumerate(parts):
        at: Pointer = ("reopenings", number - 1) if number else ()
        yield from _skipped(desk, case, part, at)
        yield from _ordered(desk, case, part, at)
        yield from _ended(desk, case, part, at)
    for number, (before, part) in enumerate(pairwise(parts)):
        yield from _again(desk, case, before, part, ("reopenings", number))
    if case.value.get("first_contact") and case.severity in ("S1", "S2"):
        facts = {"severity": str(case.severity)}
        yield found(FIRST_CONTACT_TOO_GRAVE, case, ("first_contact",), ("8.3.inv",), breach=("other",), facts=facts)
    yield from _history(case)


def _skipped(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    """The later fact is there, the earlier one is nowhere: a jump the state machine does not know."""
    first, begun = not at, child(part, "investigation", "started_at")
    if first and begun and not child(part, "assessment", "at") and not part.get("fast_lane"):
        yield _jump(case, (*at, "investigation"), "investigation", "assessment")
    answered = child(part, "response", "proposed_at") or part.get("first_contact")
    told = [row for row in (part, *rows(part, "escalations")) if child(row, "result_notified", "at")]
    if first and child(part, "result_notified", "at") and not answered:
        yield _jump(case, (*at, "result_notified"), "result", "response")
    reaction = child(part, "reaction", "answer")
    if reaction in ("accepted", "partly", "rejected") and not (answered or told):
        yield _jump(case, (*at, "reaction"), "reaction", "result")
    basis = word(part, "closure", "basis")
    if basis in ANSWERED and not (answered or told):
        yield _jump(case, (*at, "closure"), "closure", "response")
    ways = rows(part, "alternatives")
    if basis == "exhausted" and (agreed(last_reaction(part)) or not (refused(last_reaction(part)) or ways)):
        yield _jump(case, (*at, "closure", "basis"), "exhausted", "rejection")
    asked = rows(part, "follow_up", "attempts")
    if asked and not (told or part.get("first_contact") or child(part, "closure", "at")):
        yield _jump(case, (*at, "follow_up"), "follow-up", "result")


def _jump(case: Case, pointer: Pointer, done: str, missing: str) -> Problem:
    return found(STEP_SKIPPED, case, pointer, ASKED, state=_state(case), done=NAME_OF[done], missing=NAME_OF[missing])


def _state(case: Case) -> Bilingual:
    """The state by the word the pages use."""
    return {language: text(f"cases.state.{case.state}", language) for language in LANGUAGES}


def _word(case: Case, event: str) -> Fact:
    shape = case.entry.kind.shape.properties["history"].items
    return shape.properties["event"].labels.get(event, event) if shape is not None else event


def _ordered(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    """Both facts are there, the wrong way round: that has happened, or one time is typed wrong."""
    withdrawn = child(part, "reaction", "answer") == "withdrawn"
    for first, before, second, after in ORDER:
        if not (withdrawn and after == "reaction"):
            yield from _pair(desk, case, part, at, (first, before, second, after))
    assessed, begun = desk.at(part, "assessment", "at"), desk.at(part, "investigation", "started_at")
    # Looking into a case while it is being assessed is one piece of work; the day decides.
    if assessed and begun and begun.date() < assessed.date() and not part.get("fast_lane"):
        yield _reversed(case, (*at, "investigation"), ("assessment", assessed), ("investigation", begun))
    if word(part, "closure", "basis") in (*ANSWERED, "withdrawn"):
        yield from _pair(desk, case, part, at, ACCEPTANCE)
    for index, row in enumerate(rows(part, "escalations")):
        for within in WITHIN_REVIEW:
            yield from _pair(desk, case, row, (*at, "escalations", index), within)
    for index, row in enumerate(rows(part, "pauses")):
        yield from _pair(desk, case, row, (*at, "pauses", index), PAUSE)


def _pair(desk: Desk, case: Case, part: Part, at: Pointer, pair: Pair) -> Iterator[Problem]:
    first, before, second, after = pair
    earlier, later = desk.at(part, *first), desk.at(part, *second)
    if earlier and later and later < earlier:
        yield _reversed(case, (*at, *second), (before, earlier), (after, later))


def _reversed(case: Case, pointer: Pointer, before: tuple[str, datetime], after: tuple[str, datetime]) -> Problem:
    return found(
        STEP_OUT_OF_ORDER, case, pointer, ASKED, breach=("other",), before=NAME_OF[before[0]],
        before_at=shown(before[1]), after=NAME_OF[after[0]], after_at=shown(after[1]),
    )  # fmt: skip


def _again(desk: Desk, case: Case, before: Part, part: Part, at: Pointer) -> Iterator[Problem]:
    """Only what was closed is opened again, and what belongs to the new round comes after that."""
    closed, opened = desk.at(before, "closure", "at"), desk.at(part, "at")
    if closed is None:
        yield _jump(case, at, "reopening", "closure")
    elif opened and opened < closed:
        yield _reversed(case, (*at, "at"), ("closure", closed), ("reopening", opened))
    for keys in ROUND:
        done = desk.at(part, *keys)
        if opened and done and done < opened:
            name = "result" if keys[0] == "result_notified" else keys[0]
            yield _reversed(case, (*at, *keys), ("reopening", opened), (name, done))


def _ended(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    closed, basis = desk.at(part, "closure", "at"), word(part, "closure", "basis")
    if closed is None or basis is None:
        return
    who = word(part, "closure", "approved_by") or word(part, "closure", "by")
    if who is not None and not _may_close(desk, case, who, basis, closed):
        facts: dict[str, Fact] = {"who": who, "basis_of": ground(case, basis), "severity": case.severity or "—"}
        where = (*at, "closure")
        yield found(CLOSED_WITHOUT_AUTHORITY, case, where, ("8.6.c",), breach=("other",), facts=facts)
    if basis not in NOT_TAKEN_UP:
        return
    if basis != "transferred" and child(part, "result_notified", "at") and child(part, "reaction", "answer"):
        where, facts = (*at, "closure", "basis"), {"basis_of": ground(case, basis)}
        yield found(ANSWERED_YET_NOT_COUNTED, case, where, ("8.2.rec",), facts=facts)
    said = [
        row for row in rows(case.value, "communications")
        if row.get("audience") == "complainant" and row.get("direction") != "in" and row.get("purpose") != "ack"
    ]  # fmt: skip
    told = child(part, "closure", "complainant_told_at") or child(case.value, "not_a_complaint", "told_complainant_at")
    told = told or said or part.get("first_contact") or part.get("result_notified")
    if case.contactable and not told and closed.date() < desk.as_of:
        yield found(ENDING_NOT_TOLD, case, (*at, "closure"), ("8.6.a",), basis_of=ground(case, basis))


def _may_close(desk: Desk, case: Case, who: str, basis: str, closed: datetime) -> bool:
    """The authority of the day, by class and ground; where no role was given any, nothing can be overstepped."""
    if not desk.closing_is_limited:
        return True
    if desk.offices.top_management(who, closed.date()):
        return True
    for office in desk.offices.of(who, closed.date()):
        classes, grounds = words(office.authority, "close_severity"), words(office.authority, "closure_bases")
        at_once = words(office.authority, "first_contact_severity") if case.value.get("first_contact") else []
        class_allowed = case.severity is None or case.severity in [*classes, *at_once]
        if class_allowed and (basis in grounds or not grounds):
            return True
    return False


def _history(case: Case) -> Iterator[Problem]:
    for number, row in enumerate(rows(case.value, "history")):
        event = str(row.get("event"))
        fact = HAPPENED.get(event)
        if fact and not any(_has(part, event, fact) for part in rounds(case.value)):
            at = ("history", number, "event")
            yield found(HISTORY_DISAGREES, case, at, ASKED, event=_word(case, event), state=_state(case))


def _has(part: Part, event: str, fact: tuple[str, ...]) -> bool:
    if event in AT_ONCE and part.get("first_contact"):
        return True
    if event not in ("accepted", "rejected", "withdrawn"):
        return bool(child(part, *fact)) or (event == "acknowledged" and bool(part.get("ack_not_possible")))
    given = [child(row, "reaction") for row in (part, *rows(part, "escalations"))]
    if event == "accepted":
        return any(agreed(reaction) for reaction in given)
    if event == "rejected":
        return any(refused(reaction) for reaction in given)
    return any(child(reaction, "answer") == "withdrawn" for reaction in given)
