"""Reported figures against the records of their day (V52, corrections 21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clausebook.check import snapshots
from clausebook.measure.moments import CHINA
from clausebook.measure.rewind import as_of, known, stood
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from clausebook.problems import Problem
from clausebook.wording import LANGUAGES, messages
from small_org import PLAIN, changed, entry, measured, system_with

SECOND = changed(
    id="CC-2026-0002", complainant__ref="P-9ZZ9ZZ9Z", received_at="2026-09-20T09:00:00+08:00",
    recorded_at="2026-09-20T09:10:00+08:00", types=["service"], channel="store", assessment__severity="S2",
    ack__at="2026-09-20T09:20:00+08:00",
)  # fmt: skip
REPORT: dict[str, Any] = {
    "id": "2026-09", "period": "2026-09", "snapshot": {"taken_on": "2026-10-10"}, "reading": "平稳",
    "figures": [
        {"kpi": "complaint-count", "period": "2026-09", "value": 2},
        {"kpi": "acknowledgement-on-time", "period": "2026-09", "numerator": 2, "denominator": 2},
    ],
    "breakdown": {
        "count": {"received": 2}, "repeat_rate": {"repeats": 0, "received": 2},
        "type": [{"type": "product", "count": 1}, {"type": "service", "count": 1}],
        "source": [{"channel": "phone", "count": 1}, {"channel": "store", "count": 1}],
        "product": [{"product": "kettle-k2", "count": 2}],
        "severity": [{"severity": "S2", "count": 1}, {"severity": "S3", "count": 1}],
    },
}  # fmt: skip
"""Counted by hand: two complaints of September, a product of S3 and a service of S2, both acknowledged at once."""


@pytest.fixture(scope="module")
def system(example: Report) -> System:
    gone = {"monitoring", "alert", "approval"}
    return replace(example.system, entries=[one for one in example.system.entries if one.kind.name not in gone])


def told(system: System, report: dict[str, Any], *records: dict[str, Any]) -> list[Problem]:
    made: list[Entry] = [entry("complaint", value) for value in (PLAIN, SECOND, *records)]
    own = system_with(system, *made, entry("monitoring", report))
    return list(snapshots.check(own, measured(own)))


def test_a_report_that_counted_right_is_silent(system: System) -> None:
    assert [dict(found.facts) for found in told(system, REPORT)] == []


@pytest.mark.parametrize("change", [
    {"breakdown__count__received": 3},
    {"breakdown__repeat_rate__repeats": 1},
    {"breakdown__type": [{"type": "product", "count": 2}]},
    {"breakdown__source": [{"channel": "phone", "count": 0}]},
    {"breakdown__product": [{"product": "fryer-a5", "count": 1}]},
    {"breakdown__severity": [{"severity": "S1", "count": 1}]},
    {"figures": [{"kpi": "complaint-count", "period": "2026-09", "value": 5}]},
    {"figures": [{"kpi": "acknowledgement-on-time", "period": "2026-09", "numerator": 1, "denominator": 2}]},
], ids=lambda change: next(iter(change)))  # fmt: skip
def test_a_wrong_figure_is_a_contradiction(system: System, change: dict[str, Any]) -> None:
    found = told(system, changed(REPORT, **change))
    assert [problem.rule for problem in found] == ["snapshot-differs"]
    assert (found[0].problem_class, found[0].basis, found[0].place.line is not None) == ("contradiction", "own", True)


def test_a_restatement_that_names_the_figure_explains_it(system: System) -> None:
    restated = [{"on": "2026-11-01", "field": "received", "was": "3", "now": "2", "reason": "一件系误计"}]
    assert told(system, changed(REPORT, breakdown__count__received=3, restatements=restated)) == []
    other = [{**restated[0], "field": "satisfaction-score"}]
    assert told(system, changed(REPORT, breakdown__count__received=3, restatements=other))


def test_what_came_later_is_no_error(system: System) -> None:
    """Recorded late, closed as a duplicate later, assessed anew, sorted anew by a correction: all after the report."""
    late = changed(SECOND, id="CC-2026-0003", recorded_at="2026-11-02T09:00:00+08:00", complainant__ref="P-7ZZ7ZZ7Z")
    assert told(system, REPORT, late) == []
    closing = {"at": "2026-11-02T09:00:00+08:00", "basis": "duplicate"}
    for later in (
        changed(SECOND, closure=closing),
        changed(SECOND, assessment__reassessments=[
            {"at": "2026-11-02T09:00:00+08:00", "by": "he-jia", "reason": "新情况", "severity": "S1"}]),
        changed(SECOND, types=["process"], corrections=[
            {"at": "2026-11-02T09:00:00+08:00", "by": "he-jia", "field": "types", "why": "归类有误"}]),
    ):  # fmt: skip
        own = system_with(
            system, entry("complaint", PLAIN), entry("complaint", later),
            entry("monitoring", changed(REPORT, figures=None)),
        )  # fmt: skip
        assert list(snapshots.check(own, measured(own))) == []


def test_the_date_of_the_report_cures_nothing(system: System) -> None:
    wrong = changed(REPORT, breakdown__count__received=3)
    for taken in ("2026-10-01", "2026-10-31", "2026-11-20"):
        assert told(system, changed(wrong, snapshot__taken_on=taken))


def test_records_stand_as_they_stood(system: System) -> None:
    whole = entry("complaint", PLAIN)
    early = stood(whole, date(2026, 9, 4), CHINA).value
    assert "response" in early and not {"result_notified", "reaction", "closure", "follow_up"} & set(early)
    assert early["ack"]["told_due_on"] == "2026-09-10", "what was promised stays"
    assert stood(whole, date(2026, 9, 9), CHINA).value.keys() == PLAIN.keys() - {"follow_up"}
    assert stood(whole, date(2026, 11, 20), CHINA) is whole
    assert not known(PLAIN, date(2026, 8, 31), CHINA) and known(PLAIN, date(2026, 9, 1), CHINA)
    past = as_of(system_with(system, whole), date(2026, 8, 31), CHINA)
    assert not list(past.of("complaint")) and past.as_of == date(2026, 8, 31)


def test_the_rule_is_worded() -> None:
    for language in LANGUAGES:
        for part in ("title", "message", "remedy", "why"):
            assert messages(language)[f"rules.snapshot-differs.{part}"]
