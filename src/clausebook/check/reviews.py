"""Registers are gone through again in their own interval, 12 months if they name none (4.1, 6.1, 7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..measure import Measured
from ..measure.moments import child
from ..measure.revisits import gone_through
from ..measure.rhythm import months_after
from ..model import System
from ..problems import Problem, Rule
from .reporting import found

REGISTER_REVIEW_OVERDUE = Rule("register-review-overdue", "due", "own")
RULES = (REGISTER_REVIEW_OVERDUE,)
READS = frozenset({"document-review"})

MONTHS = 12
SERVES: Mapping[str, tuple[str, ...]] = {
    "context": ("4.1.ext", "4.1.int"), "interested-parties": ("4.2.a",), "risks": ("6.1.det",),
    "obligations": ("6.1.reg",), "objectives": ("6.2.f",), "resources": ("7.1.det",), "competence": ("7.2.a",),
    "people": ("5.3.assign",), "communication": ("7.4.a",), "providers": ("8.7.gen",), "retention": ("7.5.3.ctl4",),
    "references": ("7.5.1.a",), "audit-programme": ("9.2.a",), "improvements": ("10.2.det",), "waivers": (),
}  # fmt: skip
"""Register → the requirement that it is kept up to date for."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.entries:
        reviewed = gone_through(system, entry)
        if entry.kind.information != "maintain" or reviewed is None:
            continue
        own = child(entry.value, "review_within_months")
        months = own if isinstance(own, int) else MONTHS
        due = months_after(reviewed, months)
        if due < system.as_of:
            facts = {"reviewed": reviewed.isoformat(), "months": str(months), "due": due.isoformat()}
            asked = SERVES.get(entry.kind.name, entry.kind.clauses)
            yield found(REGISTER_REVIEW_OVERDUE, entry, ("reviewed_on",), asked, facts=facts)
