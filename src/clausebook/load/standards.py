"""The schemas and clause catalogues that judge a repository: the engine's own, plus what the repository adds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..clauses import Catalogue, catalogue_from
from ..problems import Place, Problem, Rule, problem
from ..shipped import shipped
from .schemas import Schemas, schemas_in, typed
from .strict_yaml import Refused, decode, parse

SCHEMA_DIFFERS = Rule("schema-differs", "contradiction", "own")
CATALOGUE_BROKEN = Rule("catalogue-broken", "contradiction", "own")


@lru_cache(maxsize=1)
def own_schemas() -> Schemas:
    return schemas_in(shipped("schema"))


@lru_cache(maxsize=1)
def own_catalogues() -> Mapping[str, Catalogue]:
    found = (catalogue_in(file, own_schemas()) for file in sorted(shipped("schema").glob("*.yaml")))
    return {catalogue.id: catalogue for catalogue in found}


def catalogue_in(file: Path, schemas: Schemas) -> Catalogue:
    """One clause catalogue; raises Refused, KeyError or ValueError when the file is not one."""
    [part] = parse(decode(file.read_bytes()))
    kind = schemas.kinds["clauses"]
    value = typed(kind.shape, part.value)
    for keyword, pointer, _, _ in schemas.errors("clauses", value):
        raise ValueError(f"{keyword} at {'/'.join(map(str, pointer))}")
    return catalogue_from(value)


Standards = tuple[Schemas, Mapping[str, Catalogue], list[Problem]]


def standards_of(root: Path) -> Standards:
    """Schemas, catalogues and the problems of the repository's own copy (architecture, "schema/")."""
    folder = root / "schema"
    if not folder.is_dir() or folder.resolve() == shipped("schema").resolve():
        return own_schemas(), own_catalogues(), []
    problems = list(_differences(folder))
    catalogues = dict(own_catalogues())
    for file in sorted(folder.glob("*.yaml")):
        if (shipped("schema") / file.name).exists():
            continue
        try:
            catalogue = catalogue_in(file, own_schemas())
        except (Refused, KeyError, ValueError, OSError) as error:
            problems.append(problem(CATALOGUE_BROKEN, Place(f"schema/{file.name}"), detail=str(error), fatal=True))
        else:
            catalogues.setdefault(catalogue.id, catalogue)
    return _with_additions(folder), catalogues, problems


def _with_additions(folder: Path) -> Schemas:
    """The engine's schemas, stricter where the repository's copy only adds, plus its own kinds."""
    engine = own_schemas()
    added = {}
    for file in sorted(folder.glob("*.schema.json")):
        try:
            value = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        known = engine.raw.get(file.name)
        if known is None or (value != known and only_adds(known, value)):
            added[file.name] = value
    return engine.extended(added) if added else engine


def _differences(folder: Path) -> Iterator[Problem]:
    for name, known in own_schemas().raw.items():
        file = folder / name
        if not file.is_file():
            continue
        try:
            value = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            value = None
        if value != known and not only_adds(known, value):
            yield problem(SCHEMA_DIFFERS, Place(f"schema/{name}"))
    for own in shipped("schema").glob("*.yaml"):
        copy = folder / own.name
        if copy.is_file() and copy.read_bytes().replace(b"\r\n", b"\n") != own.read_bytes():
            yield problem(SCHEMA_DIFFERS, Place(f"schema/{own.name}"))


def only_adds(known: Any, copy: Any) -> bool:
    """True when `copy` differs from `known` only by further required fields."""
    if isinstance(known, Mapping) and isinstance(copy, Mapping):
        if not set(known) <= set(copy) or not set(copy) - set(known) <= {"required"}:
            return False
        return all(
            set(known.get("required", [])) <= set(copy[key]) if key == "required" and isinstance(copy[key], list)
            else only_adds(known[key], copy[key])
            for key in copy
        )  # fmt: skip
    return bool(known == copy)
