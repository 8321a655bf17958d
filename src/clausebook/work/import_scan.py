"""The first reading of a log: all that must be known before anything is judged; no row stays in memory (8.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..load.headers import is_total, meaning_of
from ..model import System
from .date_columns import reading
from .import_fields import own_numbers
from .import_map import RECEIVED
from .import_plan import Plan, raw_row
from .import_repeats import Doubles, Earlier

COUNTED = 60
"""A column with at most this many different values is counted value by value."""
LONGEST_ROW = 200_000
DAMAGED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}")
Progress = Callable[[str, int, int], None]
"""What is done, how many rows of it, and of how many."""


@dataclass(slots=True)
class Seen:
    """How often a value occurs in a column, and in which row first."""

    count: int
    row: int


@dataclass(slots=True)
class Row:
    """What judging a row needs. `dates` are its other dates, by the scan's `dated`; `filled`: it says something;
    `own` is our own number in a table that we exported."""

    number: int
    received: str
    filled: bool
    total: bool
    dates: tuple[str, ...]
    case: str
    own: str
    raw: dict[str, str] | None


class Scan:
    """Reads the table of a plan once. `external` is the place of the number of the case, or None."""

    def __init__(self, system: System, made: Plan) -> None:
        self.made = made
        self.index = {name: place for place, name in enumerate(made.table.columns)}
        self.watched = {n: self.index[n] for n, f in made.fields.items() if not f.free}
        self.numbers = {n: i for n, i in self.index.items() if (m := meaning_of(n)) and m[0].name == "id"}
        self.dated = [n for n, f in made.fields.items() if f.dated and n != made.received]
        self.told = [
            place for name, place in self.index.items()
            if name in made.fields and not made.fields[name].dated and name not in self.numbers
        ]  # fmt: skip
        self.external = next((self.index[n] for n, f in made.fields.items() if f.steps == ("external_case_no",)), None)
        own = own_numbers(made.fields)
        self.own = self.index[own] if own else None
        received = (n for n, f in made.fields.items() if own and f.steps[0] in RECEIVED and n != made.received)
        self.else_received = next((self.index[name] for name in received), None)
        self.seen: dict[str, dict[str, Seen]] = {name: {} for name in {**self.watched, **self.numbers}}
        self.counters: dict[str, Counter[str]] = {n: Counter() for n in made.table.columns if n not in made.private}
        self.public = [(n, self.index[n], c) for n, c in self.counters.items()]
        self.masks: dict[str, Seen] = {}
        self.rows: list[Row] = []
        self.short: list[tuple[int, int]] = []
        self.headers: list[int] = []
        self.doubles = Doubles()
        self.earlier = Earlier(system, made.table.columns)
        self._same: dict[str, str] = {}

    def run(self, system: System, progress: Progress | None) -> None:
        for count, (row, cells) in enumerate(self.made.table.rows(), start=1):
            if progress and count % 1000 == 0:
                progress("progress-read", min(count, self.made.table.size), self.made.table.size)
            if self._is_header(cells):
                self.headers.append(row)
            elif self._fits(row, cells):
                self._count(row, cells)
                self.rows.append(self._row(row, cells))
        if progress:
            progress("progress-read", self.made.table.size, self.made.table.size)
        self._readings(system)

    def _cell(self, cells: Sequence[str], place: int | None) -> str:
        return cells[place] if place is not None and place < len(cells) else ""

    def _row(self, row: int, cells: list[str]) -> Row:
        received = self._cell(cells, self.index[self.made.received]) or self._cell(cells, self.else_received)
        dates = (self._cell(cells, self.index[name]) for name in self.dated)
        case = self._cell(cells, self.external)
        total = is_total(cells)
        if not total:
            self.doubles.see(row, cells, case)
        return Row(
            row, self._once(received), self._says_something(cells), total, tuple(map(self._once, dates)), case,
            self._cell(cells, self.own),
            raw_row(self.made, cells) if self.earlier else None,
        )  # fmt: skip

    def _once(self, value: str) -> str:
        """Equal texts as one object: a hundred thousand rows have few different dates."""
        return self._same.setdefault(value, value)

    def _is_header(self, cells: list[str]) -> bool:
        """True where the header stands again, as at the top of every printed page."""
        columns = self.made.table.columns
        if not cells or " ".join(cells[0].split()) not in (columns[0], ""):
            return False
        filled = [(cell, name) for cell, name in zip(cells, columns, strict=False) if cell]
        return len(filled) > 1 and all(" ".join(cell.split()) == name for cell, name in filled)

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
            value = self._cell(cells, self.index[name])
            if not value:
                continue
            if value in values:
                values[value].count += 1
            elif name in self.watched or DAMAGED.fullmatch(value):
                values[value] = Seen(1, row)
        width = len(cells)
        for name, place, counter in self.public:
            value = cells[place] if place < width else ""
            if len(counter) <= COUNTED:
                counter[value] += 1
            if len(value) > 5 and self.made.kept(name, value) != value:
                self.masks.setdefault(name, Seen(0, row)).count += 1

    def _says_something(self, cells: list[str]) -> bool:
        """False for a row that a form left behind: at most a number, dates and what formulas make of nothing."""
        if not self.told:
            return sum(map(bool, cells)) > 1
        width = len(cells)
        return any(cells[place] for place in self.told if place < width)

    def _readings(self, system: System) -> None:
        """The formats of all date columns; what happened lies before the date that rules, what is due may not."""
        for name, bound in self.made.fields.items():
            if bound.dated:
                latest = bound.latest if bound.due or bound.column.own else system.as_of
                bound.reading = reading(self.seen[name], latest, bound.column.formats, serials=self.made.table.serials)
