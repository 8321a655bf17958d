"""Only the working-day calendars of a repository, strictly read: one date must not cost the whole system."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..model import Entry, Source
from ..problems import UserError
from .schemas import typed
from .standards import own_schemas
from .strict_yaml import MAX_BYTES, Refused, decode, parse, worded
from .workspace import FOLDERS

FOLDER = "system/calendar"


def read_calendars(root: Path) -> list[Entry]:
    """Entries of kind `calendar`, as `load` would make them. A file that `check` would refuse is refused here."""
    if not any((root / folder).is_dir() for folder in FOLDERS):
        raise UserError("not-an-organisation", root=str(root))
    folder = root / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [_entry(file) for file in files if file.suffix in (".yaml", ".yml") and not file.name.startswith(".")]


def _entry(file: Path) -> Entry:
    path = f"{FOLDER}/{file.name}"
    kind = own_schemas().kinds["calendar"]
    try:
        if file.is_symlink():
            raise Refused("symbolic-link", 1, 1)
        with open(file, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        content = decode(raw)
        parts = parse(content)
        if len(parts) != 1 or not isinstance(parts[0].value, dict):
            raise Refused("not-a-mapping", 1, 1)
    except Refused as refused:
        raise UserError("calendar-unusable", path=path, detail=worded(refused)) from None
    except OSError as error:
        raise UserError("calendar-unusable", path=path, detail=error.strerror or "") from None
    value = typed(kind.shape, parts[0].value)
    for keyword, pointer, _, _ in own_schemas().errors("calendar", value):
        raise UserError("calendar-unusable", path=path, detail=f"{'/'.join(map(str, pointer))} ({keyword})")
    return Entry(kind, Source(path, content, hashlib.sha256(raw).hexdigest()), value)
