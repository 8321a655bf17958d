"""What no longer holds, and since when: rows of registers, and products, sites, departments, channels (4.1 to 4.4).

A row is retired, repealed or ended by a date of its own or by its status; a status without a date holds from the
beginning, since nothing says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..model import System
from .moments import day, rows

REGISTERS = ("context", "interested-parties", "obligations", "resources", "providers")
PARTS = ("products", "sites", "departments", "channels")
"""Lists of the organisation's own profile."""
DATES = ("retired_on", "repealed_on", "ended_on")
ENDED = frozenset({"retired", "repealed", "ended"})


def retirements(system: System) -> Mapping[str, date]:
    """Id → the first day from which it no longer holds, up to the date that rules."""
    found = {str(row.get("id")): _since(row) for row in _things(system)}
    return {name: on for name, on in found.items() if on is not None and on <= system.as_of}


def _things(system: System) -> Iterator[Mapping[str, Any]]:
    for entry in system.of(*REGISTERS):
        yield from rows(entry.value, "items")
    for part in PARTS:
        yield from rows(system.organisation, part)


def _since(row: Mapping[str, Any]) -> date | None:
    dated = next((on for key in DATES if (on := day(row, key))), None)
    return dated or (date.min if row.get("status") in ENDED else None)
