"""A file to a table: what kind of file it is, by its first bytes; its digest; and whether it can be one at all."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Collection
from pathlib import Path

from ..problems import UserError
from .sheets import open_sheet
from .tables import BLOCK, MAX_BYTES, Table
from .text_tables import open_text

# What is no table though its bytes could be read as one: begin of the file → what it is called.
OTHER = {b"%PDF": "PDF", b"<html": "HTML", b"<!doc": "HTML", b"<?xml": "XML", b"{\\rtf": "RTF", b"\x89PNG": "PNG",
         b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"\x1f\x8b": "gzip", b"Rar!": "RAR", b"7z\xbc\xaf": "7z"}  # fmt: skip


def open_table(path: Path, wanted: Collection[str] = ()) -> Table:
    """Open a log; `wanted` are column names a map speaks of. Raises UserError when it is no readable table."""
    start, digest, lines = _examined(path)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return open_sheet(path, digest, wanted)
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
