"""Safe writing: a reader, or a crash, sees the old file or the new one, never half of one (architecture 14)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
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


def replace_all(root: Path, texts: Mapping[str, str | None]) -> None:
    """Write several files that belong together, path → text or None for gone; when one fails, all are as before.

    New names come first and what goes comes last, so that a machine that stops in between has lost nothing.
    """
    changed: dict[Path, bytes | None] = {}
    order = sorted(texts, key=lambda path: (texts[path] is None, (root / path).exists(), path))
    try:
        for path in order:
            target, text = root / path, texts[path]
            before = target.read_bytes() if target.exists() else None
            if text is None:
                target.unlink(missing_ok=True)
            elif before is not None:
                write_text(target, text)
            elif not create_text(target, text):
                raise UserError("lock-busy", path=path)
            changed[target] = before
    except BaseException as error:
        for target, content in changed.items():
            if content is None:
                target.unlink(missing_ok=True)
            else:
                _write(target, content, fresh=False)
        if isinstance(error, OSError):
            raise UserError("cannot-write", path=str(error.filename), detail=error.strerror or str(error)) from None
        raise
