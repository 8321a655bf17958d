"""The organisation as a commit has it: which commit a day or a name means, and the files it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ...history import History
from ...problems import UserError
from .blobs import contents
from .state import FOLDERS, Whole, commit_of, state_of
from .walk import walk


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit below the three folders: path → blob, None for what is no plain file."""

    files: Sequence[tuple[str, str | None]]
    contents: Mapping[str, bytes]
    history: History


def commit_on(root: Path, when: str) -> tuple[str, date] | None:
    """The last commit of the branch on or before a day, or the one that a tag or name means, and its day.

    None when it is the present one, or when the repository is younger: then the folder is what there is.
    """
    whole = state_of(root)
    if whole is None or whole.commit is None:
        return None
    repository = whole.repository
    try:
        day = date.fromisoformat(when)
    except ValueError:
        named = commit_of(repository, when)
        [commit] = [one for one in walk(repository, named) if one.id == named]
        return named, commit.committed_on
    log = History("clean", whole.commit, None, walk(repository, whole.commit))
    found = next((one for one in log.mainline if log.by_id[one].committed_on <= day), None)
    return (found, day) if found is not None and found != whole.commit else None


def tree_of(root: Path, commit: str, kept: Callable[[str], bool]) -> Tree:
    """Files, contents and history of a commit. Raises UserError where there is no such history."""
    whole = state_of(root)
    if whole is None:
        raise UserError("history-none")
    told = whole.repository.asked(
        "ls-tree",
        "-r",
        "-z",
        "--full-tree",
        "--end-of-options",
        commit,
        "--",
        *(f"{whole.prefix}{name}" for name in FOLDERS),
    )
    files = [_file(line.decode("utf-8", "surrogateescape"), whole) for line in told.split(b"\0") if line]
    log = walk(whole.repository, commit, whole.prefix)
    earlier = (change.blob for one in log for change in one.changes if kept(change.path))
    held = contents(whole.repository, [*(blob for _, blob in files if blob), *earlier])
    return Tree(files, held, History("past", commit, log[0].committed_on, log, held))


def content_at(root: Path, revision: str, path: str) -> bytes | None:
    """What the file at `path` (below `root`) held in a revision; None where it was no file of ours. Raises UserError
    for a name that means no commit, and for content that the repository should have and has not.
    """
    whole = state_of(root)
    if whole is None:
        raise UserError("history-none")
    commit = commit_of(whole.repository, revision)
    told = whole.repository.asked(
        "ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", f"{whole.prefix}{path}"
    )
    lines = (line.decode("utf-8", "surrogateescape") for line in told.split(b"\0") if line)
    blob = next((blob for name, blob in (_file(line, whole) for line in lines) if name == path), None)
    return contents(whole.repository, [blob]).get(blob) if blob else None


def _file(line: str, whole: Whole) -> tuple[str, str | None]:
    about, path = line.split("\t", 1)
    mode, _, blob = about.split(" ")
    return path.removeprefix(whole.prefix), blob if mode.startswith("100") else None
