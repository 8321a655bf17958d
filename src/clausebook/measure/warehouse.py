"""Facts and ledgers in DuckDB, in this process: filled through a temporary CSV, then locked (architecture 9).

Rows go in through a CSV because that is 200 times faster than one insert a row and needs no other library.
Afterwards the door is closed: no file, no network, no extension, no setting can be changed again. Queries that
the engine did not ship never run here but in a child process on a read-only copy (see `foreign`).
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from ..model import System
from .calendar import WorkingDays
from .cases import Complaints
from .closing import first_entries
from .editions import adopted
from .facts import DIMENSIONS, RAW, House, Row, derived, fact_rows
from .ledgers import TABLES, ledger_rows
from .lineage import Lineage
from .moments import rows

PART = 10_000
"""So many rows of facts are read at a time, while the next are being written."""
SLICED = ("facts", "exposure", "redress", "closings")
"""Tables of which a breakdown shows a part; they lie in schema `whole`, views of the same name show the part."""
CALENDAR = {"day": "DATE", "working": "BOOLEAN", "n": "INTEGER"}
OUTPUT = ("part", "numerator", "denominator", "excluded", "value", "ids")
"""What a query returns. It may add `missed` (ids that missed), `waiting` (how many are not yet to be judged)
and `spread` (the sample deviation behind a mean)."""


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


@dataclass(frozen=True, slots=True)
class Warehouse:
    """An open, locked database; `file` is a read-only copy for foreign queries, made when there are any."""

    connection: Any
    file: Path | None


@contextmanager
def warehouse(
    system: System, complaints: Complaints, *, copy: bool = False, ledgers: Collection[str] = tuple(TABLES)
) -> Iterator[Warehouse]:
    """All facts of the organisation, for as long as the block lasts; of its ledgers those that are asked for."""
    working = complaints.watch.own
    lines = {str(row.get("id")): str(row["line"]) for row in rows(system.organisation, "products") if "line" in row}
    forms = {str(row.get("id")): str(row.get("form")) for row in rows(system.organisation, "channels")}
    first = first_entries(system.history, system.of("complaint"), adopted(system, Lineage(system.history)))
    house = House(complaints.watch, lines, forms, first)
    facts = fact_rows(complaints.cases, house)
    days = calendar_rows(system.as_of, working, min((c.received.on for c in complaints.cases), default=system.as_of))
    tables = {"calendar": days, **ledger_rows(system, complaints, ledgers)}
    with filled(facts, tables, system.as_of, copy=copy) as found:
        yield found


@contextmanager
def filled(
    facts: Iterable[Row], ledgers: Mapping[str, Iterable[Row]], as_of: date, *, copy: bool = False
) -> Iterator[Warehouse]:
    """A database of these rows; a ledger that is not given is an empty table."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="clausebook-") as name:
        folder = Path(name)
        file = folder / "books.duckdb" if copy else None
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
            connection.execute("CREATE SCHEMA whole")
            for table, columns in {"calendar": CALENDAR, **TABLES}.items():
                name = f"whole.{table}" if table in SLICED else table
                connection.execute(f"CREATE TABLE {name} ({', '.join(f'{n} {kind}' for n, kind in columns.items())})")
                if table in ledgers:
                    _insert(connection, _written(folder, ledgers[table]), columns, f"INSERT INTO {name} FROM raw")
            _fill_facts(connection, folder, facts, as_of)
            if file:
                connection.execute(f"ATTACH '{file}' AS copy; COPY FROM DATABASE memory TO copy; DETACH copy")
            lock(connection)
            yield Warehouse(connection, file)


def lock(connection: Any) -> None:
    """No file, no network, no extension; and nobody may say otherwise afterwards."""
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _fill_facts(connection: Any, folder: Path, facts: Iterable[Row], as_of: date) -> None:
    """Rows are written while those before them are read: DuckDB works beside Python, one part at a time, in order."""
    from concurrent.futures import Future, ThreadPoolExecutor

    rest, makes = iter(facts), f"CREATE TABLE whole.facts AS {derived()}"
    with connection.cursor() as reader, ThreadPoolExecutor(1) as beside:
        part: list[Row] = list(islice(rest, PART))
        waiting: list[Future[None]] = []
        while part or not waiting:
            file = _written(folder, part)
            waiting.append(beside.submit(_insert, reader, file, RAW, makes, {"as_of": as_of}))
            makes = f"INSERT INTO whole.facts {derived()}"
            part = list(islice(rest, PART))
        for one in waiting:
            one.result()


def _written(folder: Path, found: Iterable[Row]) -> Path:
    """The rows as a new file of CSV."""
    number, name = tempfile.mkstemp(".csv", dir=folder)
    with open(number, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerows(found)
    return Path(name)


def _insert(
    connection: Any, file: Path, columns: Mapping[str, str], statement: str, given: Mapping[str, Any] | None = None
) -> None:
    """Run a statement over a file of rows, which it knows as `raw`; then the file has served."""
    described = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    read = f"SELECT * FROM read_csv('{file}', header = false, columns = {{{described}}}, auto_detect = false, "
    read += "delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '')"
    nothing = f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in columns.items())} LIMIT 0"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW raw AS {read if file.stat().st_size else nothing}")
    connection.execute(statement, given)
    connection.execute("DROP VIEW raw")
    file.unlink()


def calendar_rows(as_of: date, working: WorkingDays, first: date) -> Iterator[Row]:
    """Every day from the first receipt to the as-of date with the number of working days up to it, so that the
    working days between two days are a subtraction; a year without calendar counts its weekends as off."""
    days, count = working.provisional(), 0
    on = first
    while on <= as_of:
        works = days.is_working(on)
        count += works
        yield (on, works, count)
        on += timedelta(days=1)


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
    names = [column[0] for column in cursor.description]
    if lacking := [name for name in OUTPUT if name not in names]:
        raise QueryError("kpi-query-broken", f"missing column: {', '.join(lacking)}")
    found = []
    for row in cursor.fetchall():
        value = dict(zip(names, row, strict=True))
        try:
            found.append(
                Answer(
                    str(value["part"]), _number(value["numerator"]), _number(value["denominator"]),
                    int(value["excluded"] or 0), _number(value["value"]), _ids(value["ids"]),
                    _ids(value.get("missed")), _whole(value.get("waiting")), _number(value.get("spread")),
                )
            )  # fmt: skip
        except (TypeError, ValueError) as error:
            raise QueryError("kpi-query-broken", str(error)) from None
    return found


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
