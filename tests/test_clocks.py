"""Clocks: units, edges of the day, the earliest of several limits, pauses, extensions, criteria of the day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from clausebook.load.workspace import load
from clausebook.measure.calendar import working_days
from clausebook.measure.cases import complaints_of, watch_of
from clausebook.measure.clocks import Watch
from clausebook.measure.criteria import Limit
from clausebook.measure.moments import Receipt, receipt
from clausebook.measure.stages import clocks_of
from clausebook.model import System
from clausebook.pipeline import Report
from small_org import PLAIN, changed, entry, only, system_with

VECTORS = Path(__file__).resolve().parents[2] / "shared" / "data" / "vectors" / "workdays_cn_open.json"
EARLY = date(2026, 9, 30)


def on(text: str) -> Receipt:
    found = receipt(None, date.fromisoformat(text), WATCH_ZONE)
    assert found is not None
    return found


WATCH_ZONE = datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo or pytest.fail()


@pytest.fixture
def watch(example: Report) -> Watch:
    return watch_of(example.system)


@pytest.mark.parametrize("start, days, due", [
    ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 3, "2026-02-25"), ("2026-02-13", 7, "2026-03-02"),
    ("2026-02-14", 1, "2026-02-24"), ("2026-04-30", 3, "2026-05-08"), ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-30", 1, "2026-10-08"), ("2026-09-30", 5, "2026-10-13"),
])  # fmt: skip
def test_working_days_of_the_requirements(watch: Watch, start: str, days: int, due: str) -> None:
    found = watch.after(Limit(days, "working-days"), on(start), "own")
    assert found.at.date().isoformat() == due and found.missing_year is None


def test_a_civil_last_day_moves_on_and_one_of_public_law_does_not(watch: Watch) -> None:
    civil = watch.after(Limit(15, "calendar-days"), on("2026-09-16"), "legal")
    public = watch.after(Limit(15, "calendar-days", rolls=False), on("2026-09-16"), "legal")
    assert (civil.at.date().isoformat(), public.at.date().isoformat()) == ("2026-10-08", "2026-10-01")


@pytest.mark.skipif(not VECTORS.is_file(), reason="the shared vectors are not here")
def test_shared_vectors(watch: Watch) -> None:
    rows = json.loads(VECTORS.read_text("utf-8"))["due_dates"]
    for row in rows:
        due = watch.after(Limit(row["add_workdays"], "working-days"), on(row["start"]), "legal")
        assert due.at.date().isoformat() == row["due"], row
    assert rows


@pytest.mark.parametrize("at, status", [
    ("2026-09-02T23:59:59+08:00", "met"), ("2026-09-03T00:00:00+08:00", "late"), ("2026-09-03T00:01:00+08:00", "late"),
    ("2026-09-02T15:59:00+00:00", "met"), ("2026-09-02T16:01:00Z", "late"), ("2026-09-02T09:00:00-08:00", "late"),
])  # fmt: skip
def test_the_day_ends_at_midnight_of_the_organisation(example: Report, at: str, status: str) -> None:
    case = only(example.system, changed(ack__at=at))
    assert case.clocks["acknowledgement"].status == status


@pytest.mark.parametrize("at, due", [
    ("2026-09-01T23:59:00+08:00", "2026-09-02"), ("2026-09-02T00:01:00+08:00", "2026-09-03"),
    ("2026-09-01T15:59:00Z", "2026-09-02"), ("2026-09-01T16:01:00Z", "2026-09-03"),
])  # fmt: skip
def test_the_day_of_receipt_is_that_of_the_organisation(example: Report, at: str, due: str) -> None:
    found = only(example.system, changed(received_at=at)).clocks["acknowledgement"].due_at
    assert found is not None and found.date().isoformat() == due


@pytest.mark.parametrize("zone, received, due", [
    # Shanghai is eight hours ahead of UTC and thirteen ahead of -05:00, the whole year.
    ("Asia/Shanghai", "2026-09-01T15:59:00+00:00", "2026-09-02"),
    ("Asia/Shanghai", "2026-09-01T16:01:00+00:00", "2026-09-03"),
    ("Asia/Shanghai", "2026-09-01T10:59:00-05:00", "2026-09-02"),
    ("Asia/Shanghai", "2026-09-01T11:01:00-05:00", "2026-09-03"),
    # New York is four hours behind UTC in summer; after 1 November it is five.
    ("America/New_York", "2026-09-02T03:59:00+00:00", "2026-09-02"),
    ("America/New_York", "2026-09-02T04:01:00+00:00", "2026-09-03"),
    ("America/New_York", "2026-11-04T04:59:00+00:00", "2026-11-04"),
    ("America/New_York", "2026-11-04T05:01:00+00:00", "2026-11-05"),
    ("America/New_York", "2026-11-04T12:59:00+08:00", "2026-11-04"),
    ("America/New_York", "2026-11-04T13:01:00+08:00", "2026-11-05"),
    # Berlin is two hours ahead of UTC in summer, one in winter.
    ("Europe/Berlin", "2026-10-20T21:59:00+00:00", "2026-10-21"),
    ("Europe/Berlin", "2026-10-20T22:01:00+00:00", "2026-10-22"),
    ("Europe/Berlin", "2026-10-27T22:59:00+00:00", "2026-10-28"),
    ("Europe/Berlin", "2026-10-27T23:01:00+00:00", "2026-10-29"),
])  # fmt: skip
def test_the_edge_of_the_day_is_where_the_organisation_is(example: Report, zone: str, received: str, due: str) -> None:
    """One working day to acknowledge, wherever the organisation is and with whatever offset a record came."""
    case = only(in_zone(example.system, zone), changed(received_at=received))
    found = case.clocks["acknowledgement"].due_at
    assert found is not None and (found.date().isoformat(), str(found.time())) == (due, "23:59:59")


@pytest.mark.parametrize("zone, done, status", [
    ("America/New_York", "2026-09-03T03:59:59+00:00", "met"), ("America/New_York", "2026-09-03T04:00:00+00:00", "late"),
    ("America/New_York", "2026-09-02T22:59:59-05:00", "met"), ("America/New_York", "2026-09-02T23:00:00-05:00", "late"),
    ("Europe/Berlin", "2026-09-02T21:59:59+00:00", "met"), ("Europe/Berlin", "2026-09-02T22:00:00+00:00", "late"),
])  # fmt: skip
def test_a_limit_ends_at_midnight_there(example: Report, zone: str, done: str, status: str) -> None:
    """Received on 1 September at 12:00 UTC, which is that day in both places; due on the 2nd."""
    value = changed(received_at="2026-09-01T12:00:00+00:00", ack__at=done)
    assert only(in_zone(example.system, zone), value).clocks["acknowledgement"].status == status


@pytest.mark.parametrize("received, due", [
    ("2026-10-31T22:00:00-04:00", "2026-11-01T01:00:00-05:00"),
    ("2026-03-07T23:00:00-05:00", "2026-03-08T04:00:00-04:00"),
    ("2026-09-01T09:00:00-04:00", "2026-09-01T13:00:00-04:00"),
])  # fmt: skip
def test_hours_run_in_real_time_when_the_clocks_change(example: Report, received: str, due: str) -> None:
    """S2 is acknowledged within four hours: on 1 November one of them comes twice, on 8 March one is left out."""
    value = changed(received_at=received, ack__provisional_severity="S2", assessment__severity="S2")
    system = in_zone(example.system, "America/New_York")
    found = only(system, value).clocks["acknowledgement"]
    assert found.due_at is not None and found.due_at.isoformat() == due
    late = datetime.fromisoformat(due) + timedelta(minutes=1)
    assert only(system, changed(value, ack__at=due)).clocks["acknowledgement"].status == "met"
    assert only(system, changed(value, ack__at=late.isoformat())).clocks["acknowledgement"].status == "late"


def in_zone(system: System, zone: str) -> System:
    """The example organisation somewhere else."""
    moved = [
        replace(own, value={**own.value, "timezone": zone}) if own.kind.name == "organization" else own
        for own in system.entries
    ]
    return replace(system, entries=moved)


def test_with_a_date_only_hours_run_from_the_end_of_that_day(example: Report) -> None:
    value = changed(
        received_at=None, received_on="2026-09-01", ack__provisional_severity="S1", assessment__severity="S1"
    )
    due = only(example.system, value).clocks["acknowledgement"].due_at
    assert due is not None and due.isoformat() == "2026-09-02T00:59:59+08:00"


def test_the_earliest_limit_counts_and_says_which_it_was(example: Report) -> None:
    result = only(example.system, PLAIN).clocks["result"]
    assert result.due_at is not None and (result.due_at.date(), result.source) == (date(2026, 9, 10), "own")
    told = only(example.system, changed(ack__told_due_on="2026-09-07")).clocks["result"]
    assert (told.source, told.status) == ("told", "late")
    ticket = only(example.system, changed(channel="12315", source_due_on="2026-09-05")).clocks["result"]
    assert (ticket.source, ticket.status) == ("ticket", "late")
    legal = only(example.system, changed(channel="shop-platform", ack__automatic=True)).clocks["first-answer"]
    assert legal.source == "legal" and legal.limit_id and legal.due_at


def test_limits_of_other_end_events_do_not_shorten_a_result(example: Report) -> None:
    """A refund within 15 days of the demand is no limit for the answer (corrections 39)."""
    paid = changed(
        received_at="2026-09-16T09:00:00+08:00", redress__amount="10.00", redress__currency="CNY",
        redress__approved_at="2026-09-17T09:00:00+08:00", redress__paid_on="2026-10-02",
    )  # fmt: skip
    clocks = only(example.system, paid).clocks
    assert clocks["redress"].status == "late" and clocks["redress"].due_at is not None
    assert clocks["redress"].due_at.date() == date(2026, 10, 1) and clocks["result"].source == "told"


def test_an_extension_counts_only_when_told_before_the_old_date(example: Report) -> None:
    extension = {
        "requested_at": "2026-09-09T09:00:00+08:00", "new_due_on": "2026-09-18", "reason": "等待检测",
        "approved_by": "he-jia", "told_complainant_at": "2026-09-10T20:00:00+08:00",
    }  # fmt: skip
    late = changed(result_notified__at="2026-09-17T10:00:00+08:00")
    assert only(example.system, late).clocks["result"].status == "late"
    assert only(example.system, {**late, "extensions": [extension]}).clocks["result"].status == "met"
    untold = {**extension, "told_complainant_at": "2026-09-11T00:01:00+08:00"}
    assert only(example.system, {**late, "extensions": [untold]}).clocks["result"].status == "late"


def test_a_pause_moves_own_and_told_limits_up_to_the_cap_never_the_acknowledgement(example: Report) -> None:
    pause = {
        "reason_code": "waiting_for_complainant", "started_at": "2026-09-03T09:00:00+08:00",
        "ended_at": "2026-09-08T09:00:00+08:00", "told_complainant_at": "2026-09-03T09:10:00+08:00",
    }  # fmt: skip
    plain, paused = only(example.system, PLAIN).clocks, only(example.system, {**PLAIN, "pauses": [pause]}).clocks
    assert paused["result"].due_at and paused["result"].due_at.date() == date(2026, 9, 15)
    assert paused["acknowledgement"].due_at == plain["acknowledgement"].due_at
    long = {**pause, "ended_at": "2026-11-08T09:00:00+08:00"}
    capped = only(example.system, {**PLAIN, "pauses": [long]}).clocks["result"].due_at
    assert capped is not None and capped.date() == date(2026, 9, 23)  # ten working days, 20 September is worked
    untold = {key: value for key, value in pause.items() if key != "told_complainant_at"}
    assert only(example.system, {**PLAIN, "pauses": [untold]}).clocks["result"].due_at == plain["result"].due_at


def test_the_limits_in_force_at_receipt_count(example: Report) -> None:
    """A/1 tightened the result of S3 from ten to seven working days on 2026-03-02."""
    before = only(example.system, changed(received_at="2026-03-01T09:00:00+08:00", ack__told_due_on=None))
    after = only(example.system, changed(received_at="2026-03-02T09:00:00+08:00", ack__told_due_on=None))
    assert before.clocks["result"].due_at and before.clocks["result"].due_at.date() == date(2026, 3, 13)
    assert after.clocks["result"].due_at and after.clocks["result"].due_at.date() == date(2026, 3, 11)


def test_one_file_defines_the_limit(copy: Path) -> None:
    """Change the limits file once and the due date moves; nothing else holds a number."""
    file = copy / "system" / "criteria" / "timelimits.yaml"
    before = {c.id: c for c in complaints_of(load(copy, date(2026, 11, 20))).cases}["CC-2026-0076"].clocks["result"]
    value = yaml.safe_load(file.read_text("utf-8"))
    for limit in value["versions"][-1]["limits"]:
        if limit["event"] == "result":
            limit["value"] = 1
    file.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    after = {c.id: c for c in complaints_of(load(copy, date(2026, 11, 20))).cases}["CC-2026-0076"].clocks["result"]
    assert before.due_at and after.due_at and after.due_at < before.due_at and after.status == "late"


def test_a_year_without_calendar_makes_the_date_provisional(example: Report) -> None:
    value = {key: PLAIN[key] for key in ("id", "title", "channel", "complainant", "description", "types", "urgent")}
    value |= {"received_at": "2026-12-28T09:00:00+08:00", "assessment": PLAIN["assessment"]}
    system = system_with(example.system, entry("complaint", value), as_of=date(2026, 12, 29))
    found = complaints_of(system)
    result = found.cases[0].clocks["result"]
    assert result.provisional and result.missing_year == 2027 and found.missing_years == {2027: ("CC-2026-0001",)}


def test_history_and_imports_run_no_clocks(example: Report) -> None:
    old = only(example.system, changed(received_at="2024-08-31T23:59:00+08:00"))
    assert old.started_before_system and not old.clocks and not old.judged
    first = only(example.system, changed(received_at="2024-09-01T00:01:00+08:00"))
    assert first.clocks and first.judged
    foreign = only(example.system, {**PLAIN, "imported": {"file_sha256": "0" * 64, "row": 2}})
    assert foreign.imported and not foreign.clocks


def test_what_is_due_on_the_as_of_date_still_runs(example: Report) -> None:
    value = changed(ack=None, assessment=None, investigation=None, response=None, communications=None,
                    result_notified=None, reaction=None, closure=None, follow_up=None)  # fmt: skip
    for as_of, status in ((date(2026, 9, 2), "running"), (date(2026, 9, 3), "overdue")):
        assert only(example.system, value, as_of=as_of).clocks["acknowledgement"].status == status


def test_own_days_off_delay_own_limits_only(example: Report) -> None:
    calendars = [e for e in example.system.entries if e.kind.name == "calendar"]
    own, legal = working_days(calendars), working_days(calendars, legal=True)
    assert own.off >= legal.off


def test_a_raised_class_shortens_the_result_but_not_into_the_past(example: Report) -> None:
    again = [{"at": "2026-09-09T09:00:00+08:00", "by": "he-jia", "reason": "又一件", "severity": "S2"}]
    due = only(example.system, changed(assessment__reassessments=again)).clocks["result"].due_at
    assert due is not None and due.date() == date(2026, 9, 10)  # told date; S2 anew would end on the 16th


def test_one_contact_sets_every_step(example: Report) -> None:
    value = {key: PLAIN[key] for key in ("id", "title", "channel", "complainant", "description", "types", "urgent")}
    value |= {
        "received_at": "2026-09-01T09:00:00+08:00", "recorded_at": "2026-09-01T09:10:00+08:00",
        "assessment": {**PLAIN["assessment"], "severity": "S4"},
        "first_contact": {"at": "2026-09-01T09:05:00+08:00", "resolution": "当场换盖", "accepted": True},
    }  # fmt: skip
    case = only(example.system, value, as_of=EARLY)
    assert {case.clocks[event].status for event in ("acknowledgement", "response", "result")} == {"met"}
    assert case.reaction == "accepted" and "investigation" not in case.clocks


@pytest.mark.parametrize("at, due", [
    ("2026-09-01T16:59:00+08:00", "2026-09-02"), ("2026-09-01T17:00:00+08:00", "2026-09-03"),
    ("2026-09-05T09:00:00+08:00", "2026-09-08"),
])  # fmt: skip
def test_after_hours_may_count_as_the_next_working_day_for_own_limits_only(copy: Path, at: str, due: str) -> None:
    file = copy / "system" / "criteria" / "timelimits.yaml"
    value = yaml.safe_load(file.read_text("utf-8"))
    value["versions"][-1]["after_hours"] = "next-working-day"
    file.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    system = load(copy, date(2026, 11, 20))
    organisation = dict(system.organisation)
    organisation["business_hours"] = [{"what": "x", "days": "working-days", "opens": "09:00", "closes": "17:00"}]
    own = replace(watch_of(system), hours=tuple(organisation["business_hours"]))
    received = datetime.fromisoformat(at)
    clocks = clocks_of(changed(received_at=at), own, Receipt(received, received.date(), True), True)
    found = clocks["acknowledgement"].due_at
    assert found is not None and found.date().isoformat() == due
