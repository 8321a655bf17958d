"""What complaints are made of from quarter to quarter: stacks by type, channel, severity and product (8.4, 9.1).

The numbers are the parts of the indicator K03, as `clausebook kpi complaint-mix` tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..measure.indicators import Result
from ..measure.moments import word
from ..measure.outcomes import quarter
from ..measure.spans import Span
from . import gate
from .book import Book, Lines
from .dimensions import FAMILIES, dimension_name, value_name
from .indicator_charts import stack_table, unit_line, unit_name
from .leads import chosen, data, leading, unlisted
from .palette import TONES
from .stacked_charts import Series, Stack, figure

MIX = "complaint-mix"
SHOWN = {"types": "", "sources": "channel", "severities": "severity", "products": "product"}
"""Families that are drawn, each with the filter of the list that shows the same cases. Of types the list knows all that
a complaint has, the indicator the first alone: no filter shows the same.
"""
ORDERED = ("severities",)
"""Values that have an order of their own; of the others the most frequent is first."""
UNKNOWN = "unknown"

Counts = Mapping[str, Sequence[int]]
"""Member → its count in each period."""


@dataclass(frozen=True, slots=True)
class Mix:
    """One family as a stack; `members` are the values behind its first series, what is left has none of its own."""

    family: str
    members: tuple[str, ...]
    stack: Stack


def mixes(book: Book, here: str, listed: str | None) -> Lines:
    """A stack for each family over the quarters that have a report."""
    for mix in mixes_of(book):
        name = dimension_name(book, FAMILIES.get(mix.family, mix.family))
        yield f"## {gate.text(book.tell('monitoring.mix.heading', name=name))} {{#{mix.family}}}"
        yield ""
        yield from figure(mix.stack, unit_line(book, mix.stack.unit))
        yield from data(book, stack_table(book, here, mix.stack, _cells(book, here, mix, listed)))
        if SHOWN[mix.family] and listed:
            yield from unlisted(book)


def mixes_of(book: Book) -> Iterator[Mix]:
    """The families in which anything came in, where there are quarters to compare."""
    spans = [span for span in book.figures.quarters if span.label in book.figures.reported]
    results = [result for span in spans if (result := book.figures.of_id(MIX, span)) is not None]
    for family in SHOWN if len(results) > 1 else ():
        counts = counts_of(results, family)
        if counts:
            kept, rest = parted(counts, ordered=family in ORDERED)
            stack = _stack(book, family, [result.period for result in results], kept, rest)
            yield Mix(family, tuple(kept), stack)


def counts_of(results: Sequence[Result], family: str) -> dict[str, list[int]]:
    """The members of a family and how many complaints each had in every period."""
    found: dict[str, list[int]] = {}
    for at, result in enumerate(results):
        for part in result.parts:
            of, _, member = part.part.partition(":")
            if of == family and member and part.numerator:
                found.setdefault(member, [0] * len(results))[at] = int(part.numerator)
    return found


def parted(counts: Counts, *, ordered: bool) -> tuple[Counts, Counts]:
    """What has a tone of its own, and what is put together as the others: those that are few over all periods."""
    largest = sorted(counts, key=lambda member: (member == UNKNOWN, -sum(counts[member]), member))
    most = len(TONES) if len(counts) <= len(TONES) else len(TONES) - 1
    kept = largest[:most]
    if ordered:
        kept.sort(key=lambda member: (member == UNKNOWN, member))
    return {member: counts[member] for member in kept}, {member: counts[member] for member in largest[most:]}


def _stack(book: Book, family: str, spans: Sequence[Span], kept: Counts, rest: Counts) -> Stack:
    dimension = FAMILIES.get(family, family)
    series = [Series(value_name(book, dimension, one), tuple(map(float, counts))) for one, counts in kept.items()]
    if rest:
        name = book.tell("monitoring.chart.others", count=len(rest))
        series.append(Series(name, tuple(float(sum(column)) for column in zip(*rest.values(), strict=True))))
    labels = tuple(span.label for span in spans)
    facts = {"name": dimension_name(book, dimension), "first": labels[0], "last": labels[-1]}
    largest = max(series, key=lambda one: sum(one.values))
    facts |= {"most": largest.name, "count": f"{sum(largest.values):g}"}
    title, said = (book.tell(f"monitoring.mix.{key}", **facts) for key in ("title", "desc"))
    return Stack(f"mix-{family}", title, said, unit_name(book, "n"), labels, tuple(series))


def _cells(book: Book, here: str, mix: Mix, listed: str | None) -> Callable[[int, int, str], str]:
    """Numbers that lead to their cases where the list has a filter that shows just these."""
    facet = SHOWN[mix.family]
    # What a restricted record is about is not in the list.
    seen = {
        (case.severity if facet == "severity" else word(case.value, facet), quarter(case.received.on))
        for case in book.cases.values() if word(case.value, facet) != UNKNOWN
    }  # fmt: skip

    def cell(place: int, at: int, said: str) -> str:
        member, label = mix.members[place] if place < len(mix.members) else UNKNOWN, mix.stack.labels[at]
        if not facet or listed is None or not mix.stack.series[place].values[at] or (member, label) not in seen:
            return said
        return leading(chosen(book, listed, here, **{facet: member, "period": label, "counted": "yes"}), said)

    return cell
