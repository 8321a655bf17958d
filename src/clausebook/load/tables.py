"""Tables from outside: CSV, TSV and Excel in, rows of text out; nothing interpreted, row numbers kept.

A table is read as often as it is asked for and never held as a whole, so that a log of 100,000 rows costs the
memory of one row (a workbook: of its sheet).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..problems import UserError
from .header_rows import LOOK, find_header, named

MAX_BYTES = 256 * 1024 * 1024
BLOCK = 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
# Invisible and direction-changing characters make a record read otherwise than it is; no record may hold them.
HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
# A spreadsheet marks a text that looks like a formula by an apostrophe before it; the mark is no part of the text.
TEXT_MARK = re.compile(r"^'(?=['\s]*[=+\-@＝＋－＠]|[\t\r\n])")
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows()` yields (row number in the file as a person counts, cells). `header` is the last row of the header,
    `header_from` its first; `size` is about how many rows there are."""

    columns: tuple[str, ...]
    header: int
    header_from: int
    sha256: str
    format: str
    rows: Callable[[], Rows]
    size: int
    encoding: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    serials: bool = True
    """False when bare numbers of days do not count from 1900, as the dates of other files do."""


def columns_of(
    lines: Callable[[], Rows], path: Path, wanted: Collection[str]
) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Column names, and the numbers of the first and last row that they stand in."""
    first = list(islice(lines(), LOOK))
    found = find_header([cells for _, cells in first], wanted)
    if found is None:
        raise UserError("import-empty", path=str(path))
    header = [clean(cell) for cell in found.cells]
    used = max(place for _, cells in first[found.first :] for place, cell in enumerate(cells, 1) if cell.strip())
    del header[used:]
    return named(header), (first[found.first][0], first[found.last][0])


def below(lines: Callable[[], Rows], header: int) -> Callable[[], Rows]:
    """The rows under the header that are not empty, their cells cleaned."""

    def rows() -> Rows:
        for number, cells in lines():
            if number > header:
                cleaned = [clean(cell) for cell in cells]
                if any(cleaned):
                    yield number, cleaned

    return rows


def clean(cell: str) -> str:
    """A cell without blanks around it, with LF, and without characters that no record may hold."""
    if cell[:1] == "'":
        cell = TEXT_MARK.sub("", cell, count=1)
    if cell.isprintable():
        return cell.strip()
    return HIDDEN.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")).strip()
