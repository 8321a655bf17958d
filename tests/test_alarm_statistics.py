"""Statistical rules: frozen baselines, too little data said so, exposure, overdispersion, seasons, the budget kept."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import exp
from typing import Any

import pytest

from clausebook.measure.alarm_statistics import seasonal_chance, statistical_alarms
from clausebook.measure.alarm_values import Alarm, Surveillance
from clausebook.measure.baselines import EWMA_ALPHA, Watchers, alpha_of, budget_of
from clausebook.measure.cases import Case
from clausebook.measure.chances import binomial_tail
from clausebook.measure.periods import Period, period_of
from clausebook.measure.streams import Exposures, Ledger, Stream
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from small_org import PLAIN, entry, only
from test_alerts import SERVICE, complaint, months, rules, seen

QUIET = {"id": "plain-total", "dimension": "total", "min_cases": 900}
TWO_YEARS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
EXACT = {"id": "exact-total", "method": "exact", "dimension": "total", "alpha": 0.005, "sentence": "s"}


@pytest.fixture
def system(example: Report) -> System:
    return example.system


def service(*statistical: dict[str, Any], **more: Any) -> Entry:
    version = SERVICE | {"rules": [QUIET], "statistical": list(statistical), "effective_from_on": "2026-01-01"}
    return rules(version | more)


def found(system: System, counts: Sequence[int], now: int, *statistical: dict[str, Any], **more: Any) -> Surveillance:
    """Two years of monthly counts, then January 2026."""
    entries = months(dict(zip(TWO_YEARS, counts, strict=False)) | {"2026-01": now})
    return seen(system, service(*statistical, **more), *entries, as_of=date(2026, 2, 3), start="2024-01-01")


def alarms(of: Surveillance) -> list[Alarm]:
    return [alarm for alarm in of.alarms if alarm.way == "statistical"]


@pytest.mark.parametrize("mean, threshold", [(1, 6), (2, 8), (5, 13)])
def test_the_exact_rule_speaks_at_the_thresholds(system: System, mean: int, threshold: int) -> None:
    """Requirements 5.3: a baseline of 12 months, alpha 0.005."""
    year = EXACT | {"baseline_from": "2025-01", "baseline_to": "2025-12"}
    counts = [0] * 12 + [mean] * 12
    assert alarms(found(system, counts, threshold - 1, year)) == []
    alarm = alarms(found(system, counts, threshold, year))[0]
    assert (alarm.period.label, alarm.value, alarm.limit, alarm.mean) == ("2026-01", threshold, threshold, mean)
    assert alarm.p is not None and alarm.p < 0.005
    assert alarm.sentence == {"zh": "s"}


def test_the_baseline_is_frozen(system: System) -> None:
    """What came after the rule took effect never enters it, and a new version with the same rule keeps it."""
    counts = dict.fromkeys(TWO_YEARS, 2) | {"2026-01": 7, "2026-02": 7, "2026-03": 7, "2026-04": 8}
    first = SERVICE | {
        "rules": [QUIET], "statistical": [EXACT], "effective_from_on": "2026-01-01", "effective_to_on": "2026-03-31"
    }  # fmt: skip
    second = first | {"version": "A/1", "effective_from_on": "2026-04-01", "effective_to_on": "2027-12-31"}
    of = seen(system, rules(first, second), *months(counts), as_of=date(2026, 5, 2), start="2024-01-01")
    assert {alarm.mean for alarm in alarms(of)} == {2.0}
    assert {(a.period.label, a.version) for a in alarms(of)} >= {("2026-04", "A/1")}


def test_periods_with_a_cause_of_their_own_are_left_out(system: System) -> None:
    counts = [2] * 12 + [2] * 5 + [40] + [2] * 6
    assert alarms(found(system, counts, 9, EXACT)) == []
    without = EXACT | {"excluded_periods": ["2025-06"]}
    assert [a.mean for a in alarms(found(system, counts, 9, without))] == [2.0]


def test_too_little_data_is_said(system: System) -> None:
    chart = {"id": "c-total", "method": "c", "dimension": "total", "sentence": "s"}
    entries = months({"2025-09": 1, "2025-10": 1, "2025-11": 1, "2025-12": 1, "2026-01": 40})
    young = seen(system, service(EXACT, chart), *entries, as_of=date(2026, 2, 3), start="2025-09-01")
    assert alarms(young) == []
    assert {(s.rule, s.note.key) for s in young.silent} == {
        ("exact-total", "few-baseline-periods"), ("c-total", "few-baseline-periods")
    }  # fmt: skip
    few = found(system, [1] * 23, 9, chart)
    assert [(s.note.key, s.note.facts) for s in few.silent] == [("few-baseline-cases", {"found": 23, "least": 24})]


def test_first_periods_are_the_baseline_of_rules_as_old_as_the_system(system: System) -> None:
    counts = dict.fromkeys(TWO_YEARS, 2) | {"2025-03": 12}
    rule = rules(SERVICE | {"rules": [QUIET], "statistical": [EXACT], "effective_from_on": "2024-01-01"})
    of = seen(system, rule, *months(counts), as_of=date(2026, 1, 3), start="2024-01-01")
    assert [(a.period.label, a.periods_used) for a in alarms(of)] == [("2025-03", 12)]


@pytest.mark.parametrize("method", ["exact", "c", "ewma", "cusum", "seasonal"])
def test_nothing_ever_gives_no_nonsense(system: System, method: str) -> None:
    rule = {"id": "x", "method": method, "dimension": "total", "alpha": 0.005, "sentence": "s"}
    for counts, now in (([0] * 24, 0), ([6] * 24, 6), ([6] * 24, 0), ([0] * 24, 1)):
        assert alarms(found(system, counts, now, rule)) == []
    loud = alarms(found(system, [6] * 24, 60, rule))
    assert [alarm.value > alarm.limit - 1 for alarm in loud] == [True]


def test_a_zero_baseline_still_sees_three_at_once(system: System) -> None:
    year = EXACT | {"baseline_from": "2025-01", "baseline_to": "2025-12"}
    assert [a.value for a in alarms(found(system, [0] * 24, 3, year))] == [3]
    assert alarms(found(system, [0] * 24, 2, year)) == []


@pytest.mark.parametrize("mean, limit", [(1, 5), (2, 7), (5, 13)])
def test_a_chart_has_exact_poisson_limits(system: System, mean: int, limit: int) -> None:
    chart = {"id": "c", "method": "c", "dimension": "total", "alpha": 0.005, "sentence": "s"}
    counts = [mean] * 24
    assert alarms(found(system, counts, limit - 1, chart)) == []
    assert [(a.value, a.limit) for a in alarms(found(system, counts, limit, chart))] == [(limit, limit)]


def test_rates_need_their_exposure(system: System) -> None:
    """Twice the orders, twice the complaints: no alarm; without orders it says so."""
    rate = EXACT | {"method": "u", "alpha": 0.00135}
    counts = months(dict.fromkeys(TWO_YEARS, 3) | {"2026-01": 12})

    def of(orders: int) -> Surveillance:
        sold = dict.fromkeys(TWO_YEARS, 1000) | {"2026-01": orders}
        known = [entry("exposure", {"period": month, "orders": number}, month) for month, number in sold.items()]
        return seen(system, service(rate), *counts, *known, as_of=date(2026, 2, 3), start="2024-01-01")

    assert alarms(of(3000)) == []
    assert [(a.limit, a.mean) for a in alarms(of(1000))] == [(10, 3.0)]
    assert alarms(of(0)) == [] and [s.note.key for s in of(0).silent] == ["no-exposure"]


def test_an_uneven_baseline_widens_the_limit(system: System) -> None:
    even, uneven = [4] * 24, [0, 8, 1, 9, 0, 6, 2, 6, 0, 8, 3, 5] * 2
    assert sum(even) == sum(uneven)
    assert alarms(found(system, even, 12, EXACT)) != []
    assert alarms(found(system, uneven, 12, EXACT)) == []
    loud = alarms(found(system, uneven, 25, EXACT))[0]
    assert loud.notes[0].key == "overdispersed"


@pytest.mark.parametrize("method", ["cusum", "ewma"])
def test_a_small_rise_that_lasts(system: System, method: str) -> None:
    """Six a month, then ten: no single month stands out, some months together do, and once."""
    rule = {"id": "slow", "method": method, "dimension": "total", "alpha": 0.005, "sentence": "s"}
    later = {f"2026-{month:02d}": 10 for month in range(1, 10)}
    entries = months(dict.fromkeys(TWO_YEARS, 6) | later)
    of = seen(system, service(EXACT, rule), *entries, as_of=date(2026, 10, 2), start="2024-01-01")
    assert [a.rule for a in alarms(of)] == ["slow"]
    assert "2026-02" < alarms(of)[0].period.label < "2026-09"


@pytest.mark.parametrize("method", ["cusum", "ewma"])
def test_a_lasting_rise_is_one_against_its_exposure(system: System, method: str) -> None:
    """Half as many orders again bring half as many complaints again: no rise."""
    rule = {"id": "slow", "method": method, "dimension": "total", "alpha": 0.005, "sentence": "s", "exposure": "orders"}
    later = [f"2026-{month:02d}" for month in range(1, 9)]
    entries = months(dict.fromkeys(TWO_YEARS, 8) | dict.fromkeys(later, 12))

    def of(orders: int) -> Surveillance:
        sold = dict.fromkeys(TWO_YEARS, 1000) | dict.fromkeys(later, orders)
        known = [entry("exposure", {"period": month, "orders": number}, month) for month, number in sold.items()]
        return seen(system, service(rule), *entries, *known, as_of=date(2026, 9, 2), start="2024-01-01")

    assert alarms(of(1500)) == []
    assert len(alarms(of(1000))) == 1


def test_a_season_explains_and_never_suppresses(system: System) -> None:
    """Every January is high: unusual for the year, usual for the month; the alarm stays, with the note."""
    counts = [12, *[2] * 11] * 2
    exact = EXACT | {"excluded_periods": ["2024-01", "2025-01"]}
    peak = alarms(found(system, counts, 12, exact))
    assert [note.key for note in peak[0].notes] == ["usual-season"]
    same_month = {"id": "season", "method": "seasonal", "dimension": "total", "alpha": 0.005, "sentence": "s"}
    assert alarms(found(system, counts, 12, same_month)) == []
    assert [a.mean for a in alarms(found(system, counts, 40, same_month))] == [12.0]
    assert [n.key for n in alarms(found(system, counts, 60, exact))[0].notes] == ["unusual-season"]


def test_seasons_need_two_years(system: System) -> None:
    of = seen(
        system, service({"id": "season", "method": "seasonal", "dimension": "total", "sentence": "s"}),
        *months({"2025-01": 1, "2026-01": 9}), as_of=date(2026, 2, 3), start="2024-02-01",
    )  # fmt: skip
    assert [(s.note.key, s.note.facts) for s in of.silent] == [("no-season", {"least": 24})]


# The false-alarm budget


def test_the_budget_is_shared_out_and_shown(system: System) -> None:
    """Two a year over 1 + 1 streams and 12 months: alpha 1/12, capped at 5 percent."""
    share = {key: value for key, value in EXACT.items() if key != "alpha"}
    of = found(system, [3] * 24, 3, share, {**share, "id": "by-cause", "dimension": "cause"}, false_alarms_per_year=0.6)
    lines = {line.rule: line for line in of.budget}
    assert lines["exact-total"].alpha == lines["by-cause"].alpha == pytest.approx(0.6 / 24)
    assert lines["exact-total"].per_year + lines["by-cause"].per_year == pytest.approx(of.allowed_per_year or 0)
    named = found(system, [3] * 24, 3, EXACT)
    assert next(line for line in named.budget if line.rule == "exact-total").per_year == pytest.approx(12 * 0.005)
    assert named.allowed_per_year == 2.0


MEANS = (1.0, 2.0, 5.0, 10.0)
BEGIN = Period("month", 2022 * 12)


def stable_years(example: Report, years: int, rule: dict[str, Any], budget: float) -> Iterator[tuple[int, float]]:
    """Alarms of one stable year each, after two years of baseline, with alpha by budget."""
    source, case = random.Random(20091), only(example.system, PLAIN)
    tables = {mean: _table(mean) for mean in MEANS}
    version = {
        "version": "A/0", "effective_from_on": "2024-01-01", "period": "month", "statistical": [rule],
        "false_alarms_per_year": budget,
    }  # fmt: skip
    for _ in range(years):
        streams = tuple(_stream(source, case, f"m{mean:g}", tables[mean]) for mean in MEANS)
        ledger = Ledger((), date(2025, 1, 1), date(2022, 1, 1), None, {}, {"cause": streams})
        watchers = Watchers(ledger, Exposures(example.system), (version,))
        raised = sum(
            len(statistical_alarms(watchers, BEGIN.shifted(24 + month), version)[0]) for month in range(12)
        )  # fmt: skip
        yield raised, alpha_of(watchers, version, rule)
    assert sum(line.per_year for line in budget_of(watchers, version)) == pytest.approx(budget)


def _table(mean: float) -> list[float]:
    """Cumulative Poisson chances."""
    term, total, table = exp(-mean), 0.0, []
    while total < 1 - 1e-12:
        total += term
        table.append(total)
        term *= mean / len(table)
    return table


def _stream(source: random.Random, case: Case, value: str, table: list[float]) -> Stream:
    days: list[date] = []
    for month in range(36):
        days += [BEGIN.shifted(month).start] * bisect(table, source.random())
    return Stream("cause", value, (case,) * len(days), tuple(days))


@pytest.mark.parametrize("method", ["exact", "c", "cusum"])
def test_a_thousand_stable_years_keep_to_the_budget(example: Report, method: str) -> None:
    """Two false alarms a year are allowed; the number found lies below the upper end of the binomial interval."""
    rule = {"id": "by-cause", "method": method, "dimension": "cause", "sentence": "s"}
    years = list(stable_years(example, 1000, rule, 2.0))
    tests, alpha, raised = 1000 * 12 * len(MEANS), years[0][1], sum(count for count, _ in years)
    assert alpha == pytest.approx(2 / 48)
    allowed = next(n for n in range(1, tests) if binomial_tail(n, tests, alpha) < 0.001)
    assert raised < allowed, f"{raised / 1000} a year"
    assert raised > 500, "a rule that never speaks keeps any budget"


def test_a_thousand_stable_years_of_a_weighted_mean(example: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its budget is its own, and what the page prints is what comes: within the binomial interval from above."""
    monkeypatch.setitem(globals(), "MEANS", (10.0, 20.0))
    rule = {"id": "by-cause", "method": "ewma", "dimension": "cause", "sentence": "s"}
    years = list(stable_years(example, 1000, rule, 24 * EWMA_ALPHA))
    tests, raised = 1000 * 12 * 2, sum(count for count, _ in years)
    assert 40 < raised < next(n for n in range(1, tests) if binomial_tail(n, tests, EWMA_ALPHA) < 0.001)


def test_a_weighted_mean_needs_five_a_period(system: System) -> None:
    rule = {"id": "x", "method": "ewma", "dimension": "total", "sentence": "s"}
    silent = found(system, [4] * 24, 60, rule)
    assert alarms(silent) == []
    assert [(one.note.key, one.note.facts) for one in silent.silent] == [("small-mean", {"mean": "4.0", "least": 5})]


def test_weeks_need_five_a_week(system: System) -> None:
    """ISO weeks 1 to 26 of 2025 as the baseline: 130 in 26 weeks are five a week, 129 are not."""
    rule = EXACT | {"baseline_from": "2025-W01", "baseline_to": "2025-W26"}
    weekly = rules(
        SERVICE | {"rules": [QUIET], "statistical": [rule], "effective_from_on": "2025-06-30", "period": "week"}
    )  # fmt: skip
    first = date(2024, 12, 30)
    for spare, silence in ((0, []), (1, ["few-per-week"])):
        days = [first + timedelta(weeks=week) for week in range(26) for _ in range(5)][spare:]
        days += [first + timedelta(weeks=26)] * 15
        entries = [complaint(number, on.isoformat()) for number, on in enumerate(days, 1)]
        of = seen(system, weekly, *entries, as_of=date(2025, 7, 8), start="2024-12-30")
        assert [one.note.key for one in of.silent] == silence
        assert [a.period.label for a in alarms(of)] == ([] if silence else ["2025-W27"])


def test_seasonal_chance_compares_with_the_same_month(example: Report) -> None:
    case = only(example.system, PLAIN)
    days = tuple([date(2022, 1, 5)] * 4 + [date(2023, 1, 5)] * 6 + [date(2024, 1, 5)] * 5)
    stream = Stream("total", "", (case,) * len(days), days)
    ledger = Ledger((), date(2024, 2, 1), date(2022, 1, 1), None, {}, {})
    chance = seasonal_chance(ledger, stream, period_of(date(2024, 1, 5), "month"))
    assert chance == pytest.approx(binomial_tail(5, 15, 1 / 3))
    assert seasonal_chance(ledger, stream, period_of(date(2023, 1, 5), "month")) is None
