"""Which target held for an indicator on a day: from the objectives first, else from the monitoring plan.

A target is judged by the version in force in its period, so lowering one today cures no miss of last year
(corrections 6). Of a period in which it changed, the last day decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import System
from .moments import child, day, rows

COMPARE = {
    ">=": lambda value, wanted: value >= wanted, "<=": lambda value, wanted: value <= wanted,
    ">": lambda value, wanted: value > wanted, "<": lambda value, wanted: value < wanted,
    "=": lambda value, wanted: value == wanted,
}  # fmt: skip
SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True, slots=True)
class Target:
    """`part` None means the headline; `basis` is the objective's id or the plan's number."""

    comparator: str
    value: float
    part: str | None
    basis: str

    def __str__(self) -> str:
        return f"{self.comparator} {self.value:g}"

    @property
    def said(self) -> str:
        """As people write it: ≥ 95."""
        return f"{SIGNS.get(self.comparator, self.comparator)} {self.value:g}"

    def met(self, value: float) -> bool:
        return bool(COMPARE[self.comparator](value, self.value))


def targets_of(system: System, kpi: str, on: date, dimension: str | None, value: str | None) -> list[Target]:
    """Targets in force on a day for the whole, or for one value of a dimension; the one that counts is first.

    The whole has the plan's target too; a breakdown has only those that name it, for a mean of parts is no
    target of each part.
    """
    return [*_objectives(system, kpi, on, dimension, value), *(_plan(system, kpi, on) if dimension is None else ())]


def _objectives(system: System, kpi: str, on: date, dimension: str | None, value: str | None) -> Iterator[Target]:
    for entry in system.of("objectives"):
        for row in rows(entry.value, "items"):
            named = (child(row, "by", "dimension"), child(row, "by", "value"))
            if row.get("kpi") == kpi and named == (dimension, value) and _within(row.get("period"), on):
                wanted = _in_force(row, on)
                if wanted is not None and row.get("comparator") in COMPARE:
                    yield Target(str(row["comparator"]), wanted, None, str(row.get("id")))


def _in_force(row: dict[str, Any], on: date) -> float | None:
    """The value of an objective on a day: an earlier one until it was replaced."""
    for earlier in rows(row, "earlier_targets"):
        since, until = day(earlier, "effective_on"), day(earlier, "replaced_on")
        if since and until and since <= on < until:
            return _number(earlier.get("target"))
    return _number(row.get("target"))


def _plan(system: System, kpi: str, on: date) -> Iterator[Target]:
    for entry in system.of("monitoring-plan"):
        for row in rows(entry.value, "items"):
            for target in rows(row, "targets") if row.get("kpi") == kpi else ():
                wanted = _number(target.get("value"))
                if _within(target, on) and wanted is not None and target.get("comparator") in COMPARE:
                    yield Target(str(target["comparator"]), wanted, target.get("part"), entry.id)


def running(items: list[dict[str, Any]], as_of: date) -> list[dict[str, Any]]:
    """The objectives whose period has not ended; when none is left, those that ended last.

    That time ran out is a gap of its own and answers nothing that was wrong with the objectives before.
    """
    ends = [day(row, "period", "to_on") for row in items]
    last = max((on for on in ends if on is not None), default=as_of)
    bound = min(last, as_of)
    return [row for row, on in zip(items, ends, strict=True) if on is None or on >= bound]


def _within(value: Any, on: date) -> bool:
    since, until = day(value, "from_on"), day(value, "to_on")
    return since is not None and since <= on and (until is None or on <= until)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
