"""Three small organisations whose indicators a person can count: normal, mixed and empty.

Their calendar has no holidays, so a working day is Monday to Friday. Limits of every class: acknowledgement and
recording 1 working day, response 5, result 10, follow-up 5 after the result; fast lane half an hour, first action 2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

World = dict[str, dict[str, Any]]
OFFSET = ":00+08:00"
LIMITS = [
    ("recording", 1, "working-days", "received"), ("acknowledgement", 1, "working-days", "received"),
    ("fast-lane", 0.5, "hours", "trigger-known"), ("first-action", 2, "hours", "trigger-known"),
    ("assessment", 1, "working-days", "received"), ("response", 5, "working-days", "received"),
    ("result", 10, "working-days", "received"), ("follow-up", 5, "working-days", "result-notified"),
]  # fmt: skip


def at(moment: str) -> str:
    """`05-04 09:00` → a date-time of 2026 with offset."""
    return f"2026-{moment.replace(' ', 'T')}{OFFSET}"


class Plain(yaml.SafeDumper):
    """No aliases: the strict loader refuses them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(world: World, root: Path) -> Path:
    for path, value in world.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.dump(value, Dumper=Plain, allow_unicode=True, sort_keys=False), "utf-8")
    return root


def complaint(number: int, received: str, **more: Any) -> World:
    """A complaint with what intake asks for, recorded an hour later; `more` adds or replaces."""
    moment = {"received_on": f"2026-{received}"} if len(received) == 5 else {"received_at": at(received)}
    value: dict[str, Any] = {
        "id": f"CC-2026-{number:04d}", **moment, "channel": "phone", "product": "kettle-k12", "types": ["product"],
        "description": "壶身渗水", "remedy_sought": "换货", "recorded_at": at(later(received)),
        "complainant": {"ref": f"P-AAAAAAA{number}", "category": "individual", "contactable": True},
        "urgent": False, "assessment": {"severity": "S3"}, **more,
    }  # fmt: skip
    return {f"records/complaints/2026/CC-2026-{number:04d}.yaml": {k: v for k, v in value.items() if v is not None}}


def later(moment: str) -> str:
    return f"{moment[:6]}{int(moment[6:8]) + 1:02d}{moment[8:]}" if len(moment) > 5 else f"{moment} 18:00"


def ack(moment: str, **more: Any) -> dict[str, Any]:
    return {"ack": {"at": at(moment), "method": "phone", **more}}


def answer(
    proposed: str, told: str | None = None, reaction: str | None = None, on: str | None = None
) -> dict[str, Any]:
    value: dict[str, Any] = {"response": {"proposed_at": at(proposed), "kinds": ["replace"]}}
    if told:
        value["result_notified"] = {"at": at(told), "method": "phone"}
    if reaction:
        value["reaction"] = {"answer": reaction, "at": at(on or told or proposed)}
    return value


def closed(moment: str, basis: str = "accepted") -> dict[str, Any]:
    return {"closure": {"at": at(moment), "basis": basis}}


def scores(moment: str, process: int, outcome: int) -> dict[str, Any]:
    attempt = {"at": at(moment), "method": "phone", "outcome": "reached"}
    return {"follow_up": {"attempts": [attempt], "process_score": process, "outcome_score": outcome}}


def found(moment: str, substantiated: str) -> dict[str, Any]:
    return {"investigation": {"finished_at": at(moment), "substantiated": substantiated}}


def paid(amount: str, on: str, currency: str = "CNY", goodwill: bool = False) -> dict[str, Any]:
    return {"redress": {"amount": amount, "currency": currency, "paid_on": f"2026-{on}", "goodwill": goodwill}}


def house() -> World:
    """What every world has: the organisation, its limits, its calendar, two controlled documents with a review date."""
    limits = [{"event": e, "severity": "all", "value": v, "unit": u, "from": f} for e, v, u, f in LIMITS]
    control = {"version": "A/0", "effective_on": "2026-01-01"}
    response = {"acknowledge_within_working_days": 2}
    return {
        "system/org.yaml": {
            "number": "QM-07", "timezone": "Asia/Shanghai", "system_effective_on": "2026-01-01",
            "products": [{"id": "kettle-k12", "name": "电热水壶", "line": "kettle", "kind": "product"}],
            "channels": [{"id": "phone", "title": "热线", "form": "oral", "has_source_count": True}],
        },
        "system/criteria/timelimits.yaml": {
            "number": "WI-1", **control, "next_review_on": "2027-01-01",
            "versions": [{"version": "A/0", "effective_from_on": "2026-01-01", "limits": limits, "extensions_max": 2}],
        },
        "system/alert-rules.yaml": {
            "number": "WI-2", **control, "next_review_on": "2026-04-30",
            "versions": [{"version": "A/0", "effective_from_on": "2026-01-01", "response": response}],
        },
        "system/calendar/2026.yaml": {"year": 2026, "holidays": [], "makeup_workdays": []},
    }  # fmt: skip


def normal() -> World:
    """May 2026 seen on 30 June: everything is due, most of it done."""
    leak = {"cause": {"group": "leak"}, "batch": "B1"}
    refused = {"attempts": [{"at": at("05-26 10:00"), "method": "phone", "outcome": "refused"}]}
    review = {
        "route": "senior-review", "opened_at": at("05-20 09:00"), "decided_at": at("05-22 15:00"), "changed": "upheld",
        "result_notified": {"at": at("05-22 16:00"), "method": "phone"},
        "reaction": {"answer": "rejected", "at": at("05-25 09:00")},
    }  # fmt: skip
    told = {"scope": "internal", "route": "senior-review", "told_at": at("05-19 15:00")}
    contact = {"at": at("05-12 09:00"), "direction": "in", "audience": "complainant", "purpose": "contact"}
    safety = {"personal_safety": True, "major_property_loss": False, "media_attention": False}
    anonymous = {"ref": "anonymous", "category": "anonymous", "contactable": False}
    mended = {"at": at("05-13 09:00"), "by": "he-jia", "field": "product", "new": "kettle-k12", "why": "漏填"}
    world = house()
    for one in (
        complaint(1, "05-04 09:00", **ack("05-04 11:00"), **answer("05-06 09:00", "05-08 10:00", "accepted"),
                  **closed("05-11 10:00"), **scores("05-12 09:00", 5, 4), **found("05-06 08:00", "yes"), **leak,
                  **paid("100", "05-11")),
        complaint(2, "05-05 09:00", **ack("05-05 13:00"),
                  **answer("05-11 09:00", "05-18 10:00", "rejected", "05-19 09:00"),
                  **closed("05-29 10:00", "exhausted"),
                  alternatives=[told], escalations=[review], follow_up=refused, **found("05-08 09:00", "no"), **leak,
                  **paid("30", "05-29", goodwill=True)),
        complaint(3, "05-06 10:00", **ack("05-08 10:00"), **answer("05-14 10:00", "05-21 10:00", "accepted"),
                  **closed("05-22 10:00"), **scores("05-25 09:00", 2, 3), **found("05-13 09:00", "partly"),
                  **paid("50", "05-21", currency="USD"), types=["service"], recorded_at=at("05-08 09:00"),
                  outsourcing={"provider": "PV-01"}, communications=[contact, contact]),
        complaint(4, "05-07 08:00", **ack("05-07 08:30"),
                  **answer("05-08 08:00", "05-11 10:00", "accepted", "05-12 09:00"),
                  **closed("05-12 10:00"), **scores("05-13 09:00", 4, 5), **found("05-08 07:00", "yes"),
                  **paid("300", "05-12"), assessment={"severity": "S1"}, triggers=safety,
                  fast_lane={"activated_at": at("05-07 08:20"), "first_action_at": at("05-07 09:30")}),
        complaint(5, "05-12 09:00", **closed("05-12 11:00", "duplicate"), corrections=[mended]),
        complaint(6, "05-20 09:00", **ack("05-20 12:00"), **answer("05-25 09:00", "05-28 10:00", "accepted"),
                  **closed("05-29 10:00"), **scores("06-01 09:00", 3, 4), **found("05-22 09:00", "yes"),
                  cause={"group": "leak"}, complainant={"ref": "P-AAAAAAA1", "contactable": True}),
        complaint(7, "05-13 09:00", types=["service"], complainant=anonymous,
                  **closed("05-15 09:00", "not_contactable"),
                  ack_not_possible={"reason": "匿名", "alternative": "公告", "approved_by": "he-jia"}),
    ):  # fmt: skip
        world |= one
    return world | _normal_ledgers()


def _normal_ledgers() -> World:
    day = "2026-05-{:02d}".format
    moved = [{"on": day(18), "from_on": day(20), "to_on": day(29), "reason": "缺料"}]
    off = {"on": day(20), "reason": "并入", "approved_by": "he-jia"}
    held = {"person": "he-jia", "from_on": "2026-01-01"}
    gone = {"person": "meng-tao", "from_on": "2026-01-01", "to_on": "2026-04-30"}
    may = {"from_on": "2026-01-01", "to_on": day(31)}
    share = {"kpi": "closure-on-time", "comparator": ">=", "target": 90}
    withdrawn = {"on": day(14), "by": "he-jia", "reason": "重述"}
    return {
        "records/exposure/2026-05.yaml": {"id": "2026-05", "period": "2026-05", "orders": 3000},
        "records/nonconformities/NC-2026-001.yaml": {
            "id": "NC-2026-001", "opened_on": "2026-04-01", "cause": {"statement": "密封圈", "cause_group": "leak"},
            "actions": [{"what": "换料", "owner": "he-jia", "due_on": day(15), "done_on": day(14)},
                        {"what": "培训", "owner": "he-jia", "due_on": day(29), "done_on": day(28), "extensions": moved},
                        {"what": "改版", "owner": "he-jia", "due_on": day(25), "cancelled": off}],
            "effectiveness": {"planned_on": day(20), "evaluated_on": day(20), "verdict": "effective"},
        },
        "records/nonconformities/NC-2026-002.yaml": {
            "id": "NC-2026-002", "opened_on": "2026-04-02", "effectiveness": {"planned_on": day(25)}},
        "registers/obligations.yaml": {
            "items": [{"id": f"OB-{n}", "effective_on": "2020-01-01", "status": "active"} for n in (1, 2, 3, 4)]
            + [{"id": "OB-5", "effective_on": "2026-06-01", "status": "active"}]},
        "records/compliance-evaluations/CE-2026.yaml": {
            "id": "CE-2026", "period": {"from_on": "2026-01-01", "to_on": "2026-04-30"}, "evaluated_on": day(10),
            "items": [{"obligation": "OB-1", "verdict": "compliant"}, {"obligation": "OB-2", "verdict": "partly"},
                      {"obligation": "OB-3", "verdict": "not-applicable"}]},
        "records/audits/AU-2026-01.yaml": {
            "id": "AU-2026-01", "type": "internal", "started_on": "2026-04-20",
            "findings": [{"id": "F1", "grade": "minor", "clause": "8.2", "due_on": day(20)},
                         {"id": "F2", "grade": "major", "clause": "8.3", "due_on": day(25),
                          "nonconformity": "NC-2026-002"},
                         {"id": "F3", "grade": "observation", "clause": "8.4", "due_on": day(25)}],
            "follow_up": [{"finding": "F1", "on": day(19), "result": "已改"}]},
        "registers/audit-programme.yaml": {
            "planned": [{"id": "AP-1", "planned_on": day(12), "done_on": day(13), "status": "done"},
                        {"id": "AP-2", "planned_on": day(26), "status": "cancelled", "cancelled_reason": "停产"}]},
        "registers/objectives.yaml": {
            "items": [{"id": "OJ-1", **share, "period": may, "result": {"met": True}},
                      {"id": "OJ-2", **share, "period": may, "result": {"met": False}},
                      {"id": "OJ-3", **share, "period": {"from_on": "2026-01-01", "to_on": "2026-12-31"}},
                      {"id": "OJ-4", "not_measurable_reason": "定性", "period": may}]},
        "registers/people.yaml": {"items": [{"id": "he-jia", "name": "何佳", "department": "quality"}]},
        "system/roles.yaml": {"roles": [{"id": "handler", "title": "专员", "holders": [held, gone]}]},
        "registers/competence.yaml": {
            "profiles": [{"role": "handler", "items": ["CI-1", "CI-2"]}],
            "people": [{"person": "he-jia", "item": "CI-1", "status": "met", "acquired_on": "2026-01-05"},
                       {"person": "he-jia", "item": "CI-2", "status": "met", "acquired_on": "2025-03-01",
                        "expires_on": "2026-03-01"}]},
        "records/awareness/AW-2026-01.yaml": {
            "id": "AW-2026-01", "held_on": day(6),
            "groups": [{"department": "quality", "headcount": 10, "attended": 8},
                       {"department": "sales", "headcount": 5, "attended": 5}]},
        "registers/risks.yaml": {
            "items": [{"id": "RK-1", "actions": [{"what": "演练", "due_on": day(20), "done_on": day(20)}],
                       "effectiveness": {"method": "看结果", "planned_on": day(22), "evaluated_on": day(22),
                                         "verdict": "effective"}},
                      {"id": "RK-2", "actions": [{"what": "备件", "due_on": day(21)}]}]},
        "records/alerts/AL-2026-001.yaml": {
            "id": "AL-2026-001", "period": "2026-05", "detected_on": day(6),
            "acknowledged": {"at": at("05-07 09:00")}, "triage": {"result": "confirmed"}},
        "records/alerts/AL-2026-002.yaml": {
            "id": "AL-2026-002", "period": "2026-05", "detected_on": day(11),
            "acknowledged": {"at": at("05-20 09:00")}, "triage": {"result": "false-alarm"}},
        "records/alerts/AL-2026-003.yaml": {
            "id": "AL-2026-003", "period": "2026-05", "detected_on": day(12), "withdrawn": withdrawn},
    }  # fmt: skip


def mixed() -> World:
    """May 2026 seen on 20 May: open, overdue, not yet due, reopened, withdrawn, extended, transferred, imported."""
    reopened = [{"at": at("05-12 09:00"), "by": "he-jia", "reason": "又漏"}]
    longer = {"requested_at": at("05-13 09:00"), "old_due_on": "2026-05-14", "new_due_on": "2026-05-18",
              "reason": "等件", "approved_by": "he-jia", "told_complainant_at": at("05-13 10:00")}  # fmt: skip
    history = {"file_sha256": "0" * 64, "row": 7}
    world = house()
    for one in (
        complaint(1, "05-04 09:00", **ack("05-04 10:00"), **answer("05-06 09:00", "05-07 09:00", "accepted"),
                  **closed("05-08 09:00"), reopenings=reopened),
        complaint(2, "05-05 09:00"),
        complaint(3, "05-19 10:00"),
        complaint(4, "05-06 09:00", **ack("05-06 10:00"), **closed("05-07 10:00", "withdrawn"),
                  reaction={"answer": "withdrawn", "at": at("05-07 09:00")}),
        complaint(5, "05-07 09:00", **ack("05-07 10:00", told_due_on="2026-05-14"),
                  **answer("05-13 09:00", "05-18 09:00", "accepted"), **closed("05-19 09:00"), extensions=[longer]),
        complaint(6, "05-08 09:00", **ack("05-08 10:00"), **closed("05-11 09:00", "transferred")),
        complaint(7, "05-11 09:00", **ack("05-11 10:00"), **closed("05-12 09:00", "not_complaint")),
        complaint(8, "05-12", **closed("05-15 09:00"), imported=history, complainant=None, assessment=None),
    ):  # fmt: skip
        world |= one
    day = "2026-05-{:02d}".format
    year = {"from_on": "2026-01-01", "to_on": "2026-12-31"}
    return world | {
        "records/nonconformities/NC-2026-001.yaml": {
            "id": "NC-2026-001", "opened_on": "2026-04-01", "cause": {"statement": "密封圈", "cause_group": "leak"},
            "actions": [{"what": "a", "owner": "he-jia", "due_on": day(19)},
                        {"what": "b", "owner": "he-jia", "due_on": day(20)},
                        {"what": "c", "owner": "he-jia", "due_on": day(11), "done_on": day(8)}],
            "effectiveness": {"planned_on": day(11), "evaluated_on": day(11), "verdict": "effective"}},
        "records/nonconformities/NC-2026-002.yaml": {
            "id": "NC-2026-002", "opened_on": day(18), "cause": {"statement": "又漏", "cause_group": "leak"}},
        "registers/audit-programme.yaml": {"planned": [{"id": "AP-1", "planned_on": day(25), "status": "planned"}]},
        "registers/objectives.yaml": {"items": [{"id": "OJ-1", "kpi": "backlog", "period": year}]},
        "records/alerts/AL-2026-001.yaml": {"id": "AL-2026-001", "period": "2026-05", "detected_on": day(18)},
    }  # fmt: skip
