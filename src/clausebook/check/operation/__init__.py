"""Chapter 8: the rules V01 to V53 of the requirements over every complaint, one module for each sub-clause.

Each rule carries its source number; a test maps all of them both ways. What was received before the system
began, or imported, is held against none of them (corrections 6). What the cases are judged by, and providers as the
register knows them, are modules like those of the other chapters (`PROVISIONS`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...measure import Measured
from ...model import System
from ...problems import Problem, Rule
from . import (
    alarms,
    assessment,
    clocks,
    closure,
    criteria,
    entry,
    follow_up,
    outsourcing,
    providers,
    provisions,
    receipt,
    response,
    steps,
    warning,
)
from .desk import Desk

MODULES = (clocks, receipt, steps, assessment, warning, response, closure, follow_up, providers)
RULES: tuple[Rule, ...] = tuple(rule for module in (*MODULES, entry, alarms) for rule in module.RULES)
PROVISIONS = (criteria, provisions, outsourcing)

WAITING: Mapping[str, str] = {
    "V41": "needs the scanner for personal data, which belongs to safety",
}
"""Sources without a rule yet, each with what it waits for."""

BY_CONSTRUCTION: Mapping[str, str] = {
    "V49": "test_cases.py::test_a_reopened_case_is_one_case_with_clocks_of_its_own",
}
"""What cannot go wrong in one record, with the test that shows it: a reopening is a round of its case."""

FOUNDATIONS = frozenset({
    "organization", "people", "roles", "providers", "time-limits", "intake-criteria", "urgent-criteria",
    "assessment-criteria", "investigation-criteria", "definitions", "calendar", "alert-rules", "obligations",
})  # fmt: skip
"""Without these nobody can say what was asked of a case: what is wrong with them is said, the cases wait."""


def casework(system: System, measured: Measured) -> Iterator[Problem]:
    """Every case by itself, then all of them together."""
    if FOUNDATIONS & set(system.broken.values()):
        return
    desk = Desk(system, measured)
    for case in desk.cases:
        for module in MODULES:
            yield from module.check(desk, case)
    if system.broken:
        return  # rules over all records at once would miss what could not be read
    for module in (clocks, receipt, warning, alarms, follow_up):
        yield from module.check_all(desk)


def sittings(system: System, measured: Measured) -> Iterator[Problem]:
    """Records of every chapter, by when they were entered."""
    desk = Desk(system, measured)
    yield from entry.check(desk)
    if not system.broken:
        yield from entry.check_all(desk)
