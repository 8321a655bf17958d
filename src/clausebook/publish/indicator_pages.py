"""Indicators: an overview of the year, and a page each with definition, figures by quarter and the records behind.

The numbers are those of `clausebook kpi`; nothing is typed in (9.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.indicators import Evaluation, Indicator, Result, evaluate, indicators_of
from ..measure.spans import span_of
from ..wording import choose
from . import gate
from .book import Book, Lines, page
from .indicator_formats import sides, value_words

INDEX = "indicators/index.md"
DEFINING = ("id", "code", "clause", "unit", "direction")
SHOWN_IDS = 40
"""So many record ids are linked under a figure; the rest is counted."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    year = book.system.as_of.year
    chosen = indicators_of(book.system)
    complaints = book.report.measured.complaints
    years = {one: evaluate(book.system, complaints, chosen, span_of(str(one))) for one in (year, year - 1)}
    quarters = [evaluate(book.system, complaints, chosen, span_of(str(one)), "quarter") for one in (year - 1, year)]
    yield INDEX, page(book, INDEX, book.say("indicators"), _index(book, years))
    for one in chosen:
        here = f"indicators/{one.id}.md"
        yield here, page(book, here, choose(one.name, book.language), _indicator(book, here, one, years, quarters))


def _of(found: Evaluation, one: Indicator) -> list[Result]:
    return [result for result in found.results if result.indicator.id == one.id]


def _index(book: Book, years: dict[int, Evaluation]) -> Lines:
    yield book.say("indicators_lead", as_of=book.system.as_of.isoformat())
    this, last = years
    names = [book.say("column.indicator"), str(last), str(this), book.say("column.counts"), book.say("column.target")]
    yield from gate.header([*names, book.say("column.apart")])
    for result in years[this].results:
        one = result.indicator
        before = _of(years[last], one)
        counts, _, target, apart = sides(one, result.headline, book.language)
        link = gate.link(gate.text(choose(one.name, book.language)), f"{one.id}.md")
        earlier = value_words(one, before[0].headline, book.language) if before else ""
        now = value_words(one, result.headline, book.language)
        yield gate.row(link, *map(gate.text, (earlier, now, counts, target, apart)))
    yield ""
    for refused, error in years[this].refused:
        yield f"- **{gate.text(refused.id)}** {gate.text(error.reason)}"
    yield ""


def _indicator(
    book: Book, here: str, one: Indicator, years: dict[int, Evaluation], quarters: list[Evaluation]
) -> Lines:
    for year, found in years.items():
        for result in _of(found, one):
            yield f"## {year} {{#y{year}}}"
            yield ""
            yield from _year(book, here, result)
    yield f"## {book.say('by_quarter')} {{#quarters}}"
    yield ""
    columns = ("period", "value", "counts", "interval", "target", "apart")
    yield from gate.header(book.say(f"column.{column}") for column in columns)
    for found in quarters:
        for result in _of(found, one):
            yield _row(book, result, result.group or result.period.label)
    yield ""
    yield f"## {book.say('definition')} {{#definition}}"
    yield ""
    yield from _definition(book, here, one)


def _definition(book: Book, here: str, one: Indicator) -> Lines:
    """What is counted and how, down to the query that an auditor can read."""
    values, shape, said = book.values(here), one.entry.kind.shape.properties, one.entry.value
    rows = [(values.title(shape[k], k), values.inline(shape[k], said[k])) for k in DEFINING if k in said]
    definition = said.get("definition")
    for key, member in definition.items() if isinstance(definition, dict) else ():
        below = shape["definition"].properties.get(key)
        if below is not None:
            rows.append((values.title(below, key), values.inline(below, member)))
    if "sql" in said:
        rows.append((values.title(shape["sql"], "sql"), values.inline(shape["sql"], said["sql"])))
    yield from values.facts(rows)


def _row(book: Book, result: Result, label: str) -> str:
    one, head = result.indicator, result.headline
    return gate.row(
        gate.text(label), *map(gate.text, (value_words(one, head, book.language), *sides(one, head, book.language)))
    )


def _year(book: Book, here: str, result: Result) -> Lines:
    """The figure and its parts, then the records behind it: a number on the site leads down to its cases."""
    one = result.indicator
    names = {part.id: part.name for part in one.parts}
    columns = ("figure", "value", "counts", "interval", "target", "apart")
    yield from gate.header(book.say(f"column.{column}") for column in columns)
    yield _row(book, result, choose(one.name, book.language))
    for part in result.parts:
        if part is not result.headline:
            family, _, member = part.part.partition(":")
            label = f"{choose(names.get(family, {'zh': part.part, 'en': part.part}), book.language)} {member}".strip()
            cells = (label, value_words(one, part, book.language), *sides(one, part, book.language))
            yield gate.row(*map(gate.text, cells))
    yield ""
    yield from _behind(book, here, "behind", result.headline.ids)
    yield from _behind(book, here, "behind_missed", result.headline.missed)


def _behind(book: Book, here: str, key: str, ids: tuple[str, ...]) -> Lines:
    if not ids:
        return
    spaces = ("complaint", "nonconformity", "alert", "audit", "obligation", "objective", "risk", "document")
    links = [book.atlas.reference(spaces, one, here) for one in ids[:SHOWN_IDS]]
    rest = book.say("and_more", count=len(ids) - SHOWN_IDS) if len(ids) > SHOWN_IDS else ""
    yield f"{book.say(key, count=len(ids))}：{'、'.join(links)}{rest}"
    yield ""
