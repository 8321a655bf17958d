"""From a number to the records that it counts: addresses of filtered lists, and the table below a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from .book import Book
from .restricted import is_restricted


def chosen(book: Book, listed: str, here: str, **picks: str) -> str:
    """The address of a list with some of its filters set, as HTML: no renderer looks into a drawing or a filter."""
    wanted = "&".join(f"{facet}={quote(value, safe='')}" for facet, value in picks.items())
    return f"{book.atlas.to(listed, here).removesuffix('.md')}.html#{wanted}"


def leading(address: str, said: str) -> str:
    """A link to a filtered list, its address as `chosen` gives it; `said` must already be safe."""
    return f'<a href="{address.replace("&", "&#38;")}">{said}</a>'


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
