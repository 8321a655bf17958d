"""8.1 d: every step within the time the organisation set, the complainant was told, or the law allows."""

from __future__ import annotations

from collections.abc import Iterator

from ...load.positions import place
from ...measure.cases import Case
from ...measure.clocks import Clock
from ...measure.moments import rows, word
from ...problems import Place, Problem, Rule, problem
from .desk import Desk, found, shown

RECORDED_LATE = Rule("recorded-late", "lapse", "own", source="V04")
ACKNOWLEDGEMENT_LATE = Rule("acknowledgement-late", "lapse", "own", source="V05")
ACKNOWLEDGEMENT_MISSING = Rule("acknowledgement-missing", "due", "own", source="V05")
FAST_LANE_LATE = Rule("fast-lane-late", "lapse", "own", source="V07")
FIRST_ACTION_LATE = Rule("first-action-late", "lapse", "own", source="V07")
FIRST_ANSWER_LATE = Rule("first-answer-late", "lapse", "own", source="V30")
ASSESSMENT_LATE = Rule("assessment-late", "lapse", "implied", source="V30")
INVESTIGATION_LATE = Rule("investigation-late", "lapse", "implied", source="V30")
RESPONSE_LATE = Rule("response-late", "lapse", "own", source="V30")
RESULT_LATE = Rule("result-late", "lapse", "own", source="V30")
REDRESS_LATE = Rule("redress-late", "lapse", "own", source="V30")
STEP_OVERDUE = Rule("step-overdue", "due", "own", source="V30")
DEVIATION_NOT_AUTHORISED = Rule("deviation-not-authorised", "contradiction", "own", source="V30")
OPEN_TOO_LONG = Rule("open-too-long", "due", "own", source="V43")
CALENDAR_YEAR_MISSING = Rule("calendar-year-missing", "due", "own")
RULES = (
    RECORDED_LATE, ACKNOWLEDGEMENT_LATE, ACKNOWLEDGEMENT_MISSING, FAST_LANE_LATE, FIRST_ACTION_LATE, FIRST_ANSWER_LATE,
    ASSESSMENT_LATE, INVESTIGATION_LATE, RESPONSE_LATE, RESULT_LATE, REDRESS_LATE, STEP_OVERDUE,
    DEVIATION_NOT_AUTHORISED, OPEN_TOO_LONG,
    CALENDAR_YEAR_MISSING,
)  # fmt: skip

STEPS: dict[str, tuple[Rule, str, tuple[str, ...]]] = {
    "recording": (RECORDED_LATE, "8.2.rec", ("recording",)),
    "acknowledgement": (ACKNOWLEDGEMENT_LATE, "8.2.c.ack", ("acknowledgement",)),
    "first-answer": (FIRST_ANSWER_LATE, "8.2.c.ack", ("acknowledgement", "response", "authority-date")),
    "fast-lane": (FAST_LANE_LATE, "8.2.b", ("fast-lane",)),
    "first-action": (FIRST_ACTION_LATE, "8.2.b", ("fast-lane",)),
    "assessment": (ASSESSMENT_LATE, "8.3.ia", ("assessment", "acknowledgement", "recording")),
    "investigation": (INVESTIGATION_LATE, "8.1.d", ("response", "result", "other")),
    "response": (RESPONSE_LATE, "8.5.plan", ("response", "result")),
    "result": (RESULT_LATE, "8.1.d", ("result", "told-date", "authority-date")),
    "redress": (REDRESS_LATE, "8.5.resp", ("redress", "result")),
}
"""Clock → rule when it was kept late, requirement, and the words under which a nonconformity may name it."""

INTERNAL = ("assessment", "investigation")
FIELDS = {
    "recording": "recorded_at", "acknowledgement": "ack", "fast-lane": "fast_lane", "first-action": "fast_lane",
    "result": "result_notified",
}  # fmt: skip
LIMIT_OF = {
    "own": {"zh": "本组织时限", "en": "own limit"}, "told": {"zh": "告知投诉者的日期", "en": "date told"},
    "ticket": {"zh": "外部工单期限", "en": "external ticket"}, "legal": {"zh": "法规或约定期限", "en": "legal limit"},
}  # fmt: skip
NAME_OF = {
    "recording": {"zh": "登记", "en": "recording"}, "acknowledgement": {"zh": "确认", "en": "acknowledgement"},
    "first-answer": {"zh": "首次答复", "en": "first answer"}, "fast-lane": {"zh": "启动紧急通道", "en": "fast lane"},
    "first-action": {"zh": "首项措施", "en": "first action"}, "assessment": {"zh": "初步评估", "en": "assessment"},
    "investigation": {"zh": "调查", "en": "investigation"}, "response": {"zh": "提出方案", "en": "response"},
    "result": {"zh": "结果通知", "en": "notice of the result"}, "redress": {"zh": "兑现赔付", "en": "redress"},
}  # fmt: skip


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    for name, clock in case.clocks.items():
        event = name.split("#")[0]
        if clock.status == "late" and event in STEPS:
            yield _late(case, event, clock)
        elif clock.status == "overdue" and event in STEPS:
            yield from _overdue(case, event, clock)
    for index, row in enumerate(rows(case.value, "deviations")):
        if not desk.offices.may_deviate(case.value, row):
            who = word(row, "approved_by") or "—"
            yield found(DEVIATION_NOT_AUTHORISED, case, ("deviations", index), ("10.1.a.1",), who=who)
    yield from _too_long(desk, case)


def _late(case: Case, event: str, clock: Clock) -> Problem:
    rule, requirement, breach = STEPS[event]
    return found(
        rule, case, (FIELDS.get(event, event),), (requirement,), breach=breach, due=shown(clock.due_at),
        done=shown(clock.done_at) or {"zh": "未做", "en": "not done"}, limit=LIMIT_OF[clock.source],
    )  # fmt: skip


def _overdue(case: Case, event: str, clock: Clock) -> Iterator[Problem]:
    if event == "acknowledgement":
        yield found(ACKNOWLEDGEMENT_MISSING, case, (), ("8.2.c.ack",), due=shown(clock.due_at))
    elif event not in ("fast-lane", "first-action"):  # a missing fast lane has a rule of its own
        rule, requirement, _ = STEPS[event]
        basis = "implied" if event in INTERNAL else rule.basis
        yield found(
            STEP_OVERDUE, case, (), (requirement,), basis=basis, step=NAME_OF[event], due=shown(clock.due_at),
            limit=LIMIT_OF[clock.source],
        )  # fmt: skip


def _too_long(desk: Desk, case: Case) -> Iterator[Problem]:
    """V43: a case that stays open is looked at by a manager again and again."""
    most = int(desk.criteria.number(case.received.on, "review_open_after_working_days", otherwise=0))
    if not case.open or not most:
        return
    seen = [*rows(case.value, "reviews"), *rows(case.value, "reopenings")]
    looked = [at.date() for row in seen if (at := desk.at(row, "at"))]
    since = max([case.received.on, *looked])
    days = desk.working_days(since, desk.as_of)
    if days > most:
        yield found(OPEN_TOO_LONG, case, (), ("8.1.d",), days=days, most=most)


def check_all(desk: Desk) -> Iterator[Problem]:
    """One problem for each missing year, never one for each case (corrections 38)."""
    for year, cases in desk.complaints.missing_years.items():
        basis = "own" if desk.as_of.year >= year else "implied"
        at = Place(f"system/calendar/{year}.yaml")
        org = desk.system.first("organization")
        at = place(org) if org is not None and desk.system.first("calendar") is None else at
        yield problem(
            CALENDAR_YEAR_MISSING, at, ("8.1.b.1",), basis="own" if basis == "own" else "implied",
            year=year, count=len(cases), first=cases[0],
        )  # fmt: skip
