"""Tables from outside: CSV, TSV and Excel in, rows of text out; nothing interpreted, row numbers kept.

A table is read as often as it is asked for and never held as a whole, so that a log of 100,000 rows costs the
memory of one row (a workbook: of its sheet).
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..problems import UserError
from .headers import LOOK, header_row, named

MAX_BYTES = 256 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
BLOCK = 1024 * 1024
DELIMITERS = (",", "\t", ";", "|")
# Invisible and direction-changing characters make a record read otherwise than it is; no record may hold them.
HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows()` yields (row number in the file as a person counts, cells); `header` is the header's own row."""

    columns: tuple[str, ...]
    header: int
    sha256: str
    format: str
    rows: Callable[[], Rows]
    encoding: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()


def open_table(path: Path, wanted: Collection[str] = ()) -> Table:
    """Open a log; `wanted` are column names a map speaks of. Raises UserError when it is no readable table."""
    try:
        with open(path, "rb") as stream:
            start = stream.read(8)
            digest, size = hashlib.sha256(start), len(start)
            while block := stream.read(BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise UserError("import-file", path=str(path), detail=error.strerror or "") from None
    if size > MAX_BYTES:
        raise UserError("import-file", path=str(path), detail=f"> {MAX_BYTES // BLOCK} MiB")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from .sheets import open_sheet

        return open_sheet(path, digest.hexdigest(), wanted)
    return _text_table(path, digest.hexdigest(), wanted)


def _text_table(path: Path, digest: str, wanted: Collection[str]) -> Table:
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)

    def lines() -> Rows:
        """Rows by the number a person sees in a spreadsheet: a cell of several lines is one row."""
        try:
            with open(path, encoding=encoding, newline="") as stream:
                yield from enumerate(csv.reader(stream, delimiter=delimiter, strict=True), start=1)
        except (csv.Error, UnicodeError) as error:
            raise UserError("import-file", path=str(path), detail=str(error)) from None

    csv.field_size_limit(BLOCK)
    columns, header = columns_of(lines, path, wanted)
    form = "tsv" if delimiter == "\t" else "csv"
    return Table(columns, header, digest, form, below(lines, header), encoding.removesuffix("-sig"))


def columns_of(lines: Callable[[], Rows], path: Path, wanted: Collection[str]) -> tuple[tuple[str, ...], int]:
    """Column names and the number of the row they stand in."""
    first = list(islice(lines(), LOOK))
    index = header_row([cells for _, cells in first], wanted)
    if index is None:
        raise UserError("import-file", path=str(path), detail="0 columns")
    header = [clean(cell) for cell in first[index][1]]
    used = max(place for _, cells in first[index:] for place, cell in enumerate(cells, start=1) if cell.strip())
    del header[used:]
    return named(header), first[index][0]


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
    if cell.isprintable():
        return cell.strip()
    return HIDDEN.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _encoding(path: Path) -> str:
    """UTF-8 with or without BOM, GB18030, or what Excel calls Unicode text."""
    with open(path, "rb") as stream:
        start = stream.read(4096)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    elif b"\0" in start:
        raise UserError("import-file", path=str(path), detail="CSV / TSV / XLSX?")
    else:
        candidates = ENCODINGS
    for encoding in candidates:
        try:
            with open(path, encoding=encoding, newline="") as text:
                while text.read(BLOCK):
                    pass
            return encoding
        except UnicodeError:
            continue
    raise UserError("import-file", path=str(path), detail="UTF-8 / GB18030?")


def _delimiter(path: Path, encoding: str) -> str:
    """What the file's first rows are cut by: whatever makes most cells, the name of the file does not decide."""

    def cells(delimiter: str) -> int:
        widths = []
        try:
            with open(path, encoding=encoding, newline="") as stream:
                for row in islice(csv.reader(stream, delimiter=delimiter), LOOK):
                    widths.append(len(row))
        except csv.Error:
            pass
        widths.sort()
        return widths[len(widths) // 2] if widths else 0

    best = max(DELIMITERS, key=cells)
    return "\t" if path.suffix.lower() == ".tsv" and cells("\t") > 1 else best
