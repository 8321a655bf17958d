# ruff: noqa: E501 — a row of the table is one line where it can be
"""Every rule of chapter 8: one record it fires for, and a near one it is silent about; all of V01 to V53 mapped."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from clausebook.check import operation
from clausebook.check.lapses import settled
from clausebook.check.rules import RULES
from clausebook.model import Entry, System
from clausebook.pipeline import Report, run
from clausebook.problems import Problem
from clausebook.publish.formats import as_data
from clausebook.wording import LANGUAGES, messages, text
from small_org import PLAIN, changed, entry, measured, system_with

Value = Mapping[str, Any]
CASEWORK = [rule for module in (*operation.MODULES, operation.entry) for rule in module.RULES]
AFTER = {
    "response": None, "communications": None, "result_notified": None, "reaction": None, "closure": None,
    "follow_up": None,
}  # fmt: skip
FRESH = {**AFTER, "ack": None, "assessment": None, "investigation": None}
SEPT = date(2026, 9, 30)
TRIGGER = {"personal_safety": True, "major_property_loss": False, "media_attention": False}
MEDIA = {"personal_safety": False, "major_property_loss": False, "media_attention": True}
LANE = {"activated_at": "2026-09-01T09:10:00+08:00", "first_action_at": "2026-09-01T09:30:00+08:00"}
REJECTED = {"answer": "rejected", "at": "2026-09-08T10:05:00+08:00"}
WAYS = [
    {"scope": "internal", "route": "senior-review", "told_at": "2026-09-08T11:00:00+08:00"},
    {"scope": "external", "route": "consumer-association", "told_at": "2026-09-08T11:00:00+08:00"},
]
REFUSED = changed(reaction=REJECTED, alternatives=WAYS, closure__basis="exhausted",
                  closure__at="2026-10-12T09:00:00+08:00", closure__reason="等待期满")  # fmt: skip
CALLS = [{"at": f"2026-09-{day:02d}T10:00:00+08:00", "method": "phone", "outcome": "no-answer"} for day in (9, 10, 11)]
LOST = changed(reaction=None, no_reply={"attempts": CALLS}, closure__basis="unreachable",
               closure__at="2026-09-21T09:00:00+08:00", closure__reason="三次未接")  # fmt: skip
REVIEW = {"route": "senior-review", "opened_at": "2026-09-09T09:00:00+08:00", "decided_at": "2026-09-11T09:00:00+08:00",
          "decided_by": "gu-lan", "closed_at": "2026-09-11T09:00:00+08:00"}  # fmt: skip
EXTENDED = {"requested_at": "2026-09-09T09:00:00+08:00", "new_due_on": "2026-09-18", "reason": "等待检测",
            "approved_by": "he-jia", "told_complainant_at": "2026-09-10T20:00:00+08:00"}  # fmt: skip
AGAIN = {"id": "CC-2026-0002", "received_at": "2026-10-12T09:00:00+08:00", "recorded_at": "2026-10-12T09:05:00+08:00"}
SECOND = {**changed(**FRESH), **AGAIN}
OUT = {"provider": "PV-01", "steps": ["intake"], "handed_over_at": "2026-09-01T09:00:00+08:00", "personal_data": True,
       "agreement": "DPA-2024-01", "impact_assessment": "PIA-2025-01"}  # fmt: skip
GRAVE = changed(
    assessment__severity="S2", ack__provisional_severity="S2", result_notified__at="2026-09-07T09:00:00+08:00"
)
NC = {"id": "NC-2026-001", "complaints": ["CC-2026-0001"], "clauses": ["10.1"]}
MONEY = {"amount": "100.00", "currency": "CNY", "approved_by": "he-jia", "approved_at": "2026-09-04T09:00:00+08:00",
         "paid_on": "2026-09-05"}  # fmt: skip
MASTER = changed(id="CC-2026-0002")
AT_ONCE = {"at": "2026-09-01T09:15:00+08:00", "by": "luo-xin", "resolution": "当场换壶盖", "accepted": True}
TICKET = changed(channel="12315", external_case_no="HZ20260901", source_due_on="2026-09-20")
DEVIATION = {"what": "result", "reason_code": "agreed-with-complainant", "reason": "投诉者要求月末答复",
             "approved_by": "tang-qiming", "approved_at": "2026-09-12T09:00:00+08:00"}  # fmt: skip
BEFORE_CLOSE = entry("organization", {
    "follow_up": {"mode": "before_close"}, "timezone": "Asia/Shanghai", "system_effective_on": "2024-09-01"}, "org")


def open_cases(count: int, **more: Any) -> list[dict[str, Any]]:
    """Open cases of one cause by different people, received on one day."""
    return [
        {
            **changed(**FRESH),
            "id": f"CC-2026-{n:04d}",
            "complainant": {"ref": f"P-{n:08d}", "contactable": True},
            **more,
        }
        for n in range(1, count + 1)
    ]


def year_of(count: int, odd: int, **more: Any) -> list[dict[str, Any]]:
    """A year's cases by different people about different things, `odd` of them with the changes in `more`."""
    made = [changed(id=f"CC-2026-{n:04d}", complainant__ref=f"P-{n:08d}") for n in range(1, count + 1)]
    return [changed(value, **more) if n < odd else value for n, value in enumerate(made)]


def proven(**row: Any) -> Entry:
    return entry("competence", {"people": [{"person": "luo-xin", "item": "x", **row}]}, "competence")


def backfilled(count: int) -> list[dict[str, Any]]:
    """Complaints of so many days, all recorded on 30 September."""
    return [
        changed(id=f"CC-2026-{n:04d}", complainant__ref=f"P-{n:08d}", received_at=f"2026-09-{n:02d}T09:00:00+08:00",
                recorded_at="2026-09-30T20:00:00+08:00")
        for n in range(1, count + 1)
    ]  # fmt: skip


Row = tuple[str, Any, Any]
NONE: list[Value] = []
ROWS: list[Row] = [
    # rule · fires for · silent about (records, or a list of them)
    ("recorded-late", changed(recorded_at="2026-09-03T09:00:00+08:00"), changed(recorded_at="2026-09-02T23:59:00+08:00")),
    ("acknowledgement-late", changed(ack__at="2026-09-03T00:01:00+08:00"), changed(ack__at="2026-09-02T23:59:00+08:00")),
    ("acknowledgement-missing", changed(**FRESH), changed(**FRESH, ack_not_possible={"reason": "匿名来信"})),
    ("fast-lane-late", changed(urgent=True, triggers=TRIGGER, fast_lane={**LANE, "activated_at": "2026-09-01T10:00:00+08:00"}),
     changed(urgent=True, triggers=TRIGGER, fast_lane=LANE)),
    ("first-action-late",
     changed(urgent=True, triggers=TRIGGER, fast_lane={**LANE, "first_action_at": "2026-09-01T11:30:00+08:00"}),
     changed(urgent=True, triggers=TRIGGER, fast_lane=LANE)),
    ("first-answer-late", changed(channel="shop-platform", ack__automatic=True), changed(channel="shop-platform")),
    ("assessment-late", changed(assessment__at="2026-09-03T09:00:00+08:00"), PLAIN),
    ("investigation-late", changed(investigation__facts_sufficient_at="2026-09-10T09:00:00+08:00"), PLAIN),
    ("response-late", changed(response__proposed_at="2026-09-10T09:00:00+08:00"), PLAIN),
    ("result-late", changed(result_notified__at="2026-09-11T00:01:00+08:00"), changed(result_notified__at="2026-09-10T23:59:00+08:00")),
    ("redress-late", changed(redress={**MONEY, "paid_on": "2026-09-17"}), changed(redress={**MONEY, "paid_on": "2026-09-16"})),
    ("step-overdue", changed(**AFTER), {**changed(**AFTER), "as_of": date(2026, 9, 8)}),
    ("open-too-long", changed(**AFTER),
     changed(**AFTER, reviews=[{"at": "2026-11-10T09:00:00+08:00", "by": "he-jia", "note": "等待检测"}])),
    ("number-year", changed(id="CC-2025-0001"), PLAIN),
    ("number-gap", changed(id="CC-2026-0002"), [changed(id="CC-2026-0002"), entry("void", {"id": "CC-2026-0001"})]),
    ("time-in-future", changed(follow_up__attempts=[{"at": "2026-12-01T09:00:00+08:00", "outcome": "reached"}]),
     changed(source_due_at="2026-12-01T09:00:00+08:00")),
    ("before-receipt", changed(recorded_at="2026-09-01T08:59:00+08:00"), PLAIN),
    ("acknowledgement-automatic-only", changed(ack__automatic=True, ack__told_process=None), changed(ack__automatic=True)),
    ("told-date-before-acknowledgement", changed(ack__told_due_on="2026-08-31"), PLAIN),
    ("told-date-too-late", changed(ack__told_due_on="2026-09-11"), PLAIN),
    ("new-date-not-told",
     changed(communications=None, assessment__reassessments=[{"at": "2026-09-02T09:00:00+08:00", "severity": "S2"}]),
     changed(assessment__reassessments=[{"at": "2026-09-04T09:00:00+08:00", "severity": "S2"}])),
    ("fast-lane-missing", changed(urgent=True, triggers=TRIGGER), changed(urgent=True, triggers=TRIGGER, fast_lane=LANE)),
    ("first-action-missing",
     changed(urgent=True, triggers=TRIGGER, fast_lane={"activated_at": "2026-09-01T09:10:00+08:00"}),
     changed(urgent=True, triggers=TRIGGER, fast_lane=LANE)),
    ("fast-lane-without-trigger", changed(fast_lane=LANE), changed(fast_lane=LANE, triggers={"precaution": True})),
    ("urgent-words", changed(description="插座处冒烟，吓死人了。"),
     changed(description="插座处冒烟。", urgency_review={"at": "2026-09-01T10:00:00+08:00", "by": "he-jia", "reason": "他牌"})),
    ("major-loss-not-flagged", changed(claimed_amount="10000.00"), changed(claimed_amount="9999.99")),
    ("contact-contradiction", changed(complainant__contactable=False), changed(complainant__contactable=False, ack__method="letter")),
    ("agent-without-authority", changed(complainant__agent={"acting_for": "母亲"}),
     changed(complainant__agent={"acting_for": "母亲", "authority_evidence": {"what": "委托书", "location": "档案 3"}})),
    ("history-disagrees", changed(history=[{"at": "2026-09-09T09:00:00+08:00", "event": "reopened"}]),
     changed(history=[{"at": "2026-09-09T09:00:00+08:00", "event": "closed"}])),
    ("ticket-incomplete", changed(channel="12315", external_case_no="1"),
     changed(channel="12315", external_case_no="1", source_due_on="2026-09-20")),
    ("told-later-than-authority", changed(channel="12315", external_case_no="1", source_due_on="2026-09-09"),
     changed(channel="12315", external_case_no="1", source_due_on="2026-09-10")),
    ("type-not-in-force", changed(types=["handling"], received_at="2024-10-08T09:00:00+08:00"), PLAIN),
    ("severity-below-minimum", changed(assessment__safety="actual"),
     changed(assessment__safety="actual", assessment__override_reason="皮肤发红，未就医", assessment__override_approved_by="shen-yuanzhou")),
    ("severity-lowered-unapproved", changed(assessment__reassessments=[{"at": "2026-09-02T09:00:00+08:00", "severity": "S4"}]),
     changed(assessment__reassessments=[{"at": "2026-09-02T09:00:00+08:00", "severity": "S4", "approved_by": "tang-qiming"}])),
    ("investigation-too-shallow", changed(GRAVE, investigation__level="L1"),
     changed(GRAVE, investigation__level="L1", investigation__override_reason="同批已查", investigation__override_approved_by="tang-qiming")),
    ("investigator-concerned", changed(complained_about=["qin-fang"]), changed(complained_about=["luo-xin"])),
    ("conflict-not-declared", changed(investigation__conflict=None), PLAIN),
    ("investigation-times", changed(investigation__finished_at="2026-09-01T23:00:00+08:00"), PLAIN),
    ("investigation-without-evidence", changed(investigation__evidence=None), PLAIN),
    ("response-before-assessment", changed(response__proposed_at="2026-09-01T14:00:00+08:00"),
     changed(response__proposed_at="2026-09-01T14:00:00+08:00", urgent=True, triggers=TRIGGER, fast_lane=LANE)),
    ("result-before-facts", changed(result_notified__at="2026-09-03T09:00:00+08:00"),
     changed(investigation__finished_at="2026-09-20T09:00:00+08:00")),
    ("handler-missing", changed(handler=None), changed(handler=None, closure__basis="transferred")),
    ("handler-without-competence", [PLAIN, proven(status="gap")], [PLAIN, proven(status="met", acquired_on="2026-09-01")]),
    ("corrective-action-missing", GRAVE, [GRAVE, entry("nonconformity", NC)]),
    ("repeat-not-named", [PLAIN, SECOND], [PLAIN, {**SECOND, "links": {"not_repeat_reason": "另一台"}}]),
    ("repeat-without-alert", [PLAIN, SECOND],
     [PLAIN, SECOND, entry("alert", {"id": "AL-2026-001", "complaints": ["CC-2026-0002"]})]),
    ("collective-not-flagged", open_cases(5), open_cases(4)),
    ("crisis-record-missing", changed(major=True),
     [changed(major=True), entry("crisis", {"id": "CR-2026-01", "complaints": ["CC-2026-0001"]})]),
    ("crisis-decision-missing", changed(urgent=True, triggers=MEDIA, fast_lane=LANE),
     changed(urgent=True, triggers=MEDIA, fast_lane=LANE, crisis_decision={"needed": False, "reason": "个人帖"})),
    ("other-share-high", year_of(20, 12, types=["other"]), year_of(20, 0)),
    ("count-differs", [PLAIN, entry("channel-count", {"period": "2026-09", "items": [{"channel": "phone", "count": 2}]}, "2026-09")],
     [PLAIN, entry("channel-count", {"period": "2026-09", "items": [
         {"channel": "phone", "count": 2, "differences": [{"count": 1, "reason": "催问"}]}]}, "2026-09")]),
    ("not-complaint-share-high", year_of(20, 3, closure__basis="not_complaint"), year_of(20, 2, closure__basis="not_complaint")),
    ("redress-without-ground", changed(investigation__substantiated="no", redress=MONEY),
     changed(investigation__substantiated="no", redress={**MONEY, "goodwill": True})),
    ("nothing-done-though-substantiated", changed(response__kinds=["no-action"]), PLAIN),
    ("solution-not-told", changed(communications=None, result_notified=None, reaction=None, closure=None, follow_up=None),
     changed(result_notified=None, reaction=None, closure=None, follow_up=None)),
    ("personnel-not-told", changed(response__plan=None, communications=None), changed(communications=None)),
    ("extension-not-told", changed(extensions=[{**EXTENDED, "told_complainant_at": "2026-09-11T00:01:00+08:00"}]),
     changed(extensions=[EXTENDED])),
    ("too-many-extensions", changed(extensions=[EXTENDED, {**EXTENDED, "new_due_on": "2026-09-25"}, {**EXTENDED, "new_due_on": "2026-10-12"}]),
     changed(extensions=[EXTENDED])),
    ("redress-over-authority", changed(redress={**MONEY, "amount": "400000.00", "approved_by": "luo-xin"}),
     changed(redress={**MONEY, "approved_by": "shen-yuanzhou"})),
    ("redress-paid-before-approval", changed(redress={**MONEY, "paid_on": "2026-09-03"}), changed(redress={**MONEY, "paid_on": "2026-09-04"})),
    ("result-notice-missing", changed(result_notified=None), changed(result_notified=None, complainant__contactable=False)),
    ("closed-before-notice", changed(closure__at="2026-09-08T09:00:00+08:00"), PLAIN),
    ("accepted-but-rejected", changed(reaction=None),
     changed(reaction={"answer": "partly", "agreed_to_close": True, "evidence": {"what": "录音", "location": "话务系统"}})),
    ("alternatives-not-told", changed(REFUSED, alternatives=None), REFUSED),
    ("alternatives-one-sided", changed(REFUSED, alternatives=WAYS[:1]), REFUSED),
    ("arbitration-without-agreement", changed(REFUSED, alternatives=[*WAYS, {**WAYS[1], "route": "arbitration"}]),
     changed(REFUSED, alternatives=[*WAYS, {**WAYS[1], "route": "arbitration", "arbitration_agreement": True}])),
    ("review-by-same-decider", changed(REFUSED, escalations=[{**REVIEW, "decided_by": "he-jia"}]), changed(REFUSED, escalations=[REVIEW])),
    ("exhausted-too-early", changed(REFUSED, closure__at="2026-09-20T09:00:00+08:00"), REFUSED),
    ("unreachable-too-early", changed(LOST, no_reply__attempts=CALLS[:2]), LOST),
    ("unreachable-but-replied",
     changed(LOST, communications=[{"at": "2026-09-12T09:00:00+08:00", "direction": "in", "audience": "complainant", "purpose": "contact"}]),
     LOST),
    ("closure-unexplained", changed(LOST, closure__reason=None), LOST),
    ("withdrawn-without-evidence", changed(reaction={"answer": "withdrawn"}, closure__basis="withdrawn"),
     changed(reaction={"answer": "withdrawn", "evidence": {"what": "消息", "location": "存档 2"}}, closure__basis="withdrawn")),
    ("withdrawn-uninvestigated",
     changed(assessment__severity="S1", investigation=None, closure__basis="withdrawn", reaction={"answer": "withdrawn"}),
     changed(assessment__severity="S1", closure__basis="withdrawn", reaction={"answer": "withdrawn"})),
    ("not-complaint-self-approved", changed(not_a_complaint={"reason_code": "other", "reason": "咨询", "approved_by": "luo-xin"}),
     changed(not_a_complaint={"reason_code": "other", "reason": "咨询", "approved_by": "tang-qiming"})),
    ("duplicate-of-wrong", changed(links={"duplicate_of": "CC-2026-0001"}), [changed(links={"duplicate_of": "CC-2026-0002"}), MASTER]),
    ("follow-up-missing", changed(follow_up=None), {**changed(follow_up=None), "as_of": date(2026, 9, 15)}),
    ("follow-up-late", changed(follow_up__attempts=[{"at": "2026-09-16T09:00:00+08:00", "outcome": "reached"}]), PLAIN),
    ("follow-up-before-notice", changed(follow_up__attempts=[{"at": "2026-09-07T09:00:00+08:00", "outcome": "reached"}]), PLAIN),
    ("follow-up-by-handler", changed(follow_up__scored_by="luo-xin"), PLAIN),
    ("low-score-untreated", changed(follow_up__outcome_score=2),
     changed(follow_up__outcome_score=2, follow_up__dissatisfied_decision={"reason": "诉求超出约定", "approved_by": "xu-wenqing"})),
    ("rejected-result-untreated", REFUSED, PLAIN),
    ("back-link-missing", [changed(links={"nonconformities": ["NC-2026-001"]}), entry("nonconformity", {"id": "NC-2026-001"})],
     [changed(links={"nonconformities": ["NC-2026-001"]}), entry("nonconformity", NC)]),
    ("retention-expired", {**PLAIN, "as_of": date(2029, 9, 9)}, {**PLAIN, "as_of": date(2029, 9, 8)}),
    ("disposed-too-early", [PLAIN, entry("disposal", {"id": "DP-2026-01", "disposed_on": "2026-01-01", "expired_on": "2026-01-02"})],
     [PLAIN, entry("disposal", {"id": "DP-2026-01", "disposed_on": "2026-01-03", "expired_on": "2026-01-02"})]),
    ("provider-not-evaluated", changed(outsourcing={**OUT, "provider": "PV-99"}), changed(outsourcing=OUT)),
    ("provider-data-unprotected", changed(outsourcing={**OUT, "provider": "PV-99", "agreement": None}), changed(outsourcing=OUT)),
    ("provider-not-in-force", changed(outsourcing={**OUT, "provider": "PV-02", "handed_over_at": "2027-01-04T09:00:00+08:00"}),
     changed(outsourcing={**OUT, "provider": "PV-02", "handed_over_at": "2026-11-02T09:00:00+08:00"})),
    ("step-skipped", changed(assessment=None), changed(assessment=None, fast_lane=LANE)),
    ("step-out-of-order", changed(assessment__at="2026-09-03T09:00:00+08:00"), changed(assessment__at="2026-09-02T11:00:00+08:00")),
    ("first-contact-too-grave", changed(GRAVE, first_contact=AT_ONCE), changed(first_contact=AT_ONCE)),
    ("closed-without-authority", changed(closure__approved_by="qin-fang"), changed(closure__approved_by="tang-qiming")),
    ("ending-not-told", changed(communications=None, result_notified=None, reaction=None, closure__basis="transferred"),
     changed(communications=None, result_notified=None, reaction=None, closure__basis="transferred",
             closure__complainant_told_at="2026-09-08T15:00:00+08:00")),
    ("answered-yet-not-counted", changed(closure__basis="not_complaint"), changed(result_notified=None, closure__basis="not_complaint")),
    ("investigation-missing", changed(investigation=None), changed(investigation=None, assessment__complexity=1)),
    ("conflict-unhandled", changed(investigation__conflict="exists"),
     changed(investigation__conflict="exists", investigation__conflict_handled="由质量部复核全部结论")),
    ("extension-not-later", changed(extensions=[{**EXTENDED, "new_due_on": "2026-09-10"}]), changed(extensions=[EXTENDED])),
    ("redress-unapproved", changed(redress={**MONEY, "approved_at": None}), changed(redress=MONEY)),
    ("redress-open", changed(redress={**MONEY, "paid_on": None}), changed(redress={**MONEY, "paid_on": None, "scheduled_on": "2026-12-01"})),
    ("follow-up-unscored", changed(follow_up__process_score=None, follow_up__outcome_score=None),
     changed(follow_up__process_score=None, follow_up__outcome_score=None,
             follow_up__attempts=[{"at": "2026-09-10T10:00:00+08:00", "method": "phone", "outcome": "refused"}])),
    ("score-above-scale", changed(follow_up__process_score=6), changed(follow_up__process_score=5)),
    ("closed-before-follow-up", [PLAIN, BEFORE_CLOSE],
     [changed(follow_up__attempts=[{"at": "2026-09-08T15:00:00+08:00", "method": "phone", "outcome": "reached"}]), BEFORE_CLOSE]),
    ("ticket-counted-twice", [changed(TICKET), changed(TICKET, **AGAIN)],
     [changed(TICKET), changed(TICKET, **AGAIN, links={"repeat_of": "CC-2026-0001"})]),
    ("deviation-not-authorised", changed(deviations=[{**DEVIATION, "approved_by": "qin-fang"}]), changed(deviations=[DEVIATION])),
    ("entered-together", backfilled(10), backfilled(9)),
]  # fmt: skip


def fired(system: System, given: Any) -> list[Problem]:
    """Problems of the chapter for one record, or for several with other kinds among them."""
    listed = given if isinstance(given, list) else [given]
    as_of = next((value["as_of"] for value in listed if isinstance(value, dict) and "as_of" in value), None)
    entries = [
        value if isinstance(value, Entry) else entry("complaint", {k: v for k, v in value.items() if k != "as_of"})
        for value in listed
    ]
    own = system_with(system, *entries, as_of=as_of)
    given = measured(own)
    return [*operation.casework(own, given), *operation.sittings(own, given)]


@pytest.mark.parametrize("rule, fires, silent", ROWS, ids=[row[0] for row in ROWS])
def test_rule(example: Report, rule: str, fires: Any, silent: Any) -> None:
    assert rule in {found.rule for found in fired(example.system, fires)}
    assert rule not in {found.rule for found in fired(example.system, silent)}


def test_a_case_handled_as_it_should_be_is_no_problem(example: Report) -> None:
    assert [(found.rule, dict(found.facts)) for found in fired(example.system, PLAIN)] == []


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    elsewhere = {"calendar-year-missing", "entered-late", "committed-together"}  # the last two: test_keeping
    assert {row[0] for row in ROWS} | elsewhere == {rule.id for rule in CASEWORK}


def test_all_sources_are_mapped_both_ways() -> None:
    """V01 to V53: each has a rule, or waits by name for what it needs; and no rule names another number."""
    wanted = {f"V{number:02d}" for number in range(1, 54)}
    sources = {rule.source for rule in RULES.values() if rule.source}
    waiting = set(operation.WAITING)
    assert sources | waiting == wanted and not sources & waiting
    assert waiting <= {"V40", "V41"} and all(reason.strip() for reason in operation.WAITING.values())


@pytest.mark.parametrize("source", operation.BY_CONSTRUCTION)
def test_what_holds_by_construction_has_a_test_that_is_there(source: str) -> None:
    name, test = operation.BY_CONSTRUCTION[source].split("::")
    assert f"def {test}(" in (Path(__file__).parent / name).read_text("utf-8")


def test_sources_are_those_of_the_rules_own_number() -> None:
    for rule in CASEWORK:
        assert re.fullmatch(r"V[0-9]{2}", rule.source) or rule.id == "calendar-year-missing", rule.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)


HONEST = {
    "an automatic reply, then a person": changed(ack__automatic=True, ack__told_process=None, communications=[
        {"at": "2026-09-01T11:00:00+08:00", "audience": "complainant", "purpose": "ack"}, *PLAIN["communications"]]),
    "a trigger cleared with its reason": changed(fast_lane=LANE, triggers={
        "personal_safety": False, "major_property_loss": False, "media_attention": False,
        "cleared": [{"trigger": "personal_safety", "at": "2026-09-01T12:00:00+08:00", "by": "he-jia", "reason": "未受伤"}]}),
    "a large claim cleared with its reason": changed(claimed_amount="90000.00", triggers={
        "personal_safety": False, "major_property_loss": False, "media_attention": False,
        "cleared": [{"trigger": "major_property_loss", "at": "2026-09-01T12:00:00+08:00", "by": "he-jia", "reason": "精神损失"}]}),
    "refund today, cause later": changed(
        investigation__facts_sufficient_at="2026-09-04T15:00:00+08:00", investigation__finished_at="2026-09-20T09:00:00+08:00",
        response__proposed_at="2026-09-02T08:00:00+08:00"),
    "accepted on the telephone before the formal notice": changed(reaction__at="2026-09-04T10:20:00+08:00"),
    "looked into while it was assessed": changed(
        assessment__at="2026-09-02T09:05:00+08:00", investigation__started_at="2026-09-02T09:00:00+08:00"),
    "a class raised after all was told": changed(
        assessment__reassessments=[{"at": "2026-09-09T09:00:00+08:00", "by": "he-jia", "reason": "另有一件", "severity": "S2"}],
        links={"nonconformities": []}, communications=PLAIN["communications"]),
    "nobody can be reached, and nobody is": {
        **changed(communications=PLAIN["communications"][1:], result_notified=None, reaction=None, follow_up=None,
                  complainant={"ref": "anonymous", "contactable": False}, closure__basis="not_contactable",
                  closure__approved_by="tang-qiming", closure__reason="匿名来信，已在门店公示"),
        "ack": None, "ack_not_possible": {"reason": "匿名", "alternative": "公示", "approved_by": "he-jia"}},
}  # fmt: skip
"""Cases of corrections 13 to 21 in which nothing is wrong that a rule could say; a serious one needs its action."""


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_case_is_left_alone(example: Report, name: str) -> None:
    value = {key: part for key, part in HONEST[name].items() if part is not None}
    found = {found.rule for found in fired(example.system, value)}
    assert found <= {"corrective-action-missing", "investigation-too-shallow"}


def test_a_renewed_contract_is_held_against_no_earlier_case(example: Report) -> None:
    providers = next(iter(example.system.of("providers")))
    items = [{**row, "contract": {"valid_from_on": "2026-10-01", "valid_to_on": "2028-09-30"}} for row in providers.value["items"]]
    found = fired(example.system, [changed(outsourcing=OUT), entry("providers", {"items": items}, "providers")])
    assert "provider-not-in-force" not in {problem.rule for problem in found}


def test_what_came_later_cures_no_closing_that_was_too_early(example: Report) -> None:
    """An escalation that was open at closing, attempts made after it: the past stays the past."""
    open_then = changed(REFUSED, escalations=[{**REVIEW, "decided_at": "2026-10-20T09:00:00+08:00", "closed_at": None}])
    assert "exhausted-too-early" in {found.rule for found in fired(example.system, open_then)}
    tried_later = [{**call, "at": f"2026-10-0{n}T09:00:00+08:00"} for n, call in enumerate(CALLS, 1)]
    assert "unreachable-too-early" in {
        found.rule for found in fired(example.system, changed(LOST, no_reply__attempts=tried_later))
    }


def test_consumer_law_binds_towards_consumers_only(example: Report) -> None:
    for category, status in (("individual", "late"), ("agent", "late"), ("organization", "none"), ("authority", "none")):
        value = changed(redress={**MONEY, "paid_on": "2026-09-17"}, complainant__category=category)
        assert measured(system_with(example.system, entry("complaint", value))).cases[0].clocks["redress"].status == status


def test_after_reopening_every_rule_looks_at_every_round(example: Report) -> None:
    again = {"at": "2026-10-01T09:00:00+08:00", "by": "he-jia", "reason": "又漏", "told_due_on": "2026-10-09"}
    rounds = {
        "rejected, nobody told of other ways": ({**again, "reaction": {**REJECTED, "at": "2026-10-08T09:00:00+08:00"}}, "alternatives-not-told"),
        "closed as accepted without acceptance": ({**again, "closure": {
            "at": "2026-10-09T09:00:00+08:00", "basis": "accepted", "approved_by": "he-jia"}}, "accepted-but-rejected"),
        "closed before its notice": ({**again, "result_notified": {"at": "2026-10-09T10:00:00+08:00"}, "closure": {
            "at": "2026-10-09T09:00:00+08:00", "basis": "accepted"}}, "closed-before-notice"),
        "asked before its notice": ({**again, "result_notified": {"at": "2026-10-09T10:00:00+08:00"}, "follow_up": {
            "attempts": [{"at": "2026-10-08T09:00:00+08:00", "outcome": "reached"}]}}, "follow-up-before-notice"),
        "low score": ({**again, "follow_up": {"process_score": 1, "outcome_score": 5}}, "low-score-untreated"),
        "nothing told": ({**again, "response": {"proposed_at": "2026-10-08T09:00:00+08:00", "kinds": ["repair"]}}, "solution-not-told"),
        "before it was reopened": ({**again, "closure": {
            "at": "2026-09-30T09:00:00+08:00", "basis": "accepted"}}, "step-out-of-order"),
    }  # fmt: skip
    for name, (part, rule) in rounds.items():
        found = [problem for problem in fired(example.system, changed(reopenings=[part])) if problem.rule == rule]
        assert found, name


def test_a_wrong_closing_is_healed_by_reopening(example: Report) -> None:
    wrong = changed(reaction=REJECTED, alternatives=WAYS)
    assert "accepted-but-rejected" in {found.rule for found in fired(example.system, wrong)}
    again = {"at": "2026-10-01T09:00:00+08:00", "by": "he-jia", "reason": "误关"}
    assert "accepted-but-rejected" not in {found.rule for found in fired(example.system, {**wrong, "reopenings": [again]})}


def test_no_rule_about_lateness_is_cured_by_a_date_alone() -> None:
    """Corrections 1: what is late is a lapse that something can name, or falls due; never a plain contradiction."""
    for rule in CASEWORK:
        if re.search(r"-late$|too-early|too-late|before-assessment|before-approval", rule.id):
            assert rule.problem_class == "lapse", rule.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_worded_with_the_facts_it_has(example: Report, language: str) -> None:
    worded: set[str] = set()
    for rule, fires, _ in ROWS:
        for found in fired(example.system, fires):
            if found.rule == rule and rule not in worded:
                worded.add(rule)
                said = text(f"rules.{rule}.message", language, **found.facts)
                fields = [name for _, name, _, _ in string.Formatter().parse(said) if name]
                assert said and not fields and "{" not in said, said
    for rule in CASEWORK:
        for part in ("title", "message", "remedy", "why"):
            assert messages(language)[f"rules.{rule.id}.{part}"].strip()


def test_requirements_named_are_in_the_catalogue(example: Report) -> None:
    known = set(example.system.catalogue.requirements)
    for _, fires, _ in ROWS:
        for found in fired(example.system, fires):
            assert found.requirements and set(found.requirements) <= known, found


LATE = changed(result_notified__at="2026-09-11T09:00:00+08:00")


def settle(system: System, *given: Any) -> tuple[set[str], dict[str, str]]:
    own = system_with(system, *(value if isinstance(value, Entry) else entry("complaint", value) for value in given))
    problems, lapses = settled(own, list(operation.casework(own, measured(own))))
    return {found.rule for found in problems}, {lapse.problem.rule: lapse.treated_by for lapse in lapses}


@pytest.mark.parametrize("named", [
    lambda nc: ([changed(LATE, lapses=[{"what": "result", "nonconformity": "NC-2026-001"}])], {"clauses": []}),
    lambda nc: ([LATE], {"lapses": [{"record": "CC-2026-0001", "what": "result"}]}),
    lambda nc: ([LATE], {"lapses": [{"record": "CC-2026-0001", "rule": "result-late"}]}),
    lambda nc: ([LATE], {"complaints": ["CC-2026-0001"], "clauses": ["8.1.d"]}),
], ids=["the complaint names it", "by what", "by rule", "by complaint and clause"])  # fmt: skip
def test_a_lapse_named_by_a_nonconformity_is_treated(example: Report, named: Callable[[None], Any]) -> None:
    records, more = named(None)
    problems, lapses = settle(example.system, *records, entry("nonconformity", {"id": "NC-2026-001", **more}))
    assert "result-late" not in problems and lapses["result-late"] == "NC-2026-001"


@pytest.mark.parametrize("record, more", [
    (LATE, {}),
    (LATE, {"complaints": ["CC-2026-0001"], "clauses": ["9.2"]}),
    (changed(LATE, lapses=[{"what": "recording", "nonconformity": "NC-2026-001"}]), {}),
    (changed(LATE, lapses=[{"what": "result", "nonconformity": "NC-2026-777"}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "approved_by": "luo-xin"}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "approved_by": None}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "approved_at": None}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "reason": None}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "approved_by": "qin-fang"}]), {}),
    (changed(LATE, deviations=[{**DEVIATION, "approved_at": "2018-01-02T09:00:00+08:00"}]), {}),
    (changed(LATE, handler="complaint-manager", deviations=[DEVIATION]), {}),
], ids=["nothing", "another clause", "another breach", "no such record", "approved by the handler", "not approved",
        "no day", "no reason", "no authority", "no authority yet on that day", "handled in the role"])  # fmt: skip
def test_a_lapse_nobody_names_stays_an_error(example: Report, record: Value, more: Value) -> None:
    problems, lapses = settle(example.system, record, entry("nonconformity", {"id": "NC-2026-001", **more}))
    assert "result-late" in problems and "result-late" not in lapses


def test_an_approved_deviation_treats_a_lapse(example: Report) -> None:
    given = changed(LATE, deviations=[DEVIATION])
    assert settle(example.system, given)[1]["result-late"] == "deviation tang-qiming"


def test_a_second_id_makes_no_second_person(example: Report) -> None:
    people = next(iter(example.system.of("people")))
    handler = next(row for row in people.value["items"] if row["id"] == "luo-xin")
    items = [{**row, "name": handler["name"]} if row["id"] == "tang-qiming" else row for row in people.value["items"]]
    given = [changed(LATE, deviations=[DEVIATION]), entry("people", {"items": items}, "people")]
    problems, lapses = settle(example.system, *given)
    assert {"result-late", "deviation-not-authorised"} <= problems and "result-late" not in lapses


def test_top_management_may_approve_any_deviation(example: Report) -> None:
    given = changed(LATE, deviations=[{**DEVIATION, "approved_by": "shen-yuanzhou"}])
    assert settle(example.system, given)[1]["result-late"] == "deviation shen-yuanzhou"


def test_history_and_imports_are_held_against_nothing(example: Report) -> None:
    broken = changed(**FRESH)
    assert fired(example.system, {**broken, "received_at": "2024-08-01T09:00:00+08:00", "id": "CC-2024-0001"}) == []
    assert fired(example.system, {**broken, "imported": {"file_sha256": "0" * 64, "row": 2}}) == []


def test_one_missing_year_is_one_problem_a_warning_until_it_begins(example: Report) -> None:
    late = {**changed(**AFTER), "received_at": "2026-12-28T09:00:00+08:00", "recorded_at": "2026-12-28T09:01:00+08:00"}
    for as_of, level in ((date(2026, 12, 29), "warning"), (date(2026, 12, 31), "warning"), (date(2027, 1, 1), "error")):
        both = [
            {**late, "as_of": as_of},
            {**late, "id": "CC-2026-0002", "complainant": {"ref": "P-9", "contactable": True}},
        ]
        found = [f for f in fired(example.system, both) if f.rule == "calendar-year-missing"]
        assert [f.level for f in found] == [level] and found[0].facts["count"] == 2


def test_the_example_shows_its_treated_lapses(example: Report) -> None:
    data = as_data(example, "en")
    assert len(data["lapses"]) >= 6 and {"rule", "path", "requirement", "treated_by"} == set(data["lapses"][0])
    assert sum(row["lapses"] for row in data["coverage"]) >= len(data["lapses"])
    assert not [found for found in example.problems if found.level == "error"]


def test_an_untreated_lapse_turns_its_requirement_red(copy: Path) -> None:
    file = copy / "records" / "complaints" / "2026" / "CC-2026-0058.yaml"
    value = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
    assert value["lapses"]
    nonconformity = copy / "records" / "nonconformities" / "NC-2026-005.yaml"
    kept = yaml.load(nonconformity.read_text("utf-8"), Loader=yaml.BaseLoader)
    kept["lapses"] = [row for row in kept["lapses"] if row["record"] != "CC-2026-0058"]
    kept["clauses"] = ["10.2.gen"]
    del value["lapses"]
    file.write_text(yaml.dump(value, allow_unicode=True), "utf-8")
    nonconformity.write_text(yaml.dump(kept, allow_unicode=True), "utf-8")
    report = run(copy, date(2026, 11, 20))
    assert "result-late" in {found.rule for found in report.problems if found.place.path.endswith("CC-2026-0058.yaml")}
    assert report.coverage["8.1.d"].status == "failing"
