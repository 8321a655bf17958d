"""What a path was at a commit, asked of the trees themselves: a merge that takes one side's content lists no change."""

from __future__ import annotations

from collections.abc import Iterator

from ...history import History
from .door import Repository


def standing(repository: Repository, prefix: str, history: History) -> dict[tuple[str, str], str]:
    """(Commit, path) → blob at every contested merge and its sides, in one process. What is not there is left out."""
    asked = [(at, met.path) for met in history.contested for at in (met.merge.id, *met.sides) if "\n" not in met.path]
    asked = list(dict.fromkeys(asked))
    if not asked:
        return {}
    names = "".join(f"{commit}:{prefix}{path}\n" for commit, path in asked).encode("utf-8", "surrogateescape")
    told = repository.asked("cat-file", "--batch-check=%(objectname)", given=names).decode("utf-8", "surrogateescape")
    lines = told.split("\n")
    return {key: line for key, line in zip(asked, lines, strict=False) if line.isalnum()}


def evidence(history: History) -> Iterator[str]:
    """The blobs that tell whether a record was written over: changed ones, and where one was contested all its like."""
    contested = {room(met.path) for met in history.contested}
    for change in (change for commit in history.log for change in commit.changes):
        if change.path.startswith("records/") and (change.replaces or room(change.path) in contested):
            yield from (change.blob, *change.replaces)


def room(path: str) -> str:
    """`records/complaints` of a record's path."""
    return "/".join(path.split("/")[:2])
