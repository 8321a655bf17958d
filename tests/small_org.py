"""Complaints in literals for tests of clocks, states and rules: the example's criteria, records of one's own."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from clausebook.load.standards import own_schemas
from clausebook.measure import Measured
from clausebook.measure.approvals import Approvals
from clausebook.measure.cases import Case, complaints_of
from clausebook.model import Entry, Source, System
from indicator_worlds import Plain

FOLDERS = {
    "complaint": "records/complaints/2026", "nonconformity": "records/nonconformities", "alert": "records/alerts",
    "crisis": "records/crisis", "void": "records/voids", "channel-count": "records/channel-counts",
    "disposal": "records/disposals", "time-limits": "system/criteria", "obligations": "registers",
    "organization": "system", "people": "registers", "providers": "registers", "monitoring": "records/monitoring",
    "alert-rules": "system", "exposure": "records/exposure", "competence": "registers",
}  # fmt: skip

PLAIN: dict[str, Any] = {
    "id": "CC-2026-0001",
    "title": "壶盖漏水",
    "received_at": "2026-09-01T09:00:00+08:00",
    "recorded_at": "2026-09-01T09:10:00+08:00",
    "recorded_by": "luo-xin",
    "received_by": "complaint-handler",
    "channel": "phone",
    "form": "oral",
    "product": "kettle-k2",
    "site": "head-office",
    "description": "壶盖合不拢，倒水时从边上流出来。",
    "remedy_sought": "换一个壶盖",
    "complainant": {"ref": "P-2AB3CD4E", "category": "individual", "contactable": True},
    "types": ["product"],
    "urgent": False,
    "handler": "luo-xin",
    "ack": {
        "at": "2026-09-01T09:15:00+08:00", "method": "phone", "by": "luo-xin", "automatic": False,
        "provisional_severity": "S3", "told_process": "专员核对后电话答复", "told_due_on": "2026-09-10",
    },
    "assessment": {
        "at": "2026-09-01T15:00:00+08:00", "by": "he-jia", "nature": 2, "safety": "none", "complexity": 2,
        "impact": "single", "immediate": {"needed": False}, "severity": "S3",
    },
    "investigation": {
        "level": "L2", "lead": "qin-fang", "conflict": "none",
        "started_at": "2026-09-02T09:00:00+08:00", "facts_sufficient_at": "2026-09-03T10:00:00+08:00",
        "finished_at": "2026-09-03T11:00:00+08:00", "facts": ["铰链轴短 0.4 毫米"],
        "evidence": [{"what": "尺寸记录", "kind": "test-report", "location": "质量部 CC-1"}], "substantiated": "yes",
    },
    "response": {
        "proposed_at": "2026-09-04T10:00:00+08:00", "by": "luo-xin", "approved_by": "he-jia",
        "kinds": ["apology", "replace"], "summary": "换壶盖",
        "plan": [{"what": "寄出壶盖", "owner": "supply-manager", "due_on": "2026-09-07"}],
    },
    "communications": [
        {"at": "2026-09-04T10:20:00+08:00", "audience": "complainant", "purpose": "solution", "method": "phone"},
        {"at": "2026-09-04T10:30:00+08:00", "audience": "personnel", "purpose": "measure", "method": "work-order"},
    ],
    "result_notified": {"at": "2026-09-08T10:00:00+08:00", "method": "phone", "by": "luo-xin", "content": "已换新"},
    "reaction": {"answer": "accepted", "at": "2026-09-08T10:05:00+08:00",
                 "evidence": {"what": "录音", "kind": "audio", "location": "话务系统 1"}},
    "closure": {"at": "2026-09-08T16:00:00+08:00", "by": "luo-xin", "approved_by": "he-jia", "basis": "accepted"},
    "follow_up": {
        "attempts": [{"at": "2026-09-10T10:00:00+08:00", "method": "phone", "by": "shi-ruoyu", "outcome": "reached"}],
        "process_score": 4, "outcome_score": 5, "scored_by": "shi-ruoyu",
    },
    "cause": {"group": "not-working", "statement": "铰链轴尺寸超差"},
    "retention_class": "RC-01",
}  # fmt: skip
"""A case handled as it should be, from receipt to follow-up."""


def changed(base: Mapping[str, Any] = PLAIN, **changes: Any) -> dict[str, Any]:
    """A copy with dotted keys (`ack__at`) set; None removes the key. `ack__at=None` removes one field."""
    value = copy.deepcopy(dict(base))
    for dotted, new in changes.items():
        *path, last = dotted.split("__")
        at = value
        for key in path:
            at = at.setdefault(key, {})
        if new is None:
            at.pop(last, None)
        else:
            at[last] = new
    return value


def entry(kind: str, value: Mapping[str, Any], name: str | None = None) -> Entry:
    """An entry as the loader would make it, with a text so that places can be looked up."""
    stem = name or str(value.get("id") or value.get("number"))
    text = yaml.dump(dict(value), Dumper=Plain, allow_unicode=True, sort_keys=False)
    return Entry(own_schemas().kinds[kind], Source(f"{FOLDERS[kind]}/{stem}.yaml", text, "0" * 64), value)


def system_with(system: System, *entries: Entry, without: tuple[str, ...] = (), as_of: date | None = None) -> System:
    """The system with these records instead of its own; registers and criteria stay unless `without` drops them."""
    gone = {
        "complaint", "nonconformity", "alert", "crisis", "void", "channel-count", "disposal", *without,
        *(own.kind.name for own in entries),
    }  # fmt: skip
    kept = [own for own in system.entries if own.kind.name not in gone]
    return replace(system, entries=[*kept, *entries], as_of=as_of or system.as_of)


def measured(system: System) -> Measured:
    return Measured({}, (), complaints_of(system), system, Approvals(system))


def cases(system: System, *values: Mapping[str, Any], as_of: date | None = None) -> list[Case]:
    own = system_with(system, *(entry("complaint", value) for value in values), as_of=as_of)
    return list(complaints_of(own).cases)


def only(system: System, value: Mapping[str, Any], as_of: date | None = None) -> Case:
    return cases(system, value, as_of=as_of)[0]
