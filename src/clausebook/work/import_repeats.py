"""Rows that were imported before, and rows that a log holds twice: no complaint is counted twice (real input)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import lru_cache

from ..measure.moments import day as day_of
from ..measure.moments import moment, receipt, zone_of
from ..model import System
from .dates import PARTS, month_of, tidy, time_of

NUMBER = re.compile(r"-?[0-9]+\.[0-9]*?0+")


@lru_cache(maxsize=65536)
def canonical(cell: str) -> str:
    """A cell as it is compared. A spreadsheet that saves a log again writes dates its own way; the day itself is
    compared by the date of receipt, so here the three numbers of a date count in any order."""
    if len(cell) < 40 and cell[:1].isalnum() and (found := PARTS.fullmatch(tidy(cell))):
        parts = [month_of(part) if part[0].isalpha() else int(part) for part in found.group(1, 3, 4)]
        if max(parts) < 100:
            parts[2] += 2000
        clock = time_of(cell) or time()
        return f"{sorted(parts)} {clock if clock != time() else ''}"
    if NUMBER.fullmatch(cell):
        return cell.rstrip("0").rstrip(".")
    return " ".join(cell.split())


def digest(raw: Mapping[str, str], day: str) -> bytes:
    """A row in any order of columns. Personal cells are no part of it: a hash of a telephone number is guessable."""
    joined = "\x1f".join(sorted(f"{name}\x1e{canonical(value)}" for name, value in raw.items()))
    return hashlib.sha256(f"{day}\x1f{joined}".encode()).digest()


class Earlier:
    """What other imports brought: rows by digest, and cases by their number elsewhere and day."""

    def __init__(self, system: System, columns: Sequence[str]) -> None:
        self.rows: Counter[bytes] = Counter()
        self.cases: dict[tuple[str, str], str] = {}
        self.narrower: dict[frozenset[str], dict[bytes, str]] = {}
        now, zone = frozenset(columns), zone_of(system.organisation)
        had = {entry.id: _columns(entry.value) for entry in system.of("import")}
        for entry in system.of("complaint"):
            imported = entry.value.get("imported")
            if not isinstance(imported, dict) or not isinstance(imported.get("columns"), dict):
                continue
            at = receipt(moment(entry.value, zone, "received_at"), day_of(entry.value, "received_on"), zone)
            received = at.on.isoformat() if at else ""
            raw = {name: str(value) for name, value in imported["columns"].items()}
            self.rows[digest(raw, received)] += 1
            if number := entry.value.get("external_case_no"):
                self.cases[str(number), received] = entry.id
            shared = had.get(str(imported.get("import")), now) & now
            if shared != now and len(shared) > 1:
                key = digest({name: value for name, value in raw.items() if name in shared}, received)
                self.narrower.setdefault(shared, {})[key] = entry.id

    def __bool__(self) -> bool:
        return bool(self.rows)

    def brought(self, raw: Mapping[str, str], day: date) -> bool:
        """True when this row came before; each row that came is found once."""
        key = digest(raw, day.isoformat())
        if self.rows[key] > 0:
            self.rows[key] -= 1
            return True
        return False

    def changed(self, raw: Mapping[str, str], number: str, day: date) -> str | None:
        """The record of a case that came before with other content, or from a log of other columns.

        A row that says all that an imported row says, once more than it came, is no change: it is a double.
        """
        if digest(raw, day.isoformat()) in self.rows:
            return None
        if (case := self.cases.get((number, day.isoformat()))) is not None:
            return case
        for shared, records in self.narrower.items():
            key = digest({name: value for name, value in raw.items() if name in shared}, day.isoformat())
            if key in records:
                return records[key]
        return None


def _columns(manifest: Mapping[str, object]) -> frozenset[str]:
    mapping, ignored = manifest.get("mapping"), manifest.get("ignored_columns")
    return frozenset([*(mapping if isinstance(mapping, dict) else ()), *(ignored if isinstance(ignored, list) else ())])


class Doubles:
    """Rows that say the same as an earlier row of the file, and numbers given twice: named, never dropped."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.numbers: dict[str, int] = {}
        self.rows: list[tuple[int, int]] = []
        self.again: list[tuple[int, int, str]] = []

    def see(self, row: int, cells: Sequence[str], number: str) -> None:
        key = hash(tuple(cells))
        if key in self.first:
            self.rows.append((row, self.first[key]))
        else:
            self.first[key] = row
            if number and number in self.numbers:
                self.again.append((row, self.numbers[number], number))
            elif number:
                self.numbers[number] = row
