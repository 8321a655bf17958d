"""Planned actions wherever they are written: one reading of what, who, by when and done (6.1, 6.2, 6.3, 9.3, 10.1).

Many records and registers plan actions under names of their own (`actions`, `plan`, `steps`, `lessons`,
`decisions`, `measures`); what makes one late is the same everywhere. An extension that somebody approved before the
old day was over moves the day in force; the indicators measure against the day first agreed all the same (K25).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import Entry, Pointer, System
from .moments import child, day, rows, word

LISTS = frozenset({
    "actions", "action", "plan", "steps", "lessons", "decisions", "measures", "corrective_actions", "containment",
    "correction",
})  # fmt: skip
"""Keys below which an action stands. An action is a mapping with `due_on` and something to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """One planned action. `due_on` is the day in force, `first_due_on` the one first agreed."""

    entry: Entry
    pointer: Pointer
    value: Mapping[str, Any]
    due_on: date
    first_due_on: date
    done_on: date | None
    cancelled: bool

    @property
    def what(self) -> str:
        return word(self.value, "what") or ""

    @property
    def owner(self) -> str | None:
        return word(self.value, "owner") or word(self.value, "by")

    @property
    def key(self) -> str:
        """The list it stands in, for the requirement it serves: `actions`, `plan`, `outputs.a.actions` …"""
        return ".".join(step for step in self.pointer if isinstance(step, str))

    def overdue(self, as_of: date) -> bool:
        """Open on the day after its last day; until that day is over nothing is late."""
        return self.done_on is None and not self.cancelled and self.due_on < as_of

    def late(self) -> bool:
        """Done, but after the last day that was in force."""
        return self.done_on is not None and self.done_on > self.due_on


def actions_of(system: System, *kinds: str) -> Iterator[Action]:
    """Every planned action of the organisation, or of these kinds alone, in file order. Complaints have clocks of
    their own instead."""
    for entry in system.of(*kinds) if kinds else system.entries:
        if entry.kind.name != "complaint":
            yield from _below(entry, (), entry.value, False)


def _below(entry: Entry, pointer: Pointer, value: Any, planned: bool) -> Iterator[Action]:
    if isinstance(value, dict):
        due = day(value, "due_on") if planned and (value.get("what") or value.get("by")) else None
        if due is not None:
            yield _action(entry, pointer, value, due)
            return
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _below(entry, (*pointer, key), inner, key in LISTS)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list):
                yield from _below(entry, (*pointer, index), inner, planned)


def _action(entry: Entry, pointer: Pointer, value: Mapping[str, Any], due: date) -> Action:
    moved = rows(value, "extensions")
    first = min([due, *(on for row in moved if (on := day(row, "from_on")))])
    in_force = first
    for row in moved:
        asked, new = day(row, "on"), day(row, "to_on")
        if new is not None and asked is not None and asked <= in_force < new and row.get("approved_by"):
            in_force = new
    in_force = due if not moved else in_force
    return Action(entry, pointer, value, in_force, first, day(value, "done_on"), cancelled(value))


def cancelled(action: Mapping[str, Any]) -> bool:
    """Whether somebody approved that an action is no longer needed; without approval it still is."""
    return bool(child(action, "cancelled", "approved_by"))
