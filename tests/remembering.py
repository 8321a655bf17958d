"""Judging many variations of one organisation: what a group of rules said stands while nothing it read has changed.

What a group reads is not declared but seen: it is run once over entries that note who looks into them. A rule is a
pure function of what it reads, so it says the same of a variation in which none of that differs, and need not be asked
again; nor need the evidence of a requirement or the cases be measured again. A group that looks at more than entries
(what carries every requirement, every id, what differs from git) is asked each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import fields, replace
from typing import Any

from clausebook.check import BEHAVIOUR
from clausebook.check.chapters import Rules
from clausebook.history import History
from clausebook.measure import Measured, sound
from clausebook.measure.approvals import Approvals
from clausebook.measure.cases import complaints_of
from clausebook.measure.collector import uncollected
from clausebook.measure.evidence import Evidence, evidence_of
from clausebook.measure.writing import unwritten
from clausebook.model import Entry, System
from clausebook.pipeline import Report, judged
from clausebook.problems import Problem

ANYTHING = "*"
"""Noted where a group reads what any change may touch."""
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
        return (entry for entry in self.entries if entry.kind.name in kinds)


class NotedList(tuple[Any, ...]):
    """What is listed of all entries together."""

    def __iter__(self) -> Iterator[Any]:
        SEEN.add(ANYTHING)
        return super().__iter__()


class NotedHistory(History):
    """The log is the same in every variation; which files differ from it is not."""

    def __getattribute__(self, name: str) -> Any:
        if name == "changed":
            SEEN.add(ANYTHING)
        return object.__getattribute__(self, name)


class NotedMeasured(Measured):
    """What was measured of a noted system: cases rest on what was read to make them, evidence on everything."""

    __slots__ = ("below",)
    below: frozenset[str]

    def __getattribute__(self, name: str) -> Any:
        if name in ("evidence", "unwritten"):
            SEEN.add(ANYTHING)
        if name in ("complaints", "cases"):
            SEEN.update(self.below)
        return object.__getattribute__(self, name)


class Judge:
    """Judges variations of the organisation of a report, as the pipeline does."""

    def __init__(self, report: Report) -> None:
        self.plain, self.sound = report.measured, report.measured.sound
        self.own = {id(entry) for entry in self.sound.entries}
        noted = _noted(self.sound)
        SEEN.clear()
        complaints = complaints_of(noted)
        below = self.below = frozenset(SEEN)
        self.carried = {name: _kinds_read(noted, name) for name in self.plain.evidence}
        self.said: dict[Rules, list[Problem]] = {}
        self.read: dict[Rules, frozenset[str]] = {}
        for rules in BEHAVIOUR:
            measured = NotedMeasured(self.plain.evidence, self.plain.unwritten, complaints, noted, Approvals(noted))
            object.__setattr__(measured, "below", below)
            SEEN.clear()
            self.said[rules] = list(rules(noted, measured))
            self.read[rules] = frozenset(SEEN)
        self.reused = 0
        self._last: tuple[System, frozenset[str]] = (self.sound, frozenset())

    def __call__(self, system: System) -> Report:
        with uncollected():
            return judged(system, [self._remembering(rules) for rules in BEHAVIOUR], self._measured)

    def _measured(self, system: System) -> Measured:
        right = sound(system)
        complaints = complaints_of(right) if self._touched(right, self.below) else self.plain.complaints
        return Measured(self._evidence(system), tuple(unwritten(system)), complaints, right, Approvals(system))

    def _evidence(self, system: System) -> Mapping[str, Evidence]:
        touched = [name for name, kinds in self.carried.items() if self._touched(system, kinds)]
        return {**self.plain.evidence, **evidence_of(_asking(system, touched))}

    def _remembering(self, rules: Rules) -> Rules:
        def asked(system: System, measured: Measured) -> Iterator[Problem]:
            if self._touched(system, self.read[rules]):
                yield from rules(system, measured)
            else:
                self.reused += 1
                yield from self.said[rules]

        return asked

    def _touched(self, system: System, kinds: frozenset[str]) -> bool:
        """Whether something of these kinds differs; the day and what is wrong in form count for every rule."""
        same = system.as_of == self.sound.as_of and system.broken == self.sound.broken
        changed = self._changed(system)
        return not same or ANYTHING in kinds or bool(changed & kinds) or not changed <= set(self.sound.by_kind)

    def _changed(self, system: System) -> frozenset[str]:
        """The kinds of which an entry is new, gone or another; the same for all groups, which are asked in turn."""
        if self._last[0] is not system:
            now = {id(entry) for entry in system.entries}
            changed = {e.kind.name for e in system.entries if id(e) not in self.own}
            changed |= {e.kind.name for e in self.sound.entries if id(e) not in now}
            self._last = (system, frozenset(changed))
        return self._last[1]


def _noted(system: System) -> NotedSystem:
    entries = tuple(_copied(NotedEntry, entry) for entry in system.entries)
    history = copy(system.history)
    object.__setattr__(history, "__class__", NotedHistory)
    values = {one.name: getattr(system, one.name) for one in fields(System) if one.init}
    listed = {name: NotedList(values[name]) for name in ("problems", "defined", "referred")}
    return NotedSystem(**{**values, **listed, "entries": entries, "history": history})


def _asking(system: System, requirements: Iterable[str]) -> System:
    """The system under a standard that has these requirements only."""
    catalogue = system.catalogue
    few = {name: catalogue.requirements[name] for name in requirements}
    return replace(system, catalogues={**system.catalogues, catalogue.id: replace(catalogue, requirements=few)})


def _kinds_read(noted: System, requirement: str) -> frozenset[str]:
    SEEN.clear()
    evidence_of(_asking(noted, [requirement]))
    return frozenset(SEEN)


def _copied(noted: type[NotedEntry], entry: Entry) -> NotedEntry:
    return noted(**{one.name: getattr(entry, one.name) for one in fields(Entry)})
