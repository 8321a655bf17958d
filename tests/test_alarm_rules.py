"""The rules about alarms: each fires on what it is about and is silent on what is in order (8.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from clausebook.check import operation
from clausebook.check.lapses import settled
from clausebook.check.operation import alarms
from clausebook.check.rules import RULES
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from clausebook.problems import Problem
from clausebook.wording import LANGUAGES, messages
from small_org import changed, entry, measured, system_with
from test_alerts import RECORD, SERVICE, TOTAL, closed, months, rules

OWN = {rule.id for rule in alarms.RULES}
AS_OF = date(2026, 9, 30)
JUDGED = {
    "acknowledged": {"at": "2026-09-02T09:00:00+08:00", "by": "xu-wenqing"},
    "triage": {"result": "confirmed", "reason": "三件同源", "at": "2026-09-03T09:00:00+08:00", "by": "qin-fang"},
    "cause": {"statement": "模具磨损", "found_on": "2026-09-11"},
    "corrective_actions": [{"what": "换模", "owner": "han-meiling", "due_on": "2026-10-31"}],
    "effect_check": {"planned_on": "2027-01-15"},
    "opened_by": "qin-fang",
}  # fmt: skip
ANSWERED = RECORD | JUDGED


@pytest.fixture
def system(example: Report) -> System:
    return example.system


def rule_with(**more: Any) -> Entry:
    return rules(SERVICE | {"rules": [TOTAL]} | more)


def problems(
    system: System, *records: Mapping[str, Any], as_of: date = AS_OF, others: tuple[Entry, ...] = (),
    complaints: list[Entry] | None = None, rule: Entry | None = None,
) -> list[Problem]:  # fmt: skip
    """What the rules about alarms say of an August with five complaints and these response records."""
    cases = months({"2026-08": 5}) if complaints is None else complaints
    alerts = [entry("alert", record) for record in records]
    own = system_with(system, rule or rule_with(), *cases, *alerts, *others, as_of=as_of)
    found = [problem for problem in operation.casework(own, measured(own)) if problem.rule in OWN]
    return settled(own, found)[0]


def told(found: list[Problem]) -> list[str]:
    return [problem.rule for problem in found]


def record(**changes: Any) -> dict[str, Any]:
    return changed(ANSWERED, **changes)


DISMISSED = {"reason": "已在 NC-2026-004 处理", "approved_by": "xu-wenqing"}
BY_OPENER = {"on": "2026-09-29", "by": "qin-fang"}
FIRING: list[tuple[str, dict[str, Any]]] = [
    ("alarm-unacknowledged", record(acknowledged=None)),
    ("alarm-acknowledged-late", record(acknowledged__at="2026-09-04T09:00:00+08:00")),
    ("alarm-decision-missing", record(triage=None)),
    ("alarm-cause-missing", record(cause=None)),
    ("alarm-cause-late", record(cause__found_on="2026-09-16")),
    ("alarm-action-missing", record(corrective_actions=None)),
    ("alarm-action-refused", record(corrective_actions=None, no_corrective_action=DISMISSED)),
    ("alarm-effect-unchecked", record(effect_check__planned_on="2026-09-29")),
    ("alarm-closed-unchecked", record(closed={"on": "2026-09-29", "by": "xu-wenqing"})),
    ("alarm-closed-by-opener", record(effect_check__done_on="2026-09-28", closed=BY_OPENER)),
    ("alarm-not-computed", record(alarms=[*RECORD["alarms"], {"stream": "cause:leak", "rule": "plain-total"}])),
]  # fmt: skip
SILENT = [
    record(),
    record(acknowledged__at="2026-09-03T23:59:00+08:00", cause__found_on="2026-09-15"),
    record(effect_check__done_on="2026-09-28", closed={"on": "2026-09-29", "by": "xu-wenqing"}),
    record(triage__result="false-alarm", cause=None, corrective_actions=None, no_corrective_action=DISMISSED),
    record(triage__result="known-cause", corrective_actions=None, no_corrective_action=DISMISSED, effect_check=None),
    record(effect_check=None),
    record(effect_check__planned_on="2026-09-30"),
    {**RECORD, "withdrawn": {"on": "2026-09-10", "by": "xu-wenqing", "reason": "两件查明为咨询"}},
    record(alarms=[*RECORD["alarms"], {"stream": "凭经验", "rule": "人工判断"}]),
]


@pytest.mark.parametrize("rule, value", FIRING, ids=[rule for rule, _ in FIRING])
def test_each_fires(system: System, rule: str, value: dict[str, Any]) -> None:
    assert told(problems(system, value)) == [rule]


@pytest.mark.parametrize("value", SILENT)
def test_what_is_in_order_is_silent(system: System, value: dict[str, Any]) -> None:
    assert told(problems(system, value)) == []


def test_silence_fails_once_the_limit_has_gone_by(system: System) -> None:
    assert told(problems(system, as_of=date(2026, 9, 3))) == []
    found = problems(system, as_of=date(2026, 9, 4))
    assert told(found) == ["alarm-unanswered"]
    assert (found[0].level, found[0].problem_class, found[0].requirements) == ("error", "due", ("8.4.warn",))
    assert found[0].facts["stream"] == "total" and str(found[0].facts["alarm"]).startswith("AW-2026-08-")


def test_silence_fails_where_nobody_set_a_limit(system: System) -> None:
    """Two working days to acknowledge and ten to the cause are what an organisation has that wrote no limits."""
    bare = rule_with()
    del bare.value["versions"][0]["response"]  # type: ignore[attr-defined]
    assert told(problems(system, as_of=date(2026, 9, 3), rule=bare)) == []
    assert told(problems(system, as_of=date(2026, 9, 4), rule=bare)) == ["alarm-unanswered"]
    known = {**RECORD, "acknowledged": JUDGED["acknowledged"]}
    assert told(problems(system, known, as_of=date(2026, 9, 15), rule=bare)) == []
    assert "alarm-cause-missing" in told(problems(system, known, as_of=date(2026, 9, 16), rule=bare))


def test_nobody_is_late_before_the_limits(system: System) -> None:
    bare = {**RECORD, "acknowledged": JUDGED["acknowledged"]}
    assert told(problems(system, bare, as_of=date(2026, 9, 15))) == []
    assert told(problems(system, bare, as_of=date(2026, 9, 16))) == ["alarm-cause-missing", "alarm-decision-missing"]


def test_the_running_month_asks_nothing_yet(system: System) -> None:
    assert told(problems(system, as_of=date(2026, 9, 30), complaints=months({"2026-09": 9}))) == []


def test_a_lapse_is_treated_by_a_nonconformity_and_never_by_a_date(system: System) -> None:
    late = record(acknowledged__at="2026-09-04T09:00:00+08:00", cause__found_on="2026-09-16")
    assert told(problems(system, late)) == ["alarm-acknowledged-late", "alarm-cause-late"]
    named = [{"record": "AL-2026-009", "what": what} for what in ("acknowledgement", "cause")]
    nc = entry("nonconformity", {"id": "NC-2026-099", "lapses": named})
    assert told(problems(system, late, others=(nc,))) == []
    # Detecting it later on paper cures nothing.
    assert told(problems(system, {**late, "detected_on": "2026-09-04"})) == [
        "alarm-acknowledged-late",
        "alarm-cause-late",
    ]


def test_the_effect_is_due_after_the_periods_of_observation(system: System) -> None:
    """Done on 4 May, watched in June and July, so August is there for the check."""
    done = record(
        period="2026-04", effect_check=None,
        corrective_actions=[{"what": "换模", "owner": "han-meiling", "due_on": "2026-05-31", "done_on": "2026-05-04"}],
        detected_on="2026-05-01",
    )  # fmt: skip
    done |= {"acknowledged": {"at": "2026-05-01T10:00:00+08:00", "by": "xu-wenqing"}, "cause": {"statement": "模具"}}
    april = months({"2026-04": 5})
    assert told(problems(system, done, complaints=april, as_of=date(2026, 9, 1))) == []
    assert told(problems(system, done, complaints=april, as_of=date(2026, 9, 2))) == ["alarm-effect-unchecked"]


def test_a_repeat_is_answered_in_its_own_group_and_period(system: System) -> None:
    cases = [closed(1, "2026-05-04", "P-AAAAAAA2"), closed(2, "2026-08-04", "P-AAAAAAA2")]
    wrong = record(alarms=[{"stream": "repeat:leak", "rule": "repeats"}], period="2026-05", complaints=["CC-2026-0002"])
    assert "alarm-unanswered" in told(problems(system, wrong, complaints=cases))
    right = record(
        alarms=[{"stream": "repeat:not-working", "rule": "repeats"}], complaints=["CC-2026-0002"],
        detected_on="2026-08-04", acknowledged__at="2026-08-05T09:00:00+08:00", cause__found_on="2026-08-10",
    )  # fmt: skip
    assert told(problems(system, right, complaints=cases)) == []
    # Without any warning the complaint itself says so, once.
    assert told(problems(system, complaints=cases)) == []


def test_repeats_cannot_be_switched_off(system: System) -> None:
    off = rule_with(repeats={"every_repeat": False, "lookback_calendar_days": 180})
    found = problems(system, complaints=[], rule=off)
    assert told(found) == ["repeats-not-watched"] and found[0].level == "error"


def test_rules_that_cry_wolf_are_reviewed(system: System) -> None:
    """Two of three false are more than half, which is the limit of an organisation that has set none."""
    limited = rule_with()
    false = [
        record(id=f"AL-2026-00{n}", triage__result="false-alarm", cause=None, corrective_actions=None,
               no_corrective_action=DISMISSED, alarms=[{"stream": "x", "rule": "人工判断"}])
        for n in range(1, 3)
    ]  # fmt: skip
    found = problems(system, record(), *false, rule=limited)
    assert (told(found), found[0].level) == (["false-alarms-many"], "warning")
    assert told(problems(system, record(), record(id="AL-2026-008"), *false, rule=limited)) == []
    assert told(problems(system, *false, complaints=[], rule=limited)) == []
    patient = rule_with(response={**SERVICE["response"], "false_alarm_share_max": 70})
    assert told(problems(system, record(), *false, rule=patient)) == []


def test_every_rule_is_known_and_worded() -> None:
    fired = {rule for rule, _ in FIRING} | {"alarm-unanswered", "repeats-not-watched", "false-alarms-many"}
    assert fired == OWN <= set(RULES)
    for language in LANGUAGES:
        for rule in OWN:
            for part in ("title", "message", "remedy", "why"):
                assert messages(language)[f"rules.{rule}.{part}"]
