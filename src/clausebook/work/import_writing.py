"""The second reading of a log: records, manifest and the refused rows, all or nothing (architecture 14)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..measure.moments import zone_of
from ..model import System
from ..problems import UserError
from ..publish.spreadsheets import marked
from .date_columns import Reading
from .import_fields import at, own_numbers
from .import_map import PERSON, as_yaml
from .import_plan import Plan, raw_row
from .import_scan import Progress
from .writer import create_all, create_text
from .yaml_text import to_yaml, to_yaml_fast

MODELINE = "# yaml-language-server: $schema=../../../schema/complaint.schema.json\n"
LISTED = 1000
"""The manifest names so many refused rows; all of them are in the file beside the log."""


def apply(
    root: Path, system: System, made: Plan, at_time: str, *, partial: bool, progress: Progress | None = None
) -> list[str]:
    """Write the records and the import's manifest, made `at_time` (with offset); returns the paths.

    Raises UserError when something was refused and `partial` was not asked, or when the file was imported before.
    """
    if (column := made.undecided) is not None:
        reading = made.fields[column].reading
        raise UserError("import-ambiguous", column=column, formats=" / ".join(reading.open if reading else ()))
    for entry in system.of("import"):
        if entry.value.get("file_sha256") == made.table.sha256:
            raise UserError("import-again", record=entry.path)
    if made.rejected and not partial:
        first = made.rejected[0]
        raise UserError("import-refused", count=len(made.rejected), row=first["row"], reason=first["reason"])
    if not made.ids:
        return []
    return create_all(root, _texts(system, made, at_time, progress))


def _texts(system: System, made: Plan, at_time: str, progress: Progress | None) -> Iterator[tuple[str, str]]:
    number = _manifest_id(system)
    # Only our own export has lists of parts, which the quick writer does not know.
    written = to_yaml if own_numbers(made.fields) else to_yaml_fast
    for count, record in enumerate(records(system, made, number), start=1):
        if progress and (count % 1000 == 0 or count == len(made.ids)):
            progress("progress-write", count, len(made.ids))
        year = record["id"].split("-")[1]
        yield f"records/complaints/{year}/{record['id']}.yaml", MODELINE + written(record)
    yield f"records/imports/{number}.yaml", to_yaml(_manifest(made, number, at_time))


def records(system: System, made: Plan, number: str) -> Iterator[dict[str, Any]]:
    """The accepted rows as records, in the order of the file."""
    zone = zone_of(system.organisation)
    index = {name: place for place, name in enumerate(made.table.columns)}
    with_time = made.columns[made.received].field == "received_at"
    others = [(index[name], name, bound) for name, bound in made.fields.items() if name != made.received]
    if made.state:
        others.append((index[made.state[0]], made.state[0], made.state[1]))
    reading = made.fields[made.received].reading or Reading()
    for row, cells in made.table.rows():
        if row not in made.ids:
            continue
        day = made.days[row]
        value = cells[index[made.received]]
        moment = at(value, day, zone, reading.clock(value)) if with_time else None
        record: dict[str, Any] = {"id": made.ids[row]}
        record |= {"received_at": moment} if moment else {"received_on": day.isoformat()}
        told: dict[str, Any] = {}
        for place, name, bound in others:
            if place < len(cells) and cells[place] and (row, name) not in made.dropped:
                bound.put(told, cells[place])
        more = told.pop("imported", {})
        origin = {"import": number, "file_sha256": made.table.sha256, "file_name": made.file, "row": row}
        yield {**record, **told, "imported": {**origin, **more, "columns": raw_row(made, cells)}}


def _manifest_id(system: System) -> str:
    year = system.as_of.year
    used = [int(e.id.rsplit("-", 1)[-1]) for e in system.of("import") if re.fullmatch(rf"IMP-{year}-[0-9]+", e.id)]
    return f"IMP-{year}-{max(used, default=0) + 1:02d}"


def _manifest(made: Plan, number: str, at_time: str) -> dict[str, Any]:
    table, ids, days = made.table, sorted(made.ids.values(), key=_natural), sorted(made.days.values())
    ignored = [name for name, said in made.mapping.items() if not said]
    formats = {
        name: {"format": said["format"], "ambiguous": said["ambiguous"]} | _named(made, said["column"])
        for name, said in made.formats.items()
        if said["format"] and re.fullmatch("[a-z_.]+", name)
    }
    values = {c.field: dict(c.values) for c in made.columns.values() if c.values and c.field != PERSON}
    return {
        "id": number, "imported_at": at_time, "file_name": made.file, "file_sha256": table.sha256,
        "format": table.format, **({"sheet": table.sheet} if table.sheet else {}),
        **({"encoding": table.encoding} if table.encoding else {}),
        "period_from_on": days[0].isoformat(), "period_to_on": days[-1].isoformat(),
        "rows": made.rows, "accepted": len(ids), "skipped": len(made.skipped),
        **({"rejected": made.rejected[:LISTED]} if made.rejected else {}),
        "mapping": {column: said for column, said in made.mapping.items() if said},
        **({"ignored_columns": ignored} if ignored else {}),
        **({"dates": formats} if formats else {}), **({"values": values} if values else {}),
        "person_key": PERSON in made.mapping.values(),
        "first_id": ids[0], "last_id": ids[-1],
        **({"warnings": made.warnings} if made.warnings else {}),
    }  # fmt: skip


def _named(made: Plan, column: str) -> dict[str, Any]:
    """Formats that a person named are kept as named: the next log of the same source is read by them."""
    formats = made.columns[column].formats
    return {"format": ", ".join(formats), "named": True} if formats else {}


def _natural(number: str) -> tuple[int, int]:
    year, last = number.split("-")[1:]
    return int(year), int(last)


def write_rejected(file: Path, made: Plan) -> Path:
    """The refused rows in a new file beside the log, to be mended and imported again.

    A cell that a spreadsheet would run as a formula gets the mark of a text, which the import takes off again.
    """
    numbers = {row["row"] for row in made.rejected}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(made.table.columns)
    for row, cells in made.table.rows():
        if row in numbers:
            writer.writerow([marked(cell) for cell in cells])
    for count in range(1, 1000):
        target = file.with_name(f"{file.stem}.rejected{'' if count == 1 else f'-{count}'}.csv")
        if create_text(target, buffer.getvalue()):
            return target
    raise UserError("cannot-write", path=str(file.with_name(f"{file.stem}.rejected.csv")), detail="999")


def map_text(made: Plan) -> str:
    """The map that was used, with formats and values as they were understood."""
    values = {
        name: {**bound.column.values, **{v: made_of for v, made_of in bound.cache.items() if made_of and made_of != v}}
        for name, bound in made.fields.items()
        if bound.known is not None
    }
    formats = {
        name: bound.reading.text
        for name, bound in made.fields.items()
        if bound.reading is not None and bound.reading.text and not bound.reading.open
    }
    return as_yaml(made.columns, values, formats)
