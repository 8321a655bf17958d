"""Judging many variations of one organisation: what a group of rules said stands while nothing it read has changed.

What a group reads is not declared but seen: it is run once over entries that note who looks into them. A rule is a
pure function of what it reads, so it says the same of a variation in which none of that differs, and need not be asked
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from clausebook.check import BEHAVIOUR, Rules, operation, snapshots
from clausebook.measure import Measured
from clausebook.measure.cases import complaints_of
from clausebook.measure.collector import uncollected
from clausebook.model import Entry, System
from clausebook.pipeline import Report, judged
from clausebook.problems import Problem

DEAR: tuple[Rules, ...] = (operation.casework, snapshots.check)
"""The groups that take most of the time; every other is asked each time."""
SEEN: set[str] = set()


class NotedEntry(Entry):
    """An entry that notes its kind when anything but its kind is asked for."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name != "kind" and not name.startswith("__"):
            SEEN.add(object.__getattribute__(self, "kind").name)
        return object.__getattribute__(self, name)


class NotedSystem(System):
    """A system that notes which kinds it is asked for, those that nobody has written included."""

    __slots__ = ()

    def of(self, *kinds: str) -> Iterator[Entry]:
        SEEN.update(kinds)
        return System.of(self, *kinds)


class Judge:
    """Judges variations of the organisation of a report, as the pipeline does."""

    def __init__(self, report: Report) -> None:
        self.sound = report.measured.sound
        self.own = {id(entry) for entry in self.sound.entries}
        noted = _noted(self.sound)
        SEEN.clear()
        measured = replace(report.measured, sound=noted, complaints=complaints_of(noted), evidence={}, unwritten=())
        below = frozenset(SEEN)
        self.said: dict[Rules, list[Problem]] = {}
        self.read: dict[Rules, frozenset[str]] = {}
        for rules in DEAR:
            SEEN.clear()
            self.said[rules] = list(rules(noted, measured))
            self.read[rules] = below | SEEN
        self.reused = 0

    def __call__(self, system: System) -> Report:
        with uncollected():
            return judged(system, [self._remembering(rules) for rules in BEHAVIOUR])

    def _remembering(self, rules: Rules) -> Rules:
        def asked(system: System, measured: Measured) -> Iterator[Problem]:
            if rules in self.said and not self._touched(system, self.read[rules]):
                self.reused += 1
                yield from self.said[rules]
            else:
                yield from rules(system, measured)

        return asked

    def _touched(self, system: System, kinds: frozenset[str]) -> bool:
        """Whether an entry of these kinds is new, gone or another, or of a kind that nobody had when we looked.

        The day and what is wrong in form count for every rule.
        """
        now = {id(entry) for entry in system.entries}
        changed = {e.kind.name for e in system.entries if id(e) not in self.own}
        changed |= {e.kind.name for e in self.sound.entries if id(e) not in now}
        same = system.as_of == self.sound.as_of and system.broken == self.sound.broken
        return not same or bool(changed & kinds) or not changed <= set(self.sound.by_kind)


def _noted(system: System) -> NotedSystem:
    entries = tuple(_copied(NotedEntry, entry) for entry in system.entries)
    values = {one.name: getattr(system, one.name) for one in fields(System) if one.init}
    return NotedSystem(**{**values, "entries": entries})


def _copied(noted: type[NotedEntry], entry: Entry) -> NotedEntry:
    return noted(**{one.name: getattr(entry, one.name) for one in fields(Entry)})
