"""Coverage: the inversion of problems and evidence, per requirement. It claims evidence, never conformity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..clauses import Judgement
from ..measure import Measured
from ..model import System
from ..problems import BASES, Basis, Lapse, Problem
from .presence import declared_not_applicable

Status = Literal["evidenced", "failing", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`basis` is the strongest among the failing checks, or among all checks when none fails."""

    id: str
    status: Status
    judgement: Judgement
    basis: Basis
    evidence: tuple[str, ...]
    problems: int
    lapses: int
    reason: str = ""


def coverage_of(
    system: System, measured: Measured, problems: Sequence[Problem], lapses: Sequence[Lapse] = ()
) -> Mapping[str, Coverage]:
    """Coverage of every requirement: evidenced + failing + not applicable = all."""
    against: dict[str, list[Problem]] = {}
    for found in problems:
        for requirement in found.requirements:
            against.setdefault(requirement, []).append(found)
    treated = Counter(requirement for lapse in lapses for requirement in lapse.problem.requirements)
    exempt = declared_not_applicable(system)
    return {
        identifier: replace(
            _coverage(system, measured, identifier, against.get(identifier, []), identifier in exempt),
            lapses=treated[identifier],
        )
        for identifier in system.catalogue.requirements
    }


def _coverage(system: System, measured: Measured, identifier: str, against: list[Problem], exempt: bool) -> Coverage:
    requirement = system.catalogue.requirements[identifier]
    evidence = measured.evidence[identifier]
    errors = [found for found in against if found.level == "error"]
    checks = [found.basis for found in errors] or [selector.basis for selector in requirement.evidence] or ["explicit"]
    status: Status = "failing" if errors else "not_applicable" if exempt or evidence.no_case else "evidenced"
    return Coverage(
        id=identifier,
        status=status,
        judgement=requirement.judgement,
        basis=min(checks, key=BASES.index),
        evidence=tuple(evidence.files),
        problems=len(against),
        lapses=0,
        reason=_reason(system, identifier, exempt, evidence.no_case),
    )


def _reason(system: System, identifier: str, exempt: bool, no_case: bool) -> str:
    if exempt:
        rows = system.organisation.get("not_applicable", [])
        return next((str(row.get("reason", "")) for row in rows if row.get("requirement") == identifier), "")
    return "no-case" if no_case else ""
