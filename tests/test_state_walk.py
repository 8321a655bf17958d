"""The state machine walked at random along its legal paths, and every jump it does not know (requirements 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausebook.check import operation
from clausebook.measure.cases import complaints_of
from clausebook.measure.states import STATES
from clausebook.model import System
from clausebook.pipeline import Report
from small_org import PLAIN, changed, entry, system_with
from test_operation_cures import JUDGED_BY, casework

MASTER = {**PLAIN, "id": "CC-2026-0002", "received_at": "2026-09-01T08:30:00+08:00"}
BEGIN = datetime.fromisoformat("2026-09-01T09:00:00+08:00")
ABLE = {"accepted": "gu-lan", "exhausted": "gu-lan", "duplicate": "he-jia", "transferred": "he-jia"}
PROOF = {"what": "录音", "kind": "audio", "location": "话务系统 1"}
REVIEWERS = ("gu-lan", "shen-yuanzhou")


@dataclass
class Walk:
    """A record that grows by legal events only, its clock running on, and the state it must be in."""

    value: dict[str, Any] = field(default_factory=dict)
    now: datetime = BEGIN
    state: str = "received"
    reviews: int = 0

    def at(self, hours: float = 1) -> str:
        self.now += timedelta(hours=hours)
        return self.now.isoformat()

    @property
    def part(self) -> dict[str, Any]:
        return self.value["reopenings"][-1] if "reopenings" in self.value else self.value


Event = tuple[str, Callable[[Walk], None]]


def record(walk: Walk) -> None:
    walk.value = changed(**dict.fromkeys(
        ("ack", "assessment", "investigation", "response", "communications", "result_notified", "reaction", "closure",
         "follow_up", "retention_class")))  # fmt: skip


def acknowledge(walk: Walk) -> None:
    walk.value["ack"] = {**PLAIN["ack"], "at": walk.at(0.3)}


def excuse(walk: Walk) -> None:
    walk.value["ack_not_possible"] = {"reason": "停机", "alternative": "短信", "approved_by": "he-jia"}


def assess(walk: Walk) -> None:
    walk.value["assessment"] = {**PLAIN["assessment"], "complexity": 1, "at": walk.at(2)}


def investigate(walk: Walk) -> None:
    walk.value["investigation"] = {
        "level": "L2", "lead": "qin-fang", "conflict": "none", "started_at": walk.at(3), "facts": ["短 0.4 毫米"],
        "evidence": [PROOF], "substantiated": "partly",
    }  # fmt: skip


def reassess(walk: Walk) -> None:
    again = {"at": walk.at(1), "by": "he-jia", "reason": "新情况", "severity": "S3"}
    walk.value["assessment"].setdefault("reassessments", []).append(again)


def extend(walk: Walk) -> None:
    more = {"requested_at": walk.at(0.2), "new_due_on": "2026-09-18", "reason": "等待检测", "approved_by": "he-jia",
            "told_complainant_at": walk.at(0.2)}  # fmt: skip
    walk.value.setdefault("extensions", []).append(more)


def respond(walk: Walk) -> None:
    if "investigation" in walk.value and walk.part is walk.value:
        walk.value["investigation"]["finished_at"] = walk.at(1)
    walk.part["response"] = {**PLAIN["response"], "proposed_at": walk.at(1)}


def notify(walk: Walk) -> None:
    walk.part["result_notified"] = {"at": walk.at(2), "method": "phone", "content": "已换新"}


def react(answer: str, **more: Any) -> Callable[[Walk], None]:
    def act(walk: Walk) -> None:
        reaction = {"answer": answer, "at": walk.at(1), "evidence": PROOF, **more}
        reviews = walk.part.get("escalations", [])
        (reviews[-1] if reviews else walk.part)["reaction"] = reaction

    return act


def silence(walk: Walk) -> None:
    calls = [{"at": walk.at(24), "method": "phone", "outcome": "no-answer"} for _ in range(3)]
    walk.part["no_reply"] = {"attempts": calls}
    walk.at(24 * 25)


def tell_ways(walk: Walk) -> None:
    told = walk.at(1)
    walk.part["alternatives"] = [
        {"scope": "internal", "route": "senior-review", "told_at": told},
        {"scope": "external", "route": "consumer-association", "told_at": told},
    ]  # fmt: skip


def wait(walk: Walk) -> None:
    walk.at(24 * 40)


def escalate(walk: Walk) -> None:
    walk.part.setdefault("escalations", []).append(
        {"route": "senior-review", "opened_at": walk.at(1), "reviewer": REVIEWERS[walk.reviews % 2]}
    )


def decide(walk: Walk) -> None:
    by = REVIEWERS[walk.reviews % 2]
    walk.reviews += 1
    walk.part["escalations"][-1] |= {
        "decided_at": walk.at(1), "decided_by": by, "closed_at": walk.at(0.5), "changed": "changed",
        "result_notified": {"at": walk.at(1), "method": "phone"},
    }  # fmt: skip


def close(basis: str) -> Callable[[Walk], None]:
    def act(walk: Walk) -> None:
        able = ABLE.get(basis, "tang-qiming")
        walk.part["closure"] = {
            "at": walk.at(1), "by": "luo-xin", "approved_by": able, "basis": basis, "reason": "见记录",
            "evidence": PROOF, "transferred_to": "平台", "complainant_told_at": walk.at(0),
        }  # fmt: skip
        if basis == "duplicate":
            walk.value["links"] = {"duplicate_of": MASTER["id"]}

    return act


def follow_up(walk: Walk) -> None:
    asked = {"attempts": [{"at": walk.at(24), "method": "phone", "by": "shi-ruoyu", "outcome": "reached"}]}
    walk.part["follow_up"] = {**asked, "process_score": 4, "outcome_score": 5, "scored_by": "shi-ruoyu"}
    walk.value["retention_class"] = "RC-01"


def keep(walk: Walk) -> None:
    walk.value["retention_class"] = "RC-01"


def reopen(walk: Walk) -> None:
    walk.value.setdefault("reopenings", []).append(
        {"at": walk.at(24), "by": "he-jia", "reason": "又漏", "told_due_on": "2027-06-30"}
    )


WITHDRAW = ("withdrawn", react("withdrawn"))
PARTLY = react("partly", agreed_to_close=True, open_points=["运费"])
LEGAL: dict[str, list[Event]] = {
    "received": [("acknowledged", acknowledge), ("acknowledged", excuse), ("ended", close("not_complaint")),
                 ("ended", close("duplicate")), ("ended", close("transferred")), WITHDRAW],
    "acknowledged": [("assessed", assess), ("assessed", assess), ("ended", close("not_complaint")),
                     ("ended", close("duplicate")), WITHDRAW],
    "assessed": [("investigating", investigate), ("responded", respond), WITHDRAW],
    "assessed again": [("responded", respond), WITHDRAW],
    "investigating": [("investigating", reassess), ("investigating", extend), ("responded", respond), WITHDRAW],
    "responded": [("notified", notify), ("notified", notify), WITHDRAW],
    "notified": [("accepted", react("accepted")), ("accepted", PARTLY), ("rejected", react("rejected")),
                 ("rejected", react("partly", open_points=["运费"])), ("no-reply", silence)],
    "decided": [("accepted", react("accepted")), ("alternatives-told", react("rejected"))],
    "rejected": [("alternatives-told", tell_ways)],
    "alternatives-told": [("escalated", escalate), ("exhausted", wait)],
    "escalated": [("decided", decide)],
    "accepted": [("closed", close("accepted"))],
    "exhausted": [("closed", close("exhausted"))],
    "no-reply": [("closed", close("unreachable"))],
    "withdrawn": [("closed", close("withdrawn"))],
    "closed": [("complete", follow_up), ("assessed again", reopen)],
    "ended": [("complete", keep)],
    "complete": [("assessed again", reopen)],
}  # fmt: skip
"""State → events that may follow. `decided`, `ended` and `assessed again` are notified, closed and assessed
with another way on: of the other ways somebody has been told before the review."""
SHOWN = {"decided": "notified", "ended": "closed", "assessed again": "assessed"}


@pytest.fixture(scope="module")
def system(example: Report) -> System:
    return replace(
        example.system, entries=[one for one in example.system.entries if one.kind.name in JUDGED_BY]
    )  # fmt: skip


@settings(max_examples=120, derandomize=True, deadline=None)
@given(choices=st.lists(st.integers(0, 11), min_size=1, max_size=22))
def test_every_legal_path_is_understood_and_contradicts_nothing(system: System, choices: list[int]) -> None:
    walk = Walk()
    record(walk)
    path = ["received"]
    for choice in choices:
        events = LEGAL[walk.state]
        walk.state, act = events[choice % len(events)]
        if walk.state == "assessed again" and len(walk.value.get("reopenings", [])) == 3:
            break
        act(walk)
        path.append(walk.state)
        with_master = (entry("complaint", MASTER), entry("complaint", walk.value))
        own = system_with(system, *with_master, as_of=walk.now.date())
        mine = next(case for case in complaints_of(own).cases if case.id == walk.value["id"])
        assert mine.state == SHOWN.get(walk.state, walk.state), path
        wrong = [found for found in casework(own) if found.record == walk.value["id"] and "repeat" not in found.rule]
        assert not [(f.rule, dict(f.facts)) for f in wrong if f.problem_class == "contradiction"], path
        order = {"step-out-of-order", "exhausted-too-early", "unreachable-too-early", "closed-without-authority"}
        assert not order & {found.rule for found in wrong}, path


def test_the_walk_knows_every_state() -> None:
    reached = {SHOWN.get(state, state) for state in LEGAL}
    assert reached == set(STATES)


GONE = changed(**dict.fromkeys(("result_notified", "reaction", "closure", "follow_up")))
AGAIN = {"at": "2026-10-01T09:00:00+08:00", "by": "he-jia", "reason": "又漏"}
NO_WAY = {"answer": "rejected", "at": "2026-09-08T10:05:00+08:00"}
JUMPS: list[tuple[str, dict[str, Any], str, str | None]] = [
    # what is jumped · record · rule · the step that the problem names as missing
    ("acknowledged → investigating", changed(assessment=None), "step-skipped", "assessment"),
    ("acknowledged → responded", changed(assessment=None, investigation=None), "response-before-assessment", None),
    ("grave, assessed → responded",
     changed(investigation=None, assessment__severity="S2"), "investigation-missing", None),
    ("grave, solved at once", changed(first_contact={"at": "2026-09-01T09:10:00+08:00", "by": "luo-xin"},
                                      assessment__severity="S1"), "first-contact-too-grave", None),
    ("investigating → notified", changed(response=None), "step-skipped", "response"),
    ("investigating → accepted", changed(response=None, result_notified=None), "step-skipped", "notice of the result"),
    ("investigating → closed", changed(response=None, result_notified=None, reaction=None), "step-skipped", "response"),
    ("responded → closed", changed(result_notified=None), "result-notice-missing", None),
    ("notified → closed", changed(reaction=None), "accepted-but-rejected", None),
    ("notified → exhausted", changed(reaction=None, closure__basis="exhausted"), "step-skipped", "rejection"),
    ("accepted → exhausted", changed(closure__basis="exhausted"), "step-skipped", "rejection"),
    ("rejected → closed", changed(reaction=NO_WAY, closure__basis="exhausted"), "alternatives-not-told", None),
    ("notified → unreachable", changed(reaction=None, closure__basis="unreachable"), "unreachable-too-early", None),
    ("responded → followed up", {**GONE, "follow_up": PLAIN["follow_up"]}, "step-skipped", "notice of the result"),
    ("open → reopened", changed(closure=None, reopenings=[AGAIN]), "step-skipped", "closing"),
    ("any → duplicate of nothing", changed(closure__basis="duplicate"), "duplicate-of-wrong", None),
    ("any → transferred to nobody", changed(closure__basis="transferred"), "closure-unexplained", None),
    ("any → no complaint, no reason", changed(closure__basis="not_complaint"), "closure-unexplained", None),
    ("notified → no complaint", changed(closure__basis="not_complaint"), "answered-yet-not-counted", None),
    ("withdrawn without a word",
     changed(reaction=None, closure__basis="withdrawn"), "withdrawn-without-evidence", None),
]  # fmt: skip


@pytest.mark.parametrize("value, rule, missing", [row[1:] for row in JUMPS], ids=[row[0] for row in JUMPS])
def test_a_jump_is_named(system: System, value: dict[str, Any], rule: str, missing: str | None) -> None:
    found = [problem for problem in casework(system_with(system, entry("complaint", value))) if problem.rule == rule]
    assert found and rule in {one.id for one in operation.RULES}
    if missing is not None:
        told = [problem.facts["missing"] for problem in found]
        assert missing in [fact["en"] if isinstance(fact, dict) else fact for fact in told]
