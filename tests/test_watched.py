"""Control charts of the streams: drawn is what the rules judged by, also in the periods without an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from clausebook.measure.alerts import surveillance_of
from clausebook.measure.cases import complaints_of
from clausebook.measure.watched import Watched, watched_streams
from clausebook.model import System
from clausebook.pipeline import Report
from small_org import system_with
from test_alerts import SERVICE, TOTAL, months, rules

AS_OF = date(2026, 9, 10)
PLAIN = TOTAL | {"min_cases": 2}
YEAR_2025 = {f"2025-{month:02d}": 1 for month in range(1, 13)}
BASED = {"baseline_from": "2025-01", "baseline_to": "2025-12", "dimension": "total", "sentence": "s"}
EXACT = BASED | {"id": "exact-total", "method": "exact", "alpha": 0.005}


@pytest.fixture
def system(example: Report) -> System:
    return example.system


def organisation(system: System, counts: Mapping[str, int], version: Mapping[str, Any]) -> System:
    return system_with(system, rules(version), *months(counts), as_of=AS_OF)


def watched(system: System, counts: Mapping[str, int], version: Mapping[str, Any], count: int = 5) -> list[Watched]:
    own = organisation(system, counts, version)
    return list(watched_streams(own, complaints_of(own), count))


def lines(one: Watched) -> list[tuple[str, float | None, float | None, float | None]]:
    return [(p.period.label, p.value, None if p.centre is None else round(p.centre, 2), p.limit) for p in one.points]


def test_the_line_of_the_plain_rule(system: System) -> None:
    """At least two, and half more than the mean of the six months before; what came in raises later limits."""
    counts = {"2026-05": 3, "2026-06": 3, "2026-07": 9, "2026-08": 3, "2026-09": 1}
    (total,) = watched(system, counts, SERVICE | {"rules": [PLAIN]})
    assert (total.rule, total.method, total.stream, total.peak) == ("plain-total", "plain", "total", 9)
    assert lines(total) == [
        ("2026-05", 3, 0.0, 2), ("2026-06", 3, 0.5, 2), ("2026-07", 9, 1.0, 2), ("2026-08", 3, 2.5, 4),
        ("2026-09", 1, 3.0, 5),
    ]  # fmt: skip


def test_an_alarm_is_a_point_at_or_above_its_line(system: System) -> None:
    counts = {"2026-04": 2, "2026-05": 3, "2026-06": 3, "2026-07": 9, "2026-08": 3}
    own = organisation(system, counts, SERVICE | {"rules": [PLAIN]})
    (total,) = watched_streams(own, complaints_of(own), 24)
    above = {p.period.label for p in total.points if p.value is not None and p.limit is not None and p.value >= p.limit}
    assert above == {alarm.period.label for alarm in surveillance_of(own, complaints_of(own)).alarms}


def test_before_the_system_nothing_was_observed(system: System) -> None:
    (total,) = watched(system, {"2026-09": 1}, SERVICE | {"rules": [PLAIN]}, 26)
    assert lines(total)[0] == ("2024-08", None, None, None)
    assert lines(total)[1] == ("2024-09", 0, None, 2)


@pytest.mark.parametrize("mean, limit", [(1, 6), (2, 8), (5, 13)])
def test_the_exact_rule_has_a_line_in_quiet_periods_too(system: System, mean: int, limit: int) -> None:
    """Requirements 5.3: a baseline of 12 months, alpha 0.005."""
    counts = dict.fromkeys(YEAR_2025, mean) | {"2026-08": 1}
    (total,) = watched(system, counts, SERVICE | {"rules": [], "statistical": [EXACT]}, 9)
    assert total.method == "exact"
    assert lines(total)[-2] == ("2026-08", 1, mean, limit)
    assert lines(total)[-1] == ("2026-09", 0, mean, None), "a running month is not judged"


def test_inside_the_baseline_there_is_a_level_and_no_limit(system: System) -> None:
    (total,) = watched(system, YEAR_2025, SERVICE | {"rules": [], "statistical": [EXACT]}, 12)
    assert lines(total)[0] == ("2025-10", 1, 1.0, None)


def test_a_sum_over_many_periods_shows_itself(system: System) -> None:
    """k between the old level 2 and the raised one 3 is 1 / ln 1.5 = 2.466; two months of 5 add up to 5.067."""
    cusum = BASED | {"id": "cusum-total", "method": "cusum", "decision": 6, "shift_percent": 50}
    counts = dict.fromkeys(YEAR_2025, 2) | {"2026-01": 5, "2026-02": 5}
    (total,) = watched(system, counts, SERVICE | {"rules": [], "statistical": [cusum]}, 9)
    values = [round(p.value, 3) if p.value is not None else None for p in total.points]
    assert values == [2.534, 5.067, 2.601, 0.135, 0, 0, 0, 0, None]
    assert {p.limit for p in total.points[:-1]} == {6}


def test_too_short_streams_and_windows_have_no_chart(system: System) -> None:
    window = {"id": "plain-batch", "dimension": "batch", "min_cases": 3, "window_calendar_days": 30}
    few = EXACT | {"baseline_from": "2025-10", "baseline_to": "2025-12"}
    assert watched(system, YEAR_2025, SERVICE | {"rules": [window], "statistical": [few]}) == []


def test_without_rules_nothing_is_watched(system: System) -> None:
    own = system_with(system, *months({"2026-08": 3}), without=("alert-rules",), as_of=AS_OF)
    assert watched_streams(own, complaints_of(own), 24) == ()
