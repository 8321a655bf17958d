"""The state machine of requirements 3.3, transition by transition, derived from facts alone; and repeats (K14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from clausebook.measure.cases import Case
from clausebook.measure.states import STATES
from clausebook.pipeline import Report
from small_org import PLAIN, cases, changed, only

LATER = {
    "ack": None, "assessment": None, "investigation": None, "response": None, "communications": None,
    "result_notified": None, "reaction": None, "closure": None, "follow_up": None, "retention_class": None,
}  # fmt: skip
ORDER = list(LATER)


def up_to(step: str, **more: Any) -> dict[str, Any]:
    """The plain case with everything after `step` not yet happened."""
    gone = dict.fromkeys(ORDER[ORDER.index(step) + 1 :])
    return {**changed(**gone), **more}


REJECTED = {"answer": "rejected", "at": "2026-09-08T10:05:00+08:00"}
TOLD = {"scope": "external", "route": "consumer-association", "told_at": "2026-09-08T11:00:00+08:00"}
REVIEW = {"route": "senior-review", "opened_at": "2026-09-09T09:00:00+08:00", "reviewer": "gu-lan"}
DECIDED = {**REVIEW, "decided_at": "2026-09-11T09:00:00+08:00", "decided_by": "gu-lan", "changed": "changed",
           "result_notified": {"at": "2026-09-11T10:00:00+08:00", "method": "phone"}}  # fmt: skip
CLOSED = {"at": "2026-09-30T09:00:00+08:00", "by": "luo-xin", "approved_by": "he-jia"}
CALLS = [{"at": f"2026-09-{day:02d}T10:00:00+08:00", "method": "phone", "outcome": "no-answer"} for day in (9, 10, 11)]
AGREED = {"evidence": {"what": "录音", "location": "话务系统"}, "agreed_to_close": True}
NOTIFIED = up_to("result_notified")

TRANSITIONS: list[tuple[str, dict[str, Any], str]] = [
    ("record", changed(**LATER), "received"),
    ("acknowledge", up_to("ack"), "acknowledged"),
    ("acknowledgement not possible", {**changed(**LATER), "ack_not_possible": {"reason": "匿名"}}, "acknowledged"),
    ("assess", up_to("assessment"), "assessed"),
    ("assess first in the fast lane", {k: v for k, v in up_to("assessment").items() if k != "ack"}, "assessed"),
    ("investigate", up_to("investigation"), "investigating"),
    ("respond", up_to("response"), "responded"),
    ("resolve at once", {k: v for k, v in up_to("response").items() if k != "investigation"}, "responded"),
    ("notify", NOTIFIED, "notified"),
    ("accept", {**NOTIFIED, "reaction": PLAIN["reaction"]}, "accepted"),
    ("partly, agreed", {**NOTIFIED, "reaction": {"answer": "partly", **AGREED}}, "accepted"),
    ("partly, not agreed", {**NOTIFIED, "reaction": {"answer": "partly"}}, "rejected"),
    ("reject", {**NOTIFIED, "reaction": REJECTED}, "rejected"),
    ("inform alternatives", {**NOTIFIED, "reaction": REJECTED, "alternatives": [TOLD]}, "exhausted"),
    ("escalate", {**NOTIFIED, "reaction": REJECTED, "alternatives": [TOLD], "escalations": [REVIEW]}, "escalated"),
    ("new decision", {**NOTIFIED, "escalations": [DECIDED]}, "notified"),
    ("new decision after a refusal", {**NOTIFIED, "reaction": REJECTED, "alternatives": [TOLD],
                                      "escalations": [DECIDED]}, "notified"),
    ("new decision accepted", {**NOTIFIED, "reaction": REJECTED, "escalations": [
        {**DECIDED, "reaction": PLAIN["reaction"]}]}, "accepted"),
    ("new decision refused", {**NOTIFIED, "reaction": REJECTED, "escalations": [
        {**DECIDED, "reaction": REJECTED}]}, "rejected"),
    ("silence", {**NOTIFIED, "no_reply": {"attempts": CALLS}}, "no-reply"),
    ("silence, one day only", {**NOTIFIED, "no_reply": {"attempts": [CALLS[0]] * 3}}, "notified"),
    ("silence, too few", {**NOTIFIED, "no_reply": {"attempts": CALLS[:2]}}, "notified"),
    ("withdraw", {**up_to("investigation"), "reaction": {"answer": "withdrawn"}}, "withdrawn"),
    ("first contact", {**up_to("assessment"), "first_contact": {"at": "2026-09-01T09:05:00+08:00"}}, "notified"),
    ("close", changed(follow_up=None), "closed"),
    ("complete", PLAIN, "complete"),
    ("transfer", {**up_to("ack"), "closure": {**CLOSED, "basis": "transferred"},
                  "retention_class": "RC-01"}, "complete"),
    ("no complaint", {**up_to("ack"), "closure": {**CLOSED, "basis": "not_complaint"}}, "closed"),
    ("link duplicate", {**up_to("ack"), "closure": {**CLOSED, "basis": "duplicate"}}, "closed"),
    ("not contactable", {**up_to("response"), "closure": {**CLOSED, "basis": "not_contactable"},
                         "retention_class": "RC-01"}, "complete"),
    ("reopen", {**PLAIN, "reopenings": [{"at": "2026-10-01T09:00:00+08:00", "reason": "又漏"}]}, "assessed"),
    ("reopened, answered", {**PLAIN, "reopenings": [{"at": "2026-10-01T09:00:00+08:00", "response": {
        "proposed_at": "2026-10-09T09:00:00+08:00"}}]}, "responded"),
    ("reopened, closed", {**PLAIN, "reopenings": [{"at": "2026-10-01T09:00:00+08:00", "closure": {
        "at": "2026-10-12T09:00:00+08:00", "basis": "accepted"}}]}, "closed"),
]  # fmt: skip


@pytest.mark.parametrize("facts, state", [row[1:] for row in TRANSITIONS], ids=[row[0] for row in TRANSITIONS])
def test_transition(example: Report, facts: dict[str, Any], state: str) -> None:
    assert only(example.system, facts).state == state


def test_alternatives_told_becomes_exhausted_only_after_the_waiting_time(example: Report) -> None:
    value = {**NOTIFIED, "reaction": REJECTED, "alternatives": [TOLD]}
    assert only(example.system, value, date(2026, 9, 23)).state == "alternatives-told"
    assert only(example.system, value, date(2026, 9, 24)).state == "exhausted"


def test_every_state_is_reached(example: Report) -> None:
    reached = {state for _, _, state in TRANSITIONS} | {"alternatives-told"}
    assert reached == set(STATES)


def test_a_reopened_case_is_one_case_with_clocks_of_its_own(example: Report) -> None:
    again = [{"at": "2026-10-12T09:00:00+08:00", "by": "he-jia", "reason": "又漏", "told_due_on": "2026-10-20",
              "result_notified": {"at": "2026-10-22T10:00:00+08:00", "method": "phone"}}]  # fmt: skip
    case = only(example.system, {**PLAIN, "reopenings": again})
    assert case.reopened == 1 and case.open
    assert (case.clocks["result"].status, case.clocks["result#1"].status) == ("met", "late")
    assert case.clocks["result#1"].source == "told"


def test_an_ended_case_owes_no_further_steps(example: Report) -> None:
    case = only(
        example.system, {**up_to("ack"), "closure": {**CLOSED, "at": "2026-09-02T09:00:00+08:00", "basis": "duplicate"}}
    )
    assert not case.counted and {case.clocks[e].status for e in ("assessment", "response", "result")} == {"none"}


def test_anonymous_and_unreachable_people_are_owed_no_notice(example: Report) -> None:
    case = only(example.system, {**up_to("response"), "complainant": {"ref": "anonymous"}})
    assert case.anonymous and not case.contactable
    assert (case.clocks["acknowledgement"].due_at, case.clocks["result"].due_at) == (None, None)


def again(number: int, **changes: Any) -> dict[str, Any]:
    return changed(id=f"CC-2026-000{number}", received_at="2026-10-12T09:00:00+08:00", **changes)


@pytest.mark.parametrize("second, r1, r2", [
    (again(2), True, False),
    (again(2, cause__group="leak"), False, False),
    (again(2, cause__group="leak", links={"repeat_of": "CC-2026-0001"}), False, True),
    (again(2, complainant__ref="P-9ZZ9ZZ9Z"), False, False),
    (again(2, product="fryer-a5"), False, False),
    (again(2, complainant__ref="anonymous"), False, False),
    (changed(id="CC-2026-0002", received_at="2026-09-03T09:00:00+08:00"), False, False),
    (changed(id="CC-2026-0002", received_at="2027-03-02T09:00:00+08:00"), False, False),
], ids=["same thing", "other cause", "said to be the same", "other person", "other product", "anonymous",
        "first still open", "out of the window"])  # fmt: skip
def test_repeats(example: Report, second: Mapping[str, Any], r1: bool, r2: bool) -> None:
    found = cases(example.system, PLAIN, second, as_of=date(2027, 4, 1))[1].repeats
    assert (bool(found.r1), bool(found.r2)) == (r1, r2)


def test_system_repeats_stand_apart_and_nobody_repeats_without_a_token(example: Report) -> None:
    first, second = changed(batch="HB2604"), again(2, batch="HB2604", complainant__ref="P-9ZZ9ZZ9Z")
    found = cases(example.system, first, second)[1].repeats
    assert (found.r1, found.r2, found.system) == ((), (), ("CC-2026-0001",))
    assert not only(example.system, changed(complainant={"category": "individual"})).repeats.computable


def test_a_broken_record_is_measured_without_a_crash(example: Report) -> None:
    for broken in ({"ack": 3}, {"received_at": "yesterday"}, {"extensions": "none"}, {"closure": {"at": "2026-13-01"}},
                   {"assessment": {"reassessments": [4]}}, {"complainant": []}):  # fmt: skip
        found: list[Case] = cases(example.system, {**PLAIN, **broken})
        assert len(found) <= 1
