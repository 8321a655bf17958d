"""Chapter 4 and the whole: what a system cannot do without before anything else can be judged."""

from __future__ import annotations

from collections.abc import Iterator

from ..load.positions import place
from ..measure import Measured
from ..model import System
from ..problems import Place, Problem, Rule, problem
from .reporting import joined

NO_ORGANISATION = Rule("no-organisation", "contradiction", "own")
UNKNOWN_STANDARD = Rule("unknown-standard", "contradiction", "own")
RULES = (NO_ORGANISATION, UNKNOWN_STANDARD)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    entry = system.first("organization")
    if entry is None:
        if "organization" not in system.broken.values():
            yield problem(NO_ORGANISATION, Place("system/org.yaml"), ("4.3.c",))
        return
    named = entry.value.get("standard")
    if isinstance(named, str) and named not in system.catalogues:
        known = joined(system.catalogues)
        yield problem(UNKNOWN_STANDARD, place(entry, ("standard",)), named=named, known=known)
