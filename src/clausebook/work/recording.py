"""`new`: the next number, a filled template, the path. Two people never get the same number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..check.form import intake_fields
from ..load.schemas import below, typed
from ..model import Kind, Shape, System
from ..problems import UserError
from ..wording import COLON, text
from .writer import create_text
from .yaml_text import to_yaml

ATTEMPTS = 1000


def create(root: Path, system: System, kind: Kind, given: Mapping[str, str], language: str) -> str:
    """Write a new record of `kind` with the fields given and marks for the rest; returns its path."""
    if kind.serial is None:
        raise UserError("new-kind", kind=kind.name)
    prefix, width = kind.serial
    year = system.as_of.year
    number = _highest(system, kind, prefix, year)
    for _ in range(ATTEMPTS):
        number += 1
        identifier = f"{prefix}-{year}-{number:0{width}d}"
        path = _path(kind, identifier, year)
        if create_text(root / path, _content(kind, identifier, given, path, system.as_of, language)):
            return path
    raise UserError("lock-busy", path=kind.paths[0])


def _highest(system: System, kind: Kind, prefix: str, year: int) -> int:
    entries = system.of(kind.name, "void")
    found = (re.fullmatch(rf"{prefix}-{year}-([0-9]+)", entry.id) for entry in entries)
    return max((int(match[1]) for match in found if match), default=0)


def _path(kind: Kind, identifier: str, year: int) -> str:
    folder = kind.paths[0].rsplit("/", 1)[0].replace("*", str(year))
    return f"{folder}/{identifier}.yaml"


def _content(kind: Kind, identifier: str, given: Mapping[str, str], path: str, day: date, language: str) -> str:
    up = "../" * path.count("/")
    value: dict[str, Any] = {"id": identifier}
    wanted = {*kind.schema.get("required", ()), *intake_fields(kind.schema)}
    if kind.name == "complaint" and not {"received_at", "received_on"} & set(given):
        wanted.add("received_at")
    for name, shape in kind.shape.properties.items():
        if name in wanted and name not in ("id", "kind"):
            value[name] = _blank(shape, language)
    for field, said in given.items():
        _set(kind.shape, value, field, said)
    return f"# yaml-language-server: $schema={up}schema/{kind.name}.schema.json\n" + to_yaml(value)


def _blank(shape: Shape, language: str) -> Any:
    """A mark to fill in: it is missing information until somebody writes."""
    hint = shape.hint[language] or shape.title[language]
    if shape.labels:
        hint += COLON[language] + " / ".join(shape.labels)
    if shape.properties:
        return {name: _blank(inner, language) for name, inner in list(shape.properties.items())[:1]}
    mark = text("init.mark", language, hint=" ".join(re.sub("[】\\]]", " ", hint).split()))
    return [mark] if shape.items is not None else mark


def _set(shape: Shape, value: dict[str, Any], field: str, said: str) -> None:
    steps = tuple(field.split("."))
    chain = below(shape, steps)
    if len(chain) != len(steps) + 1 or chain[-1].properties:
        raise UserError("new-field", field=field)
    for step in steps[:-1]:
        inner = value.setdefault(step, {})
        value = inner if isinstance(inner, dict) else value
    last = chain[-1]
    value[steps[-1]] = [part.strip() for part in said.split(",")] if last.items is not None else typed(last, said)
