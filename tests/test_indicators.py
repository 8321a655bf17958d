"""Every indicator on three organisations counted by hand, the contract of `kpi`, and the walls around own queries."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import indicator_worlds as worlds
from clausebook.cli import kpi_command
from clausebook.load.definitions import shipped_indicators
from clausebook.load.workspace import load
from clausebook.measure.asking import QueryError, Slice, ask, ask_together
from clausebook.measure.cases import complaints_of
from clausebook.measure.facts import DIMENSIONS
from clausebook.measure.foreign import ask_foreign
from clausebook.measure.indicators import Evaluation, Result, evaluate, indicators_of
from clausebook.measure.intervals import mean_interval, rounded, student95, wilson
from clausebook.measure.spans import cut, span_of
from clausebook.measure.targets import targets_of
from clausebook.measure.warehouse import warehouse
from clausebook.pipeline import run
from clausebook.problems import UserError

# Typed by hand from the stories in indicator_worlds.py: part → value, numerator, denominator.
Expected = dict[str, dict[str, tuple[float | None, float | None, float | None]]]

NORMAL: Expected = {
    "complaint-count": {"received": (6, 6, None), "duplicates": (1, 1, None), "collective": (0, 0, None)},
    "complaint-rate": {"rate": (2, 6, 3000)},
    "complaint-mix": {"top-type": (400 / 6, 4, 6), "types:service": (200 / 6, 2, 6), "severities:S1": (100 / 6, 1, 6)},
    "acknowledgement-time": {"median": (3, None, 5), "p90": (30.4, None, 5), "fast-lane": (0.5, None, 1)},
    "acknowledgement-on-time": {"on-time": (80, 4, 5)},
    "first-action-time": {"median": (1.5, None, 1), "p90": (1.5, None, 1)},
    "response-time": {"median": (3, None, 5), "p90": (5.2, None, 5)},
    "response-on-time": {"with-extensions": (80, 4, 5), "without-extensions": (80, 4, 5)},
    "resolution-time": {
        "gross": (6, None, 5), "net": (6, None, 5), "p90": (12.2, None, 5), "to-closing": (7, None, 5),
        "cohort": (6, None, 5)},
    "closure-rate": {"closed": (100, 6, 6)},
    "resolution-rate": {"accepted": (80, 4, 5), "withdrawn": (0, 0, 7), "duplicate": (100 / 7, 1, 7)},
    "closure-on-time": {"with-extensions": (80, 4, 5), "without-extensions": (80, 4, 5)},
    "backlog": {"open": (0, 0, None), "0-3": (0, 0, None), "over-30": (0, 0, None), "overdue": (0, 0, None)},
    "repeat-rate": {
        "repeat": (20, 1, 5), "reopened": (0, 0, 6), "systemic": (1, 1, None), "chasing": (2, 2, None)},
    "follow-up-coverage": {"scored": (75, 3, 4), "attempted": (100, 4, 4)},
    "satisfaction-score": {"process": (11 / 3, 11, 3), "outcome": (4, 12, 3)},
    "satisfied-share": {"satisfied": (200 / 3, 2, 3), "dissatisfied": (100 / 3, 1, 3)},
    "rejection-rate": {"rejected": (20, 1, 5)},
    "escalation-rate": {"total": (20, 1, 5), "internal": (20, 1, 5), "external": (0, 0, 5)},
    "substantiated-share": {"substantiated": (80, 4, 5)},
    "fast-lane-conformity": {"conformity": (100, 1, 1), "urgent-share": (100 / 6, 1, 6)},
    "alternatives-told-rate": {"in-time": (100, 1, 1)},
    "provider-performance": {
        "on-time": (0, 0, 1), "acknowledgement": (0, 0, 1), "response": (0, 0, 1), "result": (0, 0, 1),
        "satisfaction": (2, 2, 1), "completeness": (100, 1, 1)},
    "record-completeness": {"complete": (600 / 7, 6, 7), "entered-late": (100 / 7, 1, 7)},
    "corrective-action-on-time": {"on-time": (50, 1, 2)},
    "corrective-action-effectiveness": {"effective": (50, 1, 2), "recurrence": (0, 0, None)},
    "obligation-compliance": {"compliant": (100 / 3, 1, 3)},
    "audit-finding-closure": {"closed": (50, 1, 2), "internal": (50, 1, 2), "external": (None, 0, 0),
                              "open-overdue": (1, 1, None)},
    "audit-programme-fulfilment": {"done": (50, 1, 2)},
    "objective-attainment": {"met": (50, 1, 2), "on-track": (1, 1, None)},
    "competence-coverage": {"competence": (50, 1, 2), "awareness": (1300 / 15, 13, 15)},
    "document-currency": {"current": (50, 1, 2)},
    "risk-action-on-time": {"on-time": (50, 1, 2), "effective": (100, 1, 1)},
    "redress-cost": {"sum": (400, None, 2), "median": (200, None, 2), "goodwill": (30, None, 1)},
    "early-warnings": {"raised": (2, 2, None), "acknowledged-on-time": (50, 1, 2), "confirmed": (50, 1, 2)},
}  # fmt: skip

MIXED: Expected = {
    "complaint-count": {"received": (7, 7, None), "duplicates": (0, 0, None), "not-complaints": (1, 1, None)},
    "complaint-rate": {"rate": (None, 0, None)},
    "complaint-mix": {"top-type": (100, 7, 7), "severities:unknown": (100 / 7, 1, 7)},
    "acknowledgement-time": {"median": (1, None, 3), "p90": (1, None, 3), "fast-lane": (None, None, 0)},
    "acknowledgement-on-time": {"on-time": (75, 3, 4)},
    "first-action-time": {"median": (None, None, 0), "p90": (None, None, 0)},
    "response-time": {"median": (3, None, 2), "p90": (3.8, None, 2)},
    "response-on-time": {"with-extensions": (100 / 3, 1, 3), "without-extensions": (100 / 3, 1, 3)},
    "resolution-time": {
        "gross": (7, None, 1), "net": (7, None, 1), "p90": (7, None, 1), "to-closing": (8, None, 1),
        "cohort": (None, None, 4)},
    "closure-rate": {"closed": (400 / 7, 4, 7)},
    "resolution-rate": {"accepted": (100, 2, 2), "withdrawn": (20, 1, 5), "not-complaint": (20, 1, 5),
                        "duplicate": (0, 0, 5)},
    "closure-on-time": {"with-extensions": (50, 1, 2), "without-extensions": (0, 0, 2)},
    "backlog": {"open": (3, 3, None), "0-3": (1, 1, None), "4-7": (0, 0, None), "8-15": (2, 2, None),
                "16-30": (0, 0, None), "over-30": (0, 0, None), "overdue": (1, 1, None)},
    "repeat-rate": {"repeat": (0, 0, 6), "reopened": (100 / 7, 1, 7), "systemic": (0, 0, None)},
    "follow-up-coverage": {"scored": (0, 0, 1), "attempted": (0, 0, 1)},
    "satisfaction-score": {"process": (None, None, 0), "outcome": (None, None, 0)},
    "satisfied-share": {"satisfied": (None, 0, 0), "dissatisfied": (None, 0, 0)},
    "rejection-rate": {"rejected": (0, 0, 2)},
    "escalation-rate": {"total": (0, 0, 2), "internal": (0, 0, 2), "external": (0, 0, 2)},
    "substantiated-share": {"substantiated": (None, 0, 0)},
    "fast-lane-conformity": {"conformity": (None, 0, 0), "urgent-share": (0, 0, 6)},
    "alternatives-told-rate": {"in-time": (None, 0, 0)},
    "provider-performance": {"on-time": (None, 0, 0), "satisfaction": (None, None, 0), "completeness": (None, 0, 0)},
    "record-completeness": {"complete": (100, 7, 7), "entered-late": (0, 0, 7)},
    "corrective-action-on-time": {"on-time": (50, 1, 2)},
    "corrective-action-effectiveness": {"effective": (0, 0, 1), "recurrence": (1, 1, None)},
    "obligation-compliance": {"compliant": (None, 0, 0)},
    "audit-finding-closure": {"closed": (None, 0, 0), "open-overdue": (0, 0, None)},
    "audit-programme-fulfilment": {"done": (None, 0, 0)},
    "objective-attainment": {"met": (None, 0, 0), "on-track": (1, 1, None)},
    "competence-coverage": {"competence": (None, 0, 0), "awareness": (None, None, None)},
    "document-currency": {"current": (50, 1, 2)},
    "risk-action-on-time": {"on-time": (None, 0, 0), "effective": (None, 0, 0)},
    "redress-cost": {"sum": (0, None, 0), "median": (None, None, 0), "goodwill": (0, None, 0)},
    "early-warnings": {"raised": (1, 1, None), "acknowledged-on-time": (None, 0, 0), "confirmed": (None, 0, 0)},
}  # fmt: skip

COUNTS = {"complaint-count", "backlog", "early-warnings", "redress-cost"}
"""Indicators that are nought, not unknown, when nothing happened."""

LEFT_OUT = {
    "normal": {"complaint-count": 1, "acknowledgement-on-time": 2, "response-time": 2, "resolution-rate": 2,
               "repeat-rate": 2, "follow-up-coverage": 2, "satisfaction-score": 1, "corrective-action-on-time": 1,
               "obligation-compliance": 1, "audit-finding-closure": 1, "objective-attainment": 1, "redress-cost": 1,
               "early-warnings": 1},
    "mixed": {"complaint-count": 1, "complaint-rate": 8, "acknowledgement-time": 3, "response-time": 4,
              "response-on-time": 4, "resolution-rate": 3, "closure-on-time": 4, "repeat-rate": 2,
              "follow-up-coverage": 3, "record-completeness": 1},
}  # fmt: skip
WAITING = {
    "acknowledgement-time": 2, "acknowledgement-on-time": 1, "response-time": 2, "response-on-time": 1,
    "closure-on-time": 2, "follow-up-coverage": 1, "corrective-action-on-time": 1, "audit-programme-fulfilment": 1,
    "objective-attainment": 1,
}  # fmt: skip


def evaluated(
    world: worlds.World, root: Path, as_of: date, period: str = "2026-05", by: str | None = None
) -> Evaluation:
    system = load(worlds.write(world, root), as_of)
    assert not system.broken
    return evaluate(system, complaints_of(system), indicators_of(system), span_of(period), by)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Result]]:
    """Results by world and indicator."""
    seen = {"normal": date(2026, 6, 30), "mixed": date(2026, 5, 20), "empty": date(2026, 6, 30)}
    made = {"normal": worlds.normal, "mixed": worlds.mixed, "empty": worlds.house}
    answers = {name: evaluated(made[name](), tmp_path_factory.mktemp(name), on) for name, on in seen.items()}
    assert not any(answer.refused for answer in answers.values())
    return {name: {r.indicator.id: r for r in answer.results} for name, answer in answers.items()}


def figures(result: Result) -> dict[str, tuple[float | None, float | None, float | None]]:
    rows = result.parts or (result.headline,)
    return {row.part: (row.value, row.numerator, row.denominator) for row in rows}


@pytest.mark.parametrize("world, expected", [("normal", NORMAL), ("mixed", MIXED)], ids=["normal", "mixed"])
@pytest.mark.parametrize("identifier", list(NORMAL))
def test_counted_by_hand(world: str, expected: Expected, identifier: str, found: dict[str, dict[str, Result]]) -> None:
    told = figures(found[world][identifier])
    for part, (value, numerator, denominator) in expected[identifier].items():
        assert told[part][0] == (None if value is None else pytest.approx(value, abs=1e-9)), part
        assert told[part][1:] == (numerator, denominator), part


@pytest.mark.parametrize("identifier", list(NORMAL))
def test_nothing_is_neither_perfect_nor_bad(identifier: str, found: dict[str, dict[str, Result]]) -> None:
    result = found["empty"][identifier]
    if identifier == "document-currency":  # its two documents are there without any complaint
        assert figures(result)["current"] == (50, 1, 2)
        return
    assert result.headline.value == (0 if identifier in COUNTS else None)
    assert result.headline.met is None and not result.headline.ids
    assert all(not row.value for row in result.parts)


def test_exclusions_and_what_still_runs_are_counted(found: dict[str, dict[str, Result]]) -> None:
    for world, expected in LEFT_OUT.items():
        assert {k: found[world][k].headline.excluded for k in expected} == expected
    told = {k: r.headline.waiting for k, r in found["mixed"].items() if r.headline.waiting}
    assert told == WAITING


def test_every_number_names_its_records(found: dict[str, dict[str, Result]]) -> None:
    normal = {k: r.headline for k, r in found["normal"].items()}
    assert normal["acknowledgement-on-time"].ids == tuple(f"CC-2026-{n:04d}" for n in (1, 2, 3, 4, 6))
    assert normal["acknowledgement-on-time"].missed == ("CC-2026-0003",)
    assert normal["repeat-rate"].missed == ("CC-2026-0006",)
    assert normal["obligation-compliance"].missed == ("OB-2", "OB-4")
    assert normal["audit-finding-closure"].missed == ("AU-2026-01/F2",)
    for world in found.values():
        for identifier, result in world.items():
            for row in result.parts or (result.headline,):
                if (
                    identifier
                    not in (
                        "corrective-action-on-time",
                        "corrective-action-effectiveness",
                        "competence-coverage",
                        "risk-action-on-time",
                    )
                    and row.unit == "%"
                    and ":" not in row.part
                ):
                    assert len(row.ids) in (row.numerator or 0, row.denominator or 0), (identifier, row.part)


def test_thirty_five_in_the_order_of_the_contract() -> None:
    assert list(shipped_indicators()) == list(NORMAL) == list(MIXED)
    codes = [str(entry.value["code"]) for entry in shipped_indicators().values()]
    assert codes == [f"K{number:02d}" for number in range(1, 36)]


def test_a_limit_changed_once_moves_clock_fact_and_indicator(tmp_path: Path) -> None:
    world = worlds.normal()
    limits = world["system/criteria/timelimits.yaml"]["versions"][0]["limits"]
    next(row for row in limits if row["event"] == "acknowledgement")["value"] = 3
    answer = evaluated(world, tmp_path, date(2026, 6, 30))
    result = next(r for r in answer.results if r.indicator.id == "acknowledgement-on-time")
    assert (result.headline.numerator, result.headline.denominator) == (5, 5)


def test_many_open_cases_do_not_make_the_wait_look_short(tmp_path: Path) -> None:
    """Kaplan-Meier by hand: told after 2, 4 and 6 working days, open after 3 and 10.

    At 2 of 5 one is told: 4/5 remain. At 4 of the 3 still watched one: 8/15. At 6 of 2 one: 4/15, below a half.
    The three that were told have a median of 4.
    """
    world = worlds.house()
    for one in (
        worlds.complaint(1, "05-04 09:00", **worlds.answer("05-05 09:00", "05-06 09:00")),
        worlds.complaint(2, "05-04 10:00", **worlds.answer("05-05 09:00", "05-08 09:00")),
        worlds.complaint(3, "05-04 11:00", **worlds.answer("05-05 09:00", "05-12 09:00")),
        worlds.complaint(4, "05-13 09:00"),
        worlds.complaint(5, "05-04 12:00"),
    ):
        world |= one
    answer = evaluated(world, tmp_path, date(2026, 5, 18))
    told = next(r for r in answer.results if r.indicator.id == "resolution-time")
    assert (figures(told)["gross"][0], figures(told)["cohort"]) == (4, (6, None, 5))
    assert next(row for row in told.parts if row.part == "cohort").waiting == 2


def test_groups_and_time_cuts(tmp_path: Path) -> None:
    answer = evaluated(worlds.normal(), tmp_path, date(2026, 6, 30), by="type")
    counts = {r.group: r.headline.value for r in answer.results if r.indicator.id == "complaint-count"}
    assert counts == {"product": 4, "service": 2}
    assert not any(r.indicator.id == "obligation-compliance" for r in answer.results)
    months = evaluated(worlds.normal(), tmp_path, date(2026, 6, 30), "2026-Q2", "month")
    told = [(r.group, r.headline.value) for r in months.results if r.indicator.id == "satisfaction-score"]
    assert told == [("2026-04", None), ("2026-05", pytest.approx(11 / 3)), ("2026-06", 3)]


@pytest.mark.parametrize("world", [worlds.normal, worlds.mixed], ids=["normal", "mixed"])
def test_asked_together_every_period_gets_the_answer_it_gets_alone(world: Any, tmp_path: Path) -> None:
    """One statement for all periods is a matter of speed: the oracle is asking one by one."""
    as_of = date(2026, 6, 30)
    system = load(worlds.write(world(), tmp_path), as_of)
    spans = [span_of("2026-05"), *cut(span_of("2026"), "quarter"), span_of("2026")]
    parts = [Slice(span.start, span.end, as_of) for span in spans]
    parts += [Slice(span.start, span.end, as_of, "type", "service") for span in spans[-2:]]
    with warehouse(system, complaints_of(system)) as house:
        for one in indicators_of(system):
            together, alone = ([[asdict(row) for row in sorted(rows, key=lambda row: row.part)] for rows in found]
                               for found in (ask_together(house.connection, one.sql, parts),
                                             ask(house.connection, one.sql, parts)))  # fmt: skip
            for part, ours, theirs in zip(parts, together, alone, strict=True):
                assert [telling(row) for row in ours] == [telling(row) for row in theirs], (one.id, part)


def telling(row: dict[str, Any]) -> dict[str, Any]:
    """An answer without what depends on the order in which rows are added: the last place, the order of the ids."""
    kept = {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}
    return kept | {name: sorted(row[name]) for name in ("ids", "missed")}


def test_late_entries_are_noted_as_restated(tmp_path: Path) -> None:
    world = worlds.normal()
    world["records/monitoring/2026-05.yaml"] = {"id": "2026-05", "period": "2026-05",
                                                "snapshot": {"taken_on": "2026-05-19"}}  # fmt: skip
    answer = evaluated(world, tmp_path, date(2026, 6, 30))
    count = next(r for r in answer.results if r.indicator.id == "complaint-count")
    assert count.restated == ("CC-2026-0006",)


def test_targets_by_the_version_in_force(tmp_path: Path) -> None:
    share = {"kpi": "closure-on-time", "comparator": ">=", "period": {"from_on": "2026-01-01", "to_on": "2026-12-31"}}
    earlier = {"target": 90, "effective_on": "2026-01-01", "replaced_on": "2026-06-01", "reason": "x"}
    plan = [{"from_on": "2025-01-01", "to_on": "2026-03-01", "comparator": "<=", "value": 8, "part": "median"},
            {"from_on": "2026-03-02", "comparator": "<=", "value": 6, "part": "median"}]  # fmt: skip
    world = worlds.house() | {
        "registers/objectives.yaml": {"items": [
            {"id": "OJ-1", **share, "target": 75, "earlier_targets": [earlier]},
            {"id": "OJ-2", **share, "target": 60, "by": {"dimension": "provider", "value": "PV-01"}}]},
        "system/monitoring-plan.yaml": {"number": "MP", "items": [{"kpi": "response-time", "targets": plan}]},
    }  # fmt: skip
    system = load(worlds.write(world, tmp_path), date(2026, 6, 30))
    told = [
        str(targets_of(system, "closure-on-time", on, None, None)[0]) for on in (date(2026, 5, 31), date(2026, 6, 1))
    ]
    assert told == [">= 90", ">= 75"]
    assert targets_of(system, "closure-on-time", date(2027, 1, 1), None, None) == []
    assert [t.value for t in targets_of(system, "closure-on-time", date(2026, 6, 1), "provider", "PV-01")] == [60]
    assert [t.value for t in targets_of(system, "response-time", date(2026, 3, 1), None, None)] == [8]
    assert [t.value for t in targets_of(system, "response-time", date(2026, 3, 2), None, None)] == [6]


# --- numbers ---


def test_intervals_and_rounding() -> None:
    low, high = wilson(9, 10) or (0, 0)
    assert (round(100 * low), round(100 * high)) == (60, 98)
    assert [rounded(100 * end, 1) for end in wilson(50, 52) or ()] == [87.0, 98.9]
    assert wilson(0, 0) is None and (wilson(0, 5) or (1,))[0] == 0 and (wilson(5, 5) or (0, 0))[1] == 1
    assert [round(student95(n), 4) for n in (1, 2, 3, 10, 30, 120)] == [12.7062, 4.3027, 3.1824, 2.2281, 2.0423, 1.9799]
    assert [round(student95(n), 4) for n in (1000, 10_000)] == [1.9623, 1.9602]
    assert mean_interval(3.0, 1.0, 1) is None
    assert [rounded(96.25, 1), rounded(0.05, 1), rounded(2.5, 0)] == [96.3, 0.1, 3.0]


@pytest.mark.parametrize("label, start, end", [
    ("2026", "2026-01-01", "2027-01-01"), ("2026-H2", "2026-07-01", "2027-01-01"),
    ("2026-Q3", "2026-07-01", "2026-10-01"), ("2026-12", "2026-12-01", "2027-01-01"),
])  # fmt: skip
def test_periods(label: str, start: str, end: str) -> None:
    span = span_of(label)
    assert (span.start.isoformat(), span.end.isoformat()) == (start, end)


@pytest.mark.parametrize("label", ["", "2026-13", "2026-Q5", "2026-H3", "26", "2026-1", "9999", "0000", "2026-Q3 "])
def test_what_is_no_period(label: str) -> None:
    with pytest.raises(UserError):
        span_of(label)


def test_a_year_has_its_months_and_quarters() -> None:
    assert [part.label for part in cut(span_of("2026-H2"), "quarter")] == ["2026-Q3", "2026-Q4"]
    assert len(list(cut(span_of("2026"), "month"))) == 12


# --- the contract ---


def kpi(*words: str) -> Any:
    return CliRunner().invoke(kpi_command.command, list(words), catch_exceptions=False, standalone_mode=False)


def test_a_record_of_the_wrong_form_is_left_to_check(copy: Path) -> None:
    """No table takes an amount in words: such a record computes nothing, and nothing breaks over it."""
    file = copy / "records" / "complaints" / "2026" / "CC-2026-0076.yaml"
    text = file.read_text("utf-8")
    words = ("complaint-count", "redress-cost", "--root", str(copy), "--as-of", "2026-11-20", "--format", "json")
    assert "CC-2026-0076" in kpi(*words).output
    file.write_text(text + "redress:\n  amount: 一百\n  currency: CNY\n", "utf-8")
    found = kpi(*words)
    assert found.return_value == 0 and "CC-2026-0076" not in found.output


def test_json_as_the_contract_says(tmp_path: Path) -> None:
    root = worlds.write(worlds.normal(), tmp_path)
    done = kpi("--root", str(root), "--as-of", "2026-06-30", "--period", "2026-05", "--format", "json")
    data = json.loads(done.stdout)
    assert done.return_value == 0 and data["schema"] == 1 and data["as_of"] == "2026-06-30"
    assert data["period"] == {"from": "2026-05-01", "to": "2026-06-01"}
    assert [row["id"] for row in data["kpis"]] == list(NORMAL)
    row = next(row for row in data["kpis"] if row["id"] == "acknowledgement-on-time")
    wanted = {"unit": "%", "value": 80.0, "numerator": 4, "denominator": 5, "excluded": 2, "interval": [37.6, 96.4],
              "target": None, "met": None, "group": None}  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted
    assert row["ids"][0] == "CC-2026-0001" and row["clause"]
    parts = next(row for row in data["kpis"] if row["id"] == "resolution-time")["parts"]
    assert [part["id"] for part in parts] == ["gross", "net", "p90", "to-closing", "cohort"]
    assert set(parts[0]) >= {"id", "unit", "value", "numerator", "denominator", "interval", "ids"}


def test_csv_and_table(tmp_path: Path) -> None:
    root = worlds.write(worlds.normal(), tmp_path)
    base = ("K05", "backlog", "--root", str(root), "--as-of", "2026-06-30", "--period", "2026-05")
    rows = list(csv.DictReader(io.StringIO(kpi(*base, "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == ["acknowledgement-on-time"] + ["backlog"] * 7
    assert rows[0]["value"] == "80.0" and rows[0]["low"] == "37.6"
    table = kpi(*base, "--lang", "en").stdout
    assert "4/5" in table and "2 left out" in table
    assert "剔除 2" in kpi(*base, "--lang", "zh").stdout


def test_misuse_is_one_sentence() -> None:
    with pytest.raises(UserError, match="no-such-kpi"):
        kpi("nope", "--as-of", "2026-06-30")
    with pytest.raises(UserError, match="kpi-not-by"):
        kpi("obligation-compliance", "--by", "type", "--as-of", "2026-06-30")
    with pytest.raises(UserError, match="bad-period"):
        kpi("--period", "soon", "--as-of", "2026-06-30")


def test_all_dimensions_can_be_asked_for() -> None:
    assert {*kpi_command.DIMENSIONS} == {*DIMENSIONS, "month", "quarter"}


# --- queries of others ---

COLUMNS = "'x' AS part, 1 AS numerator, 2 AS denominator, 0 AS excluded, NULL AS value, ['a'] AS ids"
NOT_SELECT = [
    "COPY facts TO 'stolen.csv'", "ATTACH 'other.duckdb'", "CREATE OR REPLACE VIEW facts AS SELECT 1",
    "UPDATE facts SET state = 'closed'", "DELETE FROM facts", "SET memory_limit = '64GB'", "INSTALL httpfs",
    f"SELECT {COLUMNS}; SELECT 2", "", "PRAGMA database_list", "EXPORT DATABASE 'x'",
]  # fmt: skip
BROKEN = [
    "SELECT * FROM read_csv('/etc/passwd')", f"SELECT {COLUMNS} FROM glob('/etc/*')", "SELEC 1",
    "SELECT nope FROM facts",
    "SELECT 1 AS part", "FROM 'https://example.org/x.csv'", f"SELECT {COLUMNS} FROM read_text('/etc/passwd')",
    "SELECT 'x' AS part, 'many' AS numerator, 2 AS denominator, 0 AS excluded, NULL AS value, ['a'] AS ids",
    "SELECT 'x' AS part, 1 AS numerator, 2 AS denominator, 0 AS excluded, NULL AS value, 'a' AS ids",
]  # fmt: skip
SLOW = [
    f"SELECT {COLUMNS} WHERE length(repeat('x', 1000000000) || repeat('y', 2000000000)) > 0",
    f"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT {COLUMNS} FROM r",
    f"SELECT {COLUMNS} FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7",
]
YEAR = Slice(date(2026, 1, 1), date(2027, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    "sql, rule",
    [*((q, "kpi-query-not-select") for q in NOT_SELECT), *((q, "kpi-query-broken") for q in BROKEN),
     *((q, "kpi-query-slow") for q in SLOW)],
)  # fmt: skip
def test_a_foreign_query_reaches_nothing_but_facts(sql: str, rule: str, tmp_path: Path) -> None:
    system = load(worlds.write(worlds.normal(), tmp_path), date(2026, 6, 30))
    with warehouse(system, complaints_of(system), copy=True) as house:
        assert house.file is not None
        before = house.file.read_bytes()
        with pytest.raises(QueryError) as refused:
            ask_foreign(house.file, sql, [YEAR], seconds=2)
        assert refused.value.rule == rule
        assert house.file.read_bytes() == before
        assert house.connection.execute("SELECT count(*) FROM whole.facts").fetchone() == (7,)


def own(sql: str) -> dict[str, Any]:
    return {
        "number": "WI-9", "title": "自定", "version": "A/0", "owner": "handler", "prepared_by": "quality",
        "effective_on": "2026-01-01", "id": "ours", "name": {"zh": "自定指标", "en": "Ours"}, "unit": "%",
        "definition": {"what": {"zh": "接受的比例"}}, "sql": sql,
    }  # fmt: skip


OURS = """SELECT 'accepted' AS part, count(*) FILTER (WHERE reaction = 'accepted') AS numerator,
  count(*) AS denominator, 0 AS excluded, NULL AS value, list(id) AS ids
FROM facts
WHERE received_on >= $start AND received_on < $end AND counted"""


def test_an_organisation_adds_its_own_by_adding_a_file(tmp_path: Path) -> None:
    answer = evaluated(worlds.normal() | {"system/kpis/ours.yaml": own(OURS)}, tmp_path, date(2026, 6, 30))
    result = answer.results[-1]
    assert result.indicator.id == "ours" and not result.indicator.trusted and not answer.refused
    assert (result.headline.numerator, result.headline.denominator) == (4, 6)
    assert result.headline.value == pytest.approx(400 / 6)


def test_a_copied_query_is_known_by_its_digest_and_an_edited_one_is_not(tmp_path: Path) -> None:
    shipped = dict(shipped_indicators()["closure-rate"].value)
    edited = {**shipped, "sql": str(shipped["sql"]) + " "}
    changed = {**shipped, "sql": str(shipped["sql"]).replace("counted AND closed", "counted")}
    for value, trusted in ((shipped, True), (edited, True), (changed, False)):
        system = load(worlds.write({"system/kpis/closure-rate.yaml": value}, tmp_path), date(2026, 6, 30))
        one = next(one for one in indicators_of(system) if one.id == "closure-rate")
        assert (one.trusted, one.own) == (trusted, True)


@pytest.mark.parametrize(
    "sql, rule, line",
    [
        (OURS.replace("reaction =", "no_such_column ="), "kpi-query-broken", 1),
        (OURS.replace("WHERE received_on", "WHERE nowhere"), "kpi-query-broken", 4),
        ("DROP TABLE facts", "kpi-query-not-select", 1),
        (SLOW[0], "kpi-query-slow", 1),
    ],
)
def test_a_bad_query_is_a_problem_with_file_and_line(sql: str, rule: str, line: int, tmp_path: Path) -> None:
    root = worlds.write(worlds.normal(), tmp_path)
    head = yaml.safe_dump({k: v for k, v in own(sql).items() if k != "sql"}, allow_unicode=True, sort_keys=False)
    body = "".join(f"  {text}\n" for text in sql.splitlines())
    (root / "system/kpis").mkdir()
    (root / "system/kpis/ours.yaml").write_text(f"{head}sql: |-\n{body}", "utf-8")
    problems = [p for p in run(root, date(2026, 6, 30)).problems if p.rule.startswith("kpi-query")]
    assert [(p.rule, p.place.path, p.place.line) for p in problems] == [
        (rule, "system/kpis/ours.yaml", head.count("\n") + 1 + line)
    ]


def test_a_good_own_query_is_no_problem(tmp_path: Path) -> None:
    root = worlds.write(worlds.normal() | {"system/kpis/ours.yaml": own(OURS)}, tmp_path)
    assert not [p for p in run(root, date(2026, 6, 30)).problems if p.rule.startswith("kpi-query")]
