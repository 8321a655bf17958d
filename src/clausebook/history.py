"""What git told of a repository, as plain values: commits, what each changed, and the revisions of one path (7.5.3).

Read once by `load/git`; everything that follows (versions, approvals, entry times, red-lines) is computed from it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations, permutations, takewhile
from typing import Literal

State = Literal["no-git", "no-commit", "unread", "dirty", "clean", "past"]
"""`past`: read as it stood at an earlier commit, not from the folder."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file in one commit. `status` is git's letter; `before` its old path when it was renamed or copied.

    `merged`: the merge itself wrote this content, it is in none of the parents.
    `replaces`: the blobs that stood there, one for each parent; a new file replaces none.
    `blob` is empty where the commit left no content: deleted, or a link to another repository.
    """

    status: str
    path: str
    blob: str
    before: str | None = None
    merged: bool = False
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """Raw names and addresses, no mailmap; times as git wrote them, ISO 8601 with offset."""

    id: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored_at: str
    committer: str
    committer_email: str
    committed_at: str
    subject: str
    co_authors: tuple[str, ...] = ()
    """Addresses of the trailer `Co-authored-by`, the only trailer that means anything here."""
    changes: tuple[Change, ...] = ()
    """Of a merge only what it wrote itself."""
    brought: tuple[Change, ...] = ()
    """What a merge changed on the branch, whoever wrote it; empty for all others."""
    tree: str = ""
    """The id of everything that the commit holds."""

    @property
    def committed_on(self) -> date:
        return date.fromisoformat(self.committed_at[:10])

    @property
    def addresses(self) -> frozenset[str]:
        """Everybody who had a hand in it: author, committer and co-authors, in lower case."""
        return frozenset(a.casefold() for a in (self.author_email, self.committer_email, *self.co_authors))


@dataclass(frozen=True, slots=True)
class Revision:
    """The content of a path as a commit left it; `path` is the name it had then, `blob` is empty once deleted."""

    commit: Commit
    path: str
    blob: str
    status: str
    merged: bool


@dataclass(frozen=True, slots=True)
class Contest:
    """Two sides of a merge that each brought a path of their own: one number, given twice (threats C2).

    `sides` are the parents of the merge, `births` the commits in which the path came up on either side,
    `contents` every blob that it had there.
    """

    path: str
    merge: Commit
    sides: tuple[str, str]
    births: tuple[Commit, Commit]
    contents: tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """An attribute that changes files on their way into the working tree or fuses them: how many, and who says so."""

    attribute: str
    value: str
    first: str
    count: int
    path: str
    line: int | None


@dataclass(frozen=True)
class History:
    """The state of the repository and its log, newest commit first. `state` names what is missing.

    `contents` holds the bytes of the blobs that were asked for: revisions of controlled documents.
    """

    state: State
    commit: str | None = None
    committed_on: date | None = None
    log: Sequence[Commit] = field(default=(), repr=False)
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    changed: frozenset[str] = frozenset()
    """Paths that differ between the last commit and the files as they lie here."""
    trusted: str | None = None
    """The state that a proposed change is judged by (`--base`); None where the branch itself is judged."""
    stood: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """(Commit, path) → blob, at contested merges and their sides: git does not list those as changes."""
    rewriting: tuple[Rewriting, ...] = ()

    def with_changed(self, paths: Iterable[str]) -> History:
        """The same history under a folder in which these paths differ as well; what was computed of it stays known."""
        other = copy(self)
        object.__setattr__(other, "changed", self.changed | frozenset(paths))
        return other

    @cached_property
    def by_id(self) -> Mapping[str, Commit]:
        return {commit.id: commit for commit in self.log}

    @cached_property
    def _changes(self) -> Mapping[str, list[tuple[int, Change]]]:
        """Path → (position in the log, change), newest first."""
        found: dict[str, list[tuple[int, Change]]] = {}
        for position, commit in enumerate(self.log):
            for change in commit.changes:
                found.setdefault(change.path, []).append((position, change))
        return found

    @cached_property
    def moved(self) -> frozenset[str]:
        """Paths that a rename left: what stood there is looked for under its new name."""
        changes = (change for commit in self.log for change in commit.changes if change.status == "R")
        return frozenset(change.before for change in changes if change.before is not None)

    @property
    def paths(self) -> Iterator[str]:
        """Every path that the log ever names."""
        return iter(self._changes)

    def revisions(self, path: str) -> Iterator[Revision]:
        """The revisions of a path, newest first, its renames followed. Contents that a merge wrote are marked."""
        position, name = -1, path
        while True:
            later = ((at, change) for at, change in self._changes.get(name, ()) if at > position)
            renamed = None
            for at, change in later:
                yield Revision(self.log[at], name, change.blob, change.status, change.merged)
                if change.status == "R" and change.before is not None:
                    position, renamed = at, change.before
                    break
            if renamed is None:
                return
            name = renamed

    def record(self, path: str) -> Iterator[Revision]:
        """The revisions of a record, newest first. A record is its number: it may move to another folder, but what
        git takes for a rename from another number is another record that happens to look alike."""
        number = number_of(path)
        return takewhile(lambda revision: number_of(revision.path) == number, self.revisions(path))

    def answered(self, path: str, adopted: frozenset[str]) -> list[Revision]:
        """The revisions of a record that git answers for, newest first, down to what the baseline adopted."""
        revisions = list(self.record(path))
        known = next((at for at, one in enumerate(revisions) if one.commit.id in adopted), len(revisions))
        return revisions[: known + 1]

    def entered(self, path: str) -> Commit | None:
        """The commit in which a path first came into the repository, under whatever name."""
        first = next(reversed(list(self.revisions(path))), None)
        return first.commit if first else None

    def came_in(self, path: str) -> Commit | None:
        """The commit in which the number of a record first came in; None while it is not committed."""
        first = next(reversed(list(self.record(path))), None)
        return first.commit if first else None

    @cached_property
    def mainline(self) -> tuple[str, ...]:
        """The commits of the branch itself, newest first: always the first parent."""
        found, at = [], self.commit
        while at is not None and at in self.by_id:
            found.append(at)
            at = self.parent(at)
        return tuple(found)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Commit of the branch → how many of its commits are newer."""
        return {commit: place for place, commit in enumerate(self.mainline)}

    def parent(self, commit: str) -> str | None:
        """The state of the branch before a commit."""
        known = self.by_id.get(commit)
        return next(iter(known.parents), None) if known is not None else None

    @cached_property
    def steps(self) -> Mapping[str, Mapping[str, Change]]:
        """Path → commit → what that commit did to it, against its first parent. A rename also takes its source away."""
        found: dict[str, dict[str, Change]] = {}
        for commit in self.log:
            done = commit.brought if len(commit.parents) > 1 else commit.changes
            for change in done:
                found.setdefault(change.path, {})[commit.id] = change
            for change in done:
                if change.status == "R" and change.before is not None:
                    found.setdefault(change.before, {}).setdefault(commit.id, Change("D", change.before, ""))
        return found

    def step(self, path: str, commit: str | None) -> str | None:
        """The nearest commit at or before this one, along first parents, that did something to a path."""
        steps, at = self.steps.get(path, {}), commit
        while at is not None and at not in steps:
            place = self.places.get(at)
            if place is not None:
                if path not in self._marks:
                    self._marks[path] = sorted(self.places[one] for one in steps if one in self.places)
                own = self._marks[path]
                nearest = bisect_left(own, place)
                return self.mainline[own[nearest]] if nearest < len(own) else None
            at = self.parent(at)
        return at

    @cached_property
    def _marks(self) -> dict[str, list[int]]:
        """Path → where on the branch something was done to it; filled as it is asked for."""
        return {}

    def blob_at(self, commit: str, path: str) -> str:
        """What stood at a path in the state of a commit; empty when nothing did."""
        at = self.step(path, commit)
        return self.steps[path][at].blob if at is not None else ""

    @cached_property
    def contested(self) -> tuple[Contest, ...]:
        """Every record path that two sides of a merge brought independently, by path."""
        found = []
        for path, changes in self._changes.items():
            born = [self.log[at] for at, change in changes if change.status in "ARC"]
            if path.startswith("records/") and len(born) > 1:
                found += [met for pair in combinations(born, 2) if (met := self._met(path, *pair)) is not None]
        return tuple(found)

    def _met(self, path: str, one: Commit, other: Commit) -> Contest | None:
        """The oldest merge that brought two births of a path together; None where one knew of the other."""
        if one.id in self._before(other.id) or other.id in self._before(one.id):
            return None
        for merge in (commit for commit in reversed(self.log) if len(commit.parents) > 1):
            for mine, theirs in permutations(merge.parents, 2):
                here, there = self._before(mine), self._before(theirs)
                if one.id in here and one.id not in there and other.id in there and other.id not in here:
                    contents = (self._contents_in(path, here - there), self._contents_in(path, there - here))
                    return Contest(path, merge, (mine, theirs), (one, other), contents)
        return None

    def _contents_in(self, path: str, commits: frozenset[str]) -> frozenset[str]:
        return frozenset(change.blob for at, change in self._changes[path] if self.log[at].id in commits)

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}

    def _before(self, commit: str) -> frozenset[str]:
        """As `reachable`, remembered: contests ask for the same few commits."""
        if commit not in self._known:
            self._known[commit] = self.reachable(commit)
        return self._known[commit]

    def reachable(self, commit: str) -> frozenset[str]:
        """A commit and everything before it."""
        seen: set[str] = set()
        waiting = [commit]
        while waiting:
            at = waiting.pop()
            if at not in seen and at in self.by_id:
                seen.add(at)
                waiting += self.by_id[at].parents
        return frozenset(seen)


def number_of(path: str) -> str:
    """The number a record bears in its file name."""
    return path.rpartition("/")[2].rsplit(".", 1)[0]
