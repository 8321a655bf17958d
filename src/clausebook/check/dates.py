"""Dates of what has happened: none lies after the date that rules (7.5.2). Complaints have rules of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ..measure import Measured
from ..measure.moments import moment, zone_of
from ..model import Pointer, System
from ..problems import Problem, Rule
from .asked import Asked
from .reporting import found

HAPPENED_IN_FUTURE = Rule("happened-in-future", "contradiction", "own")
RULES = (HAPPENED_IN_FUTURE,)
READS: frozenset[str] = frozenset()

PLANNED = frozenset({
    "planned", "due", "next", "next_review", "expires", "effective", "system_effective", "first_effective", "valid_to",
    "valid_until", "to", "retain_until", "new_due", "from", "valid_from", "repealed", "retired", "issued",
    "target_effective", "told_due", "since", "left",
})  # fmt: skip
"""Stems of dates that may lie ahead; every other `_on` or `_at` says what has happened."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    today = system.as_of.isoformat()
    zone, who = zone_of(system.organisation), Asked(measured)
    for entry in system.entries:
        if entry.kind.name in ("complaint", "calendar"):
            continue
        for pointer, value in _dates(entry.value, ()):
            if value[:10] > today:
                at = moment({"at": value}, zone, "at")  # another zone's tomorrow may be today here
                if at is None or at.date().isoformat() > today:
                    asked = who.of_evidence(entry, pointer)
                    yield found(HAPPENED_IN_FUTURE, entry, pointer, asked, facts={"date": value[:10], "as_of": today})


def _dates(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            stem, dash, kind = key.rpartition("_")
            said = kind in ("on", "at") and (not dash or stem not in PLANNED)
            if isinstance(inner, dict | list):
                yield from _dates(inner, (*pointer, key))
            elif said and isinstance(inner, str) and _is_date(inner):
                yield (*pointer, key), inner
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list):
                yield from _dates(inner, (*pointer, index))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
