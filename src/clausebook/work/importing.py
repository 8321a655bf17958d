"""`import complaints`: a foreign log becomes complaint records, the raw row kept with each (8.2, real input).

The log is read twice: once to judge it (formats, refused rows, numbers), once to write it. What a log lacks is not
refused; `check` reports it (record-incomplete).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..load.headers import meaning_of
from ..load.table_file import open_table
from ..load.tables import Table
from ..model import System
from ..problems import UserError
from .import_fields import NUMBERS, bind, own_numbers
from .import_judging import Judge
from .import_map import (
    PERSON,
    RECEIVED,
    STATE,
    Column,
    earlier,
    in_brackets,
    known,
    own_export,
    personal,
    read_map,
    state_column,
    suggested,
)
from .import_plan import Plan
from .import_scan import Progress, Scan


def plan(
    system: System, file: Path, map_file: Path | None, language: str = "zh", formats: Sequence[str] = (),
    progress: Progress | None = None, received: str | None = None,
) -> Plan:  # fmt: skip
    """Judge the log. `received` names the column of receipt, `formats` how dates are written that can be read in
    several ways. Raises UserError when it is no log, or when map and log do not fit each other."""
    given = read_map(map_file) if map_file else None
    table = open_table(file, given or ())
    columns, map_of = _columns(system, table, given)
    first = _received(table, columns, received)
    for name, column in columns.items():
        if formats and (name == first or not column.formats) and column.field.endswith(("_on", "_at")):
            columns[name] = replace(column, formats=tuple(formats))
    shape = system.kinds["complaint"].shape
    fields = {name: bind(system, name, column) for name, column in columns.items() if known(shape, column.field)}
    private = frozenset(personal(table.columns, columns))
    unmasked = frozenset(
        name for name in table.columns
        if (name in fields and (fields[name].dated or fields[name].column.field in NUMBERS)) or _numbers(name)
    )  # fmt: skip
    made = Plan(file.name, language, table, columns, private, unmasked, fields, first, map_of=map_of)
    if not own_numbers(fields) and (tells := state_column(table.columns, columns)):
        made.state = (tells, bind(system, tells, Column(STATE)))
    for name, column in columns.items():
        if name not in fields:
            made.warn("field-unknown", column=name, field=column.field)
    if map_of:
        made.warn("map-of", path=map_of)
    scan = Scan(system, made)
    scan.run(system, progress)
    Judge(system, made, scan).run()
    return made


def _columns(system: System, table: Table, given: Mapping[str, Column] | None) -> tuple[dict[str, Column], str]:
    """The map named, else the one of the last log with these columns (and its path), else what the headers say."""
    for name, column in (given or {}).items():
        if name not in table.columns:
            raise UserError("import-column", column=name, columns=", ".join(table.columns))
        if column.field != PERSON and name in personal(table.columns, {}):
            raise UserError("import-personal", column=name, field=column.field)
    if given is not None:
        named = ((name, column, column.formats or in_brackets(name)) for name, column in given.items())
        return {name: replace(column, formats=formats) for name, column, formats in named}, ""
    own = own_export(table.columns, system.kinds["complaint"].shape)
    if own is not None:
        return own, ""
    before = earlier(system, table.columns)
    if before is not None and any(column.field in RECEIVED for column in before[1].values()):
        return before[1], before[0]
    return suggested(table.columns, system.kinds["complaint"].shape), ""


def _received(table: Table, columns: dict[str, Column], named: str | None) -> str:
    """The column of receipt; `named` by a person, it takes the place of any other."""
    if named is not None:
        if named not in table.columns:
            raise UserError("import-column", column=named, columns=", ".join(table.columns))
        for name in [name for name, column in columns.items() if column.field in RECEIVED]:
            del columns[name]
        columns[named] = Column("received_at", formats=in_brackets(named))
    found = next((name for name, column in columns.items() if column.field in RECEIVED), None)
    if found is None:
        near = [name for name in table.columns if (m := meaning_of(name)) and m[0].name == "registered_at"]
        raise UserError("import-no-received", columns=", ".join(table.columns), near=", ".join(near))
    return found


def _numbers(column: str) -> bool:
    meaning = meaning_of(column)
    return meaning is not None and meaning[0].field in NUMBERS
