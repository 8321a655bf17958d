"""What an organisation may leave out: only where nothing can be there, and with a reason (corrections 9)."""

from __future__ import annotations

from collections.abc import Iterator

from ..load.positions import place
from ..measure import Measured
from ..model import System
from ..problems import Problem, Rule, problem
from .presence import may_be_left_out

NOT_APPLICABLE_REFUSED = Rule("not-applicable-refused", "contradiction", "explicit")
RULES = (NOT_APPLICABLE_REFUSED,)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    entry = system.first("organization")
    rows = entry.value.get("not_applicable") if entry else None
    if entry is None or not isinstance(rows, list):
        return
    for index, row in enumerate(rows):
        identifier = str(row.get("requirement")) if isinstance(row, dict) else ""
        requirement = system.catalogue.requirements.get(identifier)
        if requirement is not None and not may_be_left_out(system, requirement.not_applicable):
            at = place(entry, ("not_applicable", index))
            yield problem(NOT_APPLICABLE_REFUSED, at, (identifier,), id=identifier)
