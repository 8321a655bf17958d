"""When the things that people cite began and were last touched: one reading for records and rows of registers (9.3).

What a review cites must have happened since the last one and before this one. A record has many dates; a row of a
register often none, and is then as recent as the last review of its register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ..model import Entry, System
from .moments import day, rows

BEGINS = (
    "opened_on", "detected_on", "started_on", "held_on", "evaluated_on", "checked_on", "reviewed_on", "proposed_on",
    "analysed_on", "disposed_on", "received_on", "received_at", "identified_on",
)  # fmt: skip
"""Which date of a record says that it was there; the first one found counts."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Dating:
    began: date | None
    touched: date | None


NOTHING = Dating(None, None)


class Datings:
    """Answers by id; only what somebody cites is ever read."""

    def __init__(self, system: System) -> None:
        self._system = system

    def of(self, identifier: str) -> Dating:
        entry = self._records.get(identifier)
        if entry is not None:
            return self._dating(entry.value)
        register, row = self._rows.get(identifier, (None, None))
        if register is None or row is None:
            return NOTHING
        found = self._dating(row)
        reviewed = [on for on in (found.touched, day(register.value, "reviewed_on")) if on is not None]
        return Dating(found.began, max(reviewed, default=None))

    @cached_property
    def _records(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self._system.entries}

    @cached_property
    def _rows(self) -> Mapping[str, tuple[Entry, Mapping[str, Any]]]:
        registers = (entry for entry in self._system.entries if entry.kind.information == "maintain")
        return {str(row.get("id")): (entry, row) for entry in registers for row in rows(entry.value, "items")}

    def _dating(self, value: Mapping[str, Any]) -> Dating:
        written = next((value[key] for key in BEGINS if isinstance(value.get(key), str)), None)
        past = [on for on in _dates(value) if on <= self._system.as_of]
        return Dating(day(written[:10]) if written else None, max(past, default=None))


def _dates(value: Mapping[str, Any] | list[Any]) -> Iterator[date]:
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _dates(inner)
        elif isinstance(inner, str) and DATE.match(inner) and (on := day(inner[:10])) is not None:
            yield on
