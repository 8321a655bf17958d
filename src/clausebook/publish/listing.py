"""Long tables: complete HTML that a script of the site makes sortable and filterable where there is one.

A cell says what it can be chosen by in a span (`pick`); the table stands in a box that names its filters and
carries the words of the form. Without a script nothing is missing: the whole table is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..wording import text
from . import gate
from .book import Book

WORDS = ("shown", "all", "search", "filters", "clear", "nothing", "sort", "years", "quarters", "months")


def pick(facet: str, value: str, said: str, rank: str = "") -> str:
    """A value that the list can be filtered by; `said` must already be safe. `rank` sorts instead of the words."""
    sort = f' data-rank="{gate.attribute(rank)}"' if rank else ""
    return f'<span data-pick="{gate.attribute(f"{facet}:{value}")}"{sort}>{said}</span>'


def box(
    book: Book, table: Iterable[str], facets: Mapping[str, str] | None = None, look: str = "", *, repeats: bool = False
) -> Iterator[str]:
    """The table in its box. `facets`: facet → what people call it, in the order of the form.

    `look`: `dense` for many narrow columns, `cards` for rows that speak for themselves and become cards on a phone.
    What `repeats` the pages that its rows lead to is found there and not here.
    """
    words = "".join(f' data-{word}="{gate.attribute(text(f"listing.{word}", book.language))}"' for word in WORDS)
    named = gate.attribute("|".join(f"{facet}={name}" for facet, name in (facets or {}).items()))
    looks = f"listing {look}".strip()
    found = f" {gate.UNSOUGHT}" if repeats else ""
    yield f'<div class="{looks}"{found} data-facets="{named}"{words} markdown>'
    yield from table
    yield ""
    yield "</div>"
    yield ""
