"""Tables from outside: CSV, TSV and Excel in, rows of text out; nothing interpreted, row numbers kept.

A table is read as often as it is asked for and never held as a whole, so that a log of 100,000 rows costs the
memory of one row (a workbook: of its sheet).
"""

from __future__ import annotations

import hashlib
import re
import stat
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
# What is no table though its bytes could be read as one: begin of the file → what it is called.
OTHER = {b"%PDF": "PDF", b"<html": "HTML", b"<!doc": "HTML", b"<?xml": "XML", b"{\\rtf": "RTF", b"\x89PNG": "PNG",
         b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"\x1f\x8b": "gzip", b"Rar!": "RAR", b"7z\xbc\xaf": "7z"}  # fmt: skip
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


def open_table(path: Path, wanted: Collection[str] = ()) -> Table:
    """Open a log; `wanted` are column names a map speaks of. Raises UserError when it is no readable table."""
    start, digest, lines = _examined(path)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from .sheets import open_sheet

        return open_sheet(path, digest, wanted)
    from .text_tables import open_text

    return open_text(path, digest, lines, wanted)


def _examined(path: Path) -> tuple[bytes, str, int]:
    """The first bytes, the SHA-256 and the number of lines of a file that can be a table."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # a pipe or a device may never end
            raise UserError("import-folder" if stat.S_ISDIR(mode) else "import-no-file", path=str(path))
        with open(path, "rb") as stream:
            start = stream.read(512)
            digest, size, lines = hashlib.sha256(start), len(start), start.count(b"\n")
            while size <= MAX_BYTES and (block := stream.read(BLOCK)):
                digest.update(block)
                size += len(block)
                lines += block.count(b"\n")
    except FileNotFoundError:
        raise UserError("import-missing", path=str(path)) from None
    except (OSError, ValueError):
        raise UserError("import-unreadable", path=str(path)) from None
    if size > MAX_BYTES:
        raise UserError("import-too-large", path=str(path), limit=MAX_BYTES // BLOCK)
    told = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not told:
        raise UserError("import-empty", path=str(path))
    for begin, form in OTHER.items():
        if told[: len(begin)].lower() == begin.lower():
            raise UserError("import-other-format", path=str(path), form=form)
    return start, digest.hexdigest(), lines


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
