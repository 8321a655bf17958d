"""Causes, the most frequent first, with what they add up to: where an improvement would begin (8.4, 10.1).

The counts of complaints are those of `clausebook kpi complaint-count --by cause`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..measure.spans import Span
from ..wording import COMMA
from . import gate
from .book import Book, Lines
from .dimensions import value_name
from .indicator_charts import unit_line
from .leads import chosen, data, leading, unlisted
from .palette import TONES
from .row_charts import Row, Rows, figure

COUNT = "complaint-count"
ENOUGH = 10
"""Of fewer cases no order of causes is drawn; the table says how many there are of each."""
MOST = 10
"""So many bars; the rest is one."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What is counted: cause → how many, the most frequent first. `unknown`: how many have no cause on record yet."""

    counts: Mapping[str, int]
    unknown: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Told:
    """How a ranking is told: its words in `monitoring.pareto`, the names of its causes, where a cause leads."""

    ident: str
    words: str
    unit: str
    period: str
    name: Callable[[str], str]
    leads: Callable[[str], str]


def ranked(found: Sequence[str | None]) -> Ranked:
    counts = Counter(one for one in found if one)
    return Ranked(dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))), len(found) - counts.total())


def causes_of(book: Book, span: Span) -> Ranked:
    """The causes of what came in during a period, and counts as a complaint."""
    result = book.figures.found.get((COUNT, span.label))
    return ranked([book.causes.get(identifier) for identifier in result.headline.ids] if result else [])


def of_complaints(book: Book, here: str, span: Span, listed: str | None, *, small: bool = False) -> Lines:
    """The causes of a period; `small`: without the picture, for a period that is too short for an order."""

    shown = {case.cause for case in book.cases.values() if span.start <= case.received.on < span.end}

    def leads(cause: str) -> str:
        known = listed is not None and cause in shown
        return chosen(book, listed or "", here, cause=cause, period=span.label, counted="yes") if known else ""

    unit = book.tell("monitoring.chart.units.n")
    told = Told("causes", "complaints", unit, span.label, lambda cause: value_name(book, "cause", cause), leads)
    found = causes_of(book, span)
    yield from pareto(book, found, told, small=small)
    if found.counts and listed:
        yield from unlisted(book)


def pareto(book: Book, found: Ranked, told: Told, *, small: bool = False) -> Lines:
    """A sentence of what is known, the picture, and every number of it as a table."""
    facts = {"known": found.total, "unknown": found.unknown, "period": told.period}
    if not found.counts:
        yield book.tell(f"monitoring.pareto.{told.words}.{'unknown' if found.unknown else 'nothing'}", **facts)
        yield ""
        return
    key = "some" if found.unknown else "all"
    yield book.tell(f"monitoring.pareto.{told.words}.{key}", **facts)
    yield ""
    if not small and found.total >= ENOUGH and len(found.counts) > 1:
        yield from figure(chart_of(book, found, told), unit_line(book, told.unit))
    elif not small:
        yield book.tell("monitoring.pareto.one" if len(found.counts) == 1 else "monitoring.pareto.few", least=ENOUGH)
        yield ""
    yield from data(book, _table(book, found, told), opened=small)


def chart_of(book: Book, found: Ranked, told: Told) -> Rows:
    """The picture of a ranking: the first causes, the others as a number, and the line of what they add up to."""
    shown = list(found.counts.items())
    rest = shown[MOST:] if len(shown) > MOST + 1 else []
    named = [(told.name(cause), count, told.leads(cause)) for cause, count in shown[: len(shown) - len(rest)]]
    if rest:
        named.append((book.tell("monitoring.chart.others", count=len(rest)), sum(n for _, n in rest), ""))
    rows, so_far = [], 0
    for at, (name, count, leads) in enumerate(named):
        so_far += count
        share = 100 * so_far / found.total
        # The others are no cause, and together often longer than the first: a number, no bar.
        bar = () if rest and at == len(named) - 1 else (float(count),)
        rows.append(Row(name, count, bar, share, f"{share:.1f}%", leads))
    first = COMMA[book.language].join(name for name, _, _ in named[:3])
    facts = {"period": told.period, "unit": told.unit, "first": first}
    largest = sum(count for _, count in shown[:3])
    facts |= {"share": f"{100 * largest / found.total:.1f}", "top": str(min(3, len(shown)))}
    title = book.tell(f"monitoring.pareto.{told.words}.title", **facts)
    description = book.tell("monitoring.pareto.desc", **facts)
    parts, heads = ((TONES[2], book.tell("monitoring.pareto.count")),), (told.unit, book.tell("monitoring.pareto.sum"))
    line = book.tell("monitoring.pareto.line")
    return Rows(told.ident, title, description, told.unit, tuple(rows), parts, heads, line)


def _table(book: Book, found: Ranked, told: Told) -> Lines:
    names = ("cause", "count", "share", "sum")
    yield from gate.header([book.tell(f"monitoring.pareto.{name}") for name in names], [1, 2, 3])
    so_far = 0
    for cause, count in found.counts.items():
        so_far += count
        address = told.leads(cause)
        shown = leading(address, str(count)) if address else str(count)
        shares = (f"{100 * count / found.total:.1f}%", f"{100 * so_far / found.total:.1f}%")
        yield gate.row(gate.text(told.name(cause)), shown, *shares)
