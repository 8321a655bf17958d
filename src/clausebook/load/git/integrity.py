"""Whether the repository itself is sound: every object, every index, every name; and no name that makes git lie.

git checks its objects (`fsck --full --strict`). What it reads without checking, because a changed bit there changes
no content, is compared with what git itself would write.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from .state import Whole

REPLACED = "refs/replace/"
HEAD = re.compile(rb"(ref: refs/heads/[^\0-\x20\x7f~^:?*\[\\]+|[0-9a-f]{40}|[0-9a-f]{64})\n")
LOOSE = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n|ref: refs/[^\0-\x20\x7f]+\n")
PACKED = re.compile(
    rb"(?:# pack-refs with:(?: peeled| fully-peeled| sorted)* \n)?"
    rb"(?:(?:[0-9a-f]{40}|[0-9a-f]{64}) refs/[^\0-\x20\x7f]+\n(?:\^(?:[0-9a-f]{40}|[0-9a-f]{64})\n)?)*"
)
PEELED = re.compile(rb"^([0-9a-f]+) \S+\n\^([0-9a-f]+)$", re.MULTILINE)
OBJECT = re.compile(r"[0-9a-f]{38}|[0-9a-f]{62}")
HARMLESS = ("notice:", "dangling ")
"""What git remarks of a sound repository."""


def names(whole: Whole) -> Mapping[str, str]:
    """Every branch, tag and other ref → the object it names."""
    told = whole.repository.asked("for-each-ref", "--format=%(refname) %(objectname)")
    rows = (line.split(" ") for line in told.decode("utf-8", "surrogateescape").splitlines())
    return {row[0]: row[1] for row in rows}


def damage(whole: Whole) -> list[str]:
    """What is wrong with the repository, in git's words or as the name of a file; empty for a sound one."""
    status, out, told = whole.repository.run(
        "-c", "core.commitGraph=true", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"
    )
    said = [line for line in (*told.splitlines(), *out.decode("utf-8", "replace").splitlines()) if line.strip()]
    found = [line for line in said if not line.startswith(HARMLESS)]
    if status != 0 and not found:
        found = [f"git fsck: {status}"]
    return [*found, *(file.relative_to(whole.store).as_posix() for file in _odd(whole.store)), *_unpeeled(whole)]


def _odd(store: Path) -> Iterator[Path]:
    """Files of names that are not written as git writes them, and objects with bits that nothing reads."""
    forms = [(store / "HEAD", HEAD), (store / "packed-refs", PACKED)]
    if not (store / "reftable").is_dir():
        forms += [(file, LOOSE) for file in sorted((store / "refs").rglob("*")) if file.is_file()]
    for file, form in forms:
        if file.is_file() and not form.fullmatch(file.read_bytes()):
            yield file
    for folder in sorted((store / "objects").glob("[0-9a-f][0-9a-f]")):
        for file in sorted(folder.iterdir()):
            if OBJECT.fullmatch(file.name) and _padded(file.read_bytes()):
                yield file


def _padded(data: bytes) -> bool:
    """Whether the bits between the end of the compressed data and its checksum are not nought, as every writer
    leaves them. The highest bit set there can be cleared without any change of content; no other bit can."""
    last = data[-5] if len(data) > 6 else 0
    if not last:
        return False
    cleared = data[:-5] + bytes([last & ~(1 << (last.bit_length() - 1))]) + data[-4:]
    try:
        return zlib.decompress(cleared) == zlib.decompress(data)
    except zlib.error:
        return False


def _unpeeled(whole: Whole) -> list[str]:
    """What packed-refs says a tag stands for, against the tag itself."""
    packed = whole.store / "packed-refs"
    said = PEELED.findall(packed.read_bytes()) if packed.is_file() else []
    if not said:
        return []
    asked = b"".join(tag + b"^{}\n" for tag, _ in said)
    told = whole.repository.asked("cat-file", "--batch-check=%(objectname)", given=asked).splitlines()
    return ["packed-refs"] if told != [target for _, target in said] else []
