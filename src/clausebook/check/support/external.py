"""7.5.3 Documents from outside: their editions are looked up again, and a new edition is answered (clause 2)."""

from __future__ import annotations

from collections.abc import Iterator

from ...measure import Measured
from ...measure.external_documents import External, external_documents
from ...model import Pointer, System
from ...problems import Basis, Problem, Rule
from ..reporting import found

EDITION_CHECK_OVERDUE = Rule("edition-check-overdue", "due", "own")
EDITION_SUPERSEDED = Rule("superseded-edition-in-use", "contradiction", "implied")
EDITION_CALLED_CURRENT = Rule("edition-called-current", "contradiction", "own")
RULES = (EDITION_CHECK_OVERDUE, EDITION_SUPERSEDED, EDITION_CALLED_CURRENT)
READS = frozenset({"references"})

ASKED = ("7.5.1.a", "7.5.3.a")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for external in external_documents(system):
        at: Pointer = ("items", external.index)
        yield from _looked_up(system, external, at)
        facts = {"number": str(external.row.get("number")), "edition": external.in_use, "latest": external.latest}
        if external.newer and external.row.get("status") == "current":
            yield found(EDITION_CALLED_CURRENT, external.entry, (*at, "status"), ASKED, facts=facts)
        if external.superseded and not external.answered:
            yield found(EDITION_SUPERSEDED, external.entry, (*at, "dated_edition"), ASKED, facts=facts)


def _looked_up(system: System, external: External, at: Pointer) -> Iterator[Problem]:
    """The interval that the register sets is the organisation's own; six months without one are our advice."""
    if external.due_on is not None and external.overdue(system.as_of):
        facts = {
            "number": str(external.row.get("number")), "checked": str(external.checked.on),
            "due": external.due_on.isoformat(),
        }  # fmt: skip
        basis: Basis = "own" if external.own else "implied"
        yield found(EDITION_CHECK_OVERDUE, external.entry, (*at, "checked_on"), ASKED, basis=basis, facts=facts)
