"""What kind of thing each page shows, in the reader's words: the search tells it beside what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .book import Book
from .files import write_json
from .search import KINDS

ROOMS = frozenset({
    "clauses", "manual", "documents", "registers", "records", "indicators", "causes", "alerts", "periods", "gaps",
    "rules",
})  # fmt: skip
RULES, REGISTERS = "gaps/rules", "registers/"
"""Rules stand in a room with the gaps; a register's title says what it lists."""


def write_kinds(build: Path, pages: Iterable[tuple[str, str]], other: str) -> None:
    """`pages`: paths as they are written (.md) and their kinds; `other` stands for all pages that are not named."""
    named = {page.removesuffix(".md") + ".html": kind for page, kind in pages}
    write_json(build / KINDS, {"named": named, "other": other})


def kinds_of(book: Book, pages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every generated page and home: an entry by its kind, everything else by its room."""
    entries = {book.atlas.page(entry): entry for entry in book.system.entries}
    yield "index.md", book.say("kind.home")
    for page in pages:
        key = "rules" if page.startswith(RULES) else page.partition("/")[0]
        room = book.say(f"kind.{key if key in ROOMS else 'page'}")
        entry = entries.get(page)
        if entry is None or page.startswith(REGISTERS):
            yield page, room
        else:
            yield page, book.say("kind.of", room=room, kind=book.of_kind(entry))
