"""What somebody has in hand of a published manual: a folder, a zip of it, or the anchor alone that was kept."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..problems import UserError
from ..publish.anchor import NAME, digests, fastened

LARGEST_ANCHOR = 64 * 1024 * 1024
LARGEST_PACK = 4 * 1024**3
PIECE = 1024 * 1024
TYPES: Mapping[str, type] = {"commit": str, "tree": str, "state": str, "tags": dict, "documents": list, "site": dict}


@dataclass(frozen=True, slots=True)
class Published:
    """The bytes of the anchor, and path → SHA-256 of the files beside it; None where only the anchor is there."""

    raw: bytes
    files: Mapping[str, str] | None


def published(source: Path) -> Published:
    """Raises UserError where there is nothing that could be verified."""
    try:
        if source.is_dir():
            return Published(_limited(source / NAME), digests(source))
        if zipfile.is_zipfile(source):
            return _packed(source)
        return Published(_limited(source), None)
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UserError("verify-nothing-there", path=str(source), detail=str(error)[:160]) from None


def _limited(file: Path) -> bytes:
    with open(file, "rb") as stream:
        return stream.read(LARGEST_ANCHOR)


def _packed(source: Path) -> Published:
    """Nothing is unpacked. What a file was packed with (names that climb out, too) is only a name here."""
    with zipfile.ZipFile(source) as pack:
        listed = [info for info in pack.infolist() if not info.is_dir()]
        named = [info for info in listed if info.filename.split("/")[-1] == NAME]
        anchor = min(named, key=lambda info: len(info.filename), default=None)
        if anchor is None or anchor.file_size > LARGEST_ANCHOR or sum(i.file_size for i in listed) > LARGEST_PACK:
            raise UserError("verify-nothing-there", path=str(source), detail=NAME)
        top = anchor.filename.removesuffix(NAME)
        files: dict[str, str] = {}
        for info in listed:
            if info is not anchor:
                digest = hashlib.sha256()
                with pack.open(info) as stream:
                    while piece := stream.read(PIECE):
                        digest.update(piece)
                files[info.filename.removeprefix(top)] = digest.hexdigest()
        return Published(pack.read(anchor), files)


def anchor_of(raw: bytes) -> tuple[Mapping[str, Any] | None, str]:
    """The anchor, or why it is none: `damaged`, `unsealed`, `public`, `without-commit`. Only what we wrote, byte
    for byte, is one."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None, "damaged"
    if not isinstance(value, dict):
        return None, "damaged"
    if "digest" not in value and "commit" in value:
        return None, "unsealed"
    if fastened(value) != raw:
        return None, "damaged"
    if value.get("audience") == "public":
        return None, "public"
    if value.get("commit") is None:
        return None, "without-commit"
    return (value, "") if _formed(value) else (None, "damaged")


def _formed(value: Mapping[str, Any]) -> bool:
    """An anchor may come from anybody: what is looked up in it has to be what it is taken for."""
    if not all(isinstance(value.get(key), kind) for key, kind in TYPES.items()):
        return False
    named = all(isinstance(to, str) for to in (*value["tags"].values(), *value["site"].values()))
    return named and all(isinstance(row, dict) and isinstance(row.get("path"), str) for row in value["documents"])
