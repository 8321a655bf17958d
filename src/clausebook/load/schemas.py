"""The kinds: every schema read once, its annotations resolved to a `Shape`, its verdict by jsonschema-rs.

Types are declared in the schema only, so the same file that explains a field to an editor decides whether
`0138` is a number. The engine's copy judges; a repository's copy may only add (architecture, schema/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from ..model import Kind, Pointer, Shape, Typed

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,8})")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?")
"""Nine digits: more days than the calendar has and more cases than an organisation can count are no numbers."""
BOOLEANS = {
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "yes": True,
    "no": False,
    "是": True,
    "否": False,
}
BASE = "https://clausebook.example/schema/"
COMMON = "common.schema.json"


class Schemas:
    """All kinds of one schema folder. `errors` yields (keyword, pointer, details) for a value."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self.raw = raw
        self._compile = _Compiler(self.raw)
        self.kinds = {
            kind.name: kind for name, schema in self.raw.items() if (kind := self._kind(name, schema)) is not None
        }
        self._validators: dict[str, Any] = {}

    def extended(self, added: Mapping[str, Mapping[str, Any]]) -> Schemas:
        """These schemas with further or stricter ones."""
        return Schemas({**self.raw, **added})

    def _kind(self, name: str, schema: Mapping[str, Any]) -> Kind | None:
        if "x-kind" not in schema:
            return None
        paths = tuple(schema["x-paths"])
        return Kind(
            name=schema["x-kind"],
            title=_both(schema, "title"),
            description=_both(schema, "description"),
            information=schema.get("x-information", "maintain"),
            paths=paths,
            clauses=tuple(schema.get("x-clauses", ())),
            number=schema.get("x-number"),
            shape=self._compile.shape(name, schema),
            schema=schema,
            markdown=any(path.endswith(".md") for path in paths),
        )

    def errors(self, kind: str, value: Any) -> Iterator[tuple[str, Pointer, Mapping[str, Any], list[str | int]]]:
        """Every violation: keyword, pointer to the instance, details of the keyword, path in the schema."""
        for error in self._validator(kind).iter_errors(value):
            details = error.kind.as_dict()
            yield error.kind.name, tuple(error.instance_path), details, list(error.schema_path)

    def is_valid(self, kind: str, value: Any) -> bool:
        return bool(self._validator(kind).is_valid(value))

    def _validator(self, kind: str) -> Any:
        if kind not in self._validators:
            import jsonschema_rs

            common = jsonschema_rs.Registry([(BASE + COMMON, dict(self.raw[COMMON]))])
            self._validators[kind] = jsonschema_rs.Draft202012Validator(
                dict(self.raw[f"{kind}.schema.json"]), registry=common, validate_formats=True
            )
        return self._validators[kind]


def schemas_in(folder: Path) -> Schemas:
    """All schemas of a folder."""
    files = sorted(folder.glob("*.schema.json"))
    return Schemas({file.name: json.loads(file.read_text("utf-8")) for file in files})


class _Compiler:
    """Schema → Shape, following `$ref` into the shared definitions; one Shape per definition."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self.raw = raw

    def shape(self, file: str, schema: Mapping[str, Any], depth: int = 0) -> Shape:
        if depth > 24:
            raise ValueError(f"schema {file} nests too deep or refers to itself")
        if "$ref" in schema:
            target_file, target = self._resolve(file, schema["$ref"])
            merged = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
            return self.shape(target_file, merged, depth + 1)
        shape = Shape(
            title=_both(schema, "title"),
            hint=_both(schema, "description"),
            typed=cast(
                "Typed | None",
                schema.get("type") if schema.get("type") in ("integer", "number", "boolean") else None,
            ),
            defines=schema.get("x-id"),
            refers=_list(schema.get("x-ref")),
            except_refs=tuple(schema.get("x-ref-except", ())),
            requirements=_list(schema.get("x-requirement")),
            private=bool(schema.get("x-private")),
            publish=bool(schema.get("x-publish")),
            verbatim=bool(schema.get("x-verbatim")),
            code=bool(schema.get("x-code")),
            field_of=schema.get("x-field-of"),
            labels=schema.get("x-labels", {}),
        )
        for key, child in schema.get("properties", {}).items():
            shape.properties[key] = self.shape(file, child, depth + 1)
        if isinstance(schema.get("items"), Mapping):
            shape.items = self.shape(file, schema["items"], depth + 1)
        if isinstance(schema.get("additionalProperties"), Mapping):
            shape.values = self.shape(file, schema["additionalProperties"], depth + 1)
        children = [*shape.properties.values(), *filter(None, (shape.items, shape.values))]
        shape.matters = bool(shape.typed or shape.defines or shape.refers) or any(c.matters for c in children)
        return shape

    def _resolve(self, file: str, reference: str) -> tuple[str, Mapping[str, Any]]:
        name, _, pointer = reference.partition("#")
        target_file = name or file
        target: Any = self.raw[target_file]
        for step in filter(None, pointer.split("/")):
            target = target[step]
        return target_file, target


def _both(schema: Mapping[str, Any], key: str) -> dict[str, str]:
    zh = schema.get(key, "")
    return {"zh": zh, "en": schema.get(f"x-{key}-en", zh)}


def _list(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def typed(shape: Shape, value: Any) -> Any:
    """The value with numbers and booleans read where the schema says so; other text stays as written."""
    if not shape.matters:
        return value
    if isinstance(value, str):
        return _scalar(shape.typed, value) if shape.typed else value
    if isinstance(value, dict):
        for key, child in value.items():
            below = shape.properties.get(key) or shape.values
            if below is not None and below.matters:
                value[key] = typed(below, child)
    elif isinstance(value, list) and shape.items is not None and shape.items.matters:
        below = shape.items
        value[:] = [typed(below, child) for child in value]
    return value


def _scalar(wanted: Typed, value: str) -> Any:
    if wanted == "boolean":
        return BOOLEANS.get(value, value)
    if wanted == "integer":
        return int(value) if INTEGER.fullmatch(value) else value
    if NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value


def mentions(shape: Shape, value: Any, at: Pointer = ()) -> Iterator[tuple[bool, Pointer, tuple[str, ...], str]]:
    """Every id in a value: (defines it?, pointer, spaces, id)."""
    if not shape.matters:
        return
    if isinstance(value, dict):
        for key, child in value.items():
            below = shape.properties.get(key) or shape.values
            if below is not None and below.matters:
                yield from mentions(below, child, (*at, key))
    elif isinstance(value, list):
        if shape.items is not None:
            for index, child in enumerate(value):
                yield from mentions(shape.items, child, (*at, index))
    elif isinstance(value, str):
        if shape.defines:
            yield True, at, (shape.defines,), value
        if shape.refers and value not in shape.except_refs:
            yield False, at, shape.refers, value


def below(shape: Shape, pointer: Pointer) -> list[Shape]:
    """The shapes met on the way to `pointer`, outermost first; it stops where the schema says nothing."""
    chain = [shape]
    for step in pointer:
        here = chain[-1]
        found = here.items if isinstance(step, int) else here.properties.get(step) or here.values
        if found is None:
            break
        chain.append(found)
    return chain
