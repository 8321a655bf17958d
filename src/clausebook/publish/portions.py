"""A long list in portions that stay light: a page for each month, a heavy month in numbered parts.

One page has everything, so that a filter can ask across months; it alone may be heavy, and its link says how heavy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Entry
from . import gate
from .book import Book

PAGE_ROWS = 250
PAGE_BYTES = 240_000
"""A list beyond either is split: with the frame around it no page may exceed 300 KB."""
ROW_FRAME = 130
"""What the renderer adds to a row of a list."""
ALL_ROWS = 10_000
"""More rows in one page no browser opens with pleasure; then the months have to do."""
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
UNDATED = "0000-00"


@dataclass(frozen=True, slots=True)
class Row:
    """One finished row of a list, and what it is filed under."""

    entry: Entry
    day: str
    said: str

    @property
    def month(self) -> str:
        return month_of(self.day)

    @property
    def size(self) -> int:
        return len(self.said.encode()) + ROW_FRAME


def month_of(day: str) -> str:
    """The month a list is split by; what is no date must not become the name of a page."""
    return day[:7] if MONTH.fullmatch(day[:7]) else UNDATED


def called(name: str) -> str:
    """A portion as people read it: 2026-11, or the second part of it, which must not look like a day."""
    return " · ".join(filter(None, (name[:7], name[8:])))


def portions(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Everything under no name, or months by name; a month too large for one page in numbered parts."""
    if len(_cut(rows)) < 2:
        return {"": list(rows)}
    months: dict[str, list[Row]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(row)
    found: dict[str, list[Row]] = {}
    for month, own in months.items():
        cut = _cut(own)
        found.update({f"{month}-{n}" if len(cut) > 1 else month: part for n, part in enumerate(cut, 1)})
    return found


def _cut(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows in portions that make a light page each."""
    found: list[list[Row]] = [[]]
    size = 0
    for row in rows:
        if found[-1] and (len(found[-1]) >= PAGE_ROWS or size + row.size > PAGE_BYTES):
            found.append([])
            size = 0
        found[-1].append(row)
        size += row.size
    return found


def to_all(book: Book, rows: Sequence[Row], address: str) -> Iterator[str]:
    """The way to the page with everything, which says how heavy it is before anybody opens it."""
    if len(rows) > ALL_ROWS:
        yield book.tell("listing.too_many", most=ALL_ROWS)
    else:
        size = f"{sum(row.size for row in rows) / 1_000_000:.1f}"
        yield gate.link(book.tell("listing.all_rows", count=len(rows), size=size), address)
    yield ""
