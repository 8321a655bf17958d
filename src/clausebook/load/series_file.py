"""A series for a chart: CSV in, numbers and gaps out; whatever is no number is refused with its row.

An empty cell, and an empty row between others, is a period without observation. Empty rows at the end are
leavings of a spreadsheet and are dropped.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from ..problems import UserError
from .tables import ENCODINGS, MAX_BYTES
from .text_tables import DELIMITERS

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LARGEST, SMALLEST_SIZE = 1e15, 1e-9
"""Beyond these a count or an exposure is a slip of the pen, and sums would lose their digits."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns `value` and, when the file has one, `size`; None is a gap."""

    values: tuple[float | None, ...]
    sizes: tuple[float | None, ...] | None


def read_series(path: Path) -> Columns:
    """Read FILE.csv. Raises UserError when it holds no column `value` or no number."""
    rows = _rows(path)
    header = [" ".join(cell.split()).casefold() for cell in rows[0]] if rows else []
    if not any(header):
        raise UserError("chart-empty", path=str(path))
    if header.count("value") != 1 or header.count("size") > 1:
        raise UserError("chart-columns", path=str(path), columns=", ".join(cell for cell in header if cell))
    at = header.index("value")
    beside = header.index("size") if "size" in header else None
    body = rows[1:]
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    for number, cells in enumerate(body, start=2):
        if any(cell.strip() for cell in cells[len(header) :]):
            raise UserError("chart-row", row=number, cells=len(cells), columns=len(header))
    values = tuple(_number(cells, at, number, "value") for number, cells in enumerate(body, start=2))
    if all(value is None for value in values):
        raise UserError("chart-empty", path=str(path))
    if beside is None:
        return Columns(values, None)
    return Columns(values, tuple(_size(cells, beside, number) for number, cells in enumerate(body, start=2)))


def _rows(path: Path) -> list[list[str]]:
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError("import-file", path=str(path), detail=error.strerror or "") from None
    except ValueError as error:
        raise UserError("import-file", path=str(path), detail=str(error)) from None
    unicode_text = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Excel calls so
    if len(raw) > MAX_BYTES or (b"\0" in raw and not unicode_text):
        raise UserError("import-file", path=str(path), detail="CSV?")
    for encoding in ("utf-16",) if unicode_text else ENCODINGS:
        try:
            written = raw.decode(encoding)
            return list(csv.reader(io.StringIO(written, newline=""), delimiter=_delimiter(written), strict=True))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise UserError("import-file", path=str(path), detail=str(error)) from None
    raise UserError("import-file", path=str(path), detail="UTF-8 / GB18030?")


def _delimiter(written: str) -> str:
    """What cuts the header into cells of which one is `value`; the name of the file does not decide."""
    header = written.splitlines()[0].casefold() if written.strip() else ""
    cut = (d for d in DELIMITERS if "value" in (cell.strip(' "') for cell in header.split(d)) and d in header)
    return next(cut, ",")


def _number(cells: list[str], at: int, row: int, column: str) -> float | None:
    written = cells[at].strip() if at < len(cells) else ""
    if not written:
        return None
    if not NUMBER.fullmatch(written) or abs(float(written)) > LARGEST:
        raise UserError("chart-number", row=row, column=column, value=written)
    return float(written)


def _size(cells: list[str], at: int, row: int) -> float | None:
    size = _number(cells, at, row, "size")
    if size is not None and size != 0 and size < SMALLEST_SIZE:
        raise UserError("chart-number", row=row, column="size", value=cells[at].strip())
    return size
