"""The indicators of all months, quarters and years that pages show, evaluated once for the whole site (9.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..measure.asking import QueryError
from ..measure.indicators import Indicator, Result, evaluate_each, indicators_of
from ..measure.moments import day
from ..measure.spans import Span, cut, span_of
from ..pipeline import Report

BACKLOG = "backlog"
MONTHS = 24
"""So far back go the series, and the quarters and years that these months belong to."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Oldest first; `found` maps an indicator's id and a period's label to the result."""

    indicators: tuple[Indicator, ...]
    months: tuple[Span, ...]
    quarters: tuple[Span, ...]
    years: tuple[Span, ...]
    found: Mapping[tuple[str, str], Result]
    refused: tuple[tuple[Indicator, QueryError], ...]
    reported: frozenset[str]
    """Labels of the periods that have a report: from the first complaint or the start of the system on."""

    def of(self, one: Indicator, span: Span) -> Result | None:
        return self.of_id(one.id, span)

    def of_id(self, identifier: str, span: Span) -> Result | None:
        return self.found.get((identifier, span.label))

    def series(self, one: Indicator, spans: tuple[Span, ...]) -> list[Result]:
        return [result for span in spans if (result := self.of(one, span))]


def figures_of(report: Report) -> Figures:
    system, complaints = report.system, report.measured.complaints
    last = span_of(f"{system.as_of.year:04d}")
    first = span_of(f"{system.as_of.year - MONTHS // 12:04d}")
    spans = [span for year in range(int(first.label), int(last.label) + 1) for span in cut(span_of(str(year)), "month")]
    months = tuple(span for span in spans if span.start <= system.as_of)[-MONTHS:]
    years = tuple(dict.fromkeys(span_of(month.label[:4]) for month in months))
    quarters = tuple(
        span for year in years for span in cut(year, "quarter")
        if span.start <= system.as_of and span.end > months[0].start
    )  # fmt: skip
    chosen = indicators_of(system)
    told = evaluate_each(system, complaints, chosen, (*months, *quarters, *years))
    found = {(result.indicator.id, result.period.label): result for result in told.results}
    begun = [case.received.on for case in complaints.cases]
    start = day(system.organisation, "system_effective_on")
    first_day = min([*begun, *([start] if start else [])], default=None)
    reported = frozenset(s.label for s in (*months, *quarters, *years) if first_day and first_day < s.end)
    return Figures(tuple(chosen), months, quarters, years, found, told.refused, reported)


def backlog_of(report: Report) -> Result | None:
    """What is open on the as-of date, asked alone: a list of complaints needs it, and none of the other figures."""
    system, complaints = report.system, report.measured.complaints
    chosen = [one for one in indicators_of(system) if one.id == BACKLOG]
    month = span_of(f"{system.as_of.year:04d}-{system.as_of.month:02d}")
    return next(iter(evaluate_each(system, complaints, chosen, (month,)).results), None)
