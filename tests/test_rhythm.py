"""Planned intervals: what was late stays a closed gap, what is open is overdue from the day after its limit."""

from __future__ import annotations

from datetime import date

import pytest

from clausebook.measure.rhythm import Gap, gaps, months_after

D = date.fromisoformat


@pytest.mark.parametrize("on, months, expected", [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-15", -3, "2025-12-15"),
    ("2025-12-31", 12, "2026-12-31"), ("2024-02-29", 12, "2025-02-28"),
])  # fmt: skip
def test_the_same_day_or_the_last_of_a_shorter_month(on: str, months: int, expected: str) -> None:
    assert months_after(D(on), months) == D(expected)


def test_the_calendar_has_ends() -> None:
    assert months_after(date.max, 1) == date.max and months_after(date.min, -1) == date.min


@pytest.mark.parametrize("happened, start, as_of, expected", [
    ([], None, "2026-11-20", []),
    ([], "2025-11-20", "2026-11-20", []),
    ([], "2025-11-19", "2026-11-20", [("2025-11-19", "2026-11-19", None)]),
    (["2025-11-20"], None, "2026-11-20", []),
    (["2025-11-19"], None, "2026-11-20", [("2025-11-19", "2026-11-19", None)]),
    (["2024-01-10", "2025-01-10", "2026-01-10"], None, "2026-11-20", []),
    (["2024-01-10", "2025-01-11", "2026-01-10"], None, "2026-11-20", [("2024-01-10", "2025-01-10", "2025-01-11")]),
    (["2026-12-01"], "2024-01-01", "2026-11-20", [("2024-01-01", "2025-01-01", None)]),
])  # fmt: skip
def test_gaps_of_a_yearly_event(
    happened: list[str], start: str | None, as_of: str, expected: list[tuple[str, str, str | None]]
) -> None:
    found = list(gaps(map(D, happened), 12, D(as_of), D(start) if start else None))
    assert found == [Gap(D(since), D(due), D(until) if until else None) for since, due, until in expected]
