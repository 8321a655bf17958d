"""Causes of complaints and of nonconformities, the most frequent first: where to begin (8.4, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..load.schemas import below
from ..measure.moments import rows, word
from ..wording import choose
from . import gate
from .book import Book, Lines, page
from .complaint_list import listed_at
from .pareto import Told, causes_of, of_complaints, pareto, ranked

HERE = "causes/index.md"
KIND = "nonconformity"


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.say("causes"), _causes(book))


def _causes(book: Book) -> Lines:
    figures = book.figures
    yield book.tell("monitoring.pareto.lead", as_of=book.system.as_of.isoformat())
    yield ""
    known = [year for year in figures.years if causes_of(book, year).counts]
    year = known[-1] if known else figures.years[-1]
    yield f"## {book.tell('monitoring.pareto.complaints.heading')} {{#complaints}}"
    yield ""
    yield from of_complaints(book, HERE, year, listed_at(book))
    spans = (*figures.years, *figures.quarters)
    others = [book.period(span.label, HERE) for span in spans if span.label in figures.reported]
    if others:
        yield f"{book.tell('monitoring.pareto.others')} {' · '.join(others)}"
        yield ""
    yield f"## {book.tell('monitoring.pareto.nonconformities.heading')} {{#nonconformities}}"
    yield ""
    yield from _nonconformities(book)


def _nonconformities(book: Book) -> Lines:
    """By the category of the last cause that was found, over all records."""
    found = [category_of(entry.value) for entry in book.system.of(KIND)]
    labels = below(book.system.kinds[KIND].shape, ("cause", "category"))[-1].labels

    def name(category: str) -> str:
        return choose(labels.get(category), book.language) or category

    unit, listed = book.tell("monitoring.pareto.nonconformities.unit"), f"records/{KIND}/index.md"
    period = book.tell("monitoring.pareto.until", as_of=book.system.as_of.isoformat())
    yield from pareto(book, ranked(found), Told("faults", "nonconformities", unit, period, name, lambda _: ""))
    if found:
        yield gate.link(book.tell("monitoring.pareto.nonconformities.list"), book.atlas.to(listed, HERE))
        yield ""


def category_of(value: Mapping[str, Any]) -> str | None:
    """Of a nonconformity whose actions did not help the cause that was found afterwards."""
    again = [word(turn, "cause", "category") for turn in rows(value, "rounds")]
    return next((one for one in reversed(again) if one), None) or word(value, "cause", "category")
