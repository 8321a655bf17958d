"""8.6: notice of the outcome, acceptance or the other ways, closing on the right ground, and asking afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ...measure.cases import Case
from ...measure.moments import child, rows, word
from ...measure.states import agreed, enough, last_reaction, refused, rounds, silence_until, waiting_until
from ...model import Pointer
from ...problems import Problem, Rule
from .desk import Desk, found, ground, shown

RESULT_NOTICE_MISSING = Rule("result-notice-missing", "contradiction", "explicit", source="V21")
CLOSED_BEFORE_NOTICE = Rule("closed-before-notice", "lapse", "explicit", source="V21")
ACCEPTED_BUT_REJECTED = Rule("accepted-but-rejected", "contradiction", "explicit", source="V22")
ALTERNATIVES_NOT_TOLD = Rule("alternatives-not-told", "lapse", "explicit", source="V23")
ALTERNATIVES_ONE_SIDED = Rule("alternatives-one-sided", "contradiction", "implied", source="V23")
ARBITRATION_WITHOUT_AGREEMENT = Rule("arbitration-without-agreement", "contradiction", "implied", source="V23")
REVIEW_BY_SAME_DECIDER = Rule("review-by-same-decider", "lapse", "own", source="V24")
EXHAUSTED_TOO_EARLY = Rule("exhausted-too-early", "lapse", "own", source="V25")
UNREACHABLE_TOO_EARLY = Rule("unreachable-too-early", "lapse", "own", source="V26")
UNREACHABLE_BUT_REPLIED = Rule("unreachable-but-replied", "contradiction", "own", source="V26")
CLOSURE_UNEXPLAINED = Rule("closure-unexplained", "contradiction", "own", source="V26")
WITHDRAWN_WITHOUT_EVIDENCE = Rule("withdrawn-without-evidence", "contradiction", "own", source="V47")
WITHDRAWN_UNINVESTIGATED = Rule("withdrawn-uninvestigated", "lapse", "own", source="V47")
NOT_COMPLAINT_SELF_APPROVED = Rule("not-complaint-self-approved", "contradiction", "own", source="V51")
DUPLICATE_OF_WRONG = Rule("duplicate-of-wrong", "contradiction", "own", source="V33")
RULES = (
    RESULT_NOTICE_MISSING, CLOSED_BEFORE_NOTICE, ACCEPTED_BUT_REJECTED, ALTERNATIVES_NOT_TOLD, ALTERNATIVES_ONE_SIDED,
    ARBITRATION_WITHOUT_AGREEMENT, REVIEW_BY_SAME_DECIDER, EXHAUSTED_TOO_EARLY, UNREACHABLE_TOO_EARLY,
    UNREACHABLE_BUT_REPLIED, CLOSURE_UNEXPLAINED, WITHDRAWN_WITHOUT_EVIDENCE, WITHDRAWN_UNINVESTIGATED,
    NOT_COMPLAINT_SELF_APPROVED, DUPLICATE_OF_WRONG,
)  # fmt: skip

INTERNAL_ROUTES = frozenset({"senior-review", "appeal"})
EXPLAINED = frozenset({"exhausted", "unreachable", "not_contactable", "not_complaint", "transferred"})
Part = dict[str, Any]


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    parts = rounds(case.value)
    for number, part in enumerate(parts):
        at: Pointer = ("reopenings", number - 1) if number else ()
        yield from _notice(desk, case, part, at, last=number == len(parts) - 1)
        yield from _refusal(desk, case, part, at)
        yield from _silence(desk, case, part, at)
    yield from _withdrawal(desk, case)
    yield from _not_counted(desk, case)


def _notice(desk: Desk, case: Case, part: Part, at: Pointer, *, last: bool) -> Iterator[Problem]:
    """Reopening is itself the correction of a round that was closed without acceptance."""
    closed, basis = desk.at(part, "closure", "at"), word(part, "closure", "basis")
    reviews = [row for row in rows(part, "escalations") if _before(desk.at(row, "opened_at"), closed)]
    notices = [desk.at(row, "result_notified", "at") for row in (part, *reviews)]
    told = [notice for notice in (*notices, desk.at(part, "first_contact", "at")) if notice is not None]
    if closed is None or basis not in ("accepted", "exhausted"):
        return
    if not told and case.contactable:
        yield found(RESULT_NOTICE_MISSING, case, (*at, "closure"), ("8.6.a",), basis_of=ground(case, basis))
    elif told and closed < max(told):
        facts = {"closed": shown(closed), "told": shown(max(told))}
        where, breach = (*at, "closure", "at"), ("result", "other")
        yield found(CLOSED_BEFORE_NOTICE, case, where, ("8.6.a", "8.6.c"), breach=breach, facts=facts)
    accepted = agreed(last_reaction(part)) or child(part, "first_contact", "accepted") is True
    if basis == "accepted" and not accepted and last:
        yield found(ACCEPTED_BUT_REJECTED, case, (*at, "closure", "basis"), ("8.6.c",))


def _before(at: datetime | None, closed: datetime | None) -> bool:
    return at is None or closed is None or at < closed


def _refusal(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    reaction = child(part, "reaction")
    refused_at = desk.at(reaction, "at")
    ways = rows(part, "alternatives")
    told = [when for row in ways if (when := desk.at(row, "told_at"))]
    if refused(reaction) and (refused_at is None or refused_at.date() < desk.as_of):
        if not [when for when in told if refused_at is None or when >= refused_at]:
            yield found(ALTERNATIVES_NOT_TOLD, case, (*at, "reaction"), ("8.6.d",), breach=("alternatives",))
        elif len({row.get("scope") for row in ways} | _gone(part)) < 2:
            yield found(ALTERNATIVES_ONE_SIDED, case, (*at, "alternatives"), ("8.6.d",))
    for index, row in enumerate(ways):
        if row.get("route") == "arbitration" and row.get("arbitration_agreement") is not True:
            yield found(ARBITRATION_WITHOUT_AGREEMENT, case, (*at, "alternatives", index), ("8.6.d",))
    yield from _reviews(desk, case, part, at)
    closed = desk.at(part, "closure", "at")
    if closed is None or word(part, "closure", "basis") != "exhausted":
        return
    ended = [
        desk.at(row, "decided_at") or desk.at(row, "closed_at") for row in rows(part, "escalations")
        if _before(desk.at(row, "opened_at"), closed)
    ]  # fmt: skip
    pending = any(when is None or when > closed for when in ended)
    waiting = told and closed.date() <= waiting_until(max(told), desk.criteria, case.received.on)
    if pending or (waiting and not ended):
        yield found(EXHAUSTED_TOO_EARLY, case, (*at, "closure"), ("8.6.d",), breach=("other", "alternatives"))


def _gone(part: Part) -> set[str]:
    """After a final decision inside the house there is no internal way left to tell of (corrections 10)."""
    inside = any(row.get("route") in INTERNAL_ROUTES and row.get("decided_at") for row in rows(part, "escalations"))
    return {"internal"} if inside else set()


def _reviews(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    """Who decided first does not decide again; where top management decided, nobody stands above (corrections 20)."""
    first = {word(part, "response", "approved_by") or word(part, "response", "by")} - {None}
    for index, row in enumerate(rows(part, "escalations")):
        who, when = word(row, "decided_by") or word(row, "reviewer"), desk.at(row, "decided_at")
        if who in first:
            top = desk.offices.top_management(who, when.date() if when else case.received.on)
            yield found(
                REVIEW_BY_SAME_DECIDER, case, (*at, "escalations", index), ("8.6.d",),
                basis="implied" if top else "own", breach=("other", "alternatives"), who=str(who),
            )  # fmt: skip


def _silence(desk: Desk, case: Case, part: Part, at: Pointer) -> Iterator[Problem]:
    basis, closed = word(part, "closure", "basis"), desk.at(part, "closure", "at")
    closure = child(part, "closure")
    if closed is None or basis not in EXPLAINED:
        return
    decision = child(case.value, "not_a_complaint") if basis == "not_complaint" else None
    reasons = [word(closure, key) for key in ("reason", "tried", "reason_code")]
    said = any(reasons) or word(decision, "reason") or basis in ("exhausted", "transferred")
    approved = word(closure, "approved_by") or word(decision, "approved_by") or basis == "transferred"
    receiver = basis != "transferred" or word(closure, "transferred_to")
    if not said or not approved or not receiver:
        yield found(CLOSURE_UNEXPLAINED, case, (*at, "closure"), ("8.6.c",), basis_of=ground(case, basis))
    if basis != "unreachable":
        return
    tries = (desk.at(row, "at") for row in rows(part, "no_reply", "attempts"))
    attempts = sorted(when for when in tries if when is not None and when <= closed)
    calendar, on = desk.complaints.watch.own, case.received.on
    tried = bool(attempts) and enough(attempts, desk.criteria, on)
    if not tried or closed.date() <= silence_until(part, attempts, desk.criteria, calendar, on):
        where = (*at, "closure", "basis")
        yield found(UNREACHABLE_TOO_EARLY, case, where, ("8.6.c",), breach=("other", "follow-up"), count=len(attempts))
    replied = [
        when for row in rows(case.value, "communications")
        if row.get("direction") == "in" and row.get("audience") == "complainant" and (when := desk.at(row, "at"))
    ]  # fmt: skip
    # Reopening is the correction, whether the answer came before the closing or after it.
    reopened = any((when := desk.at(row, "at")) and when > closed for row in rows(case.value, "reopenings"))
    if attempts and not reopened and any(attempts[0] < when for when in replied):
        yield found(UNREACHABLE_BUT_REPLIED, case, (*at, "closure", "basis"), ("8.6.c",))


def _withdrawal(desk: Desk, case: Case) -> Iterator[Problem]:
    """Nobody is talked out of a complaint; danger is investigated whatever the complainant says."""
    if case.closure_basis != "withdrawn" and case.reaction != "withdrawn":
        return
    part = rounds(case.value)[-1]
    if not (child(part, "reaction", "evidence") or child(part, "closure", "evidence")):
        yield found(WITHDRAWN_WITHOUT_EVIDENCE, case, ("closure",), ("8.6.c",))
    if case.severity == "S1" and not case.open and not desk.at(case, "investigation", "finished_at"):
        yield found(WITHDRAWN_UNINVESTIGATED, case, ("closure",), ("8.3.inv",), breach=("other",))


def _not_counted(desk: Desk, case: Case) -> Iterator[Problem]:
    decision = child(case.value, "not_a_complaint")
    approver = word(decision, "approved_by")
    if approver is None and case.closure_basis == "not_complaint":
        approver = word(rounds(case.value)[-1], "closure", "approved_by")
    if approver is not None and approver in (word(case.value, "recorded_by"), word(decision, "decided_by")):
        where = ("not_a_complaint", "approved_by") if decision else ("closure", "approved_by")
        yield found(NOT_COMPLAINT_SELF_APPROVED, case, where, ("8.2.rec",), who=approver)
    master = word(case.value, "links", "duplicate_of")
    if master is None and case.closure_basis == "duplicate":
        yield found(DUPLICATE_OF_WRONG, case, ("closure", "basis"), ("8.2.rec",), master="—")
    other = desk.by_id.get(master or "")
    if other is None:
        return
    further = word(other.value, "links", "duplicate_of")
    people = {word(case.value, "complainant", "ref"), word(other.value, "complainant", "ref")}
    together = case.value.get("collective") or other.value.get("collective")
    if master == case.id or further is not None or (len(people) > 1 and not together):
        yield found(DUPLICATE_OF_WRONG, case, ("links", "duplicate_of"), ("8.2.rec",), master=str(master))
