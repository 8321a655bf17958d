"""Which entries carry which requirement: the catalogue's selectors, executed. Coverage is the inversion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..clauses import Requirement, Selector, covers
from ..model import Entry, Pointer, System
from .paths import absent, empty, matches, selected, steps, values_at
from .rhythm import months_after

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
HEADING = re.compile(r"^(#{1,6})\s+.*?(?:\{#([A-Za-z0-9_.-]+)\})?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of evidence: an entry, or something inside it."""

    entry: Entry
    pointer: Pointer
    value: Any


@dataclass(frozen=True, slots=True)
class Lack:
    """What a selector did not find. `thing` is None when nothing is there at all."""

    selector: Selector
    what: Literal["none", "too-few", "not-covered", "field", "any-of", "section"]
    thing: Thing | None = None
    pointer: Pointer = ()
    detail: str = ""
    found: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one requirement; `no_case` when it asks for events and none has happened."""

    things: tuple[Thing, ...]
    lacks: tuple[Lack, ...]
    no_case: bool

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(thing.entry.path for thing in self.things))


def evidence_of(system: System) -> Mapping[str, Evidence]:
    """Evidence of every requirement of the chosen standard, by id."""
    memory: dict[tuple[Any, ...], list[Thing]] = {}
    return {
        requirement.id: _evidence(requirement, system, memory) for requirement in system.catalogue.requirements.values()
    }


def _evidence(requirement: Requirement, system: System, memory: dict[tuple[Any, ...], list[Thing]]) -> Evidence:
    things: list[Thing] = []
    lacks: list[Lack] = []
    events = happened = 0
    for selector in requirement.evidence:
        found = _things(selector, system, memory)
        things += found
        lacks += _lacks(selector, found, system.as_of)
        if selector.document is None and selector.minimum == 0:
            events += 1
            happened += bool(found)
    no_case = requirement.not_applicable == "no-case" and events > 0 and not happened and not lacks
    return Evidence(tuple(things), tuple(lacks), no_case)


def _things(selector: Selector, system: System, memory: dict[tuple[Any, ...], list[Thing]]) -> list[Thing]:
    """All that the selector selects and `where` admits; shared between selectors that select alike."""
    where = tuple(sorted((field, str(wanted)) for field, wanted in selector.where.items()))
    key = (selector.kinds, selector.document, selector.select, where)
    if key not in memory:
        memory[key] = [
            Thing(entry, pointer, value)
            for entry in _entries(selector, system)
            for pointer, value in (selected(entry.value, selector.select) if selector.select else [((), entry.value)])
            if matches(value, selector.where)
        ]
    return memory[key]


def _entries(selector: Selector, system: System) -> Iterator[Entry]:
    entries = system.of(*selector.kinds) if selector.kinds else iter(system.entries)
    if selector.document is None:
        yield from entries
        return
    for entry in entries:
        served = entry.value.get("clauses")
        clauses = served if entry.controlled and isinstance(served, list) else []
        if any(isinstance(clause, str) and covers(clause, selector.document) for clause in clauses):
            yield entry


def _lacks(selector: Selector, found: list[Thing], as_of: date) -> Iterator[Lack]:
    counted = [thing for thing in found if _recent(thing, selector, as_of)]
    number = len(counted)
    if selector.distinct:
        number = len({str(value) for thing in counted for value in values_at(thing.value, selector.distinct)})
    if number < selector.minimum:
        yield Lack(selector, "too-few" if found else "none", found=number)
    if selector.covers and (counted or selector.minimum):
        field, wanted = selector.covers
        shown = {str(value) for thing in counted for value in values_at(thing.value, field)}
        for value in wanted:
            if value not in shown and counted:
                yield Lack(selector, "not-covered", detail=value)
    for thing in found:
        yield from _holes(selector, thing)


def _holes(selector: Selector, thing: Thing) -> Iterator[Lack]:
    for field in selector.each:
        hole = absent(thing.value, steps(field))
        if hole is not None:
            yield Lack(selector, "field", thing, (*thing.pointer, *hole), detail=field)
    if selector.any_of and all(absent(thing.value, steps(f)) is not None for f in selector.any_of):
        yield Lack(selector, "any-of", thing, thing.pointer, detail=selector.any_of[0])
    written = sections(thing.entry.body or "") if selector.sections else {}
    for anchor in selector.sections:
        if empty(written.get(anchor)):
            yield Lack(selector, "section", thing, detail=anchor)


def _recent(thing: Thing, selector: Selector, as_of: date) -> bool:
    if selector.within is None:
        return True
    field, months = selector.within
    first = months_after(as_of, -months).isoformat()
    return any(first <= str(value)[:10] <= as_of.isoformat() for value in values_at(thing.value, field))


def sections(body: str) -> Mapping[str, str]:
    """Anchor → text below its heading, up to the next heading of the same or a higher level."""
    marks = [(match.start(), match.end(), len(match.group(1)), match.group(2)) for match in HEADING.finditer(body)]
    found: dict[str, str] = {}
    for index, (_, end, level, anchor) in enumerate(marks):
        if anchor:
            stop = next((start for start, _, other, _ in marks[index + 1 :] if other <= level), len(body))
            inner = HEADING.sub("", COMMENT.sub("", body[end:stop]))
            found[anchor] = inner.strip()
    return found
