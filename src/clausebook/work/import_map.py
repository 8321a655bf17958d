"""The map of a log: which column is which field, read from a file, suggested from the headers, saved for next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import Any

from ..load.headers import meaning_of, meanings
from ..load.strict_yaml import Refused, decode, parse
from ..model import Shape
from ..problems import UserError
from .yaml_text import to_yaml

RECEIVED = ("received_on", "received_at")


@dataclass(frozen=True, slots=True)
class Column:
    """What the map says of one column: the field, its value map and, for dates, the formats."""

    field: str
    values: Mapping[str, str] = made(default_factory=dict)
    formats: tuple[str, ...] = ()


def read_map(path: Path) -> dict[str, Column]:
    """The map: `column: field`, or `column: {field, values, format}`, at top level or under `columns`."""
    try:
        parts = parse(decode(path.read_bytes()))
    except OSError as error:
        raise UserError("import-map", path=str(path), detail=error.strerror or "") from None
    except Refused as refused:
        raise UserError(
            "import-map", path=str(path), detail=f"{refused.line}:{refused.column} {refused.rule}"
        ) from None
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
        column: Column(meaning.field)
        for column, meaning in meanings(columns).items()
        if meaning.field and known(shape, meaning.field)
    }


def personal(columns: Sequence[str], mapped: Mapping[str, Column]) -> tuple[str, ...]:
    """Columns that name the complainant or say how to reach them: they stay out, unless a map gives them a field."""
    found = ((column, meaning_of(column)) for column in columns if column not in mapped)
    return tuple(column for column, meaning in found if meaning and meaning[0].field is None)


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
