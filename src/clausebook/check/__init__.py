"""Step three: every rule over every entry, all problems in one run, and the coverage that follows."""

from __future__ import annotations

from collections.abc import Sequence

from ..measure import Measured
from ..model import System
from ..problems import BASES, Problem
from . import (
    applicability,
    chapters,
    form,
    identity,
    indicators,
    operation,
    organisation,
    presence,
    references,
    snapshots,
    writing,
)
from .chapters import Rules
from .support import documents, guarding, merging, records, revisions

CHECKS: tuple[Rules, ...] = (
    form.check,
    identity.check,
    references.check,
    organisation.check,
    presence.check,
    writing.check,
    applicability.check,
    documents.check,
    revisions.check,
    records.check,
    merging.check,
    guarding.check,
)
BEHAVIOUR: tuple[Rules, ...] = (
    *chapters.GROUPS,
    indicators.check,
    operation.casework,
    operation.sittings,
    snapshots.check,
)
"""Rules that compute with the values; they see only what is right in form."""


def check(system: System, measured: Measured, behaviour: Sequence[Rules] = BEHAVIOUR) -> list[Problem]:
    """All problems, those of reading included, in file and line order.

    Whoever judges many variations of one organisation may pass a `behaviour` that remembers what cannot have changed.
    """
    found = [*presence.attributed(system, measured)]
    for rules in CHECKS:
        found += rules(system, measured)
    for rules in behaviour:
        found += rules(measured.sound, measured)
    # The same defect found by an explicit and an implied check is one problem, with the stronger basis.
    once: dict[tuple[object, ...], Problem] = {}
    for problem in sorted(found, key=lambda p: BASES.index(p.basis)):
        once.setdefault((problem.rule, problem.place, problem.requirements, str(problem.facts)), problem)
    return sorted(once.values(), key=lambda problem: problem.order)
