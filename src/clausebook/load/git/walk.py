"""The whole log in one walk, with what every commit changed: renames found, merges with what they wrote themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...history import Change, Commit
from .door import Repository

CO_AUTHORS = "%(trailers:key=Co-authored-by,only=true,unfold=true,valueonly=true,separator=%x1f)"
GITLINK = "160000"
FIELDS = ("%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%s", CO_AUTHORS, "%T")


def walk(repository: Repository, commit: str, prefix: str = "") -> tuple[Commit, ...]:
    """All commits that lead to `commit`, newest first; paths below `prefix` only, told from there.

    Output is separated by NUL, so no name and no message can pretend to be another field (threats G4).
    """
    tokens = _told(repository, commit, FIELDS, "-c", "-M")
    log = tuple(_commits(tokens, prefix))
    if not any(len(one.parents) > 1 for one in log):
        return log
    merges = _told(repository, commit, ("%H",), "--merges", "--diff-merges=first-parent", "--no-renames")
    brought = dict(_brought(merges, prefix))
    return tuple(replace(one, brought=brought[one.id]) if one.id in brought else one for one in log)


def _told(repository: Repository, commit: str, fields: Sequence[str], *options: str) -> list[str]:
    told = repository.asked(
        "log", *options, "--raw", "-z", "--no-abbrev", "--no-mailmap", "--no-ext-diff", "--no-textconv",
        "--no-show-signature", f"--format={'%x00'.join(fields)}", "--end-of-options", commit, "--",
    )  # fmt: skip
    return told.decode("utf-8", "surrogateescape").split("\0")


def _commits(tokens: list[str], prefix: str) -> Iterator[Commit]:
    at, end, width = 0, len(tokens), len(FIELDS)
    while at + width <= end:
        identity, parents, author, email, authored, committer, committed_by, committed, subject, co, tree = tokens[
            at : at + width
        ]
        at += width
        at, changes = _changes(tokens, at, prefix)
        addresses = tuple(address for one in co.split("\x1f") if (address := _address(one)))
        yield Commit(
            identity, tuple(parents.split()), _readable(author), email, authored, _readable(committer), committed_by,
            committed, _readable(subject), addresses, tuple(changes), tree=tree,
        )  # fmt: skip


def _brought(tokens: list[str], prefix: str) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Merge → what it changed on the branch. Renames are not asked for: the branch's own commits tell them."""
    at = 0
    while at < len(tokens) and tokens[at]:
        merge = tokens[at].lstrip("\n")
        at, changes = _changes(tokens, at + 1, prefix)
        yield merge, changes


def _changes(tokens: list[str], at: int, prefix: str) -> tuple[int, tuple[Change, ...]]:
    """The raw listing that begins at a token, and where it ends."""
    changes: list[Change] = []
    while at < len(tokens) and (not tokens[at] or tokens[at].lstrip("\n").startswith(":")):
        if tokens[at]:
            step, change = _change(tokens, at)
            at += step
            changes += _below(change, prefix)
        else:
            at += 1
    return at, tuple(changes)


def _readable(said: str) -> str:
    """A name or message that somebody wrote in another encoding, as far as it can be read."""
    if said.isprintable():
        return said
    return said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _change(tokens: list[str], at: int) -> tuple[int, Change]:
    """One entry of the raw listing and how many tokens it took. A merge lists one mode and one id per parent."""
    said = tokens[at].lstrip("\n")
    parents = len(said) - len(said.lstrip(":"))
    words = said[parents:].split(" ")
    blob, letters = words[2 * parents + 1], words[2 * parents + 2]
    # A link to another repository names a commit of that one: there is no content here.
    blob = "" if words[parents] == GITLINK or set(blob) == {"0"} else blob
    stood = tuple(one for one in words[parents + 1 : 2 * parents + 1] if set(one) != {"0"})
    if parents > 1:
        return 2, Change(letters[0], tokens[at + 1], blob, merged=True, replaces=stood)
    if letters[0] in "RC":
        return 3, Change(letters[0], tokens[at + 2], blob, before=tokens[at + 1], replaces=stood)
    return 2, Change(letters[0], tokens[at + 1], blob, replaces=stood)


def _below(change: Change, prefix: str) -> Iterator[Change]:
    """The change told from the organisation's folder; what moves in is new there, what moves out is gone."""
    if not prefix:
        yield change
        return
    came = (change.before or "").startswith(prefix)
    path, before = change.path.removeprefix(prefix), (change.before or "").removeprefix(prefix)
    if change.path.startswith(prefix):
        status = change.status if came or change.before is None else "A"
        yield replace(change, status=status, path=path, before=before if came else None)
    elif came and change.status == "R":
        yield Change("D", before, "")


def _address(trailer: str) -> str:
    """The address of `Name <address>`."""
    return trailer.rpartition("<")[2].rstrip("> ").strip() if "<" in trailer else ""
