"""Long tables: complete HTML that a script of the site makes sortable and filterable where there is one.

A cell says what it can be chosen by in a span (`pick`); the table stands in a box that names its filters and
carries the words of the form. Without a script nothing is missing: the whole table is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import mean
from typing import Protocol

from ..wording import text
from . import gate
from .spreadsheets import FORMULA

WORDS = (
    "shown", "all", "search", "filters", "clear", "nothing", "sort", "years", "quarters", "months", "columns",
    "columns-legend", "hidden", "partial", "download", "download-title",
)  # fmt: skip
RESERVED = frozenset({"q", "sort", "hide"})
"""What the address uses for itself; no facet may bear these names."""
FEW = 20
"""A table with fewer rows stays plain; it gets a form only when an address asks for something."""
LARGE = 1000
"""A table with more rows is set by columns of given widths, so that a browser draws only what is in sight."""
NARROWEST, WIDEST = 8, 30


class Reader(Protocol):
    """For whom a table is set: a book, or the values of a page."""

    @property
    def language(self) -> str: ...
    @property
    def as_of(self) -> date: ...


def pick(facet: str, value: str, said: str, rank: str = "") -> str:
    """A value that the list can be filtered by; `said` must already be safe. `rank` sorts instead of the words."""
    sort = f' data-rank="{gate.line(rank)}"' if rank else ""
    return f'<span data-pick="{gate.line(f"{facet}:{value}")}"{sort}>{said}</span>'


def box(
    reader: Reader,
    table: Iterable[str],
    facets: Mapping[str, str] | None = None,
    look: str = "",
    *,
    repeats: bool = False,
) -> Iterator[str]:
    """The table in its box. `facets`: facet → what people call it, in the order of the form.

    `look`: `dense` for many narrow columns, `cards` for rows that speak for themselves and become cards on a phone.
    What `repeats` the pages that its rows lead to is found there and not here.
    """
    lines = list(table)
    named = "|".join(f"{facet}={name}" for facet, name in (facets or {}).items())
    said = {word: text(f"listing.{word.replace('-', '_')}", reader.language) for word in WORDS}
    said |= {"facets": named, "as-of": reader.as_of.isoformat(), "formula": FORMULA.pattern}
    body = [line for line in lines if line.startswith("| ")][1:]
    style = ""
    if len(body) < FEW:
        look += " short"
    elif len(body) > LARGE:
        look += " large"
        said["widths"] = " ".join(f"minmax(0,{width}fr)" for width in _widths(body))
        style = f' style="--columns: {said["widths"]}"'
    data = "".join(f' data-{name}="{gate.line(value)}"' for name, value in said.items())
    found = f" {gate.UNSOUGHT}" if repeats else ""
    yield f'<div class="{f"listing {look}".strip()}"{found}{data}{style} markdown>'
    yield from lines
    yield ""
    yield "</div>"
    yield ""


def _widths(body: Sequence[str]) -> list[int]:
    """A share of the width for each column, by the longest lines of its cells, in Latin letters."""
    cells = zip(*(row[2:-2].split(" | ") for row in body[:LARGE]), strict=False)
    wide = (mean(max(map(gate.width, cell.split("<br>"))) for cell in column) for column in cells)
    return [min(max(round(width), NARROWEST), WIDEST) for width in wide]
