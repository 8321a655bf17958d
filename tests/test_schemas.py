"""The content contract: every kind has a schema that explains itself, and two validators that agree on it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from clausebook.load.schemas import Schemas, schemas_in, typed
from clausebook.load.strict_yaml import decode, parse
from clausebook.shipped import CHECKOUT, shipped

SCHEMAS: Schemas = schemas_in(shipped("schema"))
FIXTURES = Path(__file__).parent / "fixtures"
KINDS = sorted(SCHEMAS.kinds)
VALID = sorted(FIXTURES.glob("*/valid/*.yaml"))
INVALID = sorted(FIXTURES.glob("*/invalid/*.yaml"))


def oracle(kind: str) -> jsonschema.Draft202012Validator:
    """Python's own jsonschema, with every format asserted."""
    resources = [(raw["$id"], Resource.from_contents(raw)) for raw in SCHEMAS.raw.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(
        SCHEMAS.raw[f"{kind}.schema.json"], registry=registry, format_checker=jsonschema.FormatChecker()
    )


def value_of(file: Path) -> tuple[str, Any]:
    kind = file.parts[-3]
    [part] = parse(decode(file.read_bytes()))
    return kind, typed(SCHEMAS.kinds[kind].shape, part.value)


def test_the_oracle_checks_date_times() -> None:
    assert {"date", "date-time"} <= set(jsonschema.FormatChecker().checkers)


@pytest.mark.parametrize("name", sorted(SCHEMAS.raw))
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS.raw[name])
    assert SCHEMAS.raw[name]["$id"].endswith("/" + name)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "clauses"])
def test_every_kind_has_fixtures(kind: str) -> None:
    assert list((FIXTURES / kind / "valid").glob("*.yaml")), "no valid fixture"
    assert len(list((FIXTURES / kind / "invalid").glob("*.yaml"))) >= 2, "fewer than two invalid fixtures"


@pytest.mark.parametrize("file", VALID, ids=lambda f: f"{f.parts[-3]}/{f.stem}")
def test_valid_fixtures(file: Path) -> None:
    kind, value = value_of(file)
    assert not list(oracle(kind).iter_errors(value))
    assert SCHEMAS.is_valid(kind, value)


@pytest.mark.parametrize("file", INVALID, ids=lambda f: f"{f.parts[-3]}/{f.stem}")
def test_invalid_fixtures(file: Path) -> None:
    kind, value = value_of(file)
    assert list(oracle(kind).iter_errors(value))
    assert not SCHEMAS.is_valid(kind, value)


@pytest.mark.parametrize("file", VALID, ids=lambda f: f"{f.parts[-3]}/{f.stem}")
def test_two_validators_agree_on_damaged_values(file: Path) -> None:
    """Every scalar replaced by something odd in turn: both must say the same."""
    kind, value = value_of(file)
    judge = oracle(kind)
    every = list(damages(value))
    for damaged in every[:: max(1, len(every) // 120)]:
        assert SCHEMAS.is_valid(kind, damaged) == judge.is_valid(damaged), damaged


def damages(value: Any) -> Iterator[Any]:
    odd: tuple[Any, ...] = ("", "x", "2026-02-30", "2026-02-28T10:00:00", "A/0", -1, 1.5, True, None, [], {})
    for pointer in pointers(value):
        for replacement in odd:
            damaged = copy.deepcopy(value)
            inner = damaged
            for step in pointer[:-1]:
                inner = inner[step]
            inner[pointer[-1]] = replacement
            yield damaged


def pointers(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*at, key)
        yield from pointers(child, (*at, key))


def nodes(schema: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place that describes a value: properties, items, definitions; not the conditions."""
    if not isinstance(schema, dict):
        return
    yield at, schema
    for key in ("properties", "$defs"):
        for name, child in schema.get(key, {}).items():
            yield from nodes(child, f"{at}/{name}")
    for key in ("items", "additionalProperties"):
        yield from nodes(schema.get(key), f"{at}/{key}")


@pytest.mark.parametrize("name", sorted(SCHEMAS.raw))
def test_house_style(name: str) -> None:
    for at, node in nodes(SCHEMAS.raw[name]):
        where = f"{name}{at}"
        assert "$ref" in node or isinstance(node.get("type"), str) or not at or "$defs" in node, f"{where}: one type"
        assert "anyOf" not in node, f"{where}: anyOf"
        if node.get("type") == "object" and ("properties" in node):
            assert node.get("additionalProperties") is False, f"{where}: open object"
        if at and at.split("/")[-1] not in ("items", "additionalProperties") and name != "common.schema.json":
            assert node.get("title"), f"{where}: title"
            assert node.get("x-title-en"), f"{where}: x-title-en"
        if "description" in node:
            assert node.get("x-description-en"), f"{where}: x-description-en"
        if "enum" in node:
            assert set(map(str, node.get("x-labels", node["enum"]))) == set(map(str, node["enum"])), f"{where}: labels"
        pattern = node.get("pattern", "")
        assert not any(word in pattern for word in ("\\d", "\\w", "\\Z", "\\s")), f"{where}: pattern"


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "clauses"])
def test_annotations(kind: str) -> None:
    schema = SCHEMAS.raw[f"{kind}.schema.json"]
    assert schema["x-kind"] == kind
    assert schema["x-paths"] and schema["x-information"] in ("maintain", "retain")
    assert schema["title"] and schema["x-title-en"] and schema["description"] and schema["x-description-en"]


def test_a_simple_complaint_is_eight_typed_fields() -> None:
    from clausebook.publish.forms import form_fields

    typed_fields = [name for name, _ in form_fields(SCHEMAS.kinds["complaint"])]
    assert sorted(typed_fields) == sorted(
        ["received_at", "channel", "description", "product", "complainant", "types", "urgent", "remedy_sought"]
    )


def test_editors_know_every_kind() -> None:
    settings = json.loads((CHECKOUT / ".vscode" / "settings.json").read_text("utf-8"))
    mapped = {Path(name).name for name in settings["yaml.schemas"]}
    for kind in SCHEMAS.kinds.values():
        if not kind.markdown and kind.name != "clauses":
            assert f"{kind.name}.schema.json" in mapped, kind.name
