"""Unfilled places: what nobody has written is missing information, never evidence (architecture 3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..load.positions import body_place, place
from ..measure import Measured
from ..model import System
from ..problems import Problem, Rule, problem
from .asked import Asked

PLACEHOLDER = Rule("placeholder", "contradiction", "explicit")
TEMPLATE_UNTOUCHED = Rule("template-untouched", "contradiction", "explicit")
RULES = (PLACEHOLDER, TEMPLATE_UNTOUCHED)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    asked = Asked(measured)
    for gap in measured.unwritten:
        who = asked.of_evidence(gap.entry, gap.pointer)
        if gap.untouched:
            yield problem(TEMPLATE_UNTOUCHED, body_place(gap.entry, 0), who, id=gap.entry.id)
        else:
            at = place(gap.entry, gap.pointer) if gap.index < 0 else body_place(gap.entry, gap.index)
            yield problem(PLACEHOLDER, at, who, found=gap.found)
