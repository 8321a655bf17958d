"""Unfilled places: what nobody has written is missing information, never evidence (architecture 3)."""

from __future__ import annotations

from collections.abc import Iterator

from ..load.positions import body_place, place
from ..measure import Measured
from ..measure.writing import Gap
from ..model import System
from ..problems import Problem, Rule, problem

PLACEHOLDER = Rule("placeholder", "contradiction", "explicit")
TEMPLATE_UNTOUCHED = Rule("template-untouched", "contradiction", "explicit")
RULES = (PLACEHOLDER, TEMPLATE_UNTOUCHED)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for gap in measured.unwritten:
        asked = _asked(gap, measured)
        if gap.untouched:
            yield problem(TEMPLATE_UNTOUCHED, body_place(gap.entry, 0), asked, id=gap.entry.id)
        else:
            at = place(gap.entry, gap.pointer) if gap.index < 0 else body_place(gap.entry, gap.index)
            yield problem(PLACEHOLDER, at, asked, found=gap.found)


def _asked(gap: Gap, measured: Measured) -> tuple[str, ...]:
    """The requirements for which this entry, or the part around the gap, is the evidence."""
    found = tuple(
        identifier
        for identifier, evidence in measured.evidence.items()
        if any(
            thing.entry is gap.entry and gap.pointer[: len(thing.pointer)] == thing.pointer for thing in evidence.things
        )
    )
    return found or gap.entry.kind.clauses
