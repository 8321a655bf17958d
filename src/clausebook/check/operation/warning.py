"""8.4 and 7.4, as far as no statistics are needed: repeats, collective and major cases, corrective action, counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from ...load.positions import place
from ...measure.cases import Case, person_of
from ...measure.moments import child, shifted, word
from ...measure.reconciliation import reconciliation_of
from ...measure.streams import is_other
from ...problems import Problem, Rule, problem
from .desk import Desk, found

CORRECTIVE_ACTION_MISSING = Rule("corrective-action-missing", "lapse", "own", source="V31")
REPEAT_NOT_NAMED = Rule("repeat-not-named", "contradiction", "explicit", source="V34")
REPEAT_WITHOUT_ALERT = Rule("repeat-without-alert", "due", "explicit", source="V34")
COLLECTIVE_NOT_FLAGGED = Rule("collective-not-flagged", "due", "own", source="V35")
CRISIS_RECORD_MISSING = Rule("crisis-record-missing", "due", "explicit", source="V36")
CRISIS_DECISION_MISSING = Rule("crisis-decision-missing", "due", "own", source="V36")
OTHER_SHARE_HIGH = Rule("other-share-high", "due", "implied", source="V45")
TICKET_COUNTED_TWICE = Rule("ticket-counted-twice", "contradiction", "own", source="V49")
COUNT_DIFFERS = Rule("count-differs", "contradiction", "implied", source="V50")
NOT_COMPLAINT_SHARE_HIGH = Rule("not-complaint-share-high", "due", "implied", source="V51")
RULES = (
    CORRECTIVE_ACTION_MISSING, REPEAT_NOT_NAMED, REPEAT_WITHOUT_ALERT, COLLECTIVE_NOT_FLAGGED, CRISIS_RECORD_MISSING,
    CRISIS_DECISION_MISSING, TICKET_COUNTED_TWICE, OTHER_SHARE_HIGH, COUNT_DIFFERS, NOT_COMPLAINT_SHARE_HIGH,
)  # fmt: skip

SHARE_NEEDS = 20
"""Below so many cases in a year a share says nothing (requirements 5.1)."""
SHARE_MAX = 10.0


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    yield from _repeat(desk, case)
    yield from _crisis(desk, case)
    yield from _corrective(desk, case)


def _repeat(desk: Desk, case: Case) -> Iterator[Problem]:
    """Every repeat opens or joins a warning; one answer may serve many (corrections 4)."""
    earlier = _earlier(case)
    if not earlier or not case.counted:
        return
    if not word(case.value, "links", "repeat_of"):
        yield found(REPEAT_NOT_NAMED, case, ("links",), ("8.4.warn",), earlier=earlier[-1])
    if not desk.linked(case, "alert"):
        yield found(REPEAT_WITHOUT_ALERT, case, ("links",), ("8.4.warn",), earlier=earlier[-1])


def _earlier(case: Case) -> list[str]:
    return [*case.repeats.r1, *case.repeats.r2]


def _crisis(desk: Desk, case: Case) -> Iterator[Problem]:
    value = case.value
    decided = child(value, "crisis_decision", "needed") is True
    grave = value.get("major") is True or bool(value.get("collective")) or decided
    answered = bool(desk.linked(case, "crisis"))
    if grave and not answered and case.counted:
        where = next((key for key in ("collective", "major", "crisis_decision") if key in value), "triggers")
        yield found(CRISIS_RECORD_MISSING, case, (where,), ("7.4.crisis",))
    if "media_attention" in case.triggers and not answered and not child(value, "crisis_decision", "reason"):
        yield found(CRISIS_DECISION_MISSING, case, ("triggers",), ("7.4.crisis",))


def _corrective(desk: Desk, case: Case) -> Iterator[Problem]:
    """A justified serious complaint, or one that came back, ends in corrective action or a reasoned decision (10.1)."""
    justified = child(case.value, "investigation", "substantiated") in ("yes", "partly")
    grave = case.severity in ("S1", "S2") or bool(_earlier(case))
    if not (justified and grave and not case.open):
        return
    alerts = [alert.value for alert in desk.linked(case, "alert")]
    acting = any(alert.get("corrective_actions") or alert.get("nonconformity") for alert in alerts)
    if not acting and not desk.linked(case, "nonconformity"):
        yield found(CORRECTIVE_ACTION_MISSING, case, ("links",), ("10.1.c",), breach=("corrective-action",))


def check_all(desk: Desk) -> Iterator[Problem]:
    yield from _collective(desk)
    yield from _twice(desk)
    yield from _shares(desk)
    yield from _counts(desk)


def _collective(desk: Desk) -> Iterator[Problem]:
    """V35: as many people as the organisation calls collective, open at the same time, and nobody saw it."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in desk.cases:
        cause = word(case.value, "cause", "group")
        if case.open and case.counted and cause:
            product = word(case.value, "product") or ""
            groups[cause, desk.lines.get(product, product)].append(case)
    for (cause, _), cases in groups.items():
        ordered = sorted(cases, key=lambda case: (case.received.at, case.id))
        unseen = next((last for last in reversed(ordered) if _crowd(desk, last, ordered)), None)
        if unseen is not None:
            asked, count = ("7.4.crisis", "8.4.warn"), _crowd(desk, unseen, ordered)
            yield found(COLLECTIVE_NOT_FLAGGED, unseen, ("cause",), asked, count=count, cause=cause)


def _crowd(desk: Desk, last: Case, ordered: list[Case]) -> int:
    """How many people the window that ends with a case holds, when they are collective and nobody has said so."""
    on = last.received.on
    least = desk.criteria.threshold("collective", "complainants_min", on)
    window = desk.criteria.threshold("collective", "window_calendar_days", on)
    if least is None or window is None:
        return 0
    near = [c for c in ordered if timedelta() <= on - c.received.on <= timedelta(days=window)]
    people = {person_of(c.value) or c.id for c in near}
    seen = any(c.value.get("collective") or desk.linked(c, "alert") or desk.linked(c, "crisis") for c in near)
    return len(people) if len(people) >= least and not seen else 0


def _twice(desk: Desk) -> Iterator[Problem]:
    """V49: one ticket is one complaint; what comes back on it reopens the case and is not received anew."""
    first: dict[tuple[str, str], Case] = {}
    for case in sorted(desk.complaints.cases, key=lambda case: (case.received.at, case.id)):
        ticket = word(case.value, "external_case_no")
        if ticket is None or not case.counted or case.imported:
            continue
        earlier = first.setdefault((str(case.value.get("channel")), ticket), case)
        together = case.value.get("collective") or word(case.value, "links", "repeat_of")
        if earlier is not case and case.judged and not together:
            facts = {"ticket": ticket, "earlier": earlier.id}
            yield found(TICKET_COUNTED_TWICE, case, ("external_case_no",), ("8.2.rec", "9.1.a"), facts=facts)


def _shares(desk: Desk) -> Iterator[Problem]:
    since = shifted(desk.as_of, -365)
    year = [case for case in desk.cases if case.received.on > since]
    criteria = desk.system.first("intake-criteria")
    if len(year) < SHARE_NEEDS or criteria is None:
        return
    most = criteria.value.get("other_share_max")
    limit = float(most) if isinstance(most, int | float) and not isinstance(most, bool) else SHARE_MAX
    other = [c for c in year if is_other(c)]
    none = [c for c in year if c.closure_basis == "not_complaint"]
    at = place(criteria)
    for rule, cases, allowed, requirement in (
        (OTHER_SHARE_HIGH, other, limit, "8.2.a"),
        (NOT_COMPLAINT_SHARE_HIGH, none, SHARE_MAX, "8.2.rec"),
    ):
        share = 100 * len(cases) / len(year)
        if share > allowed:
            yield problem(rule, at, (requirement,), share=f"{share:.1f}", most=f"{allowed:g}", count=len(cases))


def _counts(desk: Desk) -> Iterator[Problem]:
    """V50: what the source counted against what was recorded; a difference needs a reason (corrections 31)."""
    for line in reconciliation_of(desk.system, desk.complaints.cases):
        if line.agreement == "unexplained":
            first = line.counts[0]
            yield problem(
                COUNT_DIFFERS, place(first.entry, ("items", first.index)), ("8.2.rec",),
                channel=line.channel, count=line.counted or 0, recorded=len(line.recorded), period=line.month,
            )  # fmt: skip
