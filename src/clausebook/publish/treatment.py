"""What took a lapse up, in the same words on every page."""

from __future__ import annotations

from .book import Book
from .values import chip

DEVIATION = "deviation "


def treated(book: Book, by: str, here: str) -> str:
    """The nonconformity that took it up, or who approved the deviation; nothing yet is said plainly."""
    if not by:
        return chip("bad", book.tell("gaps.lapses.open"))
    if by.startswith(DEVIATION):
        who = book.atlas.reference(("person",), by.removeprefix(DEVIATION), here)
        return f"{book.tell('gaps.lapses.deviation')} {who}"
    return book.atlas.reference(("nonconformity",), by, here)
