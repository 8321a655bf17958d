"""Safe writing: a reader, or a crash, sees the old file or the new one, never half of one (architecture 14)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..problems import UserError

PART = ".clausebook-part"
"""The end of a file's name while it is written; no loader reads such a name."""


def write_text(path: Path, content: str) -> None:
    """Write or replace a file as UTF-8 with LF."""
    _write(path, content.encode("utf-8"), fresh=False)


def create_text(path: Path, content: str) -> bool:
    """Write a file that must be new; False when the name is taken, so that the caller takes the next number."""
    return _write(path, content.encode("utf-8"), fresh=True)


def _write(path: Path, content: bytes, *, fresh: bool) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".clausebook-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, 0o644)
            if not fresh:
                os.replace(temporary, path)
                return True
            try:
                os.link(temporary, path)
            except FileExistsError:
                return False
            return True
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)
    except OSError as error:
        raise UserError("cannot-write", path=str(path), detail=error.strerror or str(error)) from None


def create_all(root: Path, texts: Iterable[tuple[str, str]]) -> list[str]:
    """Write many new files, (path relative to `root`, text), as they come; when one fails, none stays.

    Each appears whole under its name or not at all, also when the machine stops: what was written then is found by
    the next import, which brings the rest.
    """
    written: list[str] = []
    folders: set[str] = set()
    base, part = str(root), f".{os.getpid()}{PART}"
    path = base
    try:
        for relative, content in texts:
            path = os.path.join(base, relative)
            folder = os.path.dirname(path)
            if folder not in folders:
                os.makedirs(folder, exist_ok=True)
                folders.add(folder)
            with open(path + part, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(content)
            os.link(path + part, path)
            written.append(relative)
            os.unlink(path + part)
    except BaseException as error:
        for name in (path + part, *(os.path.join(base, relative) for relative in written)):
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UserError("cannot-write", path=path, detail=error.strerror or str(error)) from None
        raise
    return written
