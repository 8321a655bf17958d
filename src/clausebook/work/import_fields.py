"""One column of a log into one field of a record: values looked up, dates read, what does not fit left raw (8.2).

A field's closed list is its labels or the ids it refers to; ids are also found by their titles in the
organisation's own files and by the usual words of data/headers.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from ..load.headers import normal, words
from ..measure.moments import zone_of
from ..model import Shape, System
from ..publish.exports import JOINTS
from .date_columns import Reading
from .import_map import PERSON, Column
from .import_privacy import Tokens, masked, masked_number

PROBE: dict[str, Any] = {"received_on": "2020-01-01", "imported": {"file_sha256": "0" * 64, "row": 1}}
FREE = "自由文字 free text."
NOTHING = re.compile(r"[-—–/\\_.*~]+|n/?a\.?|nil|null|none|nan|无|暂无|没有|空|略|不详|未知|#n/a", re.IGNORECASE)
TITLES = ("name", "title", "name_en", "title_en")
NUMBERS = ("external_case_no", "order", "batch")
"""Numbers of things."""


@dataclass(slots=True)
class Field:
    """A column bound to its field. `given(value)` is what a record gets, or None when the value cannot be used."""

    name: str
    column: Column
    steps: tuple[str, ...]
    shape: Shape
    reading: Reading | None = None
    zone: tzinfo | None = None
    latest: date = date.max
    known: Mapping[str, str] | None = None
    free: bool = True
    checks: Any = None
    told: dict[str, str] = field(default_factory=dict)
    """Why a value cannot be used: value → key of the reason."""
    cache: dict[str, Any] = field(default_factory=dict)
    tokens: Tokens | None = None
    """What names of persons become, in the one field that may hold a person."""

    @property
    def dated(self) -> bool:
        return self.steps[-1].endswith(("_on", "_at"))

    @property
    def due(self) -> bool:
        """True for a date that may lie ahead."""
        return "due" in self.steps[-1]

    def given(self, value: str) -> Any:
        if self.tokens is not None:
            return self.tokens.of(self._chosen(value))
        if self.column.own and self.shape.items is not None:
            return self._listed(value)
        if self.free and not self.column.values:
            return self._kept(value)
        if value not in self.cache:
            self.cache[value] = self._given(value)
        return self.cache[value]

    def _given(self, value: str) -> Any:
        chosen = self._chosen(value)
        if self.free:
            return self._kept(chosen)
        if self.dated:
            made = self._moment(chosen)
            if made is None:
                undecided = self.reading is not None and self.reading.open
                self.told[value] = "reason-two-readings" if undecided else "reason-date"
            return made
        if self.known is not None:
            made = self.known.get(chosen) or self.known.get(normal(chosen))
            if made is None:
                self.told[value] = "reason-reference" if (self.shape.items or self.shape).refers else "reason-list"
            return made
        typed = as_typed(self.shape, chosen)
        if typed is None or (not self.free and not self.checks(self.steps, typed)):
            self.told[value] = "reason-form"
            return None
        return typed

    def _listed(self, value: str) -> list[Any] | None:
        """A list as our own export joins it: words in one line, anything else JSON line by line."""
        try:
            parts: list[Any] = JOINTS.split(value)
            if value[:1] in '[{"':
                parts = [json.loads(line) for line in value.split("\n")]
        except ValueError:
            parts = [None]
        known = self.known
        members = parts if known is None else [known.get(str(part)) or known.get(normal(str(part))) for part in parts]
        if any(member is None for member in members) or not self.checks(self.steps, members):
            self.told[value] = "reason-form"
            return None
        return [_masked(member) for member in members] if known is None else members

    def _kept(self, value: str) -> str | None:
        """A text masked; a number only when it is no person's."""
        if self.column.field in NUMBERS:
            return value if masked_number(value) == value else None
        return masked(value)

    def _chosen(self, value: str) -> str:
        """What the column's own words make of a value: as it is written, else in small letters (Y, YES, yes)."""
        own = self.column.values
        return own.get(value) or own.get(value.casefold()) or value

    def _moment(self, value: str) -> str | None:
        """A day, or a moment with offset; a moment is never invented from a day."""
        day = self.reading.parse(value) if self.reading else None
        if day is None or day > self.latest:
            return None
        if self.steps[-1].endswith("_on"):
            return day.isoformat()
        return at(value, day, self.zone, self.reading.clock(value) if self.reading else None)

    def put(self, record: dict[str, Any], value: str) -> None:
        made = None if says_nothing(value) and not self.column.own else self.given(value)
        if made is None:
            return
        target = record
        for step in self.steps[:-1]:
            target = target.setdefault(step, {})
        alone = self.shape.items is not None and not isinstance(made, list)
        target[self.steps[-1]] = [made] if alone else made


def _masked(value: Any) -> Any:
    """A value with every text in it masked."""
    if isinstance(value, dict):
        return {key: _masked(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_masked(child) for child in value]
    return masked(value) if isinstance(value, str) else value


def own_numbers(fields: Mapping[str, Field]) -> str | None:
    """The column of our own numbers, in a table that `export` made."""
    return next((name for name, field in fields.items() if field.column.own and field.steps == ("id",)), None)


def says_nothing(value: str) -> bool:
    """True for what people write into a cell that they leave empty; the raw row keeps it."""
    return len(value) < 8 and NOTHING.fullmatch(value) is not None


def at(value: str, day: date, zone: tzinfo | None, clock: time | None) -> str | None:
    """RFC 3339 of a value with a time of day, by its own offset or the organisation's; None without a time."""
    if clock is None:
        return None
    try:
        own = datetime.fromisoformat(value)
        if own.tzinfo is not None:
            return own.isoformat(timespec="seconds")
    except ValueError:
        pass
    return datetime.combine(day, clock, zone).isoformat(timespec="seconds")


def as_typed(shape: Shape, value: str) -> Any:
    """A text as the schema wants it read, or None."""
    if shape.typed == "boolean":
        return {"true": True, "yes": True, "是": True, "y": True, "false": False, "no": False, "否": False,
                "n": False}.get(value.lower())  # fmt: skip
    if shape.typed is None:
        return value
    try:
        return int(value) if shape.typed == "integer" else float(value)
    except ValueError:
        return None


def bind(system: System, name: str, column: Column) -> Field:
    """A column of the map as a field that can be filled; the field must be `import_map.known`."""
    shape, steps = system.kinds["complaint"].shape, tuple(column.field.split("."))
    for step in steps:
        shape = shape.properties[step]
    bound = Field(name, column, steps, shape, latest=date(system.as_of.year + 20, 12, 31))

    def checks(path: tuple[str, ...], value: Any) -> bool:
        listed = shape.items is not None and not isinstance(value, list)
        probe = _probe(path, value, listed=listed)
        if not column.own:
            return system.schemas.is_valid("complaint", probe)
        # The other fields of its part have columns of their own, and private ones stayed behind: only what is wrong
        # with this one counts, not what is missing.
        errors = system.schemas.errors("complaint", probe)
        return not any(where[: len(path)] == path and keyword != "required" for keyword, where, *_ in errors)

    bound.checks = checks
    # A complaint that another one names may stand further down in the same table.
    named = column.own and "complaint" in (shape.items or shape).refers
    bound.known = None if named else _allowed(system, shape.items or shape, column.field)
    bound.free = not bound.dated and bound.known is None and shape.typed is None and checks(steps, FREE)
    bound.zone = zone_of(system.organisation)
    bound.tokens = Tokens() if column.field == PERSON else None
    return bound


def _probe(path: tuple[str, ...], value: Any, *, listed: bool) -> dict[str, Any]:
    probe: dict[str, Any] = {**PROBE, "imported": dict(PROBE["imported"])}
    target = probe
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = [value] if listed else value
    return probe


def _allowed(system: System, shape: Shape, field_name: str) -> dict[str, str] | None:
    """What a field with a closed list takes: the id itself, its title, and the usual words for it."""
    if not shape.refers and not shape.labels:
        return None
    names: dict[str, set[str]] = {}
    ids = set(shape.labels) | set(shape.except_refs)
    for label, titles in shape.labels.items():
        for title in (label, *titles.values()):
            names.setdefault(normal(title), set()).add(label)
    for mention in system.defined:
        if mention.spaces[0] in shape.refers:
            ids.add(mention.id)
            for title in (mention.id, *_titles(mention.entry.value, mention.pointer)):
                names.setdefault(normal(title), set()).add(mention.id)
    found = {name: next(iter(targets)) for name, targets in names.items() if len(targets) == 1 and name}
    for word, target in words().values.get(field_name, {}).items():
        if target in ids and word not in names:
            found[word] = target
    return {**found, **{own: own for own in ids}}


def _titles(value: Any, pointer: tuple[str | int, ...]) -> list[str]:
    """What the thing that defines an id is called there."""
    for step in pointer[:-1]:
        value = value[step]
    said = value if isinstance(value, Mapping) else {}
    return [said[key] for key in TITLES if isinstance(said.get(key), str)]
