"""Queries that the engine did not ship: in a child process that can be stopped, with little memory (threats).

The child opens a read-only copy of the facts, closes every door, takes limits of memory and processor time upon
itself and answers on its standard output. DuckDB's own limits are not enough: a single string can outgrow them
and an interrupt comes too late (corrections-engineering 2.3). The parent kills it when its time is up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from .asking import Answer, QueryError, Slice, ask, only_select
from .warehouse import lock

MEMORY = 2 << 30
"""Address space of the child in bytes."""
SECONDS = 5
"""Processor time of the child for all slices of one query."""
PATIENCE = 6
"""So many times that on the wall: a busy machine must not make an honest query a slow one."""


def ask_foreign(file: Path, sql: str, slices: Sequence[Slice], seconds: int = SECONDS) -> list[list[Answer]]:
    """Like `ask`, at arm's length."""
    only_select(sql)
    given = json.dumps(
        {"file": str(file), "sql": sql, "seconds": seconds, "slices": [asdict(part) for part in slices]}, default=str
    )
    source = str(Path(__file__).resolve().parents[2])
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "clausebook.measure.foreign"], input=given, text=True, encoding="utf-8",
            capture_output=True, timeout=PATIENCE * seconds, env={**environment, "PYTHONPATH": source}, cwd=file.parent,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise QueryError("kpi-query-slow", "") from None
    try:
        told = json.loads(done.stdout)
    except ValueError:
        # Ended by its limits: the processor's clock, or memory that even an error message could not get.
        raise QueryError("kpi-query-slow", "") from None
    if "rule" in told:
        raise QueryError(told["rule"], told["reason"], told["line"])
    return [[Answer(**{**row, "ids": tuple(row["ids"]), "missed": tuple(row["missed"])}) for row in part]
            for part in told["answers"]]  # fmt: skip


def main() -> None:
    """The child: one request in, one answer out."""
    request = json.load(sys.stdin)
    slices = [_slice(part) for part in request["slices"]]
    import duckdb

    _limit(request["seconds"])
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": "1", "memory_limit": "256MB", "temp_directory": "", "autoinstall_known_extensions": "false",
    }  # fmt: skip
    try:
        with duckdb.connect(request["file"], read_only=True, config=settings) as connection:
            lock(connection)
            found = ask(connection, request["sql"], slices)
        told: dict[str, Any] = {"answers": [[asdict(row) for row in part] for part in found]}
    except QueryError as error:
        told = {"rule": _rule(error), "reason": error.reason, "line": error.line}
    except MemoryError:
        told = {"rule": "kpi-query-slow", "reason": "", "line": 1}
    json.dump(told, sys.stdout, ensure_ascii=True)


def _rule(error: QueryError) -> str:
    """Too much memory is a question of cost, not of wording."""
    return "kpi-query-slow" if "Out of Memory" in error.reason else error.rule


def _slice(part: dict[str, Any]) -> Slice:
    days = {name: date.fromisoformat(part[name]) for name in ("start", "end", "as_of")}
    return Slice(**days, dimension=part["dimension"], value=part["value"])


def _limit(seconds: int) -> None:
    """Memory and processor time, where the system knows such limits; the parent's clock works everywhere."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
