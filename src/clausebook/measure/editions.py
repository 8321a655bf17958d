"""The revisions of a controlled document as git kept them, and from when on git is the evidence (7.5.2, 7.5.3).

Before the baseline that org.yaml names, documents are judged by their control block and by transcribed approvals;
after it by what git itself recorded (architecture 12).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..history import Commit, History, Revision
from ..load import front_matter
from ..load.strict_yaml import Refused, decode, parse
from ..model import System
from .lineage import Lineage
from .moments import child, word


@dataclass(frozen=True, slots=True)
class Edition:
    """One content of a document. `judged`: it came after the baseline, so git answers for it."""

    revision: Revision
    content: bytes
    sha256: str
    judged: bool

    @property
    def facts(self) -> Mapping[str, Any]:
        """The control block as it was then; empty where it could not be read."""
        return facts_in(self.revision.path, self.content)

    @property
    def version(self) -> str:
        return str(self.facts.get("version", ""))

    @property
    def commit(self) -> Commit:
        return self.revision.commit


def editions(history: History, revisions: Iterable[Revision], adopted: frozenset[str]) -> Iterator[Edition]:
    """The contents of a path's revisions, in their order. A deletion is no content."""
    for revision in revisions:
        content = history.contents.get(revision.blob)
        if content is not None:
            digest = hashlib.sha256(content).hexdigest()
            yield Edition(revision, content, digest, revision.commit.id not in adopted)


@lru_cache(maxsize=4096)
def facts_in(path: str, content: bytes) -> Mapping[str, Any]:
    """The fields of a document's file; nothing where it is no file of ours. Strings stay strings."""
    try:
        text = decode(content)
        if path.endswith(".md"):
            value = front_matter.read(text)[0].value
        else:
            value = next((part.value for part in parse(text)), None)
    except Refused:
        return {}
    return value if isinstance(value, dict) else {}


def adopted(system: System, lineage: Lineage) -> frozenset[str]:
    """The commits that git does not answer for: what led to the naming of the present baseline.

    Without a baseline that is nothing. With one that names no commit yet, adoption is still under way and it is
    everything; so it is while a new baseline is not committed, and in a repository that does not have the commit.
    """
    organisation = system.first("organization")
    history = system.history
    baseline = child(system.organisation, "baseline")
    if organisation is None or not isinstance(baseline, Mapping):
        return frozenset()
    named = word(baseline, "commit")
    everything = frozenset(history.by_id)
    first: Commit | None = None
    kept = named is not None and any(identity.startswith(named) for identity in history.by_id)
    revisions = lineage.revisions(organisation.path) if kept else ()
    for edition in editions(history, revisions, frozenset()):
        if baseline_in(edition) != named:
            break
        first = edition.commit
    return everything if first is None else history.reachable(first.id)


def baseline_in(edition: Edition) -> str | None:
    """The commit that an earlier org.yaml named."""
    said = child(edition.facts, "baseline")
    return word(said, "commit") if isinstance(said, Mapping) else None


def authors(
    history: History, revisions: tuple[Revision, ...], upto: Edition, since: Edition | None
) -> Iterator[Commit]:
    """The commits that made a content out of the one approved before it."""
    if any(revision.merged for revision in revisions):
        # Where a merge wrote content itself, several lines led to it: descent decides, not the order in the list.
        made = history.reachable(upto.commit.id)
        known = history.reachable(since.commit.id) if since is not None else frozenset()
        yield from (one.commit for one in revisions if one.commit.id in made and one.commit.id not in known)
        return
    reached = False
    for revision in revisions:
        reached = reached or revision.commit.id == upto.commit.id
        if since is not None and revision.commit.id == since.commit.id:
            return
        if reached:
            yield revision.commit
