"""Lapses: what is late or wrongly done stays so; once a nonconformity or an approved deviation names it, it is treated.

The gate never rewards a changed date (corrections 1): the way to green is a correction, its consequence and a
nonconformity, and the lapse stays visible for good. One nonconformity may hold many cases (corrections 25).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..clauses import covers
from ..measure.moments import rows, word, words
from ..measure.offices import Offices
from ..model import System
from ..problems import Lapse, Problem

Treatments = Mapping[tuple[str, str], str]
ABOUT_THE_CASE = frozenset({"low-score", "rejected-result", "corrective-action"})
"""What a nonconformity about the case itself answers, however it words its clauses."""


def settled(system: System, problems: Sequence[Problem]) -> tuple[list[Problem], list[Lapse]]:
    """Problems that stay, and lapses that somebody has taken up."""
    lapsed = [found for found in problems if found.problem_class == "lapse" and found.record]
    if not lapsed:
        return list(problems), []
    named, general = _named(system), _general(system)
    treated: dict[int, Lapse] = {}
    for found in lapsed:
        by = next((named[found.record, what] for what in found.breach if (found.record, what) in named), None)
        by = by or named.get((found.record, found.rule)) or _by_clause(found, general)
        if by is not None:
            treated[id(found)] = Lapse(found, by)
    return [found for found in problems if id(found) not in treated], list(treated.values())


def _named(system: System) -> Treatments:
    """(record, what or rule) → the nonconformity or deviation that names it."""
    found: dict[tuple[str, str], str] = {}
    known, offices = {entry.id for entry in system.of("nonconformity")}, Offices(system)
    for entry in system.entries:
        for row in rows(entry.value, "deviations"):
            if offices.may_deviate(entry.value, row):
                found[entry.id, str(row.get("what"))] = f"deviation {row.get('approved_by')}"
        if entry.kind.name == "nonconformity":
            for row in rows(entry.value, "lapses"):
                for key in ("what", "rule"):
                    if word(row, key):
                        found[str(row.get("record")), str(row[key])] = entry.id
        else:
            for row in rows(entry.value, "lapses"):
                if word(row, "nonconformity") in known:
                    found[entry.id, str(row.get("what"))] = str(row["nonconformity"])
    return found


def _general(system: System) -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    """Record → nonconformities about it, with the requirements they name."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for entry in system.of("nonconformity"):
        for identifier in [*words(entry.value, "complaints"), *words(entry.value, "source", "references")]:
            found[identifier].append((entry.id, tuple(words(entry.value, "clauses"))))
    return found


def _by_clause(found: Problem, general: Mapping[str, list[tuple[str, tuple[str, ...]]]]) -> str | None:
    for identifier, clauses in general.get(found.record, ()):
        named = any(_touch(clause, asked) for clause in clauses for asked in found.requirements)
        if named or set(found.breach) & ABOUT_THE_CASE:
            return identifier
    return None


def _touch(clause: str, requirement: str) -> bool:
    return covers(clause, requirement) or covers(requirement, clause)
