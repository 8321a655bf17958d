"""The whole log in one walk, with what every commit changed: renames found, merges with what they wrote themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...history import Change, Commit
from .door import Repository

CO_AUTHORS = "%(trailers:key=Co-authored-by,only=true,unfold=true,valueonly=true,separator=%x1f)"
FIELDS = ("%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%s", CO_AUTHORS, "%T")


def walk(repository: Repository, commit: str, prefix: str = "") -> tuple[Commit, ...]:
    """All commits that lead to `commit`, newest first; paths below `prefix` only, told from there.

    Output is separated by NUL, so no name and no message can pretend to be another field (threats G4).
    """
    told = repository.asked(
        "log", "-c", "-M", "--raw", "-z", "--no-abbrev", "--no-mailmap", "--no-ext-diff", "--no-textconv",
        "--no-show-signature", f"--format={'%x00'.join(FIELDS)}", "--end-of-options", commit, "--",
    )  # fmt: skip
    return tuple(_commits([token.decode("utf-8", "surrogateescape") for token in told.split(b"\0")], prefix))


def _commits(tokens: list[str], prefix: str) -> Iterator[Commit]:
    at, end, width = 0, len(tokens), len(FIELDS)
    while at + width <= end:
        identity, parents, author, email, authored, committer, committed_by, committed, subject, co, tree = tokens[
            at : at + width
        ]
        at += width
        changes: list[Change] = []
        while at < end and (not tokens[at] or tokens[at].lstrip("\n").startswith(":")):
            if tokens[at]:
                step, change = _change(tokens, at)
                at += step
                changes += _below(change, prefix)
            else:
                at += 1
        addresses = tuple(address for one in co.split("\x1f") if (address := _address(one)))
        yield Commit(
            identity, tuple(parents.split()), _readable(author), email, authored, _readable(committer), committed_by,
            committed, _readable(subject), addresses, tuple(changes), tree,
        )  # fmt: skip


def _readable(said: str) -> str:
    """A name or message that somebody wrote in another encoding, as far as it can be read."""
    return said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _change(tokens: list[str], at: int) -> tuple[int, Change]:
    """One entry of the raw listing and how many tokens it took. A merge lists one mode and one id per parent."""
    said = tokens[at].lstrip("\n")
    parents = len(said) - len(said.lstrip(":"))
    words = said[parents:].split(" ")
    blob, letters = words[2 * parents + 1], words[2 * parents + 2]
    blob = "" if set(blob) == {"0"} else blob
    stood = tuple(one for one in words[parents + 1 : 2 * parents + 1] if set(one) != {"0"})
    if parents > 1:
        return 2, Change(letters[0], tokens[at + 1], blob, merged=True, replaces=stood)
    if letters[0] in "RC":
        return 3, Change(letters[0], tokens[at + 2], blob, before=tokens[at + 1], replaces=stood)
    return 2, Change(letters[0], tokens[at + 1], blob, replaces=stood)


def _below(change: Change, prefix: str) -> Iterator[Change]:
    """The change told from the organisation's folder, when it lies there; its source may lie elsewhere."""
    if not prefix:
        yield change
    elif change.path.startswith(prefix):
        before = change.before.removeprefix(prefix) if change.before else None
        yield replace(change, path=change.path.removeprefix(prefix), before=before)


def _address(trailer: str) -> str:
    """The address of `Name <address>`."""
    return trailer.rpartition("<")[2].rstrip("> ").strip() if "<" in trailer else ""
