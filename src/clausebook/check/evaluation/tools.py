"""9.1 c: what measures is checked in its own interval, and a tool that failed is not left at that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.rhythm import gaps
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

TOOL_CHECK_OVERDUE = Rule("tool-check-overdue", "due", "own")
TOOL_CHECK_LATE = Rule("tool-check-late", "lapse", "own")
TOOL_VERDICT_CONTRADICTS = Rule("tool-verdict-contradicts", "contradiction", "own")
TOOL_FAILURE_UNANSWERED = Rule("tool-failure-unanswered", "due", "own")
RULES = (TOOL_CHECK_OVERDUE, TOOL_CHECK_LATE, TOOL_VERDICT_CONTRADICTS, TOOL_FAILURE_UNANSWERED)
READS = frozenset({"monitoring-plan", "tool-check"})

KEEPING = frozenset({"backup-restore", "access-review"})
"""Checks of how records are kept, not of what measures: the control of records answers for those (7.5.3)."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    done = [(on, entry) for entry in system.of("tool-check") if (on := day(entry.value, "checked_on"))]
    for plan in system.of("monitoring-plan"):
        for index, row in enumerate(rows(plan.value, "tool_checks")):
            yield from _interval(system.as_of, plan, index, row, done)
    for _, entry in done:
        yield from _verdict(entry)


def _interval(
    as_of: date, plan: Entry, index: int, row: dict[str, object], done: list[tuple[date, Entry]]
) -> Iterator[Problem]:
    """From the first check of its kinds; where there was none yet, from the day the plan took effect."""
    months = row.get("every_months")
    if not isinstance(months, int):
        return
    kinds = set(words(row, "kinds"))
    by_day = {on: entry for on, entry in done if not kinds or kinds & served(entry)}
    start = None if by_day else day(plan.value, "effective_on")
    for gap in gaps(by_day, months, as_of, start):
        facts = {"tool": str(row.get("tool")), "since": gap.since.isoformat(), "due": gap.due_on.isoformat()}
        if gap.until is None:
            yield found(TOOL_CHECK_OVERDUE, plan, ("tool_checks", index), ("9.1.c",), facts=facts)
        else:
            late, breach = {**facts, "on": gap.until.isoformat()}, ("missed-period", "other")
            at = by_day[gap.until]
            yield found(TOOL_CHECK_LATE, at, ("checked_on",), ("9.1.c",), breach=breach, facts=late)


def served(entry: Entry) -> set[str]:
    """The kinds of check that one record is: one that recomputed indicators on the way is that as well."""
    own = {str(entry.value.get("type"))}
    return own | {"kpi-recomputation"} if words(entry.value, "kpis") else own


def _verdict(entry: Entry) -> Iterator[Problem]:
    verdict = entry.value.get("verdict")
    failed = [index for index, row in enumerate(rows(entry.value, "measurements")) if row.get("passed") is False]
    if verdict == "passed" and failed:
        yield found(TOOL_VERDICT_CONTRADICTS, entry, ("measurements", failed[0]), ("9.1.c",))
    answered = entry.value.get("actions") or word(entry.value, "nonconformity")
    measures = str(entry.value.get("type")) not in KEEPING
    if measures and verdict in ("failed", "conditional") and not (answered and word(entry.value, "impact")):
        yield found(TOOL_FAILURE_UNANSWERED, entry, ("verdict",), ("9.1.c",))
