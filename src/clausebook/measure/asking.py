"""Queries over the warehouse: one statement that reads, asked for a period, and its rows made answers (9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from .facts import DIMENSIONS
from .warehouse import SLICED

OUTPUT = ("part", "numerator", "denominator", "excluded", "value", "ids")
"""What a query returns. It may add `missed` (ids that missed), `waiting` (how many are not yet to be judged)
and `spread` (the sample deviation behind a mean)."""

GIVEN = re.compile(r"\$(start|end|as_of)\b")


class QueryError(Exception):
    """A query that cannot be answered: `rule` names the problem, `line` counts from 1 within the SQL."""

    def __init__(self, rule: str, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.rule, self.reason, self.line = rule, reason, line


@dataclass(frozen=True, slots=True)
class Slice:
    """What a query is asked for: a period [start, end), as of a date, and one value of one dimension if any."""

    start: date
    end: date
    as_of: date
    dimension: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a query's answer."""

    part: str
    numerator: float | None
    denominator: float | None
    excluded: int
    value: float | None
    ids: tuple[str, ...]
    missed: tuple[str, ...] = ()
    waiting: int | None = None
    spread: float | None = None


def ask(connection: Any, sql: str, slices: Sequence[Slice]) -> list[list[Answer]]:
    """The answers of one query to each slice. `facts` is what the slice admits of all facts."""
    import duckdb

    statement = only_select(sql)
    found: list[list[Answer]] = []
    shown = None
    with connection.cursor() as cursor:
        for part in slices:
            try:
                if shown != (part.dimension, part.value):
                    narrow(cursor, part)
                    shown = (part.dimension, part.value)
                known = {"start": part.start, "end": part.end, "as_of": part.as_of}
                given = {name: known[name] for name in statement.named_parameters if name in known}
                found.append(answers(cursor.execute(statement, given)))
            except duckdb.Error as error:
                raise QueryError("kpi-query-broken", *_told(str(error))) from None
    return found


def ask_together(connection: Any, sql: str, slices: Sequence[Slice]) -> list[list[Answer]]:
    """The same answers, in one statement for all slices that differ in their days alone: planning a query costs ten
    times what answering it does. Only for queries that came with the engine, which are known to stand in a join."""
    found: list[list[Answer]] = []
    for _, alike in groupby(slices, lambda part: (part.dimension, part.value)):
        parts = list(alike)
        found += (len(parts) > 1 and _joined(connection, sql, parts)) or ask(connection, sql, parts)
    return found


def _joined(connection: Any, sql: str, parts: Sequence[Slice]) -> list[list[Answer]] | None:
    """None for what DuckDB cannot join with the slices: then they are asked one by one."""
    import duckdb

    days = ", ".join(f"({n}, DATE '{p.start}', DATE '{p.end}', DATE '{p.as_of}')" for n, p in enumerate(parts))
    asked = GIVEN.sub(r'slices."\1"', sql)
    with connection.cursor() as cursor:
        narrow(cursor, parts[0])
        try:
            cursor.execute(
                f'SELECT slices.number AS slice, told.* FROM (VALUES {days}) slices(number, "start", "end", as_of), '
                f"LATERAL ({asked}\n) told ORDER BY slice"
            )
        except duckdb.Error:
            return None
        found: list[list[Answer]] = [[] for _ in parts]
        for number, answer in _numbered(cursor):
            found[number].append(answer)
    return found


def _numbered(cursor: Any) -> Iterator[tuple[int, Answer]]:
    names = _named(cursor)
    for row in cursor.fetchall():
        value = dict(zip(names, row, strict=True))
        yield value["slice"], _answer(value)


def only_select(sql: str) -> Any:
    """The one statement of a query; it must read and nothing else (corrections-engineering 2.3)."""
    import duckdb

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError("kpi-query-broken", *_told(str(error))) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("kpi-query-not-select", "")
    return statements[0]


def narrow(cursor: Any, part: Slice) -> None:
    """What the query sees as `facts`, `exposure` and `redress`: all, or those of one value of one dimension.

    The views are temporary and shadow the tables; the tables themselves are never touched.
    """
    for table in SLICED:
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {_narrowed(table, part)}")


def _narrowed(table: str, part: Slice) -> str:
    whole = f"SELECT * FROM whole.{table}"
    column = DIMENSIONS.get(part.dimension or "")
    if table == "exposure":
        parts = column in ("product", "product_line", "site")
        wanted = f"{column} = {_quoted(part.value)}" if parts else "product IS NULL AND site IS NULL"
        return f"{whole} WHERE {wanted}"
    if column is None:
        return whole
    wanted = f"{column} IS NOT DISTINCT FROM {_quoted(part.value)}"
    inside = wanted if table == "facts" else f"id IN (SELECT id FROM whole.facts WHERE {wanted})"
    return f"{whole} WHERE {inside}"


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def values_of(connection: Any, dimension: str, start: date, end: date) -> list[str]:
    """The values of a dimension that occur among the cases of a period."""
    column = DIMENSIONS[dimension]
    query = f"""SELECT DISTINCT {column} FROM whole.facts WHERE {column} IS NOT NULL
        AND (received_on >= $start AND received_on < $end OR closed_on >= $start AND closed_on < $end
        OR notified_at >= $start AND notified_at < $end) ORDER BY 1"""
    return [str(row[0]) for row in connection.execute(query, {"start": start, "end": end}).fetchall()]


def answers(cursor: Any) -> list[Answer]:
    """The rows of a result, by column names; what is missing or of another kind is a broken query."""
    names = _named(cursor)
    return [_answer(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _named(cursor: Any) -> list[str]:
    names = [column[0] for column in cursor.description]
    if lacking := [name for name in OUTPUT if name not in names]:
        raise QueryError("kpi-query-broken", f"missing column: {', '.join(lacking)}")
    return names


def _answer(value: Mapping[str, Any]) -> Answer:
    try:
        return Answer(
            str(value["part"]), _number(value["numerator"]), _number(value["denominator"]),
            int(value["excluded"] or 0), _number(value["value"]), _ids(value["ids"]),
            _ids(value.get("missed")), _whole(value.get("waiting")), _number(value.get("spread")),
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        raise QueryError("kpi-query-broken", str(error)) from None


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    return None if number is None or number != number or number in (float("inf"), float("-inf")) else number


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _ids(value: Any) -> tuple[str, ...]:
    if value is not None and not isinstance(value, list):
        raise TypeError("ids: VARCHAR[]")
    return tuple(found for found in value or () if isinstance(found, str))


def _told(message: str) -> tuple[str, int]:
    """DuckDB's message in one line, and the line it points at."""
    first, *rest = message.splitlines()
    lines = [text for text in rest if text.startswith("LINE ")]
    number = lines[0][5:].split(":")[0] if lines else "1"
    return first, int(number) if number.isdigit() else 1
