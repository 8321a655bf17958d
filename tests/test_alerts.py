"""Monitoring and early warning (8.4): streams, the plain rule, repeats, single events, windows, versions, answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.load.standards import own_schemas
from clausebook.measure.alarm_values import Alarm, Surveillance
from clausebook.measure.alerts import surveillance_of
from clausebook.measure.cases import complaints_of
from clausebook.measure.periods import Period, period_named, period_of
from clausebook.measure.responses import answers_of
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from clausebook.publish.alert_formats import Watch, as_data, stage
from clausebook.shipped import shipped
from clausebook.wording import LANGUAGES, messages
from small_org import changed, entry, system_with

AS_OF = date(2026, 9, 10)
TOTAL = {"id": "plain-total", "dimension": "total", "min_cases": 5, "percent_above": 50}
CAUSE = {"id": "plain-cause", "dimension": "cause", "min_cases": 3, "percent_above": 50}
BATCH = {"id": "plain-batch", "dimension": "batch", "min_cases": 3, "window_calendar_days": 30}
SERVICE: dict[str, Any] = {
    "version": "A/0", "effective_from_on": "2024-09-01", "period": "month", "lookback_periods": 6,
    "rules": [TOTAL, CAUSE], "repeats": {"every_repeat": True, "lookback_calendar_days": 180},
    "response": {
        "acknowledge_within_working_days": 2, "cause_within_working_days": 10, "effect_check_after_periods": 2,
    },
}  # fmt: skip


def rules(*versions: Mapping[str, Any]) -> Entry:
    return entry("alert-rules", {"number": "WI-10-01", "versions": [dict(v) for v in versions]})


def complaint(number: int, on: str, **more: Any) -> Entry:
    """A complaint of its own person unless it says otherwise; with no later step than it names."""
    gone = dict.fromkeys(
        ["ack", "assessment", "investigation", "response", "communications", "result_notified", "reaction", "closure",
         "follow_up"]
    )  # fmt: skip
    token = f"P-{number:08d}".replace("0", "A").replace("1", "B").replace("8", "C").replace("9", "D")
    value = {
        **changed(**gone), "id": f"CC-{on[:4]}-{number:04d}", "received_at": f"{on}T09:00:00+08:00",
        "complainant": {"ref": token, "category": "individual", "contactable": True}, **more,
    }  # fmt: skip
    return entry("complaint", value)


def months(counts: Mapping[str, int], **more: Any) -> list[Entry]:
    """So many complaints in each month, on the days from the 1st on."""
    numbers = iter(range(1, 10_000))
    return [
        complaint(next(numbers), f"{month}-{1 + nth % 28:02d}", **more)
        for month, count in counts.items() for nth in range(count)
    ]  # fmt: skip


def seen(system: System, *entries: Entry, as_of: date = AS_OF, start: str | None = "2024-09-01") -> Surveillance:
    own = _system(system, entries, as_of, start)
    return surveillance_of(own, complaints_of(own))


def _system(system: System, entries: tuple[Entry, ...], as_of: date, start: str | None) -> System:
    own = system_with(system, *entries, as_of=as_of)
    organisation = own.first("organization")
    assert organisation is not None
    value = {key: given for key, given in organisation.value.items() if key != "system_effective_on"}
    moved = replace(organisation, value=value | ({"system_effective_on": start} if start else {}))
    return replace(own, entries=[moved if one is organisation else one for one in own.entries])


def told(found: Surveillance) -> list[tuple[str, str, float]]:
    return [(alarm.period.label, alarm.stream, alarm.value) for alarm in found.alarms]


@pytest.fixture
def system(example: Report) -> System:
    return example.system


# Periods


@pytest.mark.parametrize(
    "day, unit, label, start, end",
    [
        (date(2026, 1, 1), "month", "2026-01", date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 12, 31), "month", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 9, 30), "quarter", "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        (date(2024, 2, 29), "month", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 1, 4), "week", "2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        (date(2021, 1, 3), "week", "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        (date(2024, 2, 29), "day", "2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_periods(day: date, unit: Any, label: str, start: date, end: date) -> None:
    period = period_of(day, unit)
    assert (period.label, period.start, period.end) == (label, start, end)
    assert period_named(label) == period
    assert period.shifted(-13).shifted(13) == period


@pytest.mark.parametrize(
    "label", [None, "", "2026", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "26-01", "0000-01", "9999-12", "2026-W54",
              "2026-W00", "2025-02-29", "2026-13-01", "2026-W01-01", "9999-12-31", "9999-W01"]
)
def test_what_is_no_period(label: str | None) -> None:
    assert period_named(label) is None


# The plain rule in the organisation's own numbers


def test_the_plain_rule_compares_with_the_last_six(system: System) -> None:
    counts = {"2026-02": 2, "2026-03": 4, "2026-04": 2, "2026-05": 4, "2026-06": 2, "2026-07": 4, "2026-08": 5}
    assert told(seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months(counts))) == [("2026-08", "total", 5)]
    higher = counts | {"2026-02": 4, "2026-06": 4}  # 22/6 and half more is 5.5
    assert told(seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months(higher))) == []


def test_exactly_half_more_is_an_alarm(system: System) -> None:
    counts = dict.fromkeys(["2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"], 4) | {"2026-08": 6}
    found = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months(counts))
    alarm = next(alarm for alarm in found.alarms if alarm.period.label == "2026-08")
    assert (alarm.value, alarm.limit, alarm.mean, alarm.periods_used, alarm.notes) == (6, 6, 4.0, 6, ())
    assert alarm.raised_on == date(2026, 9, 1) and not alarm.running


def test_it_works_from_the_first_month_and_says_so(system: System) -> None:
    found = seen(
        system, rules(SERVICE | {"effective_from_on": "2026-08-01"}), *months({"2026-08": 5}), start="2026-08-01"
    )
    assert told(found) == [("2026-08", "cause:not-working", 5), ("2026-08", "total", 5)]
    note = found.alarms[0].notes[0]
    assert (note.key, note.facts, found.alarms[0].mean) == ("few-periods", {"used": 0, "asked": 6}, None)
    later = seen(
        system, rules(SERVICE), *months({"2026-07": 2, "2026-08": 6}), start="2026-07-01"
    )  # fmt: skip
    assert later.alarms[-1].notes[0].facts == {"used": 1, "asked": 6}
    assert later.alarms[-1].mean == 2.0


def test_a_gap_is_unknown_and_a_quiet_month_is_zero(system: System) -> None:
    """History of 2025-01 to 2025-03, then nothing known until the system began: the gap is no zero."""
    history = months({"2025-01": 6, "2025-03": 6})
    late = [complaint(900 + n, f"2026-06-{n + 1:02d}") for n in range(5)]
    service = rules(SERVICE | {"rules": [TOTAL], "lookback_periods": 24})
    found = seen(system, service, *history, *late, start="2026-06-01")
    # 2025-01, -02 (a quiet month within the history) and -03 are known: the mean is 4, half more is 6.
    assert told(found) == []
    more = seen(system, service, *history, *late, complaint(950, "2026-06-20"), start="2026-06-01")
    assert [(a.value, a.mean, a.periods_used) for a in more.alarms] == [(6, 4.0, 3)]


def test_no_rules_no_complaints_no_start(system: System) -> None:
    empty = seen(system, rules(), *months({"2026-08": 9}))
    assert (empty.alarms, empty.version, empty.budget) == ((), None, ())
    assert seen(system, rules(SERVICE)).alarms == ()
    assert told(seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-08": 5}), start=None)) == [
        ("2026-08", "total", 5)
    ]


def test_quarters(system: System) -> None:
    service = rules(SERVICE | {"period": "quarter", "rules": [TOTAL]})
    found = seen(system, service, *months({"2026-01": 2, "2026-04": 3, "2026-05": 2, "2026-06": 1}))
    assert told(found) == [("2026-Q2", "total", 6)]
    assert found.alarms[0].raised_on == date(2026, 7, 1)


def test_only_ended_periods_ask_for_an_answer(system: System) -> None:
    found = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-09": 6}))
    alarm = found.alarms[0]
    assert (alarm.running, alarm.raised_on) == (True, date(2026, 9, 5))
    ended = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-09": 6}), as_of=date(2026, 10, 1))
    assert (ended.alarms[0].running, ended.alarms[0].raised_on) == (False, date(2026, 10, 1))
    assert ended.alarms[0].id == alarm.id


def test_what_is_no_complaint_does_not_count(system: System) -> None:
    none = {"closure": {"at": "2026-08-20T09:00:00+08:00", "basis": "not_complaint", "by": "luo-xin"}}
    five = months({"2026-08": 4})
    found = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *five, complaint(99, "2026-08-20", **none))
    assert told(found) == []


def test_numbers_that_no_schema_would_take_break_nothing(system: System) -> None:
    strange = SERVICE | {
        "lookback_periods": 10**12,
        "rules": [TOTAL | {"percent_above": float("inf")}, {"id": "x"}, {**CAUSE, "min_cases": "3"}],
    }  # fmt: skip
    assert ("2026-08", "total", 5) in told(seen(system, rules(strange), *months({"2026-08": 5})))


@pytest.mark.parametrize("as_of", [date.min, date(1, 2, 1), date.max])
def test_the_first_and_the_last_day_there_is(system: System, as_of: date) -> None:
    service = rules(SERVICE | {"effective_from_on": "9990-01-01" if as_of == date.max else "0001-01-01"})
    of = seen(system, service, *months({"2026-08": 5}), as_of=as_of, start=None)
    assert all(alarm.raised_on <= as_of for alarm in of.alarms)


# Streams


def test_streams_by_every_dimension(system: System) -> None:
    where = {
        "product": "kettle-k12", "site": "service-centre", "provider": "PV-01", "batch": "B1", "channel": "app",
        "types": ["service", "product"], "assessment": {"severity": "S2"},
    }  # fmt: skip
    each = [
        {"id": name, "dimension": name, "min_cases": 3}
        for name in ("total", "type", "line", "product", "channel", "cause", "batch", "site", "provider", "severity")
    ]
    found = seen(system, rules(SERVICE | {"rules": each}), *months({"2026-08": 3}, **where))
    assert {alarm.stream for alarm in found.alarms} == {
        "total", "type:service", "line:kettle", "product:kettle-k12", "channel:app", "cause:not-working", "batch:B1",
        "site:service-centre", "provider:PV-01", "severity:S2",
    }  # fmt: skip


def test_only_the_values_named(system: System) -> None:
    only = {**CAUSE, "values": ["leak"]}
    entries = [*months({"2026-08": 3}), *(complaint(80 + n, "2026-08-03", cause={"group": "leak"}) for n in range(3))]
    assert told(seen(system, rules(SERVICE | {"rules": [only]}), *entries)) == [("2026-08", "cause:leak", 3)]


# Versions


def test_a_period_is_judged_by_the_version_in_force_at_its_end(system: System) -> None:
    old = SERVICE | {"rules": [TOTAL], "effective_to_on": "2026-07-14"}
    strict = SERVICE | {
        "version": "A/1", "effective_from_on": "2026-07-15", "rules": [{**TOTAL, "min_cases": 3}]
    }  # fmt: skip
    found = seen(system, rules(old, strict), *months({"2026-06": 4, "2026-07": 4}))
    assert [(a.period.label, a.version) for a in found.alarms] == [("2026-07", "A/1")]


def test_relaxing_a_rule_takes_back_no_alarm(system: System) -> None:
    entries = months({"2026-06": 6})
    before = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *entries)
    relaxed = SERVICE | {"version": "A/1", "effective_from_on": "2026-09-01", "rules": [{**TOTAL, "min_cases": 50}]}
    after = seen(system, rules(SERVICE | {"rules": [TOTAL], "effective_to_on": "2026-08-31"}, relaxed), *entries)
    assert [a.id for a in after.alarms] == [a.id for a in before.alarms] != []


def test_from_months_to_quarters(system: System) -> None:
    monthly = SERVICE | {"rules": [TOTAL], "effective_to_on": "2026-03-31"}
    quarterly = SERVICE | {"rules": [TOTAL], "version": "A/1", "effective_from_on": "2026-04-01", "period": "quarter"}
    found = seen(system, rules(monthly, quarterly), *months({"2026-02": 5, "2026-05": 8}))
    assert told(found) == [("2026-02", "total", 5), ("2026-Q2", "total", 8)]


def test_what_came_before_the_system_raises_nothing(system: System) -> None:
    found = seen(system, rules(SERVICE), *months({"2024-06": 9}), complaint(99, "2024-10-02"))
    assert told(found) == []


# Ids


def test_alarm_ids_follow_from_stream_period_rule_and_version(system: System) -> None:
    alarm = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-08": 5})).alarms[0]
    assert alarm.id.startswith("AW-2026-08-") and len(alarm.id) == 19
    again: Alarm = replace(alarm, value=9, mean=None, cases=("CC-2026-0009",))
    assert again.id == alarm.id
    others = [
        replace(alarm, stream="cause:leak"), replace(alarm, period=Period("month", alarm.period.number + 1)),
        replace(alarm, rule="other"), replace(alarm, version="A/1"),
    ]  # fmt: skip
    assert len({alarm.id, *(other.id for other in others)}) == 5


# Repeats, single events, windows


def closed(number: int, on: str, person: str, cause: str = "not-working", **more: Any) -> Entry:
    return complaint(
        number, on, complainant={"ref": person, "category": "individual"}, cause={"group": cause},
        closure={"at": f"{on}T18:00:00+08:00", "basis": "accepted", "by": "luo-xin"}, **more,
    )  # fmt: skip


def test_every_repeat_opens_or_joins_a_warning(system: System) -> None:
    entries = [
        closed(1, "2026-05-04", "P-AAAAAAA2"), closed(2, "2026-08-04", "P-AAAAAAA2"),
        closed(3, "2026-05-05", "P-BBBBBBB2"), closed(4, "2026-08-11", "P-BBBBBBB2"),
        closed(5, "2026-05-06", "P-CCCCCCC2", "leak"), closed(6, "2026-08-12", "P-CCCCCCC2", "leak"),
    ]  # fmt: skip
    found = seen(system, rules(SERVICE | {"rules": [TOTAL]}), *entries)
    assert [(a.stream, a.value, a.cases, a.raised_on) for a in found.alarms] == [
        ("repeat:leak", 1, ("CC-2026-0006",), date(2026, 8, 12)),
        ("repeat:not-working", 2, ("CC-2026-0002", "CC-2026-0004"), date(2026, 8, 4)),
    ]
    by_line = SERVICE | {"rules": [TOTAL], "repeats": {"group_by": ["cause", "line", "period"]}}
    kettle = [
        closed(1, "2026-05-04", "P-AAAAAAA2", product="kettle-k12"),
        closed(2, "2026-08-04", "P-AAAAAAA2", product="kettle-k12"),
    ]
    assert told(seen(system, rules(by_line), *kettle)) == [("2026-08", "repeat:not-working:kettle", 1)]


def test_a_reasoned_no_repeat_is_none(system: System) -> None:
    entries = [
        closed(1, "2026-05-04", "P-AAAAAAA2"),
        closed(2, "2026-08-04", "P-AAAAAAA2", links={"not_repeat_reason": "另一台"}),
    ]
    assert told(seen(system, rules(SERVICE), *entries)) == []


def test_a_repeat_shows_when_its_cause_is_known(system: System) -> None:
    entries = [closed(1, "2026-05-04", "P-AAAAAAA2"), closed(2, "2026-08-04", "P-AAAAAAA2")]
    value = {**entries[1].value, "cause": {"group": "not-working", "statement": "同一处", "on": "2026-08-12"}}
    found = seen(system, rules(SERVICE), entries[0], entry("complaint", value))
    assert found.alarms[0].raised_on == date(2026, 8, 12)


def test_switching_repeats_off_changes_nothing(system: System) -> None:
    off = SERVICE | {"repeats": {"every_repeat": False, "lookback_calendar_days": 180}}
    entries = [closed(1, "2026-05-04", "P-AAAAAAA2"), closed(2, "2026-08-04", "P-AAAAAAA2")]
    assert told(seen(system, rules(off), *entries)) == [("2026-08", "repeat:not-working", 1)]


def test_single_events(system: System) -> None:
    triggers = [
        {"trigger": "severity-s1", "handled_in": "case"}, {"trigger": "media", "handled_in": "alert"},
        {"trigger": "collective", "handled_in": "crisis"}, {"trigger": "data-leak", "handled_in": "case"},
    ]  # fmt: skip
    entries = [
        complaint(
            1, "2026-08-01", assessment={"severity": "S1"}, fast_lane={"activated_at": "2026-08-01T10:00:00+08:00"}
        ),
        complaint(2, "2026-08-02", triggers={"media_attention": True}),
        complaint(3, "2026-08-03", collective={"event": "CR-2026-09"}),
        complaint(4, "2026-08-04", triggers={"others": ["data-leak"]}),
    ]
    found = seen(system, rules(SERVICE | {"single_triggers": triggers}), *entries)
    assert [(e.trigger, e.handled_in, e.case, e.answer) for e in found.events] == [
        ("severity-s1", "case", "CC-2026-0001", "2026-08-01T10:00:00+08:00"),
        ("collective", "crisis", "CC-2026-0003", "CR-2026-09"),
        ("data-leak", "case", "CC-2026-0004", None),
    ]
    assert [(a.stream, a.rule, a.raised_on) for a in found.alarms if a.way == "single"] == [
        ("single:media:CC-2026-0002", "media", date(2026, 8, 2))
    ]


EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("severity-s1", {"assessment": {"severity": "S1"}}),
    ("media", {"triggers": {"media_attention": True}}),
    ("collective", {"collective": {"event": "CR-2026-09"}}),
    ("regulator-order", {"triggers": {"others": ["regulator-deadline"]}}),
    ("data-leak", {"triggers": {"others": ["data-leak"]}}),
]


@pytest.mark.parametrize("trigger, facts", EVENTS)
def test_one_such_event_is_an_alarm_by_itself(system: System, trigger: str, facts: dict[str, Any]) -> None:
    """Each fires on its own fact, in an alert record or where else the rules say, and is silent on the others'."""
    for place in ("alert", "case", "crisis"):
        service = rules(SERVICE | {"single_triggers": [{"trigger": trigger, "handled_in": place}]})
        of = seen(system, service, complaint(1, "2026-08-01", **facts))
        raised = [(a.rule, a.cases) for a in of.alarms] or [(e.trigger, (e.case,)) for e in of.events]
        assert raised == [(trigger, ("CC-2026-0001",))]
        for other, foreign in EVENTS:
            if other != trigger:
                quiet = seen(system, service, complaint(1, "2026-08-01", **foreign))
                assert (quiet.alarms, quiet.events) == ((), ())


def test_a_batch_alarms_on_the_day_and_once(system: System) -> None:
    days = ["2026-07-02", "2026-07-20", "2026-07-31", "2026-08-01", "2026-08-05", "2026-09-05"]
    entries = [complaint(n, on, batch="HB1") for n, on in enumerate(days, 1)]
    found = seen(system, rules(SERVICE | {"rules": [BATCH]}), *entries)
    alarm = found.alarms[0]
    assert len(found.alarms) == 1
    assert (alarm.stream, alarm.period.label, alarm.raised_on, alarm.cases) == (
        "batch:HB1", "2026-07", date(2026, 7, 31), ("CC-2026-0001", "CC-2026-0002", "CC-2026-0003"),
    )  # fmt: skip
    apart = [complaint(n, on, batch="HB1") for n, on in enumerate(["2026-07-01", "2026-07-20", "2026-07-31"], 1)]
    assert told(seen(system, rules(SERVICE | {"rules": [BATCH]}), *apart)) == []  # 31 days
    again = seen(
        system, rules(SERVICE | {"rules": [BATCH]}), *entries[:5],
        *(complaint(20 + n, f"2026-09-0{n}", batch="HB1") for n in range(7, 10)),
    )  # fmt: skip
    assert [a.period.label for a in again.alarms] == ["2026-07", "2026-09"]


# Answers


RECORD = {
    "id": "AL-2026-009", "period": "2026-08", "detected_on": "2026-09-01",
    "alarms": [{"stream": "total", "rule": "plain-total"}], "complaints": ["CC-2026-0001"],
}  # fmt: skip


def watched(system: System, *entries: Entry, as_of: date = AS_OF) -> Watch:
    own = _system(system, entries, as_of, "2024-09-01")
    complaints = complaints_of(own)
    found = surveillance_of(own, complaints)
    return Watch(found, answers_of(own, complaints, found), as_of)


def test_an_answer_is_found_by_stream_rule_and_period_or_by_id(system: System) -> None:
    entries = [rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-08": 5})]
    alarm = watched(system, *entries).seen.alarms[0]
    for record in (
        RECORD,
        RECORD | {"period": "2026-07", "alarms": [{"stream": "x", "rule": "y", "alarm_id": alarm.id}]},
    ):
        found = watched(system, *entries, entry("alert", record))
        assert found.answers.of[alarm.id].id == "AL-2026-009"
        assert found.answers.unanswered == ()
    for record in (
        RECORD | {"period": "2026-07"}, RECORD | {"alarms": [{"stream": "total", "rule": "plain-type"}]},
        RECORD | {"alarms": [{"stream": "cause:leak", "rule": "plain-total"}]},
    ):  # fmt: skip
        assert watched(system, *entries, entry("alert", record)).answers.of == {}


def test_the_clock_of_an_answer(system: System) -> None:
    """2026-09-01 is a Tuesday: acknowledge by Thursday, the cause by the 15th."""
    entries = [rules(SERVICE | {"rules": [TOTAL]}), *months({"2026-08": 5})]
    open_alarm = watched(system, *entries, as_of=date(2026, 9, 3))
    assert open_alarm.answers.unanswered[0][1] == date(2026, 9, 3)
    assert stage(open_alarm, open_alarm.seen.alarms[0]) == "due"
    silent = watched(system, *entries, as_of=date(2026, 9, 4))
    assert stage(silent, silent.seen.alarms[0]) == "unanswered"
    response = watched(system, *entries, entry("alert", RECORD)).answers.responses[0]
    assert (response.limits.acknowledge_by, response.limits.cause_by) == (date(2026, 9, 3), date(2026, 9, 15))
    early = watched(system, *entries, entry("alert", RECORD | {"detected_on": "2026-08-28"})).answers.responses[0]
    assert early.limits.acknowledge_by == date(2026, 9, 1)
    later = watched(system, *entries, entry("alert", RECORD | {"detected_on": "2026-09-09"})).answers.responses[0]
    assert later.limits.acknowledge_by == date(2026, 9, 3), "a late detection moves nothing"


def test_a_repeat_keeps_its_answer_when_its_cause_is_restated(system: System) -> None:
    entries = [
        rules(SERVICE), closed(1, "2026-05-04", "P-AAAAAAA2", "leak"), closed(2, "2026-08-04", "P-AAAAAAA2", "leak")
    ]  # fmt: skip
    record = RECORD | {"alarms": [{"stream": "repeat:noise", "rule": "repeats"}], "complaints": ["CC-2026-0002"]}
    assert len(watched(system, *entries, entry("alert", record)).answers.of) == 1
    other = record | {"complaints": ["CC-2026-0001"]}
    assert watched(system, *entries, entry("alert", other)).answers.of == {}


# The example, and the command


EXPECTED = {
    ("2025-06", "repeat:repair-quality"): "AL-2025-001",
    ("2025-11", "cause:late-delivery"): "AL-2025-002",
    ("2025-11", "line:shop"): "AL-2025-002",
    ("2025-11", "type:delivery"): "AL-2025-002",
    ("2025-11", "type:product"): "AL-2025-003",
    ("2026-06", "cause:leak"): "AL-2026-001",
    ("2026-06", "line:humidifier"): "AL-2026-001",
    ("2026-06", "total"): "AL-2026-001",
    ("2026-06", "type:product"): "AL-2026-001",
    ("2026-10", "repeat:repair-quality"): "AL-2026-002",
    ("2026-11", "line:shop"): "AL-2026-004",
    ("2026-11", "repeat:noise"): "AL-2026-003",
    ("2026-11", "type:price"): "AL-2026-004",
}


def test_the_example_has_answered_every_alarm_and_recorded_no_other(example: Report) -> None:
    system = example.system
    complaints = complaints_of(system)
    found = surveillance_of(system, complaints)
    answers = answers_of(system, complaints, found)
    answered = {(a.period.label, a.stream): answers.of[a.id].id for a in found.alarms if a.id in answers.of}
    assert answers.unanswered == ()
    assert EXPECTED.items() <= answered.items()
    named = {(r.entry.value["period"], row["stream"]) for r in answers.responses for row in r.entry.value["alarms"]}
    assert named == set(answered)
    assert all(event.answer for event in found.events)


def test_the_command(example: Report) -> None:
    root = example.system.root
    done = CliRunner().invoke(group, ["alerts", "--root", root, "--as-of", "2026-11-20", "--format", "json"])
    data = json.loads(done.stdout)
    assert (data["schema"], data["as_of"], data["version"]) == (1, "2026-11-20", "A/1")
    first = data["alarms"][0]
    assert first["record"] == first["response"]["record"] == "AL-2025-001"
    assert first["ids"] == ["CC-2025-0026"] and first["stage"] == "closed"
    assert data["budget"]["per_year"] == pytest.approx(sum(r["per_year"] for r in data["budget"]["rules"]), abs=0.01)
    for language in ("zh", "en"):
        table = CliRunner().invoke(group, ["alerts", "--root", root, "--as-of", "2026-11-20", "--lang", language])
        assert "AL-2026-003" in table.stdout, table.output


def test_every_alarm_has_a_sentence_in_both_languages(example: Report, system: System) -> None:
    found = watched(system, rules(SERVICE), *months({"2026-08": 5}))
    for language in ("zh", "en"):
        for alarm in as_data(found, language)["alarms"]:
            assert alarm["sentence"] and alarm["notes"] == []


def test_everything_an_alarm_may_say_is_worded() -> None:
    """Each method, dimension, period and single event that the schema allows, in both languages."""
    version = own_schemas().kinds["alert-rules"].schema["properties"]["versions"]["items"]["properties"]
    rule, statistical = (version[name]["items"]["properties"] for name in ("rules", "statistical"))
    methods = {*statistical["method"]["enum"], "plain", "plain-first", "window", "repeat", "single"}
    dimensions = {*rule["dimension"]["enum"], *statistical["dimension"]["enum"]}
    triggers = version["single_triggers"]["items"]["properties"]["trigger"]["enum"]
    for language in LANGUAGES:
        known = messages(language)
        assert {f"alerts.said.{name}" for name in methods} <= set(known)
        assert {f"alerts.method.{name}" for name in methods - {"plain-first"}} <= set(known)
        assert {f"alerts.dimension.{name}" for name in dimensions} <= set(known)
        assert {f"alerts.trigger.{name}" for name in triggers} <= set(known)


@pytest.mark.parametrize("profile", ["lean", "full"])
def test_the_statistical_rules_of_the_template_can_be_used(system: System, profile: str) -> None:
    """They stand in comments; without the # they are rules in force."""
    file = shipped("templates") / profile / "system" / "alert-rules.yaml"
    written = file.read_text("utf-8").split("statistical:")[1].splitlines()[1:]
    offered = yaml.safe_load("\n".join(line.replace("  # ", "", 1) for line in written))
    entry = system.first("alert-rules")
    assert entry is not None and len(offered) >= 4
    version = {**entry.value["versions"][-1], "statistical": offered}
    assert system.schemas.is_valid("alert-rules", {**entry.value, "versions": [version]})


def test_a_stable_decade_is_quick(system: System) -> None:
    """Streams are counted by bisection: ten years of two a day stay well under a second."""
    day = date(2016, 1, 1)
    entries = [complaint(n % 9999 + 1, (day + timedelta(days=n // 2)).isoformat()) for n in range(0, 7300, 20)]
    assert seen(system, rules(SERVICE | {"effective_from_on": "2016-01-01"}), *entries, start="2016-01-01").budget
