"""CSV and TSV: the encoding proved, the delimiter found, lines of any length refused before they fill the memory."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from ..problems import UserError
from .header_rows import LOOK, find_header
from .tables import BLOCK, ENCODINGS, Rows, Table, below, columns_of

DELIMITERS = (",", "\t", ";", "|")
SAMPLE = 65536
LONGEST_CELL = BLOCK
LONGEST_LINE = 4 * BLOCK
USUAL = 0.7
"""So much of a Chinese text is in the 6,763 characters of GB 2312; of other bytes read as GB 18030 far less is."""


def open_text(path: Path, digest: str, size: int, wanted: Collection[str]) -> Table:
    """A delimited text as a table. Raises UserError when encoding or quotes cannot be made sense of."""
    encoding = _encoding(path)
    delimiter, mark = _delimiter(path, encoding, wanted)

    def lines() -> Rows:
        """Rows by the number a person sees in a spreadsheet: a cell of several lines is one row."""
        reader = None
        try:
            with open(path, encoding=encoding, newline="") as stream:
                reader = csv.reader(_lines(stream), delimiter=delimiter, strict=True)
                for number, cells in enumerate(reader, start=1):
                    yield number, cells if number > 1 or not mark else []
        except _TooLongError:
            line = reader.line_num + 1 if reader else 1
            raise UserError("import-long-line", path=str(path), line=line, limit=LONGEST_LINE // BLOCK) from None
        except csv.Error as error:
            long = "field limit" in str(error)
            key = "import-long-cell" if long else "import-quotes"
            raise UserError(key, path=str(path), line=reader.line_num if reader else 1) from None
        except UnicodeError:
            raise UserError("import-encoding", path=str(path)) from None

    csv.field_size_limit(LONGEST_CELL)
    columns, (first, last) = columns_of(lines, path, wanted)
    form = "tsv" if delimiter == "\t" else "csv"
    return Table(columns, last, first, digest, form, below(lines, last), size, encoding.removesuffix("-sig"))


class _TooLongError(Exception):
    """A line that no table has."""


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise _TooLongError
        yield line.replace("\0", "") if "\0" in line else line


def _encoding(path: Path) -> str:
    """UTF-8 with or without BOM, GB 18030, or what Excel calls Unicode text (UTF-16 with its mark)."""
    with open(path, "rb") as stream:
        start = stream.read(4096)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    elif start.count(b"\0") > len(start) // 8:
        raise UserError("import-binary", path=str(path))
    else:
        candidates = ENCODINGS
    for encoding in candidates:
        try:
            with open(path, encoding=encoding, newline="") as text:
                usual = [_usual(block) for block in iter(lambda: text.read(SAMPLE), "")]
        except UnicodeError:
            continue
        signs = sum(all_signs for all_signs, _ in usual)
        if encoding != "gb18030" or sum(known for _, known in usual) >= USUAL * signs:
            return encoding
    raise UserError("import-encoding", path=str(path))


def _usual(text: str) -> tuple[int, int]:
    """How many signs are not ASCII, and how many of these are in GB 2312."""
    if text.isascii():
        return 0, 0
    plain = len(text.encode("ascii", "ignore"))
    return len(text) - plain, (len(text.encode("gb2312", "ignore")) - plain) // 2


def _delimiter(path: Path, encoding: str, wanted: Collection[str]) -> tuple[str, bool]:
    """What the rows are cut by, and whether the first row only says so (`sep=;`, which Excel writes and reads).

    The delimiter that gives a header of most known names, then most cells in a row; the file's name decides nothing.
    """
    with open(path, encoding=encoding, newline="") as stream:
        start = stream.readline(LONGEST_LINE).strip().strip('"')
    if start[:4].lower() == "sep=" and (start[4:5] or "\t") in DELIMITERS and len(start) <= 5:
        return start[4:5] or "\t", True

    def likeness(delimiter: str) -> tuple[int, int, int]:
        rows: list[list[str]] = []
        try:
            with open(path, encoding=encoding, newline="") as stream:
                rows.extend(islice(csv.reader(_lines(stream), delimiter=delimiter), LOOK))
        except (csv.Error, _TooLongError):
            pass
        widths = sorted(len(row) for row in rows if row)
        if not widths:
            return 0, 0, 0
        found = find_header(rows, wanted)
        names = found.known if found else 0
        return names, int(widths[len(widths) // 2] > 1), widths[len(widths) // 2]

    return max(DELIMITERS, key=likeness), False
