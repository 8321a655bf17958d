"""`import complaints`: a foreign log becomes complaint records, the raw row kept with each (8.2, real input).

Refused are only rows without a date of receipt or with an impossible value, by row number. What a log
lacks is not refused; `check` reports it record by record (record-incomplete).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..load.strict_yaml import Refused, decode, parse
from ..load.tables import Table, read_table
from ..model import Shape, System
from ..problems import UserError
from . import dates
from .writer import create_all, create_text
from .yaml_text import to_yaml

RECEIVED = ("received_on", "received_at")
COUNTED = 60
"""A column with at most this many different values is counted value by value."""


@dataclass(frozen=True, slots=True)
class Column:
    """What the map says of one column: the field, its value map and, for dates, the format."""

    field: str
    values: Mapping[str, str]
    format: str | None = None


@dataclass(slots=True)
class Plan:
    """What an import would do: records in order of receipt, and what was refused."""

    table: Table
    mapping: dict[str, str | None]
    formats: dict[str, dict[str, Any]]
    records: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    warnings: list[str]
    counts: dict[str, dict[str, int]]

    def as_data(self) -> dict[str, Any]:
        """The object of contract.md, `import --dry-run`."""
        return {
            "rows": len(self.table.rows), "accepted": len(self.records), "rejected": self.rejected,
            "mapping": self.mapping, "dates": self.formats, "warnings": self.warnings, "counts": self.counts,
        }  # fmt: skip


def plan(system: System, file: Path, map_file: Path) -> Plan:
    """Read the log by its map. Raises UserError when map and log do not fit each other."""
    table = read_table(file)
    columns = read_map(map_file)
    for column in columns:
        if column not in table.columns:
            raise UserError("import-column", column=column, columns=", ".join(table.columns))
    received = next((name for name, column in columns.items() if column.field in RECEIVED), None)
    if received is None:
        raise UserError("import-no-received")
    shape = system.kinds["complaint"].shape
    warnings = [f"{name}: {column.field}?" for name, column in columns.items() if not _known(shape, column.field)]
    formats = _formats(table, columns)
    builder = _Builder(system, shape, file.name, table, columns, received, formats)
    records, rejected = builder.build()
    mapping = {name: columns[name].field if name in columns else None for name in table.columns}
    return Plan(table, mapping, formats, records, rejected, [*warnings, *builder.warnings()], _counts(table))


def read_map(path: Path) -> dict[str, Column]:
    """The map: `column: field`, or `column: {field, values, format}`, at top level or under `columns`."""
    try:
        parts = parse(decode(path.read_bytes()))
    except OSError as error:
        raise UserError("import-map", path=str(path), detail=error.strerror or "") from None
    except Refused as refused:
        raise UserError(
            "import-map", path=str(path), detail=f"{refused.line}:{refused.column} {refused.rule}"
        ) from None
    value = parts[0].value if parts else None
    for key in ("columns", "mapping"):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value = value[key]
    if not isinstance(value, dict):
        raise UserError("import-map", path=str(path), detail="column: field")
    found = {}
    for name, said in value.items():
        if isinstance(said, str):
            found[name] = Column(said, {})
        elif isinstance(said, dict) and isinstance(said.get("field"), str):
            values = said.get("values") if isinstance(said.get("values"), dict) else {}
            form = said.get("format")
            found[name] = Column(said["field"], values or {}, dates.normal(form) if isinstance(form, str) else None)
        elif said is not None:
            raise UserError("import-map", path=str(path), detail=name)
    return found


def _known(shape: Shape, field_name: str) -> bool:
    for step in field_name.split("."):
        if step not in shape.properties:
            return False
        shape = shape.properties[step]
    return not shape.properties


def _formats(table: Table, columns: Mapping[str, Column]) -> dict[str, dict[str, Any]]:
    found = {}
    for name, column in columns.items():
        if not column.field.endswith(("_on", "_at")):
            continue
        possible = [column.format] if column.format else dates.fitting(cells.get(name, "") for _, cells in table.rows)
        ambiguous = len(possible) > 1
        if ambiguous and column.field in RECEIVED:
            raise UserError("import-ambiguous", column=name, formats=" / ".join(possible))
        form = possible[0] if possible and not ambiguous else None
        found[column.field] = {"format": form, "ambiguous": ambiguous, "column": name}
    return found


class _Builder:
    """Rows to records; the numbers continue those that exist."""

    def __init__(
        self, system: System, shape: Shape, file: str, table: Table, columns: Mapping[str, Column], received: str,
        formats: Mapping[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        self.system, self.shape, self.file, self.table, self.columns = system, shape, file, table, columns
        self.received = received
        self.form = formats[columns[received].field]["format"]
        self.formats = formats
        self.unknown: Counter[tuple[str, str]] = Counter()
        self.ids = _ids(system)

    def build(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        good: list[tuple[date, int, dict[str, str]]] = []
        rejected = []
        for number, cells in self.table.rows:
            value = cells.get(self.received, "").strip()
            day = dates.parse(value, self.form) if value and self.form else None
            if day is None or not date(1900, 1, 1) <= day <= self.system.as_of:
                reason = f"{self.received}: {'—' if not value else value[:40]}"
                rejected.append({"row": number, "reason": reason})
            else:
                good.append((day, number, cells))
        taken = _numbers(self.system)
        return [
            self._record(day, number, cells, taken) for day, number, cells in sorted(good, key=lambda g: g[:2])
        ], rejected

    def _record(self, day: date, number: int, cells: dict[str, str], taken: Counter[int]) -> dict[str, Any]:
        taken[day.year] += 1
        record: dict[str, Any] = {
            "id": f"CC-{day.year}-{taken[day.year]:04d}",
            "received_on": day.isoformat(),
        }
        for name, column in self.columns.items():
            value = cells.get(name, "").strip()
            if name != self.received and value:
                self._set(record, name, column, value)
        raw = {name: cell for name, cell in cells.items() if cell.strip()}
        record["imported"] = {
            "file_sha256": self.table.sha256, "file_name": self.file, "row": number, "columns": raw,
        }  # fmt: skip
        return record

    def _set(self, record: dict[str, Any], name: str, column: Column, value: str) -> None:
        """Put a value where the map says; what does not fit the field stays in the raw row and is counted."""
        if not _known(self.shape, column.field):
            return
        value = column.values.get(value, value)
        shape, target = self.shape, record
        steps = column.field.split(".")
        for step in steps:
            shape = shape.properties[step]
        if column.field.endswith("_on") and column.field in self.formats:
            form = self.formats[column.field]["format"]
            day = dates.parse(value, form) if form else None
            value = day.isoformat() if day else ""
        listed = shape.items is not None
        inner = shape.items or shape
        allowed = _allowed(inner, self.ids)
        if not value or (allowed is not None and value not in allowed):
            self.unknown[name, cells_value(value)] += 1
            return
        for step in steps[:-1]:
            target = target.setdefault(step, {})
        target[steps[-1]] = [value] if listed else value

    def warnings(self) -> list[str]:
        return [f"{name}: {value!r} × {count}" for (name, value), count in self.unknown.most_common(40)]


def cells_value(value: str) -> str:
    return value[:40]


def _allowed(shape: Shape, ids: Mapping[str, set[str]]) -> set[str] | None:
    """The values a field takes, when they are a closed list: its labels, or the ids it refers to."""
    if shape.refers:
        return {i for space in shape.refers for i in ids.get(space, ())} | set(shape.except_refs)
    return set(shape.labels) if shape.labels else None


def _ids(system: System) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mention in system.defined:
        found.setdefault(mention.spaces[0], set()).add(mention.id)
    return found


def _numbers(system: System) -> Counter[int]:
    """The highest number used in each year, voids included."""
    highest: Counter[int] = Counter()
    for entry in system.of("complaint", "void"):
        found = re.fullmatch(r"CC-([0-9]{4})-([0-9]+)", entry.id)
        if found:
            year, number = int(found[1]), int(found[2])
            highest[year] = max(highest[year], number)
    return highest


def _counts(table: Table) -> dict[str, dict[str, int]]:
    found = {}
    for column in table.columns:
        values = Counter(cells.get(column, "").strip() for _, cells in table.rows)
        if len(values) <= COUNTED:
            found[column] = dict(values.most_common())
    return found


def apply(root: Path, system: System, made: Plan, at: str, *, partial: bool) -> list[str]:
    """Write the records and the import's manifest, made `at` a time with offset; returns the paths."""
    if made.rejected and not partial:
        first = made.rejected[0]
        raise UserError("import-refused", count=len(made.rejected), row=first["row"], reason=first["reason"])
    for entry in system.of("import"):
        if entry.value.get("file_sha256") == made.table.sha256:
            raise UserError("import-again", record=entry.path)
    manifest_id = _manifest_id(system)
    texts = dict(_texts(made, manifest_id))
    create_all(root, texts)
    manifest = f"records/imports/{manifest_id}.yaml"
    create_text(root / manifest, to_yaml(_manifest(made, manifest_id, at)))
    return [*texts, manifest]


def _texts(made: Plan, manifest_id: str) -> Iterator[tuple[str, str]]:
    modeline = "# yaml-language-server: $schema=../../../schema/complaint.schema.json\n"
    for record in made.records:
        record["imported"] = {"import": manifest_id, **record["imported"]}
        year = record["id"].split("-")[1]
        yield f"records/complaints/{year}/{record['id']}.yaml", modeline + to_yaml(record)


def _manifest_id(system: System) -> str:
    year = system.as_of.year
    used = [int(e.id.rsplit("-", 1)[-1]) for e in system.of("import") if re.fullmatch(rf"IMP-{year}-[0-9]+", e.id)]
    return f"IMP-{year}-{max(used, default=0) + 1:02d}"


def _manifest(made: Plan, manifest_id: str, at: str) -> dict[str, Any]:
    file = made.records[0]["imported"]["file_name"] if made.records else ""
    return {
        "id": manifest_id, "imported_at": at, "file_name": file, "file_sha256": made.table.sha256, "format": "csv",
        "encoding": made.table.encoding, "rows": len(made.table.rows), "accepted": len(made.records),
        **({"rejected": made.rejected} if made.rejected else {}),
        "mapping": {column: said for column, said in made.mapping.items() if said},
    }  # fmt: skip


def write_rejected(file: Path, made: Plan) -> Path:
    """The refused rows, as they were, in a file beside the log."""
    import csv
    import io

    numbers = {row["row"] for row in made.rejected}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(made.table.columns)
    for number, cells in made.table.rows:
        if number in numbers:
            writer.writerow([cells.get(column, "") for column in made.table.columns])
    target = file.with_name(f"{file.stem}.rejected.csv")
    create_text(target, buffer.getvalue())
    return target
