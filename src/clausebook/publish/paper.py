"""Which documents go on paper: what is valid on the day; anything else only clearly marked (7.5.3).

A printed copy shows what the manual shows: each document as it is valid on the as-of date, whatever lies in the folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..measure.approvals import Verdict
from ..model import Entry
from ..nearness import nearest
from ..problems import Problem, UserError
from .book import Book
from .standing import in_hand, status

MANUAL = "manual"
VALID = "controlled"
SIGNED = {"reviewed_by": "review", "approved_by": "approve"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document on paper. `state` is controlled, draft, not_yet_effective or withdrawn; `anchor` its place."""

    entry: Entry
    state: str
    anchor: str

    @property
    def valid(self) -> bool:
        return self.state == VALID


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed: one document, or the whole manual with what is left out of it because it is not valid."""

    leaves: tuple[Leaf, ...]
    left_out: tuple[Entry, ...] = ()
    whole: bool = False

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(leaf.entry.path for leaf in self.leaves)

    def first(self, kind: str) -> Leaf | None:
        return next((leaf for leaf in self.leaves if leaf.entry.kind.name == kind), None)


def paper_of(book: Book, name: str) -> Paper:
    """The document called `name` (number or path), or all that is valid for `manual`; with a draft book, all that lies
    in the folder. Raises UserError for an unknown name, and where nothing at all is valid.
    """
    entries = sorted(_documents(book), key=lambda entry: _in_order(entry.id))
    if name == MANUAL:
        kept = [entry for entry in entries if book.draft or status(book, entry) == VALID]
        if not kept:
            raise UserError("print-nothing-valid", as_of=book.system.as_of.isoformat())
        left_out = tuple(entry for entry in entries if entry not in kept)
        return Paper(tuple(_leaf(book, entry, index) for index, entry in enumerate(kept)), left_out, whole=True)
    found = next((entry for entry in entries if name in (entry.id, entry.path)), None)
    if found is None:
        near = nearest(name, [MANUAL, *(entry.id for entry in entries)], count=3)
        raise UserError("print-no-such-document", document=name, near=near)
    return Paper((_leaf(book, found, 0),))


def _documents(book: Book) -> Iterator[Entry]:
    for entry in book.system.entries:
        if entry.controlled:
            yield in_hand(book, entry) if book.draft else entry


def _leaf(book: Book, entry: Entry, index: int) -> Leaf:
    return Leaf(entry, status(book, entry), f"d{index + 1}")


def _in_order(number: str) -> list[tuple[bool, int, str]]:
    """CP-9 before CP-10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", number)]


def hindrances(book: Book, paper: Paper) -> list[Problem]:
    """What would mislead a reader in the very files that are printed: broken references, wrong form."""
    return [found for found in book.report.unpublishable if found.place.path in paper.paths]


def acts(book: Book, leaf: Leaf) -> list[Verdict]:
    """The acts of approval that hold for exactly the content that is printed."""
    entry = leaf.entry
    return [
        verdict for verdict in book.report.measured.approvals.verdicts(in_hand(book, entry))
        if verdict.holds and verdict.approval.value.get("sha256") == entry.source.sha256
        and verdict.version == entry.value.get("version") and verdict.meaning != "withdraw"
    ]  # fmt: skip


def commit_of(book: Book, leaf: Leaf) -> str:
    """The commit that brought the printed content; nothing where git does not have it."""
    editions = book.report.measured.approvals.editions(in_hand(book, leaf.entry))
    return next((each.commit.id for each in editions if each.sha256 == leaf.entry.source.sha256), "")


def file_name(paper: Paper) -> str:
    """What a printed file is called: number and version; characters that a file system minds become hyphens."""
    if paper.whole:
        return MANUAL
    value: Mapping[str, Any] = paper.leaves[0].entry.value
    name = "-".join(filter(None, (paper.leaves[0].entry.id, str(value.get("version", "")))))
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "document"
