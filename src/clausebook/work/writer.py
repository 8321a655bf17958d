"""Safe writing: a reader, or a crash, sees the old file or the new one, never half of one (architecture 14)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..problems import UserError


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


def create_all(root: Path, texts: Mapping[str, str]) -> None:
    """Write many new files, path (relative to `root`) → text; when one name is taken, none stays."""
    written: list[Path] = []
    try:
        for relative, content in texts.items():
            path = root / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                written.append(path)
                stream.write(content)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UserError("cannot-write", path=str(path), detail=error.strerror or str(error)) from None
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
