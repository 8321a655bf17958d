"""What stood where in the state of a commit, and what led to it: git's graph, computed from the log (7.5.3).

`History.revisions` tells what git's log tells, in the order of dates. Here the question is what counts: the order is
that of descent, so a late date makes nothing newer, and what a merge discarded has led nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from heapq import heapify, heappop, heappush

from ..history import Commit, History, Revision


class Lineage:
    """Answers over a history; nothing is read from git again."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: dict[str, tuple[Revision, ...]] = {}

    @cached_property
    def _order(self) -> Mapping[str, int]:
        """Commit → its place from the newest on; never before a child of it, whatever the dates say."""
        log = self._history.log
        place = {commit.id: index for index, commit in enumerate(log)}
        children = [0] * len(log)
        for commit in log:
            for parent in commit.parents:
                if parent in place:
                    children[place[parent]] += 1
        free = [index for index, count in enumerate(children) if count == 0]
        heapify(free)
        found: dict[str, int] = {}
        while free:
            commit = log[heappop(free)]
            found[commit.id] = len(found)
            for parent in commit.parents:
                if parent in place:
                    children[place[parent]] -= 1
                    if children[place[parent]] == 0:
                        heappush(free, place[parent])
        return found

    @cached_property
    def _ordered(self) -> tuple[Commit, ...]:
        return tuple(self._history.by_id[commit] for commit in self._order)

    def revisions(self, path: str) -> tuple[Revision, ...]:
        """The revisions that led to what stands at a path now, newest first, its renames followed.

        As git simplifies a history: where a merge took one side, the other side's contents led nowhere and are left
        out. A content that a merge wrote itself is marked; all its parents led to it.
        """
        if path not in self._known:
            self._known[path] = tuple(self._led_to(path))
        return self._known[path]

    def _led_to(self, path: str) -> Iterator[Revision]:
        waiting: list[tuple[int, str]] = []
        seen: set[tuple[int, str]] = set()

        def expect(commit: str | None, name: str) -> None:
            at = self._history.step(name, commit)
            if at is not None and (self._order[at], name) not in seen:
                seen.add((self._order[at], name))
                heappush(waiting, (self._order[at], name))

        expect(self._history.commit, path)
        while waiting:
            place, name = heappop(waiting)
            commit = self._ordered[place]
            step, merge = self._history.steps[name][commit.id], len(commit.parents) > 1
            same = [one for one in commit.parents if self._history.blob_at(one, name) == step.blob] if merge else []
            if same:
                expect(same[0], name)
                continue
            yield Revision(commit, name, step.blob, step.status, merge)
            earlier = step.before if step.status == "R" and step.before is not None else name
            for parent in commit.parents:
                expect(parent, self._name_in(parent, name) if merge else earlier)

    def _name_in(self, commit: str, path: str) -> str:
        """What a file was called on one side of a merge, when the other side has renamed it."""
        steps = self._history.steps[path].values()
        names = [path, *(step.before for step in steps if step.status == "R" and step.before is not None)]
        return next((name for name in names if self._history.blob_at(commit, name)), path)

    def entered(self, path: str, folder: str = "") -> Commit | None:
        """The commit in which a path first came into a folder, under whatever name; None while it is not committed."""
        found = None
        for revision in self.revisions(path):
            if not revision.path.startswith(folder):
                break
            found = revision.commit
        return found

    @cached_property
    def landed(self) -> Mapping[str, str]:
        """Commit → the commit of the branch with which it came in: itself, or the merge that brought it."""
        found: dict[str, str] = {}
        for own in reversed(self._history.mainline):
            waiting = [own]
            while waiting:
                at = waiting.pop()
                if at not in found and at in self._history.by_id:
                    found[at] = own
                    waiting += self._history.by_id[at].parents
        return found

    @cached_property
    def _settled(self) -> frozenset[str]:
        return self._history.reachable(self._history.trusted or "")

    def base(self, commit: str) -> str | None:
        """The state of the branch before a commit came in: what a change may not decide for itself.

        A commit that came by a merge is judged by the branch before the merge, one made on the branch by its parent.
        All that a proposed change brings is judged by the branch it is proposed for.
        """
        if self._history.trusted is not None and commit not in self._settled:
            return self._history.trusted
        own = self.landed.get(commit)
        return self._history.parent(own) if own is not None else None

    def not_after(self, first: str, second: str) -> bool:
        """Whether a commit came into the branch before another one, or with it and not as its descendant."""
        ours, theirs = (self._history.places[self.landed[one]] for one in (first, second))
        return ours > theirs or (ours == theirs and self._order[first] >= self._order[second])

    def days(self, upto: date) -> Mapping[str, date]:
        """Commit → the earliest day on which it can have been made: none is older than what it builds on.

        A commit says its own day, and may say too early a one. Days after `upto` come from clocks that went wrong; they
        count for the commit itself and not for those that build on it.
        """
        found: dict[str, date] = {}
        for commit in reversed(self._ordered):
            before = (found[one] for one in commit.parents if one in found)
            found[commit.id] = max([commit.committed_on, *(day for day in before if day <= upto)])
        return found
