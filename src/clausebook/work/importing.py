"""`import complaints`: a foreign log becomes complaint records, the raw row kept with each (8.2, real input).

The log is read twice: once to judge it (formats, refused rows, numbers), once to write it; no row stays in memory.
Refused are only rows without a date of receipt or with an impossible one, rows that do not fit their header, and
rows that contradict an earlier import. What a log lacks is not refused; `check` reports it record by record
(record-incomplete).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..load.headers import meaning_of
from ..load.tables import Table, open_table
from ..measure.moments import zone_of
from ..model import System
from ..problems import UserError
from ..wording import text
from . import dates
from .import_fields import Field, bind
from .import_map import RECEIVED, Column, known, personal, read_map, suggested

COUNTED = 60
"""A column with at most this many different values is counted value by value."""
LONGEST_ROW = 200_000
LISTED = 100
"""So many unusable values are named one by one."""
DAMAGED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}")
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Plan:
    """What an import would do: number by row in order of receipt, and what was refused."""

    file: str
    language: str
    table: Table
    columns: dict[str, Column]
    private: frozenset[str]
    fields: dict[str, Field]
    received: str
    days: dict[int, date] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: int = 0

    @property
    def mapping(self) -> dict[str, str | None]:
        return {name: self.columns[name].field if name in self.columns else None for name in self.table.columns}

    @property
    def formats(self) -> dict[str, dict[str, Any]]:
        """Per date field: how it is read, whether it can be read two ways, and from which column."""
        found = {}
        for name, bound in self.fields.items():
            if bound.reading is not None:
                form, ambiguous = bound.reading.text, bool(bound.reading.open)
                found[bound.column.field] = {"format": form, "ambiguous": ambiguous, "column": name}
        return found

    def say(self, key: str, **facts: str | int) -> str:
        return text(f"import.{key}", self.language, file=self.file, **facts)

    def refuse(self, row: int, key: str, column: str, **facts: str | int) -> None:
        self.rejected.append({"row": row, "reason": self.say(key, row=row, column=column, **facts)})

    def as_data(self) -> dict[str, Any]:
        """The object of contract.md, `import --dry-run`."""
        return {
            "rows": self.rows, "accepted": len(self.ids), "rejected": self.rejected, "mapping": self.mapping,
            "dates": self.formats, "warnings": self.warnings, "counts": self.counts,
        }  # fmt: skip


def plan(
    system: System, file: Path, map_file: Path | None, language: str = "zh", formats: Sequence[str] = (),
    progress: Progress | None = None,
) -> Plan:  # fmt: skip
    """Judge the log. Raises UserError when it is no log, or when map and log do not fit each other."""
    given = read_map(map_file) if map_file else None
    table = open_table(file, given or ())
    shape = system.kinds["complaint"].shape
    for column in given or ():
        if column not in table.columns:
            raise UserError("import-column", column=column, columns=", ".join(table.columns))
    columns = given if given is not None else suggested(table.columns, shape)
    received = next((name for name, column in columns.items() if column.field in RECEIVED), None)
    if received is None:
        raise UserError("import-no-received", columns=", ".join(table.columns))
    if formats:
        columns[received] = Column(columns[received].field, columns[received].values, tuple(formats))
    fields = {name: bind(system, name, column) for name, column in columns.items() if known(shape, column.field)}
    private = frozenset(personal(table.columns, columns))
    made = Plan(file.name, language, table, columns, private, fields, received)
    made.warnings = [
        made.say("field-unknown", column=name, field=column.field)
        for name, column in columns.items()
        if name not in fields
    ]
    _Scan(system, made, progress).run()
    return made


def raw_row(made: Plan, cells: Sequence[str]) -> dict[str, str]:
    """What a record keeps of its row: every cell that says something, personal columns left out."""
    return {c: v for c, v in zip(made.table.columns, cells, strict=False) if v and c not in made.private}


def digest(raw: Mapping[str, str]) -> bytes:
    """A row in any order of columns. Personal cells are no part of it: a hash of a telephone number is guessable."""
    joined = "\x1f".join(sorted(f"{name}\x1e{value}" for name, value in raw.items()))
    return hashlib.sha256(joined.encode("utf-8")).digest()


@dataclass(slots=True)
class _Seen:
    """How often a value occurs in a column, and in which row first."""

    count: int
    row: int


class _Scan:
    """The first reading: everything that must be known before anything is written."""

    def __init__(self, system: System, made: Plan, progress: Progress | None) -> None:
        self.system, self.made, self.progress = system, made, progress
        self.index = {name: place for place, name in enumerate(made.table.columns)}
        self.watched = {n: self.index[n] for n, f in made.fields.items() if not f.free}
        self.numbers = {n: i for n, i in self.index.items() if (m := meaning_of(n)) and m[0].name == "id"}
        self.seen: dict[str, dict[str, _Seen]] = {name: {} for name in {**self.watched, **self.numbers}}
        self.counters: dict[str, Counter[str]] = {name: Counter() for name in made.table.columns}
        self.pending: list[tuple[int, str, bool]] = []
        self.short: list[tuple[int, int]] = []
        self.earlier: Counter[bytes] = Counter()
        self.cases: dict[tuple[str, str], str] = {}
        self._earlier()

    def _earlier(self) -> None:
        """What other imports brought: rows by digest, and cases by their number elsewhere and day."""
        for entry in self.system.of("complaint"):
            imported = entry.value.get("imported")
            if isinstance(imported, dict) and isinstance(imported.get("columns"), dict):
                self.earlier[digest(imported["columns"])] += 1
                number = entry.value.get("external_case_no")
                if number:
                    received = entry.value.get("received_on") or str(entry.value.get("received_at", ""))[:10]
                    self.cases[str(number), str(received)] = entry.id

    def run(self) -> None:
        made = self.made
        place = self.index[made.received]
        skips: set[int] = set()
        external = self._external()
        numbers: dict[int, str] = {}
        for count, (row, cells) in enumerate(made.table.rows(), start=1):
            if self.progress and count % 10_000 == 0:
                self.progress("progress-read", count)
            value = cells[place] if place < len(cells) else ""
            if not self._fits(row, cells):
                continue
            self._count(row, cells)
            if self.earlier:
                key = digest(raw_row(made, cells))
                if self.earlier[key] > 0:
                    self.earlier[key] -= 1
                    skips.add(row)
                elif key not in self.earlier and external is not None and external < len(cells):
                    numbers[row] = cells[external]
            self.pending.append((row, value, self._content(cells)))
        self._readings()
        self._judge(skips, numbers)
        self._tell()

    def _external(self) -> int | None:
        return next((self.index[n] for n, f in self.made.fields.items() if f.steps == ("external_case_no",)), None)

    def _fits(self, row: int, cells: list[str]) -> bool:
        """False when the row does not fit under its header; then it is refused, with what is wrong."""
        width, columns = len(cells), len(self.index)
        last = self.made.table.columns[-1]
        if width > columns and any(cells[columns:]):
            self.made.refuse(row, "row-too-wide", last, cells=width, columns=columns)
        elif (size := sum(map(len, cells))) > LONGEST_ROW:
            longest = max(range(width), key=lambda place: len(cells[place]))
            name = self.made.table.columns[longest]
            self.made.refuse(row, "row-too-long", name, size=size, limit=LONGEST_ROW)
        else:
            if width < columns:
                self.short.append((row, width))
            return True
        self.made.rows += 1
        return False

    def _count(self, row: int, cells: list[str]) -> None:
        for name, values in self.seen.items():
            value = cells[self.index[name]] if self.index[name] < len(cells) else ""
            if not value:
                continue
            if value in values:
                values[value].count += 1
            elif name in self.watched or DAMAGED.fullmatch(value):
                values[value] = _Seen(1, row)
        for counter, value in zip(self.counters.values(), cells, strict=False):
            if len(counter) <= COUNTED:
                counter[value] += 1

    def _content(self, cells: list[str]) -> bool:
        """False for a row that a form left behind: at most a number, dates and what formulas make of nothing."""
        told = [p for n, p in self.index.items() if n in self.made.fields and not self.made.fields[n].dated]
        told = [p for p in told if self.made.table.columns[p] not in self.numbers]
        return any(cells[p] for p in told if p < len(cells)) if told else sum(map(bool, cells)) > 1

    def _readings(self) -> None:
        """The formats of all date columns; only receipt must lie before the date that rules."""
        for name, bound in self.made.fields.items():
            if bound.dated:
                if bound.column.field in RECEIVED:
                    bound.latest = self.system.as_of
                bound.reading = dates.reading(self.seen[name], bound.latest, bound.column.formats)
                bound.zone = zone_of(self.system.organisation)

    def _judge(self, skips: set[int], numbers: Mapping[int, str]) -> None:
        made, name = self.made, self.made.received
        reading = made.fields[name].reading or dates.Reading()
        good = [place for place, (_, value, content) in enumerate(self.pending) if reading.parse(value) or content]
        last = good[-1] + 1 if good and any(reading.parse(v) for _, v, _ in self.pending) else len(self.pending)
        self._phantoms(self.pending[last:])
        made.rows += last
        for row, value, _ in self.pending[:last]:
            day = reading.parse(value)
            if row in skips:
                made.skipped.append(row)
            elif not value:
                made.refuse(row, "row-no-date", name)
            elif day is None and reading.open and dates.writing(value) not in reading.formats:
                made.refuse(row, "row-two-readings", name, value=value[:40], formats=" / ".join(reading.open))
            elif day is None or not dates.EARLIEST <= day <= self.system.as_of:
                made.refuse(row, "row-bad-date", name, value=value[:40])
            elif (numbers.get(row, ""), day.isoformat()) in self.cases:
                case = self.cases[numbers[row], day.isoformat()]
                column = made.table.columns[self._external() or 0]
                made.refuse(row, "row-changed", column, value=numbers[row], record=case)
            else:
                made.days[row] = day
        made.rejected.sort(key=lambda refused: refused["row"])
        taken = highest_numbers(self.system)
        for row, day in sorted(made.days.items(), key=lambda item: (item[1], item[0])):
            taken[day.year] += 1
            made.ids[row] = f"CC-{day.year}-{taken[day.year]:04d}"

    def _phantoms(self, rows: Sequence[tuple[int, str, bool]]) -> None:
        if rows:
            self.made.warnings.append(self.made.say("phantom", count=len(rows), row=rows[0][0]))

    def _tell(self) -> None:
        """Everything else a person should know, in the order of the columns."""
        made = self.made
        counted = [(name, c) for name, c in self.counters.items() if name not in made.private]
        made.counts = {name: dict(c.most_common()) for name, c in counted if len(c) <= COUNTED}
        for name in made.table.columns:
            if name in made.private:
                made.warnings.append(made.say("personal", column=name))
        if made.table.header > 1:
            made.warnings.append(made.say("title-rows", row=made.table.header))
        if made.table.other_sheets:
            others = ", ".join(made.table.other_sheets)
            made.warnings.append(made.say("sheet", sheet=made.table.sheet or "", others=others))
        if self.short:
            row, cells = self.short[0]
            facts = {"row": row, "cells": cells, "columns": len(self.index), "count": len(self.short)}
            made.warnings.append(made.say("short", **facts))
        if made.skipped:
            made.warnings.append(made.say("skipped", count=len(made.skipped), row=made.skipped[0]))
        made.warnings += self._unusable()

    def _unusable(self) -> list[str]:
        """Values that no field can take, each with its first row and how often it occurs."""
        made, found = self.made, []
        for name, values in self.seen.items():
            bound = made.fields.get(name)
            for value, seen in values.items():
                where: dict[str, str | int] = {
                    "row": seen.row, "column": name, "value": value[:40], "count": seen.count,
                }  # fmt: skip
                if name in self.numbers and DAMAGED.fullmatch(value):
                    found.append((seen.count, made.say("damaged-number", **where)))
                elif bound and name != made.received and bound.given(value) is None:
                    reason = text(f"import.{bound.told[value]}", made.language)
                    where |= {"field": bound.column.field, "reason": reason}
                    found.append((seen.count, made.say("field-value", **where)))
        found.sort(key=lambda item: -item[0])
        more = [made.say("field-more", count=len(found) - LISTED)] if len(found) > LISTED else []
        return [said for _, said in found[:LISTED]] + more


def highest_numbers(system: System) -> Counter[int]:
    """The highest number used in each year, voids included."""
    highest: Counter[int] = Counter()
    for entry in system.of("complaint", "void"):
        found = re.fullmatch(r"CC-([0-9]{4})-([0-9]+)", entry.id)
        if found:
            year, number = int(found[1]), int(found[2])
            highest[year] = max(highest[year], number)
    return highest
