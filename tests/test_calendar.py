"""Working days: the 2026 dates of the official notice by hand, independent vectors, and laws that hold always."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from clausebook.cli import calendar_command, main
from clausebook.load.calendars import read_calendars
from clausebook.measure.calendar import MissingYear, WorkingDays, both_off_and_worked, working_days
from clausebook.model import Entry, Kind, Shape, Source
from clausebook.shipped import CHECKOUT, shipped

VECTORS = Path(__file__).resolve().parents[2] / "shared" / "data" / "vectors" / "workdays_cn_open.json"
ROOT = CHECKOUT if (CHECKOUT / "system").is_dir() else shipped("example")
KIND = Kind("calendar", {}, {}, "maintain", (), (), None, Shape({}, {}), {}, False)


def calendar(year: Any, holidays: Sequence[str] = (), makeup: Sequence[str] = (), own: Sequence[str] = ()) -> Entry:
    value: Mapping[str, Any] = {
        "year": year,
        "holidays": [{"on": day} for day in holidays],
        "makeup_workdays": [{"on": day} for day in makeup],
        "org_days_off": [{"on": day} for day in own],
    }
    return Entry(KIND, Source(f"system/calendar/{year}.yaml", "", ""), value)


def span(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(n)).isoformat() for n in range((end - start).days + 1)]


YEAR_2026 = calendar(
    2026,
    [
        *span("2026-01-01", "2026-01-03"), *span("2026-02-15", "2026-02-23"), *span("2026-04-04", "2026-04-06"),
        *span("2026-05-01", "2026-05-05"), *span("2026-06-19", "2026-06-21"), *span("2026-09-25", "2026-09-27"),
        *span("2026-10-01", "2026-10-07"),
    ],
    ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
)  # fmt: skip
BY_HAND = working_days([YEAR_2026])


@pytest.fixture(scope="module")
def shipped_days() -> WorkingDays:
    return working_days(read_calendars(ROOT))


@pytest.mark.parametrize(
    "start, n, due",
    [
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-15", 0, "2026-02-15"),
        ("2025-12-31", 1, "2026-01-04"),
    ],
)
def test_the_n_th_working_day(start: str, n: int, due: str, shipped_days: WorkingDays) -> None:
    for days in (BY_HAND, shipped_days):
        assert days.add(date.fromisoformat(start), n) == date.fromisoformat(due)
        assert days.count(date.fromisoformat(start), date.fromisoformat(due)) == n


def test_2026_has_248_working_days(shipped_days: WorkingDays) -> None:
    assert BY_HAND.days_in(2026) == shipped_days.days_in(2026) == 248


def test_a_legal_last_day_rolls_over_the_holiday() -> None:
    last = date(2026, 9, 16) + timedelta(15)
    assert last == date(2026, 10, 1)
    assert BY_HAND.roll(last) == date(2026, 10, 8)
    assert BY_HAND.roll(date(2026, 9, 20)) == date(2026, 9, 20), "a Sunday that is worked stays"
    assert BY_HAND.next_working(date(2026, 9, 20)) == date(2026, 9, 21)


def test_the_example_equals_the_independent_calendars(shipped_days: WorkingDays) -> None:
    if not VECTORS.exists():
        pytest.skip("../shared is not here")
    vectors = json.loads(VECTORS.read_text("utf-8"))
    for pair in vectors["pairs"]:
        start, end = date.fromisoformat(pair["start"]), date.fromisoformat(pair["end"])
        assert shipped_days.count(start, end) == pair["workdays_after_start_through_end"], pair
        assert shipped_days.is_working(start) is pair["start_is_workday"], pair
        assert shipped_days.is_working(end) is pair["end_is_workday"], pair
        both = shipped_days.count(start, end) + shipped_days.is_working(start)
        assert both == pair["workdays_inclusive_both"], pair
    for due in vectors["due_dates"]:
        asked = shipped_days.add(date.fromisoformat(due["start"]), due["add_workdays"])
        assert asked.isoformat() == due["due"], due
    for month, number in vectors["workdays_per_month"].items():
        first = date.fromisoformat(f"{month}-01")
        days = [first + timedelta(n) for n in range(31)]
        assert sum(shipped_days.is_working(day) for day in days if day.month == first.month) == number, month
    known = {date.fromisoformat(day) for day in vectors["days_off"]}
    assert not any(shipped_days.is_working(day) for day in known if day.year >= 2023)
    assert all(shipped_days.is_working(date.fromisoformat(day)) for day in vectors["make_up_workdays"])


def test_a_year_without_a_file_is_missing_and_named() -> None:
    for ask in (
        lambda: BY_HAND.add(date(2026, 12, 25), 10),
        lambda: BY_HAND.count(date(2026, 12, 25), date(2027, 1, 5)),
        lambda: BY_HAND.is_working(date(2027, 1, 5)),
        lambda: BY_HAND.roll(date(2027, 1, 2)),
        lambda: BY_HAND.add(date(2026, 12, 31), 1),
    ):
        with pytest.raises(MissingYear) as missing:
            ask()
        assert missing.value.year == 2027
        assert missing.value.facts["path"] == "system/calendar/2027.yaml"
    assert BY_HAND.add(date(2026, 12, 30), 1) == date(2026, 12, 31), "the old year is known to its end"
    with pytest.raises(MissingYear):
        BY_HAND.add(date.max, 1)
    with pytest.raises(ValueError):
        BY_HAND.add(date(2026, 1, 5), -1)


def test_a_clock_gets_a_provisional_day_and_says_so() -> None:
    due = BY_HAND.due(date(2026, 12, 18), 10)
    assert (due.on, due.provisional) == (date(2027, 1, 1), True), (
        "weekends alone are off, so never later than the true day"
    )
    inside = BY_HAND.due(date(2026, 12, 18), 9)
    assert (inside.on, inside.provisional) == (date(2026, 12, 31), False)
    assert BY_HAND.due(date(2027, 3, 1), 0).provisional is False, "nothing was counted"
    assert BY_HAND.rolled(date(2027, 1, 2)).on == date(2027, 1, 4)
    assert BY_HAND.rolled(date(2027, 1, 2)).provisional
    assert not BY_HAND.due(date(2025, 12, 31), 1).provisional, "the day it starts from is not counted"
    new_year = working_days([calendar(2026, ["2026-12-31"])]).rolled(date(2026, 12, 31))
    assert (new_year.on, new_year.provisional) == (date(2027, 1, 1), True), "rolled into a year nobody has announced"
    assert not BY_HAND.rolled(date(2026, 10, 1)).provisional
    assert BY_HAND.elapsed(date(2026, 12, 18), date(2027, 1, 1)).days == 10
    assert BY_HAND.elapsed(date(2027, 1, 1), date(2026, 12, 18)).provisional
    assert BY_HAND.due(date(2026, 1, 5), 10**9).on == date.max
    with pytest.raises(MissingYear):
        BY_HAND.days_in(2027)


def test_own_days_off_delay_own_limits_only() -> None:
    founded = calendar(2026, ["2026-01-01"], ["2026-03-07"], own=["2026-03-06", "2026-03-07"])
    assert working_days([founded]).add(date(2026, 3, 5), 1) == date(2026, 3, 9)
    assert working_days([founded], legal=True).add(date(2026, 3, 5), 1) == date(2026, 3, 6)
    assert working_days([founded], legal=True).add(date(2026, 3, 5), 2) == date(2026, 3, 7)


def test_what_the_schema_refuses_is_skipped_not_fatal() -> None:
    broken = [calendar("2026"), calendar(True), calendar(10**6), Entry(KIND, Source("x", "", ""), {"holidays": 3})]
    assert not working_days(broken).files
    odd = Entry(KIND, Source("x", "", ""), {"year": 2026, "holidays": [{"on": 1}, {"on": "2026-13-01"}, "x", {}]})
    assert working_days([odd]).days_in(2026) == 261


def test_a_day_both_off_and_worked_is_a_contradiction() -> None:
    both = calendar(2026, ["2026-03-06"], ["2026-03-06"])
    assert both_off_and_worked(both.value) == [date(2026, 3, 6)]
    assert both_off_and_worked(YEAR_2026.value) == []


DAYS = st.dates(date(2023, 1, 1), date(2026, 3, 1))


@given(DAYS, st.integers(1, 150))
def test_add_and_count_are_inverse(shipped_days: WorkingDays, start: date, n: int) -> None:
    days = shipped_days
    due = days.add(start, n)
    assert days.is_working(due)
    assert days.count(start, due) == n
    assert days.count(due, start) == -n
    assert days.count(start, due - timedelta(1)) == n - 1


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(shipped_days: WorkingDays, a: date, b: date, c: date) -> None:
    days = shipped_days
    assert days.count(a, b) + days.count(b, c) == days.count(a, c)
    one_by_one = sum(days.is_working(min(a, b) + timedelta(n)) for n in range(1, abs((b - a).days) + 1))
    assert abs(days.count(a, b)) == one_by_one


def test_long_spans_are_quick() -> None:
    days = working_days([calendar(year) for year in range(1900, 2100)])
    days.count(date(1900, 1, 1), date(2099, 12, 31))
    begun = time.process_time()
    for n in range(1000):
        days.count(date(1900, 1, 1) + timedelta(n), date(2099, 12, 31))
        days.add(date(1900, 1, 1) + timedelta(n), 50_000)
    long = time.process_time() - begun
    begun = time.process_time()
    walked = sum(
        date.fromordinal(day).weekday() < 5
        for day in range(date(1900, 1, 1).toordinal(), date(2099, 12, 31).toordinal() + 1)
    )
    assert walked == days.count(date(1899, 12, 31), date(2099, 12, 31))
    assert long < 20 * (time.process_time() - begun), "two thousand long spans against one walk day by day"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "system" / "calendar", tmp_path / "system" / "calendar")
    return tmp_path


def run(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    out, err = capfd.readouterr()
    return int(left.value.code or 0), out, err


def test_the_command_prints_the_bare_answer(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = ("--root", str(small))
    assert run(capfd, "calendar", "add", "2026-02-13", "3", *root) == (0, "2026-02-25\n", "")
    assert run(capfd, "calendar", "count", "2026-02-13", "2026-03-02", *root) == (0, "7\n", "")
    assert run(capfd, "calendar", "count", "2026-10-01", "2026-10-01", *root) == (0, "0\n", "")
    code, out, _ = run(capfd, "calendar", "add", "2025-12-30", "2", "--format", "json", *root)
    assert code == 0
    assert json.loads(out) == {
        "from": "2025-12-30",
        "to": "2026-01-04",
        "working_days": 2,
        "calendars": ["system/calendar/2025.yaml", "system/calendar/2026.yaml"],
    }


@pytest.mark.parametrize(
    "words, said",
    [
        (["add", "2026-12-30", "5"], "system/calendar/2027.yaml"),
        (["count", "2021-12-30", "2022-01-05"], "system/calendar/2021.yaml"),
        (["add", "20260213", "5"], "20260213"),
        (["add", "2026-02-30", "5"], "2026-02-30"),
        (["add", "２０２６-02-13", "5"], "２０２６"),
        (["add", "2026-W07-5", "5"], "2026-W07-5"),
        (["count", "2026-03-02", "2026-02-13"], "2026-02-13"),
        (["add", "2026-02-13", "1.5"], "1.5"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_misuse_is_one_sentence(
    words: list[str], said: str, language: str, small: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capfd, "calendar", *words, "--root", str(small), "--lang", language)
    assert (code, out) == (2, "")
    assert said in err and "Traceback" not in err


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda text: text.replace("year: 2026", "year: soon"), "year"),
        (lambda text: text.replace("holidays:", "holidays: &a"), "锚点"),
        (lambda text: text.replace("  - on: 2026-05-09", "  - on: 2026-05-05"), "2026-05-05"),
        (lambda text: "- 1\n", "2026.yaml"),
        (lambda text: "\ufeff" + text, "2026.yaml"),
        (lambda text: "", "2026.yaml"),
    ],
)
def test_a_broken_calendar_is_named_not_used(
    change: Any, said: str, small: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = small / "system" / "calendar" / "2026.yaml"
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    code, out, err = run(capfd, "calendar", "add", "2026-02-13", "3", "--root", str(small), "--lang", "zh")
    assert (code, out) == (2, "")
    assert "2026.yaml" in err and said in err


def test_a_folder_that_is_no_organisation_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capfd, "calendar", "add", "2026-02-13", "3", "--root", str(tmp_path))
    assert code == 2 and str(tmp_path) in err
    (tmp_path / "records").mkdir()
    code, _, err = run(capfd, "calendar", "add", "2026-02-13", "3", "--root", str(tmp_path))
    assert code == 2 and "system/calendar/2026.yaml" in err


def test_help_names_both() -> None:
    shown = CliRunner().invoke(calendar_command.command, ["--help"]).output
    assert "add" in shown and "count" in shown
