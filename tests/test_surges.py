"""Surges by day and week, in history and under the rules: the limit by hand, who is asked and who is not."""

from __future__ import annotations

import json
import math
import random
from bisect import bisect
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.measure.alarm_values import Alarm, Surveillance
from clausebook.measure.chances import binomial_tail, smallest
from clausebook.measure.surges import surge_chance
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from clausebook.publish.alert_formats import as_data, stage
from small_org import entry
from test_alerts import RECORD, SERVICE, complaint, rules, seen, watched

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
BEFORE = 900
"""A plain rule that never speaks."""
SURGE = {"id": "surge-total", "method": "surge", "dimension": "total", "alpha": 0.001, "sentence": "s"}


@pytest.fixture
def system(example: Report) -> System:
    return example.system


def service(**more: Any) -> Entry:
    quiet = {"id": "plain-total", "dimension": "total", "min_cases": BEFORE}
    return rules(SERVICE | {"rules": [quiet], "statistical": [SURGE | more]})


def daily(first: str, counts: list[int], **more: Any) -> list[Entry]:
    start, numbers = date.fromisoformat(first), iter(range(1, 10_000))
    return [
        complaint(next(numbers), (start + timedelta(days=nth)).isoformat(), **more)
        for nth, count in enumerate(counts) for _ in range(count)
    ]  # fmt: skip


def surges(of: Surveillance) -> list[Alarm]:
    return [alarm for alarm in of.alarms if alarm.method == "surge"]


def told(of: Surveillance) -> list[tuple[str, float]]:
    return [(alarm.period.label, alarm.value) for alarm in surges(of)]


WINDOW = [2, 4, 2, 4, 2, 4, 3]
"""Mean 3; its spread is 1, less than chance gives a count, so the spread is the root of 3. Student's 99.9 % quantile
for 6 degrees is 5.208: 3 + 5.208 · 1.732 · √(8/7) = 12.64, so 13 is the first surge."""


def test_the_limit_by_hand() -> None:
    assert smallest(lambda n: surge_chance([float(c) for c in WINDOW], n), 0.001) == 13
    assert surge_chance([3.0] * 7, 3) == 1.0
    # An uneven window has its own spread: 0 and 14 in turn, mean 8, deviation √56; 8 + 5.208 · 7.483 · √(8/7) = 49.7.
    assert smallest(lambda n: surge_chance([0.0, 14, 0, 14, 0, 14, 14], n), 0.001) == 50
    # Nothing for a week: a spread of one, 5.208 · √(8/7) = 5.57.
    assert smallest(lambda n: surge_chance([0.0] * 7, n), 0.001) == 6


def test_a_surge_fires_and_one_less_is_silent(system: System) -> None:
    fires = seen(system, service(), *daily("2026-08-01", [*WINDOW, 3, 3, 13]))
    assert told(fires) == [("2026-08-10", 13)]
    alarm = surges(fires)[0]
    assert (alarm.limit, alarm.mean, alarm.raised_on, alarm.historical) == (13, 3.0, date(2026, 8, 11), False)
    assert told(seen(system, service(), *daily("2026-08-01", [*WINDOW, 3, 3, 12]))) == []


def test_a_rise_does_not_hide_itself(system: System) -> None:
    """The two days before a day are no part of what it is compared with."""
    of = seen(system, service(), *daily("2026-08-01", [*WINDOW, 13, 13, 13]))
    assert [label for label, _ in told(of)] == ["2026-08-08", "2026-08-09", "2026-08-10"]


def test_weeks(system: System) -> None:
    """Seven weeks of 5, two more, then 5 + 5.208 · √5 · √(8/7) = 17.4: 18 in ISO week 32 of 2026."""
    weeks = [count for week in [5] * 9 + [18] for count in [week, *[0] * 6]]
    of = seen(system, service(period="week"), *daily("2026-06-01", weeks))
    assert told(of) == [("2026-W32", 18)]
    assert surges(of)[0].raised_on == date(2026, 8, 10)


def test_too_short_a_past_is_said(system: System) -> None:
    of = seen(system, service(), *daily("2026-09-05", [3, 0, 0, 40]), start="2026-09-05")
    assert told(of) == []
    assert [(one.rule, one.note.key, one.note.facts) for one in of.silent] == [
        ("surge-total", "few-days", {"least": 9})
    ]
    assert seen(system, service(), *daily("2026-09-05", [3, 0, 0, 9])).silent == ()


def test_a_day_that_has_not_ended_says_nothing(system: System) -> None:
    entries = daily("2026-09-01", [*WINDOW, 3, 3, 60])
    assert told(seen(system, service(), *entries, as_of=date(2026, 9, 10))) == []
    assert told(seen(system, service(), *entries, as_of=date(2026, 9, 11))) == [("2026-09-10", 60)]


def test_history_is_shown_and_asks_nobody(system: System) -> None:
    """Before the system began, and whether or not there are rules today."""
    past = daily("2024-03-01", [*WINDOW, 3, 3, 40])
    for rule in (service(), rules()):
        found = watched(system, rule, *past)
        alarms = [alarm for alarm in surges(found.seen) if alarm.stream == "total"]
        assert [(a.period.label, a.rule, a.historical) for a in alarms] == [("2024-03-10", "history-surge", True)]
        assert stage(found, alarms[0]) == "historical"
        assert [due for alarm, due in found.answers.unanswered if alarm.historical] == [None] * len(surges(found.seen))
    assert told(seen(system, rules(), *past[:-39])) == []


def test_one_record_answers_the_surges_of_its_month(system: System) -> None:
    entries = [service(), *daily("2026-08-01", [*WINDOW, 13, 13, 13])]
    record = RECORD | {"alarms": [{"stream": "total", "rule": "surge-total"}]}
    assert watched(system, *entries).answers.of == {}
    assert len(watched(system, *entries, entry("alert", record)).answers.of) == 3
    assert len(watched(system, *entries, entry("alert", record | {"period": "2026-08-09"})).answers.of) == 1
    assert watched(system, *entries, entry("alert", record | {"period": "2026-07"})).answers.of == {}


def test_a_known_peak_explains_and_never_suppresses(system: System) -> None:
    """The example's calendar knows 双11, 1 to 20 November 2026."""
    peak = seen(system, service(), *daily("2026-11-01", [*WINDOW, 3, 3, 40]), as_of=date(2026, 11, 20))
    assert [(n.key, n.facts) for n in surges(peak)[0].notes] == [("known-peak", {"name": "双11"})]
    plain = seen(system, service(), *daily("2026-08-01", [*WINDOW, 3, 3, 40]))
    assert surges(plain)[0].notes == ()


@pytest.mark.parametrize("level", [0.3, 2.0, 12.0])
def test_stable_days_keep_to_alpha(level: float) -> None:
    """At most as many false alarms as promised: the upper end of the binomial interval over 40,000 stable days."""
    source, days, alpha = random.Random(4711), 40_000, 0.002
    table, term, total = [], math.exp(-level), 0.0
    while total < 1 - 1e-12:
        total += term
        table.append(total)
        term *= level / len(table)
    counts = [bisect(table, source.random()) for _ in range(days)]
    chance = lru_cache(None)(lambda window, count: surge_chance(list(window), count))
    raised = sum(chance(tuple(sorted(map(float, counts[n - 9 : n - 2]))), counts[n]) < alpha for n in range(9, days))
    allowed = next(n for n in range(1, days) if binomial_tail(n, days, alpha) < 0.001)
    assert raised < allowed


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_the_surge_of_june_2015_in_both_variants(tmp_path: Path) -> None:
    """A fresh organisation imports either log and sees the same surge, marked as history, and nothing before June."""
    answers = []
    for variant, formats in (("a", ()), ("c", ("--date-format", "M/D/YYYY", "--date-format", "D-M-YYYY"))):
        root, log = str(tmp_path / variant), str(SHARED / "complaints" / f"telecom_2015_{variant}.csv")
        for words in (["init", root, "--name", "甲公司"], ["import", "complaints", log, "--root", root, *formats]):
            assert CliRunner().invoke(group, words).exit_code == 0
        done = CliRunner().invoke(group, ["alerts", "--root", root, "--as-of", "2026-11-20", "--format", "json"])
        assert done.exit_code == 0, done.stderr
        answers.append(json.loads(done.stdout)["alarms"])
    assert answers[0] == answers[1]
    total = {alarm["period"]: alarm["value"] for alarm in answers[0] if alarm["stream"] == "total"}
    assert total == {"2015-06-23": 190, "2015-06-24": 218, "2015-06-25": 98}
    assert {alarm["stage"] for alarm in answers[0]} == {"historical"}
    assert min(alarm["period"] for alarm in answers[0]) == "2015-06-23"


def test_json_says_it_in_both_languages(system: System) -> None:
    found = watched(system, service(), *daily("2026-08-01", [*WINDOW, 3, 3, 13]))
    data = as_data(found, "en")["alarms"][0]
    assert data["said"]["zh"] == "2026-08-10，投诉总量突增到 13 件；此前七期平均 3.0 件，达到 13 件就预警。"
    assert "a surge to 13" in data["said"]["en"] and data["method"] == "surge" and data["historical"] is False
