"""Records that git lost without a word: one number given twice and one content kept, or one written over another.

A record is told by what stands in it: names of things, texts and times, not by the codes that many share. It is kept
when most of what only it said stands in another record, in its successor, or in a correction (7.5.3 b; threats C2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..history import Commit, Contest, History
from ..load.workspace import MARK
from ..model import System
from .editions import facts_in

SKELETON = re.compile(
    rb"#.*|id:.*|\s*(- )?[\w-]+:|[^:]*:? *[a-z0-9.-]*|.*(?:" + "【待填".encode() + rb"|\[to fill in).*"
)
"""Lines that say nothing of their own: keys, codes, what is not written yet."""
CODE = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")
"""Ids of rows, codes, plain dates and numbers: two different records may well share them."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A record whose content, the last it had, is nowhere any more: the commit that lost it, the one that brought it.

    `merged`: a merge did not take it. `sure`: there is no other reading.
    """

    path: str
    blob: str
    by: Commit
    entered: Commit
    merged: bool
    sure: bool = True


def losses(system: System, adopted: frozenset[str]) -> Iterator[Loss]:
    """Every record that was written over or left out; commits before the baseline are not judged."""
    kept = _Kept(system)
    for met in system.history.contested:
        if met.merge.id not in adopted:
            yield from _left_out(system.history, kept, met)
    for commit in system.history.log:
        if commit.id not in adopted:
            yield from _written_over(system.history, kept, commit)
    yield from _dropped(system, adopted)


def collapsed(system: System, adopted: frozenset[str]) -> Iterator[Contest]:
    """Two people took one number and git made one record of it: the same content, or one that said nothing yet."""
    history, kept = system.history, _Kept(system)
    for met in history.contested:
        one, other = met.births
        if met.merge.id in adopted or one.addresses & other.addresses:
            continue
        brought = [_words(history, met.path, _brought(birth, met.path)) for birth in met.births]
        less, more = sorted(brought, key=len)
        if less <= more and not kept.holds(met.path, less):
            yield met


def _brought(commit: Commit, path: str) -> str:
    return next((change.blob for change in commit.changes if change.path == path), "")


def _left_out(history: History, kept: _Kept, met: Contest) -> Iterator[Loss]:
    """Of two records with one number, those whose words the merge did not take and that nobody entered elsewhere.

    A side whose last content the other side had as well was only behind; nothing of it is lost.
    """
    result = history.stood.get((met.merge.id, met.path), "")
    blobs = [history.stood.get((side, met.path), "") for side in met.sides]
    words = [_words(history, met.path, blob) for blob in blobs]
    taken = _words(history, met.path, result)
    for side, birth in enumerate(met.births):
        own = words[side] - words[1 - side]
        if blobs[side] == result or blobs[side] in met.contents[1 - side] or not own:
            continue
        own = telling(own) or words[side]
        if not _most(own, taken) and not kept.holds(met.path, own):
            yield Loss(met.path, blobs[side], met.merge, birth, merged=True)


def _written_over(history: History, kept: _Kept, commit: Commit) -> Iterator[Loss]:
    """A change after which hardly anything of the record is left: another one took its number."""
    for change in commit.changes:
        if change.status != "M" or change.merged or not change.path.startswith("records/"):
            continue
        before, after = (history.contents.get(blob, b"") for blob in (*change.replaces[:1], change.blob))
        if _alike(before, after):
            continue
        old, new = telling(_texts(change.path, before)), _texts(change.path, after)
        left, entered = old & new, _entered(history, change.path, change.replaces[0])
        if 2 * len(left) >= len(old) or not facts_in(change.path, after):
            continue
        # One text that changed, or half of them, may be a correction; from another hand it is worth a question.
        sure = len(old) > 1 and 3 * len(left) < len(old)
        if (sure or not commit.addresses & entered.addresses) and not kept.holds(change.path, old - left):
            yield Loss(change.path, change.replaces[0], commit, entered, merged=False, sure=sure)


def _dropped(system: System, adopted: frozenset[str]) -> Iterator[Loss]:
    """A record that no commit took out and that is not here: a merge left it behind."""
    history = system.history
    here = {entry.path for entry in system.entries} | set(system.broken) | history.changed
    moved = {change.before for commit in history.log for change in commit.changes if change.before}
    for path in history.paths:
        if path.startswith("records/") and path not in here and path not in moved and path.endswith((".yaml", ".yml")):
            known = list(history.revisions(path))
            if known[-1].commit.id not in adopted and all(revision.status != "D" for revision in known):
                yield Loss(path, known[0].blob, _merge_after(history, known[0].commit), known[-1].commit, merged=True)


def _merge_after(history: History, commit: Commit) -> Commit:
    """The oldest merge that has the commit behind it on another line than its first; the last commit if none has."""
    for merge in reversed(history.log):
        if any(commit.id in history.reachable(side) for side in merge.parents[1:]):
            return merge
    return history.log[0]


def _entered(history: History, path: str, blob: str) -> Commit:
    revisions = [revision for revision in history.revisions(path) if revision.blob == blob]
    return revisions[-1].commit if revisions else history.log[-1]


def _alike(before: bytes, after: bytes) -> bool:
    """Most lines stayed: a quick look that spares reading the YAML of every change there ever was."""
    lines = {line for line in before.split(b"\n") if not SKELETON.fullmatch(line)}
    return 2 * len(lines & set(after.split(b"\n"))) > len(lines)


class _Kept:
    """Where the words of a lost record may stand: every record of its kind that there is or was under other names."""

    def __init__(self, system: System) -> None:
        self._here = [(entry.path, entry.source.text.encode("utf-8")) for entry in system.entries]
        self._history = system.history
        self._room: dict[str, list[tuple[str, bytes]]] = {}

    def holds(self, path: str, own: frozenset[str]) -> bool:
        """Most of what only this record said stands in one other file, or in the file of its number as it is now."""
        marks = [text[:20].encode("utf-8") for text in sorted(telling(own) or own)]
        for other, content in self._candidates(path):
            if any(mark in content for mark in marks) and _most(own, _texts(other, content)):
                return True
        return False

    def _candidates(self, path: str) -> Sequence[tuple[str, bytes]]:
        room = "/".join(path.split("/")[:2])
        if room not in self._room:
            self._room[room] = [(own, content) for own, content in self._here if own.startswith(room + "/")]
        then = (
            (change.path, self._history.contents.get(change.blob, b""))
            for commit in self._history.log for change in commit.changes
            if change.path != path and change.path.startswith(room + "/")
        )  # fmt: skip
        # Its own number first: most often the words are there, in a correction or put back.
        return [*sorted(self._room[room], key=lambda one: one[0] != path), *then]


def _most(own: frozenset[str], among: frozenset[str]) -> bool:
    return 2 * len(own & among) > len(own)


def telling(texts: frozenset[str]) -> frozenset[str]:
    """What sets a record apart: texts, names of persons' tokens and clock times, without codes, dates and numbers."""
    return frozenset(text for text in texts if not CODE.fullmatch(text))


def _words(history: History, path: str, blob: str) -> frozenset[str]:
    return _texts(path, history.contents.get(blob, b""))


@lru_cache(maxsize=4096)
def _texts(path: str, content: bytes) -> frozenset[str]:
    """Every text of a record but its own number and what is not written yet."""
    facts = {key: value for key, value in facts_in(path, content).items() if key not in ("id", "kind")}
    return frozenset(text for text in _leaves(facts.values()) if not MARK.search(text))


def _leaves(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _leaves(value.values())
        elif isinstance(value, list):
            yield from _leaves(value)
        elif isinstance(value, str):
            yield value
