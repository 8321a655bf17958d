"""The indicators that the engine ships: their definitions, and the digests of their queries.

They have one copy, the example's `system/kpis`. A query is known by its digest, wherever it stands: a copy in
an organisation's own file is trusted, the same file with one character changed is not (corrections-engineering 2.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from ..model import Entry, Source
from ..shipped import shipped
from .schemas import typed
from .standards import own_schemas
from .strict_yaml import decode, parse


@lru_cache(maxsize=1)
def shipped_indicators() -> Mapping[str, Entry]:
    """Shipped definitions by id, in the order of their codes (K01 …)."""
    kind, found = own_schemas().kinds["kpi"], []
    for file in sorted((shipped("example") / "system" / "kpis").glob("*.yaml")):
        raw = file.read_bytes()
        content = decode(raw)
        value = typed(kind.shape, parse(content)[0].value)
        found.append(Entry(kind, Source(f"system/kpis/{file.name}", content, hashlib.sha256(raw).hexdigest()), value))
    found.sort(key=lambda entry: (str(entry.value.get("code")), entry.path))
    return {str(entry.value["id"]): entry for entry in found}


@lru_cache(maxsize=1)
def _digests() -> frozenset[str]:
    return frozenset(digest(str(entry.value.get("sql", ""))) for entry in shipped_indicators().values())


def is_shipped(sql: str) -> bool:
    """True for a query that came with the engine, character by character."""
    return digest(sql) in _digests()


def digest(sql: str) -> str:
    return hashlib.sha256(sql.strip().encode("utf-8")).hexdigest()
