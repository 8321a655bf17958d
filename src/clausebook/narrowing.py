"""A report seen through a pull request's or a person's eyes: fewer problems shown, none judged otherwise.

In a pull request (--base) what is merely *due* in files the change does not touch is a warning: a clock
that ran out overnight must not block an unrelated correction (architecture 2). So is a number missing from a series:
whoever merges first would turn everybody else red. A release (--release) has no such excuse (corrections-engineering
0.7).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .check.operation.receipt import NUMBER_GAP
from .clauses import covers
from .load.git import changed_since
from .nearness import nearest
from .pipeline import Report
from .problems import Problem, UserError


def narrowed(
    report: Report, paths: list[str], clauses: list[str], base: str | None, *, release: bool = False
) -> Report:
    """The report limited to paths and clauses; due problems outside the change weakened to warnings."""
    problems = [replace(p, level="error") if release and p.rule == NUMBER_GAP.id else p for p in report.problems]
    if base is not None:
        touched = changed_since(Path(report.system.root), base)
        problems = [_weakened(found, touched) for found in problems]
    lapses = list(report.lapses)
    if paths:
        lapses = [row for row in lapses if any(_below(row.problem.place.path, wanted) for wanted in paths)]
        problems = [p for p in problems if any(_below(p.place.path, w) for w in paths)]
    for clause in clauses:
        if not report.system.catalogue.knows(clause):
            known = [*report.system.catalogue.clauses, *report.system.catalogue.requirements]
            raise UserError("no-such-clause", id=clause, near=nearest(clause, known, count=3))
    coverage = report.coverage
    if clauses:
        wanted = {r.id for clause in clauses for r in report.system.catalogue.below(clause)}
        problems = [
            p for p in problems if any(r in wanted or any(covers(c, r) for c in clauses) for r in p.requirements)
        ]
        lapses = [row for row in lapses if any(r in wanted for r in row.problem.requirements)]
        coverage = {identifier: row for identifier, row in coverage.items() if identifier in wanted}
    return replace(report, problems=tuple(problems), coverage=coverage, lapses=tuple(lapses))


def _below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(wanted + "/")


def _weakened(found: Problem, touched: frozenset[str]) -> Problem:
    if found.problem_class == "due" and (found.rule == NUMBER_GAP.id or found.place.path not in touched):
        return replace(found, level="warning")
    return found
