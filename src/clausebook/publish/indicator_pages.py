"""Indicators: an overview of the year, and a page each with chart, definition, figures and the records behind.

The numbers are those of `clausebook kpi`; nothing is typed in (9.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..measure.indicators import Figure, Indicator, Result
from ..measure.targets import Target
from ..wording import COLON, COMMA, choose
from . import ageing, gate
from .book import Book, Lines, page
from .complaint_list import listed_at
from .dimensions import part_name
from .figures import BACKLOG
from .indicator_charts import one_line, plot_of, plotted
from .indicator_formats import few, sides, value_words
from .leads import data
from .mixes import MIX, mixes

INDEX = "indicators/index.md"
ROOMS = ("alerts", "periods", "causes")
"""What else belongs to performance."""
DEFINING = ("id", "code", "clause", "unit", "direction")
SHOWN_IDS, SHOWN_IN_ROW = 120, 12
"""So many record ids are linked under a figure, and in a row of the series; the rest is counted."""
SPACES = ("complaint", "nonconformity", "alert", "audit", "obligation", "objective", "risk", "document")


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield INDEX, page(book, INDEX, book.say("indicators"), _index(book))
    for one in book.figures.indicators:
        here = f"indicators/{one.id}.md"
        yield here, page(book, here, choose(one.name, book.language), _indicator(book, here, one))


def _index(book: Book) -> Lines:
    figures = book.figures
    yield book.say("indicators_lead", as_of=book.system.as_of.isoformat())
    yield ""
    rooms = [gate.link(book.say(room), book.atlas.to(f"{room}/index.md", INDEX)) for room in ROOMS]
    yield " · ".join(rooms)
    yield ""
    last, this = figures.years[-2:]
    names = [book.say("column.indicator"), last.label, this.label, *(book.say(f"column.{c}") for c in COUNTED)]
    yield from gate.header(names)
    for one in figures.indicators:
        result = figures.of(one, this)
        if result is not None:
            link = gate.link(gate.text(choose(one.name, book.language)), f"{one.id}.md")
            before = figures.of(one, last)
            earlier = value_words(one, before.headline, book.language) if before else ""
            now = value_words(one, result.headline, book.language) + _mark(result)
            counts, _, target, apart = sides(one, result.headline, book.language)
            yield gate.row(link, *map(gate.text, (earlier, now, counts, target, apart)))
    yield ""
    for refused, error in figures.refused:
        yield f"- **{gate.text(refused.id)}** {gate.text(error.reason)}"
    yield ""


COUNTED = ("counts", "target", "apart")


def _mark(result: Result) -> str:
    return " *" if result.restated else ""


def _indicator(book: Book, here: str, one: Indicator) -> Lines:
    figures = book.figures
    said = one.entry.value.get("definition")
    if isinstance(said, dict) and isinstance(said.get("what"), dict):
        yield gate.text(choose(said["what"], book.language))
        yield ""
    yield from _at_a_glance(book, one)
    if one.id == BACKLOG and ageing.latest(book):
        yield f"## {book.tell('monitoring.ageing.heading')} {{#ageing}}"
        yield ""
        yield from ageing.open_now(book, here, listed_at(book))
    if one.id == MIX:
        yield gate.link(book.say("causes"), book.atlas.to("causes/index.md", here))
        yield ""
        yield from mixes(book, here, listed_at(book))
    yield from _series(book, here, one)
    for year in reversed(figures.years[-2:]):
        result = figures.of(one, year)
        if result is not None:
            yield f"## {year.label} {{#y{year.label}}}"
            yield ""
            yield from _year(book, here, result)
    yield f"## {book.say('by_quarter')} {{#quarters}}"
    yield ""
    yield from _quarters(book, here, one)
    yield f"## {book.say('definition')} {{#definition}}"
    yield ""
    yield from _definition(book, here, one)


COLUMNS = ("value", "counts", "interval", "target", "apart")


def _at_a_glance(book: Book, one: Indicator) -> Lines:
    """This year, the last one, and the latest whole month: the three figures that somebody comes for."""
    figures = book.figures
    whole = [month for month in figures.months if month.end <= book.system.as_of][-1:]
    asked = [("now", figures.years[-1]), *(("year", year) for year in figures.years[-2:-1])]
    asked += [("recent", month) for month in whole]
    yield '<div class="figures" markdown>'
    yield ""
    for key, span in asked:
        result = figures.of(one, span)
        if result is not None:
            tone = {True: "ok", False: "bad", None: "calm"}[result.headline.met]
            value = gate.text(value_words(one, result.headline, book.language) + _mark(result))
            counts, _, target, _ = sides(one, result.headline, book.language)
            label = book.tell(f"monitoring.indicator.{key}", year=span.label, period=span.label)
            said = " · ".join(gate.text(part) for part in (label, counts, target) if part)
            yield f'- <strong class="{tone}">{value}</strong> {said}'
    yield ""
    yield "</div>"
    yield ""


def _series(book: Book, here: str, one: Indicator) -> Lines:
    """The chart of the last months, or quarters where the definition knows no months, with its data as a table."""
    figures = book.figures
    quarterly = _by_quarter_only(one)
    results = figures.series(one, figures.quarters if quarterly else figures.months)
    if not one_line(results):
        return
    yield f"## {book.tell('monitoring.indicator.' + ('series_quarter' if quarterly else 'series'))} {{#series}}"
    yield ""
    plot = plot_of(book, one, results, "quarter" if quarterly else "month")
    said = ""
    if one.id == BACKLOG and ageing.latest(book):
        yield from ageing.over_time(book, here, results)
        said = book.tell("monitoring.indicator.records")
    else:
        yield from plotted(book, results, plot)
    yield from data(book, _data(book, here, results), said, opened=plot.empty)


def _by_quarter_only(one: Indicator) -> bool:
    known = one.entry.value.get("dimensions")
    return isinstance(known, list) and "month" not in known and "quarter" in known


def _quarters(book: Book, here: str, one: Indicator) -> Lines:
    """The quarters, drawn as well where the months were mostly too small for a rate."""
    results = book.figures.series(one, book.figures.quarters)
    months = book.figures.series(one, book.figures.months)
    small = sum(few(one, month.headline) for month in months) * 2 > len(months)
    plot = plot_of(book, one, results, "quarter") if small and one_line(results) and not _by_quarter_only(one) else None
    if plot and not plot.empty:
        yield book.tell("monitoring.indicator.quarterly")
        yield ""
        yield from plotted(book, results, plot)
    yield from gate.header(book.say(f"column.{column}") for column in ("period", *COLUMNS))
    for result in results:
        yield _row(book, result, book.period(result.period.label, here))
    yield ""


def _data(book: Book, here: str, results: Sequence[Result]) -> Lines:
    """Every number of the chart in words, newest first, each with the records it comes from."""
    names = [book.say(f"column.{column}") for column in ("period", *COLUMNS)]
    yield from gate.header([*names, book.tell("monitoring.indicator.records")])
    for result in reversed(results):
        ids = record_links(book, here, result.headline.ids, SHOWN_IN_ROW)
        missed = result.headline.missed
        if missed and len(missed) < len(result.headline.ids):
            ids += f"<br>{book.tell('monitoring.indicator.missed')} {record_links(book, here, missed, SHOWN_IN_ROW)}"
        yield _row(book, result, book.period(result.period.label, here), ids)


def _definition(book: Book, here: str, one: Indicator) -> Lines:
    """What is counted and how, down to the query that an auditor can read."""
    values, shape, said = book.values(here), one.entry.kind.shape.properties, one.entry.value
    rows = [(values.title(shape[k], k), values.inline(shape[k], said[k])) for k in DEFINING if k in said]
    definition = said.get("definition")
    for key, member in definition.items() if isinstance(definition, dict) else ():
        below = shape["definition"].properties.get(key)
        if below is not None:
            rows.append((values.title(below, key), values.inline(below, member)))
    targets = _targets(book, one)
    if targets:
        told = [f"{gate.text(target.said)} {book.atlas.reference(('objective', 'document'), target.basis, here)}"
                for target in targets]  # fmt: skip
        rows.append((book.tell("monitoring.indicator.target"), "<br>".join(told)))
    if "sql" in said:
        rows.append((values.title(shape["sql"], "sql"), values.inline(shape["sql"], said["sql"])))
    yield from values.facts(rows)


def _targets(book: Book, one: Indicator) -> list[Target]:
    """The targets of this year, each once."""
    result = book.figures.of(one, book.figures.years[-1])
    heads = (result.headline, *result.parts) if result else ()
    return list(dict.fromkeys(figure.target for figure in heads if figure.target is not None))


def _row(book: Book, result: Result, label: str, *more: str) -> str:
    one, head = result.indicator, result.headline
    value = gate.text(value_words(one, head, book.language) + _mark(result))
    return gate.row(label, value, *beside(book, one, head), *more)


def beside(book: Book, one: Indicator, figure: Figure) -> Lines:
    """The cells beside a value: what it was counted from, its interval in one piece, target, what was left out."""
    counts, interval, target, apart = sides(one, figure, book.language)
    yield gate.text(counts)
    yield gate.whole(interval) if interval else ""
    yield gate.text(target)
    yield gate.text(apart)


def _year(book: Book, here: str, result: Result) -> Lines:
    """The figure and its parts, then the records behind it: a number on the site leads down to its cases."""
    one = result.indicator
    yield from gate.header(book.say(f"column.{column}") for column in ("figure", *COLUMNS))
    yield _row(book, result, gate.text(choose(one.name, book.language)))
    for part in result.parts:
        if part is not result.headline:
            value = gate.text(value_words(one, part, book.language))
            yield gate.row(gate.text(part_name(book, one, part)), value, *beside(book, one, part))
    yield ""
    yield from _behind(book, here, "behind", result.headline.ids)
    yield from _behind(book, here, "behind_missed", result.headline.missed)
    if result.restated:
        ids = COMMA[book.language].join(result.restated[:SHOWN_IN_ROW])
        yield gate.text(book.tell("monitoring.indicator.restated_note", ids=ids))
        yield ""


def _behind(book: Book, here: str, key: str, ids: tuple[str, ...]) -> Lines:
    if ids:
        yield f"{book.say(key, count=len(ids))}{COLON[book.language]}{record_links(book, here, ids, SHOWN_IDS)}"
        yield ""


def record_links(book: Book, here: str, ids: Sequence[str], most: int) -> str:
    """The records behind a number, each as a link; beyond `most` the rest is counted."""
    links = [book.atlas.reference(SPACES, one, here) for one in ids[:most]]
    rest = [book.tell("monitoring.indicator.more_in_period", count=len(ids) - most)] if len(ids) > most else []
    return COMMA[book.language].join([*links, *rest])
