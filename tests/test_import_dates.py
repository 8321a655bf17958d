"""Dates as people and programs write them: each is read as it was meant, or refused until someone says how."""

from __future__ import annotations

from datetime import date, time

import pytest

from clausebook.work.date_columns import reading
from clausebook.work.dates import normal

TODAY = date(2026, 11, 20)
FOURTH = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2026-03-04", None),
        ("2026/3/4", None),
        ("2026.3.4", None),
        ("20260304", None),
        ("46085", None),
        ("2026年3月4日", None),
        ("２０２６年３月４日", None),
        ("二〇二六年三月四日", None),
        ("2026-03-04 星期三", None),
        ("2026年3月4日（周三）", None),
        ("4 Mar 2026", None),
        ("04MAR2026", None),
        ("Mar 4, 2026", None),
        ("4th of March 2026", None),
        ("Wed, 04 Mar 2026", None),
        ("4 Sept. 2026", None),
        ("4-Mar-26", None),
        ("46085.5", time(12)),
        ("202603040912", time(9, 12)),
        ("20260304 09:12", time(9, 12)),
        ("2026-03-04T09:12:33.123Z", time(9, 12, 33)),
        ("2026-03-04T09:12:00+08:00", time(9, 12)),
        ("2026-03-04,10:00", time(10)),
        ("2026/3/4 2:05 PM", time(14, 5)),
        ("2026/3/4 12:05 AM", time(0, 5)),
        ("2026年3月4日14点", time(14)),
        ("2026年3月4日 下午2时5分", time(14, 5)),
        ("2026-03-04 上午9:30", time(9, 30)),
        ("2026年03月04日09时12分33秒", time(9, 12, 33)),
    ],
)
def test_a_date_as_it_is_written(written: str, clock: time | None) -> None:
    found = reading([written], TODAY)
    assert found.parse(written) == (date(2026, 9, 4) if "Sept" in written else FOURTH)
    assert found.clock(written) == clock


@pytest.mark.parametrize(
    "written",
    [
        "3月4日",
        "2026年3月",
        "March 2026",
        "2026-02-30",
        "31 April 2026",
        "12:30",
        "2026-03-04 9",
        "20261332",
        "-",
        "1.5",
    ],
)
def test_what_is_no_whole_date_is_none(written: str) -> None:
    found = reading([written], TODAY)
    assert found.parse(written) is None and not found.open


@pytest.mark.parametrize(
    ("values", "text", "undecided"),
    [
        (["3/4/2026", "5/6/2026"], None, True),
        (["11/12/2026", "5/6/2026"], None, True),  # one reading of the first lies ahead: an error, no evidence
        (["25/12/2026", "5/6/2026"], "DD-MM-YYYY", False),  # ahead too, but a day 25 proves the format
        (["04032026"], None, True),
        (["04032026", "25032026"], "DDMMYYYY", False),
        (["260304"], None, True),
        (["26.3.4"], "YY-MM-DD", False),
        (["15-04-98", "31-12-99"], "DD-MM-YY", False),
    ],
)
def test_two_readings_are_refused_until_one_is_proved(values: list[str], text: str | None, undecided: bool) -> None:
    found = reading(values, TODAY)
    assert (found.text, bool(found.open)) == (text, undecided)


def test_years_of_two_digits_are_of_the_nearer_century() -> None:
    found = reading(["15-04-98", "31-12-99"], TODAY)
    assert found.parse("15-04-98") == date(1998, 4, 15)


def test_a_named_format_does_not_shut_out_what_has_one_reading() -> None:
    values = ["22-04-15", "01-02-15", "2015-04-08", "4 Mar 2015", "20150408"]
    found = reading(values, TODAY, ["DD-MM-YY"])
    assert [found.parse(value) for value in values] == [
        date(2015, 4, 22), date(2015, 2, 1), date(2015, 4, 8), date(2015, 3, 4), date(2015, 4, 8),
    ]  # fmt: skip
    assert reading(["4/13/2015"], TODAY, ["D/M/YYYY"]).parse("4/13/2015") is None


def test_midnight_everywhere_is_no_time_of_day() -> None:
    dates_only = reading(["2026-01-03 00:00:00", "2026-01-04 00:00:00"], TODAY)
    assert dates_only.clock("2026-01-03 00:00:00") is None
    moments = reading(["2026-01-03 00:00:00", "2026-01-04 09:00:00"], TODAY)
    assert moments.clock("2026-01-03 00:00:00") == time(0)


def test_days_since_1904_are_not_counted_from_1900() -> None:
    assert reading(["45024"], TODAY).parse("45024") == date(2023, 4, 8)
    assert reading(["45024"], TODAY, serials=False).parse("45024") is None


@pytest.mark.parametrize(
    ("written", "form"),
    [("dd/mm/yyyy", "DD-MM-YYYY"), ("年月日", "YYYY-MM-DD"), ("D-MMM-YY", "DD-MON-YY"), ("YYYYMMDD", "YYYYMMDD")],
)
def test_formats_as_headers_name_them(written: str, form: str) -> None:
    assert normal(written) == form


@pytest.mark.parametrize(
    ("values", "text", "undecided"),
    [
        (["22-04-15", "31-05-15", "2015-04-08"], "DD-MM-YY, YYYY-MM-DD", False),
        (["22-04-2015", "4/8/2015"], "DD-MM-YYYY", True),
        (["13/4/2015", "4/14/2015"], "MM-DD-YYYY, DD-MM-YYYY", False),
        (["13/4/2015", "4/14/2015", "1/2/2015"], None, True),
        (["5/5/2015"], "MM-DD-YYYY, DD-MM-YYYY", False),
        (["22-04-15"], None, True),
        (["1-Feb-15", "12 March 2015"], "DD-MON-YY, DD-MON-YYYY", False),
        (["20150408", "20151231"], "YYYYMMDD", False),
        (["42102"], "EXCEL", False),
        (["soon", "-", "31-31-31"], None, False),
        (["01-02-03"], None, True),
    ],
)
def test_formats_of_a_column(values: list[str], text: str | None, undecided: bool) -> None:
    found = reading(values, TODAY)
    assert (found.text, bool(found.open)) == (text, undecided)


def test_two_named_formats_are_told_apart_by_their_separator() -> None:
    found = reading(["1-2-2015", "1/2/2015"], TODAY, ["M/D/YYYY", "D-M-YYYY"])
    assert [found.parse(value) for value in ("1-2-2015", "1/2/2015")] == [date(2015, 2, 1), date(2015, 1, 2)]
