"""What a breakdown, a stream or a part is called: ids of types, channels, products … as people say them."""

from __future__ import annotations

from ..load.schemas import below
from ..measure.indicators import Figure, Indicator
from ..measure.moments import rows
from ..wording import choose, messages
from .book import Book

SPACES = {
    "type": "complaint-type", "channel": "channel", "source": "channel", "cause": "cause-group", "product": "product",
    "site": "site", "provider": "provider", "department": "department",
}  # fmt: skip
FAMILIES = {
    "types": "type", "sources": "source", "severities": "severity", "products": "product", "sites": "site",
    "providers": "provider",
}  # fmt: skip
"""Family of parts of K03 → the dimension whose values it lists."""


def value_name(book: Book, dimension: str, value: str) -> str:
    """One value of a dimension; not yet safe for a page. What nobody named is called as it is written."""
    if value == "unknown":
        return book.tell("monitoring.unknown")
    if dimension == "line":
        row = next((row for row in rows(book.system.organisation, "lines") if row.get("id") == value), {})
        english = row.get("name_en") if book.language == "en" else None
        return choose(english or row.get("name"), book.language) or value
    if dimension == "fault":
        cause, _, where = value.partition("/")
        return f"{value_name(book, 'cause', cause)} · {where}"
    if dimension == "severity":
        shape = below(book.system.kinds["complaint"].shape, ("assessment", "severity"))[-1]
        return choose(shape.labels.get(value), book.language) or value
    space = SPACES.get(dimension)
    name = choose(book.atlas.names.get((space, value)), book.language) if space else ""
    return name or value


def dimension_name(book: Book, dimension: str) -> str:
    """A dimension by its name, those of streams as `alerts` says them; one that nobody named as it is written."""
    keys = (f"alerts.dimension.{dimension}", f"monitoring.dimension.{dimension}")
    known = [key for key in keys if key in messages(book.language)]
    return book.tell(known[0]) if known else dimension


def stream_name(book: Book, stream: str) -> str:
    """`cause:leak` as 原因 · 漏水; repeats by cause and line, single events by what set them off."""
    dimension, _, value = stream.partition(":")
    if not value:
        return dimension_name(book, dimension)
    if dimension == "single":
        trigger, _, case = value.partition(":")
        key = f"alerts.trigger.{trigger}"
        return f"{book.tell(key) if key in messages(book.language) else trigger} {case}".strip()
    if dimension == "repeat":
        said = [value_name(book, of, part) for of, part in zip(("cause", "line"), value.split(":"), strict=False)]
        return " · ".join([dimension_name(book, dimension), *said])
    return f"{dimension_name(book, dimension)} · {value_name(book, dimension, value)}"


def part_name(book: Book, one: Indicator, figure: Figure) -> str:
    """A figure that a definition names; of a family the member it belongs to."""
    names = {part.id: part.name for part in one.parts}
    family, _, member = figure.part.partition(":")
    said = choose(names.get(family, {"zh": figure.part, "en": figure.part}), book.language)
    return f"{said} {value_name(book, FAMILIES.get(family, family), member)}" if member else said
