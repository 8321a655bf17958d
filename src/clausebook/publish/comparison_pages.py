"""A page per document with what changed between any two of its approved versions, and in the one on its way (7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from ..measure.redline import redline
from ..model import Entry
from . import gate, redline_pages
from .book import Book, Lines, page
from .standing import comparison_page, in_hand, revisions_page

SHOWN_PAIRS = 20
"""Neighbours come first, so that a document with many versions still shows each step."""


class Text(NamedTuple):
    """A version as it is called on the page, and its whole text."""

    name: str
    text: str


def make(book: Book) -> Iterator[tuple[str, str]]:
    for entry in book.system.entries:
        texts = texts_of(book, entry) if entry.controlled and not entry.part else []
        if len(texts) > 1:
            here, title = comparison_page(book, entry), f"{entry.id} {book.tell('redline.page')}"
            yield here, page(book, here, title, _comparisons(book, entry, texts), found=False)


def texts_of(book: Book, entry: Entry) -> list[Text]:
    """The approved versions, oldest first, then what lies in the folder and is none of them."""
    texts = [Text(period.version, period.content.decode("utf-8", "replace")) for period in book.held(entry)]
    own = in_hand(book, entry)
    if texts and all(own.source.text != held.text for held in texts):
        name = book.tell("redline.in_hand", version=str(own.value.get("version", "")))
        texts.append(Text(name, own.source.text))
    return texts


def _comparisons(book: Book, entry: Entry, texts: Sequence[Text]) -> Lines:
    here = comparison_page(book, entry)
    yield gate.link(gate.text(f"{entry.id} {book.title(entry)}"), book.atlas.to(book.atlas.page(entry), here))
    yield " · " + gate.link(book.tell("documents.revisions"), book.atlas.to(revisions_page(book, entry), here))
    yield ""
    yield book.tell("redline.lead")
    yield ""
    # The newest step first, then pairs that lie further apart.
    pairs = sorted(combinations(range(len(texts)), 2), key=lambda pair: (pair[1] - pair[0], -pair[1]))
    for older, newer in pairs[:SHOWN_PAIRS]:
        yield f"## {gate.text(texts[older].name)} → {gate.text(texts[newer].name)} {{#change-{older}-{newer}}}"
        yield ""
        yield from _change(book, entry, texts[older].text, texts[newer].text)
        yield ""
    if len(pairs) > SHOWN_PAIRS:
        yield book.tell("redline.more_pairs", number=len(pairs) - SHOWN_PAIRS)
        yield ""


def _change(book: Book, entry: Entry, before: str, after: str) -> Lines:
    change = redline(before, after, book.system.kinds, markdown=entry.body is not None, placed=entry.kind.name)
    yield from redline_pages.lines(change, book.values(comparison_page(book, entry)))
