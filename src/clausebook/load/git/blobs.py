"""Contents from git's own objects, never from the working tree: what is proved is proved from these bytes."""

from __future__ import annotations

from collections.abc import Iterable

from ...problems import UserError
from ..strict_yaml import MAX_BYTES
from .door import Repository


def contents(repository: Repository, blobs: Iterable[str]) -> dict[str, bytes]:
    """Blob id → bytes, in two processes however many there are. A missing object is an error, never a gap.

    Contents over the size that any file of ours may have are left out: they can be no document.
    """
    wanted = list(dict.fromkeys(blob for blob in blobs if blob))
    sizes = _checked(repository, wanted)
    small = [blob for blob in wanted if sizes[blob] <= MAX_BYTES]
    return _read(repository, small)


def _checked(repository: Repository, blobs: list[str]) -> dict[str, int]:
    if not blobs:
        return {}
    told = repository.asked("cat-file", "--batch-check=%(objectsize)", given=("\n".join(blobs) + "\n").encode())
    sizes: dict[str, int] = {}
    for blob, line in zip(blobs, told.decode("ascii", "replace").splitlines(), strict=True):
        if not line.isdigit():
            raise UserError("git-incomplete", root=str(repository.root), detail=line[:160])
        sizes[blob] = int(line)
    return sizes


def _read(repository: Repository, blobs: list[str]) -> dict[str, bytes]:
    if not blobs:
        return {}
    told = repository.asked("cat-file", "--batch", given=("\n".join(blobs) + "\n").encode())
    found: dict[str, bytes] = {}
    at = 0
    for blob in blobs:
        end = told.index(b"\n", at)
        size = int(told[at:end].rsplit(b" ", 1)[1])
        found[blob] = told[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found
