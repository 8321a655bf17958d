"""Long tables: complete HTML that a script of the site makes sortable and filterable where there is one.

A cell says what it can be chosen by in a span (`pick`); the table stands in a box that names its filters and
carries the words of the form. Without a script nothing is missing: the whole table is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from ..wording import text
from . import gate
from .book import Book
from .restricted import is_restricted

WORDS = ("shown", "all", "search", "filters", "clear", "nothing", "sort", "years", "quarters", "months")


def pick(facet: str, value: str, said: str, rank: str = "") -> str:
    """A value that the list can be filtered by; `said` must already be safe. `rank` sorts instead of the words."""
    sort = f' data-rank="{gate.line(rank)}"' if rank else ""
    return f'<span data-pick="{gate.line(f"{facet}:{value}")}"{sort}>{said}</span>'


def chosen(book: Book, listed: str, here: str, **picks: str) -> str:
    """The address of a list with some of its filters set, as HTML: no renderer looks into a drawing or a filter."""
    wanted = "&".join(f"{facet}={quote(value, safe='')}" for facet, value in picks.items())
    return f"{book.atlas.to(listed, here).removesuffix('.md')}.html#{wanted}"


def leading(address: str, said: str) -> str:
    """A link to a filtered list; `said` must already be safe."""
    return f'<a href="{gate.line(address)}">{said}</a>'


def box(book: Book, table: Iterable[str], facets: Mapping[str, str] | None = None, look: str = "") -> Iterator[str]:
    """The table in its box. `facets`: facet → what people call it, in the order of the form.

    `look`: `dense` for many narrow columns, `cards` for rows that speak for themselves and become cards on a phone.
    """
    words = "".join(f' data-{word}="{gate.line(text(f"listing.{word}", book.language))}"' for word in WORDS)
    named = gate.line("|".join(f"{facet}={name}" for facet, name in (facets or {}).items()))
    looks = f"listing {look}".strip()
    yield f'<div class="{looks}" data-facets="{named}"{words} markdown>'
    yield from table
    yield ""
    yield "</div>"
    yield ""


def unlisted(book: Book) -> Iterator[str]:
    """Where numbers lead to a list: that it shows fewer, because restricted records do not say what they are about."""
    if any(is_restricted(entry) for entry in book.system.of("complaint")):
        yield f"<small>{book.tell('monitoring.chart.restricted')}</small>"
        yield ""


def data(book: Book, table: Iterable[str], said: str = "", *, opened: bool = False) -> Iterator[str]:
    """The numbers of a chart as a table that unfolds below it; `said`: what the fold is called instead."""
    yield f'<details class="data"{" open" if opened else ""} markdown>'
    yield f"<summary>{said or book.tell('monitoring.chart.data')}</summary>"
    yield ""
    yield from table
    yield ""
    yield "</details>"
    yield ""
