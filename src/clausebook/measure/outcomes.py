"""How complaints end (3.5, corrections 35): the basis of each closing, by which route, and who approved it.

Every record is counted once, in the period it was received, by its last closing; what is still open stands beside
what is closed, so that the shares of a period add up to all that came in. What leaves the indicators silently
(withdrawn, no complaint, duplicate, transferred) is seen here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .cases import Case
from .moments import child, rows, word
from .states import rounds

Route = Literal["accepted", "exhausted", "own", "none"]
BASES = (
    "accepted", "exhausted", "withdrawn", "unreachable", "not_contactable", "not_complaint", "duplicate", "transferred",
)  # fmt: skip
LOGGED = ("log-closed", "log-open", "log-unknown")
"""What an older log said of its own complaints: closed, open, or nothing that was mapped."""
OUTCOMES = (*BASES, "unnamed", *LOGGED, "open")
ROUTE_OF: dict[str, Route] = {
    "accepted": "accepted", "exhausted": "exhausted", "open": "none", **dict.fromkeys(LOGGED, "none"),
}  # fmt: skip
"""The standard knows two ways to close (3.5): accepted, or every reasonable way taken. All others are our own."""


@dataclass(frozen=True, slots=True)
class Ending:
    """`approved_by` and `decided_by` are person ids, or None where the record names nobody."""

    case: Case
    outcome: str
    approved_by: str | None
    decided_by: str | None
    reason_code: str | None
    reason: str

    @property
    def route(self) -> Route:
        return route_of(self.outcome)


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was received in one period. `period`: 2026 or 2026-Q3."""

    period: str
    endings: tuple[Ending, ...]

    def of(self, outcome: str) -> tuple[Ending, ...]:
        return tuple(ending for ending in self.endings if ending.outcome == outcome)

    @property
    def reopened(self) -> tuple[Ending, ...]:
        return tuple(ending for ending in self.endings if ending.case.reopened)


def route_of(outcome: str) -> Route:
    return ROUTE_OF.get(outcome, "own")


def ending_of(case: Case) -> Ending:
    closure = child(rounds(case.value)[-1], "closure")
    denied = child(case.value, "not_a_complaint") if case.closure_basis == "not_complaint" else None
    return Ending(
        case, outcome_of(case), word(closure, "approved_by") or word(denied, "approved_by"),
        word(closure, "by") or word(denied, "decided_by"),
        word(closure, "reason_code") or word(denied, "reason_code"),
        word(closure, "reason") or word(denied, "reason") or word(closure, "tried") or "",
    )  # fmt: skip


def outcome_of(case: Case) -> str:
    """The basis of the last closing; an older log names no basis, and of what it leaves out nobody knows."""
    if case.closed_at is not None:
        return case.closure_basis or "unnamed"
    if not case.imported:
        return "open"
    if not case.open:
        return "log-closed"
    return "log-open" if word(child(case.value, "imported"), "state") else "log-unknown"


def reopened_by(case: Case) -> str | None:
    """Who approved the last reopening."""
    last = rows(case.value, "reopenings")[-1:]
    return word(last[0], "approved_by") if last else None


def cohorts(cases: Sequence[Case], period: Callable[[date], str]) -> tuple[Cohort, ...]:
    """What was received, by period, in order of time."""
    found: dict[str, list[Ending]] = {}
    for case in sorted(cases, key=lambda case: (case.received.at, case.id)):
        found.setdefault(period(case.received.on), []).append(ending_of(case))
    return tuple(Cohort(name, tuple(endings)) for name, endings in found.items())


def year(on: date) -> str:
    return f"{on.year}"


def quarter(on: date) -> str:
    return f"{on.year}-Q{(on.month + 2) // 3}"
