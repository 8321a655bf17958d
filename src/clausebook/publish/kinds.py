"""What kind of thing each page shows, in the reader's words: the search tells it beside what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..model import Entry
from .book import Book
from .files import write_json
from .search import KINDS


def write_kinds(build: Path, pages: Iterable[tuple[str, str]], other: str) -> None:
    """`pages`: paths as they are written (.md) and their kinds; `other` stands for all pages that are not named."""
    named = {page.removesuffix(".md") + ".html": kind for page, kind in pages}
    write_json(build / KINDS, {"named": named, "other": other})


def kinds_of(book: Book, pages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every generated page and the two of the frame: an entry by its kind, everything else by its room."""
    entries = {book.atlas.page(entry): entry for entry in book.system.entries}
    yield "index.md", book.say("home")
    yield "about.md", book.say("about")
    for page in pages:
        entry = entries.get(page)
        yield page, _entry(book, page, entry) if entry else _room(book, page)


def _entry(book: Book, page: str, entry: Entry) -> str:
    room = page.partition("/")[0]
    if room == "registers":
        return book.say("register")
    return book.say("kind", room=book.say(room), kind=book.of_kind(entry))


def _room(book: Book, page: str) -> str:
    room = page.partition("/")[0]
    if page.startswith("gaps/rules"):
        return book.say("rules")
    if room == "indicators" and page != "indicators/index.md":
        return book.say("column.indicator")
    return book.say(room)
