"""What lies between two sides while a merge, a rebase or a cherry-pick waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...history import Commit
from .blobs import contents
from .state import state_of
from .walk import walk

WAITING = ("MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")


@dataclass(frozen=True, slots=True)
class Unmerged:
    """`files`: path → what either side says, ours first, None where it has no such file. `theirs`: the other's log."""

    files: dict[str, tuple[bytes | None, bytes | None]]
    theirs: Sequence[Commit]


def unmerged(root: Path) -> Unmerged:
    """Files in conflict and the log of the side that comes in; both empty when nothing waits."""
    whole = state_of(root)
    if whole is None or whole.commit is None:
        return Unmerged({}, ())
    listed = whole.repository.asked("ls-files", "-u", "-z", "--full-name").decode("utf-8", "surrogateescape")
    stages: dict[str, dict[str, str]] = {}
    for row in filter(None, listed.split("\0")):
        said, path = row.split("\t", 1)
        _, blob, stage = said.split(" ")
        if path.startswith(whole.prefix):
            stages.setdefault(path.removeprefix(whole.prefix), {})[stage] = blob
    held = contents(whole.repository, (blob for sides in stages.values() for blob in sides.values()))
    files = {path: (held.get(sides.get("2", "")), held.get(sides.get("3", ""))) for path, sides in stages.items()}
    for name in WAITING:
        named = ("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        status, commit, _ = whole.repository.run("rev-parse", *named)
        if status == 0:
            return Unmerged(files, walk(whole.repository, commit.decode("ascii").strip(), whole.prefix))
    return Unmerged(files, ())
