"""What `export` gives out: every kind as a table by its schema, private fields left out (architecture 13).

One row is a record, or a row of a register; columns are the fields that somebody has filled, under the titles of the
schema. Answers from a list are in words, ids stay ids, lists are joined, and what has fields of its own is JSON, so
that `import` reads the sheet back as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..load.headers import BELOW
from ..model import Entry, Kind, Shape, System
from ..problems import Bilingual
from ..wording import aside, choose, text
from .spreadsheets import Cell, Table

LEFT_OUT = frozenset({"kind"})
LEDGERS = ("history",)
"""Lists of a document that are never what its file is about."""
JOINT: Bilingual = {"zh": "、", "en": "; "}
"""Between the words of a list; no comma in English, since that may be part of a word."""
JOINTS = re.compile("、|; ?")
Path = tuple[str, ...]


def fields(shape: Shape, at: Path = ()) -> Iterator[tuple[Path, Shape]]:
    """Every field of a record that may leave the repository, in the order of its schema; a list is one field."""
    for key, below in shape.properties.items():
        if below.private or (not at and key in LEFT_OUT):
            continue
        if below.properties and below.items is None:
            yield from fields(below, (*at, key))
        else:
            yield (*at, key), below


def header(shape: Shape, path: Path, language: str) -> str:
    """A field's title under the titles of what it lies in: 初步评估 › 评估人; its own number says whose it is."""
    names = []
    for key in path:
        shape = shape.properties[key]
        names.append(choose(shape.title, language) or key)
    own = aside(text("export.own", language), language) if path == ("id",) else ""
    return BELOW.join(names) + own


def headers(shape: Shape, language: str) -> dict[str, Path]:
    """Column title → field; where two fields of a record bear one title, the key tells them apart."""
    found: dict[str, Path] = {}
    for path, _ in fields(shape):
        name = header(shape, path, language)
        found[f"{name} ({'.'.join(path)})" if name in found else name] = path
    return found


def tables_of(system: System, kind: Kind, language: str) -> list[Table]:
    """The tables of a kind: of a register each of its lists, of anything else its records."""
    entries = list(system.of(kind.name))
    lists = [key for key in _lists(kind) if any(entry.value.get(key) for entry in entries)]
    if not lists:
        shape, rows = kind.shape, [entry.value for entry in entries]
        return [_table(choose(kind.title, language), shape, rows, language)]
    found = []
    for key in lists:
        below = kind.shape.properties[key]
        members = [row for entry in entries for row in entry.value.get(key) or () if isinstance(row, dict)]
        found.append(_table(choose(below.title, language) or key, below.items or below, members, language))
    return found


def _lists(kind: Kind) -> list[str]:
    """The lists that a register consists of; the one called items first."""
    if not any(path.startswith("registers/") for path in kind.paths):
        return []
    own = [
        key for key, below in kind.shape.properties.items()
        if below.items is not None and below.items.properties and not below.private and key not in LEDGERS
    ]  # fmt: skip
    return sorted(own, key=lambda key: key != "items")


def _table(name: str, shape: Shape, rows: Sequence[Mapping[str, Any]], language: str) -> Table:
    titles, shapes = headers(shape, language), dict(fields(shape))
    used = {title: path for title, path in titles.items() if any(_at(row, path) is not None for row in rows)}
    used = used or {title: path for title, path in titles.items() if len(path) == 1}
    said = [[cell(shapes[path], _at(row, path), language) for path in used.values()] for row in rows]
    return Table(name, list(used), said)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def cell(shape: Shape, value: Any, language: str) -> Cell:
    """A value in one cell: numbers as numbers, days as written, answers in words, lists joined."""
    if value is None:
        return ""
    if isinstance(value, list):
        return _joined(shape.items or shape, value, language)
    if isinstance(value, dict):
        return as_line(public(shape, value))
    if isinstance(value, bool):
        return text("site.yes" if value else "site.no", language)
    if isinstance(value, int | float):
        return value
    label = choose(shape.labels[value], language) if value in shape.labels else ""
    alike = [other for other, titles in shape.labels.items() if choose(titles, language) == label]
    return label if label and len(alike) == 1 else str(value)


def _joined(shape: Shape, values: list[Any], language: str) -> str:
    """A list of words in one line; of anything else, or of words that would be taken apart, JSON line by line."""
    if all(isinstance(value, str) for value in values):
        said = [str(cell(shape, value, language)) for value in values]
        if not any(JOINTS.search(word) or "\n" in word or not word.strip() or word[:1] in '[{"' for word in said):
            return JOINT[language].join(said)
    return "\n".join(as_line(public(shape, value)) for value in values)


def as_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def public(shape: Shape, value: Any) -> Any:
    """The value without what is private in it."""
    if isinstance(value, dict):
        known = {key: shape.properties.get(key) or shape.values for key in value}
        kept = {key: public(below, value[key]) for key, below in known.items() if below and not below.private}
        return {key: child for key, child in kept.items() if child != {} or not value[key]}
    if isinstance(value, list):
        return [public(shape.items or shape, member) for member in value]
    return value


def objects_of(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries for machines: as they are written, with the file they are in, private fields left out."""
    return [{"path": entry.path, **public(entry.kind.shape, dict(entry.value))} for entry in entries]
