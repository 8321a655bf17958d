"""What a clock is, is said once: changed there, the rule, the pages and the indicator move together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from clausebook.measure.clocks import Clock
from clausebook.measure.indicators import evaluate, indicators_of
from clausebook.measure.spans import span_of
from clausebook.pipeline import run
from clausebook.publish import gap_pages, record_pages
from clausebook.publish.book import Book

AS_OF = date(2026, 11, 20)
CASE = "CC-2026-0076"
"""Received on Wednesday 2026-10-21, of class S3, its result told on Thursday 29 October: the sixth working day of
the seven that A/1 allows."""


class Seen(NamedTuple):
    """What the three readers say of the same case."""

    clock: Clock
    rules: set[str]
    pages: str
    missed: bool


def seen(root: Path) -> Seen:
    report = run(root, AS_OF)
    case = next(case for case in report.measured.cases if case.id == CASE)
    chosen = [one for one in indicators_of(report.system) if one.id == "closure-on-time"]
    found = evaluate(report.system, report.measured.complaints, chosen, span_of("2026-Q4")).results[0]
    assert CASE in found.headline.ids
    rules = {problem.rule for problem in report.problems if problem.place.path == case.entry.path}
    book = Book(report, "zh")
    shown = [text for path, text in record_pages.make(book) if path.endswith(f"{CASE}.md")]
    shown += [text for path, text in gap_pages.make(book) if path == "gaps/index.md"]
    return Seen(case.clocks["result"], rules, unescape("".join(shown)), CASE in found.headline.missed)


def result_of_s3(value: int, unit: str) -> Callable[[Path], None]:
    """A change of the limit in force, in the one file that holds a number."""

    def apply(root: Path) -> None:
        file = root / "system" / "criteria" / "timelimits.yaml"
        text = file.read_text("utf-8")
        limit = "event: result\n        severity: S3\n        value: {}\n        unit: {}\n"
        old = limit.format(7, "working-days")
        assert text.count(old) == 1
        file.write_text(text.replace(old, limit.format(value, unit)), "utf-8")

    return apply


@pytest.mark.parametrize("change, due", [
    (result_of_s3(5, "working-days"), date(2026, 10, 28)),
    (result_of_s3(7, "calendar-days"), date(2026, 10, 28)),
], ids=["five working days", "seven calendar days"])  # fmt: skip
def test_rule_pages_and_indicator_move_together(copy: Path, change: Callable[[Path], None], due: date) -> None:
    before = seen(copy)
    assert before.clock.status == "met" and "result-late" not in before.rules and not before.missed
    change(copy)
    after = seen(copy)
    assert after.clock.due_at is not None and after.clock.due_at.date() == due and after.clock.status == "late"
    assert "result-late" in after.rules and after.missed
    assert after.pages.count(due.isoformat()) > before.pages.count(due.isoformat())
