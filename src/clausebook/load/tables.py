"""Tables from outside: CSV and TSV in, rows of text out; nothing interpreted, row numbers kept."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from ..problems import UserError

MAX_BYTES = 256 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (row number in the file as a person counts, header is row 1; cells by column)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    sha256: str
    encoding: str


def read_table(path: Path) -> Table:
    """Read a log. Raises UserError when it is no readable table with named columns."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError("import-file", path=str(path), detail=error.strerror or "") from None
    if len(raw) > MAX_BYTES or b"\0" in raw[:4096]:
        raise UserError("import-file", path=str(path), detail="CSV / TSV?")
    text, encoding = _decoded(raw, path)
    csv.field_size_limit(1024 * 1024)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UserError("import-file", path=str(path), detail=str(error)) from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise UserError("import-file", path=str(path), detail="0 columns")
    columns = _named(lines[0])
    rows = tuple(
        (number, dict(zip(columns, cells, strict=False)))
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    )
    return Table(columns, rows, hashlib.sha256(raw).hexdigest(), encoding)


def _decoded(raw: bytes, path: Path) -> tuple[str, str]:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise UserError("import-file", path=str(path), detail="UTF-8 / GB18030?")


def _named(header: list[str]) -> tuple[str, ...]:
    """Column names, trimmed; a repeated or empty name gets its position so that no cell is lost."""
    names: list[str] = []
    for index, cell in enumerate(header, start=1):
        name = " ".join(cell.split()) or f"column {index}"
        names.append(name if name not in names else f"{name} ({index})")
    return tuple(names)
