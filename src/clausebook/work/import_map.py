"""The map of a log: which column is which field, read from a file, suggested from the headers, saved for next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import Any

from ..load.headers import BRACKETS, is_personal, meanings
from ..load.strict_yaml import Refused, decode, parse, worded
from ..model import Shape, System
from ..problems import UserError
from ..publish.exports import headers
from ..wording import LANGUAGES
from .date_columns import names_format
from .yaml_text import to_yaml

RECEIVED = ("received_on", "received_at")
STATE = "imported.state"
ORIGIN = frozenset(f"imported.{key}" for key in ("import", "file_sha256", "file_name", "row"))
PERSON = "complainant.ref"
"""The only field that a column of names may fill: every name becomes a token."""


@dataclass(frozen=True, slots=True)
class Column:
    """What the map says of one column: the field, its value map and, for dates, the formats."""

    field: str
    values: Mapping[str, str] = made(default_factory=dict)
    formats: tuple[str, ...] = ()
    own: bool = False
    """A column of our own export: lists are joined, what has fields of its own is JSON."""


def own_export(columns: Sequence[str], shape: Shape) -> dict[str, Column] | None:
    """The map of a table that `export` made, in either language; None for any other log.

    Known by the column of this system's own numbers, and by having no column that is not a field's. Where a record
    came from is not taken along: it now comes from this file.
    """
    for language in LANGUAGES:
        fields = headers(shape, language)
        number = next((name for name, path in fields.items() if path == ("id",)), None)
        if number in columns and all(name in fields for name in columns):
            targets = {name: ".".join(fields[name]) for name in columns}
            return {name: Column(to, own=True) for name, to in targets.items() if to not in ORIGIN}
    return None


def read_map(path: Path) -> dict[str, Column]:
    """The map: `column: field`, or `column: {field, values, format}`, at top level or under `columns`."""
    try:
        parts = parse(decode(path.read_bytes()))
    except OSError as error:
        raise UserError("import-map", path=str(path), detail=error.strerror or "") from None
    except Refused as refused:
        raise UserError("import-map", path=str(path), detail=worded(refused)) from None
    value = parts[0].value if parts else None
    for key in ("columns", "mapping"):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value = value[key]
    if not isinstance(value, dict):
        raise UserError("import-map", path=str(path), detail="column: field")
    found = {}
    for name, said in value.items():
        name = " ".join(name.split())
        if isinstance(said, str):
            found[name] = Column(said)
        elif isinstance(said, dict) and isinstance(said.get("field"), str):
            values = said.get("values") if isinstance(said.get("values"), dict) else {}
            found[name] = Column(said["field"], values or {}, _formats(said.get("format")))
        elif said is not None:
            raise UserError("import-map", path=str(path), detail=name)
    return found


def _formats(said: Any) -> tuple[str, ...]:
    """One format, several in a list, or several with commas between."""
    listed = said if isinstance(said, list) else str(said or "").split(",")
    return tuple(form.strip() for form in listed if isinstance(form, str) and form.strip())


def suggested(columns: Sequence[str], shape: Shape) -> dict[str, Column]:
    """What the headers say by themselves. Two columns never fill one field."""
    return {
        column: Column(meaning.field, meaning.values, in_brackets(column))
        for column, meaning in meanings(columns).items()
        if meaning.field and known(shape, meaning.field)
    }


def state_column(columns: Sequence[str], mapped: Mapping[str, Column]) -> str | None:
    """A column that says by the way whether a case is closed, where no column has that for its own meaning."""
    if any(column.field == STATE for column in mapped.values()):
        return None
    return next((name for name, meaning in meanings(columns).items() if meaning.tells_state), None)


def in_brackets(header: str) -> tuple[str, ...]:
    """The date format that a header names itself: `Date received (dd/mm/yyyy)`."""
    return tuple(said for found in BRACKETS.findall(header) if names_format(said := found[1:-1]))


def earlier(system: System, columns: Sequence[str]) -> tuple[str, dict[str, Column]] | None:
    """The map of the last import of a log with the same columns, and where it is kept: what a person decided then,
    fields, values and formats, holds for the next log of the same source."""
    for entry in sorted(system.of("import"), key=lambda entry: entry.id, reverse=True):
        mapping, ignored = entry.value.get("mapping"), entry.value.get("ignored_columns")
        if not isinstance(mapping, dict) or {*mapping, *(ignored or ())} != {*columns}:
            continue
        dates, values = entry.value.get("dates") or {}, entry.value.get("values") or {}
        found = {}
        for name, target in mapping.items():
            said = dates.get(target) or {}
            formats = _formats(said.get("format")) if said.get("named") in (True, "true") else ()
            found[name] = Column(target, values.get(target) or {}, formats)
        return entry.path, found
    return None


def personal(columns: Sequence[str], mapped: Mapping[str, Column]) -> tuple[str, ...]:
    """Columns that name a person or say how to reach one, and the one that becomes a token: never kept in clear."""
    return tuple(name for name in columns if is_personal(name) or (name in mapped and mapped[name].field == PERSON))


def known(shape: Shape, field_name: str) -> bool:
    for step in field_name.split("."):
        if step not in shape.properties:
            return False
        shape = shape.properties[step]
    return not shape.properties


def as_yaml(columns: Mapping[str, Column], values: Mapping[str, Mapping[str, str]], formats: Mapping[str, str]) -> str:
    """A map as a file: what was found, so that a person corrects it once and uses it again."""
    said: dict[str, Any] = {}
    for name, column in columns.items():
        more: dict[str, Any] = {"field": column.field}
        if column.formats or name in formats:
            more["format"] = list(column.formats) or formats[name].split(", ")
        if values.get(name):
            more["values"] = dict(values[name])
        said[name] = more if len(more) > 1 else column.field
    return to_yaml({"columns": said})
