"""How we do: the numbers that may be told, by year and by quarter, and what it means where none stands (9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure.spans import Span
from .. import gate
from ..book import Lines
from ..charts import Look, Plot, Point, figure
from .numbers import PublicFigure, Told
from .pages import NUMBERS, Desk, page

DRAWN: dict[str, Look] = {"complaint-count": "bars", "satisfaction-score": "line"}
"""Two pictures are enough: how many, and how people felt about it."""
TILES = ("complaint-count", "response-on-time", "satisfaction-score")


def make(desk: Desk) -> Iterator[tuple[str, str]]:
    yield NUMBERS, page(desk, desk.say("numbers.title"), _numbers(desk))


def _numbers(desk: Desk) -> Lines:
    figures = desk.edition.figures
    if not figures or not figures[0].years:
        yield desk.say("numbers.nothing")
        return
    yield desk.say("numbers.lead", as_of=desk.edition.as_of.isoformat())
    yield ""
    yield from _tiles(desk, figures)
    yield f"## {desk.say('numbers.years')}"
    yield ""
    yield '<div class="numbers" markdown>'
    yield from gate.header([desk.say("numbers.column"), *(period(desk, told.span) for told in figures[0].years)])
    for one in figures:
        name = f"{gate.text(desk.say(f'figure.{one.id}.name'))}<br><small>{desk.say(f'figure.{one.id}.what')}</small>"
        yield gate.row(name, *(gate.text(said(desk, one, told)) for told in one.years))
    yield ""
    yield "</div>"
    yield ""
    yield from _quarters(desk, figures)
    yield f"## {desk.say('numbers.reading')}"
    yield ""
    for note in ("note_least", "note_few", "note_kept"):
        yield f"- {desk.say(f'numbers.{note}', least=desk.edition.least)}"
    yield ""


def _tiles(desk: Desk, figures: tuple[PublicFigure, ...]) -> Lines:
    """The latest year at a glance."""
    told = [(one, one.years[-1]) for one in figures if one.id in TILES and one.years[-1].state == "told"]
    if not told:
        return
    yield '<div class="figures steps" markdown>'
    yield ""
    for one, last in told:
        label = f"{period(desk, last.span)} · {desk.say(f'figure.{one.id}.name')}"
        yield f"- <strong>{gate.text(said(desk, one, last))}</strong> {gate.text(label)}"
    yield ""
    yield "</div>"
    yield ""


def _quarters(desk: Desk, figures: tuple[PublicFigure, ...]) -> Lines:
    """Lines of which at least one quarter can be told; the others are said to be told by year only."""
    shown = [one for one in figures if any(told.state == "told" for told in one.quarters)]
    if shown:
        yield f"## {desk.say('numbers.quarters')}"
        yield ""
        for one in shown:
            if one.id in DRAWN:
                yield from _chart(desk, one, DRAWN[one.id])
        names = [desk.say(f"figure.{one.id}.name") for one in shown]
        yield from gate.header([desk.say("numbers.period"), *names])
        for place, first in enumerate(shown[0].quarters):
            cells = (gate.text(said(desk, one, one.quarters[place])) for one in shown)
            yield gate.row(gate.text(period(desk, first.span)), *cells)
        yield ""
    if len(shown) < len(figures):
        yield desk.say("numbers.quarters_only")
        yield ""


def _chart(desk: Desk, one: PublicFigure, look: Look) -> Lines:
    name = desk.say(f"figure.{one.id}.name")
    ends = {"first": period(desk, one.quarters[0].span), "last": period(desk, one.quarters[-1].span)}
    points = [Point(told.span.label, told.value) for told in one.quarters]
    title, description = desk.say("numbers.chart", name=name, **ends), desk.say("numbers.chart_desc", name=name)
    top = desk.edition.scale_most if one.unit == "score" else None
    unit = desk.say(f"numbers.unit.{one.id}", most=top or "")
    plot = Plot(one.id, title, description, desk.say(f"numbers.scale.{one.id}"), points, look, top)
    yield from figure(plot, {look: name}, unit)


def period(desk: Desk, span: Span) -> str:
    """A quarter, a year, or the part of a year that is over, as people say it."""
    year, quarter = span.start.year, span.label.partition("-Q")[2]
    if quarter.isdigit():
        return desk.say("numbers.quarter", year=f"{year}", quarter=quarter)
    if span.end.month == 1:
        return desk.say("numbers.year", year=f"{year}")
    return desk.say("numbers.part", year=f"{year}", month=span.end.month - 1)


def said(desk: Desk, one: PublicFigure, told: Told) -> str:
    """A value, or in words why there is none."""
    if told.state == "told":
        return desk.say(f"figure.{one.id}.value", value=f"{told.value:g}", most=desk.edition.scale_most)
    key = {"few-missed": "few_missed", "kept": "kept", "none": "none"}[told.state]
    return desk.say(f"numbers.{key}", least=desk.edition.least)


def as_data(desk: Desk) -> dict[str, Any]:
    """data/numbers.json: the same for machines; what is not told has no value."""
    return {
        "schema": 1, "as_of": desk.edition.as_of.isoformat(), "least": desk.edition.least,
        "numbers": [
            {
                "id": one.id, "name": desk.say(f"figure.{one.id}.name"), "unit": one.unit,
                "periods": [
                    {
                        "period": told.span.label, "from": told.span.start.isoformat(), "to": told.span.end.isoformat(),
                        "state": told.state, "value": told.value,
                    }
                    for told in (*one.years, *one.quarters)
                ],
            }
            for one in desk.edition.figures
        ],
    }  # fmt: skip
