"""The schemas and clause catalogues that judge a repository: the engine's own, plus what the repository adds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..clauses import Catalogue, catalogue_from
from ..problems import Bilingual, Place, Problem, Rule, problem
from ..shipped import shipped
from ..wording import both
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
    parts = parse(decode(file.read_bytes()))
    if len(parts) != 1:
        raise Refused("several-parts" if parts else "empty-file", 1, 1)
    part = parts[0]
    kind = schemas.kinds["clauses"]
    value = typed(kind.shape, part.value)
    for keyword, pointer, _, _ in schemas.errors("clauses", value):
        raise ValueError("/".join(map(str, pointer)), keyword)
    return catalogue_from(value)


def _reason(error: KeyError | ValueError | OSError) -> Bilingual:
    """Why a catalogue is none: it names what it does not list, has another shape, or cannot be read."""
    if isinstance(error, OSError):
        return both("check.catalogue.unreadable")
    if isinstance(error, KeyError):
        return both("check.catalogue.unlisted", name=str(error.args[0]))
    at, keyword = (str(part) for part in (*error.args, "")[:2])
    return both("check.catalogue.shape", at=at, keyword=keyword)


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
        except Refused as error:
            at = Place(f"schema/{file.name}", error.line, error.column)
            said = both(f"rules.{error.rule}.message", **error.facts)
            problems.append(problem(CATALOGUE_BROKEN, at, detail=said, fatal=True))
        except (KeyError, ValueError, OSError) as error:
            at = Place(f"schema/{file.name}")
            problems.append(problem(CATALOGUE_BROKEN, at, detail=_reason(error), fatal=True))
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
