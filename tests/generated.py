"""Organisations nobody would write and every schema lets through: for proving that rules survive them.

`Maker.organisation` makes a few files of each kind from the schemas alone; `Maker.odd` takes real ones and deletes or
replaces parts of them, keeping what the schema still accepts. Everything follows from one random seed.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from clausebook.load.standards import own_schemas
from clausebook.load.workspace import overlaid
from clausebook.model import Entry, Kind, System

Raw = dict[str, Any]
Path_ = tuple[str | int, ...]
DAYS = (
    "0001-01-01", "1970-01-01", "2024-02-29", "2026-01-31", "2026-09-01", "2026-11-20", "2026-12-31", "9999-12-31",
)  # fmt: skip
CLOCKS = ("T00:00:00+14:00", "T09:12:00+08:00", "T23:59:59Z", "T12:00:00-12:00", "T08:00+08:00")
WORDS = (
    "甲", "x", "渗漏", "着火", "é\u0301", "𠀀", "a|b", "{id}", "$(x)", "<b>", "0", "null", "1e309", "长" * 300, "A/0",
    "2026-Q3",
)  # fmt: skip
TRIES = (
    "CC-2026-0001", "A/0", "CP-01", "x-1", "8.2.a", "2026-09", "2026-Q3", "0" * 64, "CNY", "10.00", "P-2AB3CD4E",
    "08:30", "Asia/Shanghai", "03-31", "https://example.org/x", "a@example.org", "x", "a", "1", "S1", "x/y.yaml",
)  # fmt: skip
MOST = 999_999_999
NUMBERS = (-1, 0, 1, 2, 5, 12, 100, 10**6, MOST)


class Maker:
    def __init__(self, system: System, seed: int) -> None:
        self.system = system
        self.schemas = own_schemas()
        self.dice = random.Random(seed)
        self.ids: dict[str, list[str]] = {}
        for mention in system.defined:
            self.ids.setdefault(mention.spaces[0], []).append(mention.id)

    def organisation(self) -> System:
        """One to three files of about half the kinds, and nothing else."""
        bare = replace(self.system, entries=(), problems=(), broken={}, defined=(), referred=())
        return overlaid(bare, dict(self._files()))

    def odd(self, share: float) -> System:
        """The documents and a share of the records, some of them with parts gone or replaced."""
        kept = [
            entry for entry in self.system.entries
            if entry.kind.information == "maintain" or self.dice.random() < share
        ]  # fmt: skip
        names = {entry.path for entry in kept}
        fewer = replace(
            self.system, entries=tuple(kept),
            defined=tuple(m for m in self.system.defined if m.entry.path in names),
            referred=tuple(m for m in self.system.referred if m.entry.path in names),
        )  # fmt: skip
        alone = [entry for entry in kept if sum(other.path == entry.path for other in kept) == 1]
        chosen = self.dice.sample(alone, min(len(alone), self.dice.randint(1, 12)))
        return overlaid(fewer, {entry.path: self._text(entry.kind, self._odd(entry), entry.body) for entry in chosen})

    def _files(self) -> Iterator[tuple[str, str]]:
        for kind in self.system.kinds.values():
            for number in range(self.dice.choice((0, 1, 1, 3)) if kind.paths else 0):
                path = kind.paths[0].replace("*", f"n{number}") if "*" in kind.paths[0] else kind.paths[0]
                body = "# T {#a}\n\n正文\n" if kind.markdown else None
                yield path, self._text(kind, self._valid(kind), body)

    def _text(self, kind: Kind, value: Raw, body: str | None) -> str:
        said = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        return f"---\n{said}---\n\n{body}" if kind.markdown else said

    def _valid(self, kind: Kind) -> Raw:
        """A value of the kind; the last of several tries if none satisfies what schemas say across fields."""
        value: Raw = {}
        for richness in (0.5, 0.3, 0.15, 0.05, 0.0):
            value = self._object(kind.schema, kind.name, richness)
            if self.schemas.is_valid(kind.name, value):
                break
        return value

    def _odd(self, entry: Entry) -> Raw:
        value: Raw = copy.deepcopy(dict(entry.value))
        for _ in range(self.dice.randint(1, 6)):
            changed = copy.deepcopy(value)
            spots = list(_spots(changed))
            if not spots:
                break
            self._change(changed, self.dice.choice(spots))
            if self.schemas.is_valid(entry.kind.name, changed):
                value = changed
        return value

    def _change(self, value: Any, at: Path_) -> None:
        part = value
        for step in at[:-1]:
            part = part[step]
        old = part[at[-1]]
        if self.dice.random() < 0.4:
            del part[at[-1]]
        elif isinstance(old, bool):
            part[at[-1]] = not old
        elif isinstance(old, int | float):
            part[at[-1]] = self.dice.choice(NUMBERS)
        elif isinstance(old, list):
            part[at[-1]] = [] if self.dice.random() < 0.5 else old * 2
        elif isinstance(old, str):
            part[at[-1]] = self._like(old)

    def _like(self, old: str) -> str:
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", old):
            return self.dice.choice(DAYS) + self.dice.choice(CLOCKS)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", old):
            return self.dice.choice(DAYS)
        near = [name for names in self.ids.values() if old in names for name in names]
        return self.dice.choice(near) if near and self.dice.random() < 0.7 else self.dice.choice(WORDS)

    def _make(self, schema: Mapping[str, Any], home: str, rich: float, deep: int) -> Any:
        if "$ref" in schema:
            target, _, pointer = schema["$ref"].partition("#")
            home = target.removesuffix(".schema.json") or home
            found: Any = self.schemas.raw[f"{home}.schema.json"]
            for step in pointer.strip("/").split("/"):
                found = found[step]
            return self._make({**found, **{k: v for k, v in schema.items() if k == "x-ref"}}, home, rich, deep)
        for choice in ("oneOf", "anyOf"):
            if choice in schema and "type" not in schema:
                return self._make(self.dice.choice(schema[choice]), home, rich, deep)
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else self.dice.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = self.dice.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, home, rich, deep)
        if kind == "array":
            return self._array(schema, home, rich, deep)
        if kind in ("integer", "number"):
            least, most = schema.get("minimum", -MOST), schema.get("maximum", MOST)
            return self.dice.choice([number for number in (*NUMBERS, least, most) if least <= number <= most])
        return self.dice.random() < 0.5 if kind == "boolean" else self._string(schema)

    def _object(self, schema: Mapping[str, Any], home: str, rich: float, deep: int = 0) -> Raw:
        needed = set(schema.get("required", ()))
        return {
            name: self._make(part, home, rich, deep + 1) for name, part in schema.get("properties", {}).items()
            if name in needed or self.dice.random() < rich / (1 + deep / 2)
        }  # fmt: skip

    def _array(self, schema: Mapping[str, Any], home: str, rich: float, deep: int) -> list[Any]:
        number = max(schema.get("minItems", 0), self.dice.choice((0, 1, 2)))
        made = [self._make(schema.get("items", {}), home, rich, deep + 1) for _ in range(number)]
        return made if not schema.get("uniqueItems") else [v for i, v in enumerate(made) if v not in made[:i]]

    def _string(self, schema: Mapping[str, Any]) -> str:
        pattern, refers = schema.get("pattern", ""), schema.get("x-ref")
        spaces = [refers] if isinstance(refers, str) else refers or []
        known = [name for space in spaces for name in self.ids.get(space, ())]
        if known and self.dice.random() < 0.7:
            return self.dice.choice(known)
        if pattern.startswith("^[0-9]{4}-[0-9]{2}-[0-9]{2}T"):
            return self.dice.choice(DAYS) + self.dice.choice(CLOCKS)
        if pattern.startswith("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"):
            return self.dice.choice(DAYS)
        fitting = [word for word in (*TRIES, *WORDS) if re.search(pattern, word)] if pattern else list(WORDS)
        return self.dice.choice(fitting or ["x"])


def _spots(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Every place inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*at, key)
        yield from _spots(part, (*at, key))
