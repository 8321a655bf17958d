"""Step three: every rule over every entry, all problems in one run, and the coverage that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..measure import Measured
from ..model import System
from ..problems import Problem
from . import applicability, form, identity, organisation, presence, references, support, writing

CHECKS: tuple[Callable[[System, Measured], Iterator[Problem]], ...] = (
    form.check,
    identity.check,
    references.check,
    organisation.check,
    presence.check,
    writing.check,
    applicability.check,
    support.check,
)


def check(system: System, measured: Measured) -> list[Problem]:
    """All problems, those of reading included, in file and line order."""
    found = [*presence.attributed(system, measured)]
    for rules in CHECKS:
        found += rules(system, measured)
    once = {(p.rule, p.place, p.requirements, str(p.facts)): p for p in found}
    return sorted(once.values(), key=lambda problem: problem.order)
