"""Facts and ledgers in DuckDB, in this process: filled through a temporary CSV, then locked (architecture 9).

Rows go in through a CSV because that is 200 times faster than one insert a row and needs no other library.
Afterwards the door is closed: no file, no network, no extension, no setting can be changed again. Queries that
the engine did not ship never run here but in a child process on a read-only copy (see `foreign`).
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
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
from .facts import RAW, House, Row, derived, fact_rows
from .ledgers import TABLES, ledger_rows
from .lineage import Lineage
from .moments import rows

PART = 10_000
"""So many rows of facts are read at a time, while the next are being written."""
SLICED = ("facts", "exposure", "redress", "closings")
"""Tables of which a breakdown shows a part; they lie in schema `whole`, views of the same name show the part."""
CALENDAR = {"day": "DATE", "working": "BOOLEAN", "n": "INTEGER"}


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
