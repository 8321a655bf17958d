"""An indicator over time: the same numbers as `kpi`, its unit, and the target that held in each period (9.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..measure.indicators import Figure, Indicator, Result
from ..wording import PAUSE, choose
from . import gate
from .book import Book, Lines
from .charts import Look, Plot, Point, figure
from .indicator_formats import few, shown, sides, value_words
from .stacked_charts import Stack

BARS = ("n", "count", "CNY")
TOPS = {"%": 100.0, "score": 5.0}


def one_line(results: Sequence[Result]) -> bool:
    """Whether the headline is the same figure in every period, not the largest member of a family."""
    return bool(results) and not any(":" in result.headline.part for result in results)


def unit_name(book: Book, unit: str) -> str:
    """What stands at an axis."""
    return book.tell(f"monitoring.chart.units.{unit}")


def unit_line(book: Book, unit: str) -> str:
    """What stands beside the title of a chart."""
    return book.tell("monitoring.chart.unit", unit=unit)


def plotted(book: Book, results: Sequence[Result], plot: Plot) -> Lines:
    """The chart with its legend, or a sentence where there is nothing to draw."""
    if plot.empty:
        yield book.tell("monitoring.chart.none")
        yield ""
        return
    names = {
        part: _target(book, results) if part == "limit"
        else book.tell(f"monitoring.chart.parts.{'value' if part == plot.look else part}")
        for part in plot.parts
    }  # fmt: skip
    yield from figure(plot, names, unit_line(book, plot.unit))
    if any(point.counts for point in plot.points):
        yield f"<small>{book.tell('monitoring.chart.parts.counts')}</small>"
        yield ""


def _target(book: Book, results: Sequence[Result]) -> str:
    """The target with its number; one that changed with the period since which each held."""
    held: dict[str, str] = {}
    for before, result in zip([None, *results], results, strict=False):
        target = result.headline.target
        if target and (before is None or before.headline.target is None or str(before.headline.target) != str(target)):
            held[result.period.label] = target.said
    if len(held) < 2:
        return book.tell("monitoring.chart.target", target=next(iter(held.values()), ""))
    told = [book.tell("monitoring.chart.target_since", since=since, target=target) for since, target in held.items()]
    return book.tell("monitoring.chart.target", target=PAUSE[book.language].join(told))


def plot_of(book: Book, one: Indicator, results: Sequence[Result], unit: str) -> Plot:
    """The chart of an indicator over months or quarters (`unit`)."""
    facts = {"name": choose(one.name, book.language), "first": results[0].period.label}
    facts |= {"last": results[-1].period.label, "unit": book.tell(f"monitoring.unit.{unit}")}
    known = [r for r in results if r.headline.value is not None and not few(one, r.headline)]
    latest = {"period": known[-1].period.label, "value": _told(book, known[-1])} if known else {}
    said = book.tell("monitoring.chart.latest", **latest) if latest else ""
    title = book.tell("monitoring.chart.indicator", **facts)
    description = book.tell("monitoring.chart.indicator_desc", **facts, latest=said)
    look: Look = "bars" if one.unit in BARS else "line"
    points = [_point(one, result) for result in results]
    return Plot(unit, title, description, unit_name(book, one.unit), points, look, TOPS.get(one.unit))


def _told(book: Book, result: Result) -> str:
    counts, _, target, _ = sides(result.indicator, result.headline, book.language)
    value = value_words(result.indicator, result.headline, book.language)
    return " ".join(part for part in (value, counts, target) if part)


def _point(one: Indicator, result: Result) -> Point:
    head = result.headline
    limit = head.target.value if head.target else None
    if few(one, head) or head.value is None:
        counts = "" if not head.denominator else _counts(head)
        return Point(result.period.label, None, limit=limit, counts=counts)
    low, high = head.interval or (None, None)
    return Point(result.period.label, shown(one, head), low, high, limit)


def _counts(head: Figure) -> str:
    """`1/3` of a share; of a typical value how many it would come from."""
    share = head.unit in ("%", "per-1000") and head.numerator is not None
    return f"{head.numerator:g}/{head.denominator:g}" if share else f"{head.denominator:g}"


def stack_table(book: Book, here: str, stack: Stack, cell: Callable[[int, int, str], str]) -> Lines:
    """The numbers of a stack, newest first; `cell` sets one number by the places of its series and its period."""
    names = [book.say("column.period"), *(one.name for one in stack.series), book.tell("monitoring.column.total")]
    yield from gate.header(names, range(1, len(names)))
    for at, label in reversed(list(enumerate(stack.labels))):
        cells = (cell(place, at, f"{one.values[at]:g}") for place, one in enumerate(stack.series))
        yield gate.row(book.period(label, here), *cells, f"{stack.totals[at]:g}")
