"""Bars in rows, each with its name before it: a Pareto with its cumulative line, or open cases by age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..wording import printable
from . import drawing
from .drawing import layer, shortened
from .palette import CENTRE, INK, LIMIT, Tone, patterns, sign, trace

NAMES, COUNTS, BAR, LONGEST, BESIDE = 132, 164, 174, 190, 414
"""Pixels from the left: where names and counts end, where bars begin, how long one is, where the last column ends."""
HEAD, ROW = 22, 24
NAME_SIGNS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One bar, of as many parts as there are tones, or none where a count is not to be compared. `share`: where the
    cumulative line is (0 to 100); `beside`: what stands at the end; `leads`: an address, or empty. The name is a label
    and not yet safe.
    """

    name: str
    count: float
    values: tuple[float, ...]
    share: float | None = None
    beside: str = ""
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """What one chart shows, from top to bottom. `parts`: each tone with its name; `heads`: above the counts and the
    last column; `line`: what the cumulative line is called.
    """

    ident: str
    title: str
    description: str
    unit: str
    rows: tuple[Row, ...]
    parts: tuple[tuple[Tone, str], ...]
    heads: tuple[str, str]
    line: str = ""


def figure(chart: Rows, unit: str) -> Iterator[str]:
    """The chart with its title, unit and legend; every bar leads where its row says."""
    marks = [(row.leads, f"{row.name} {row.count:g} {chart.unit}") for row, _, value in _bars(chart) if value]
    tones = [tone for tone, _ in chart.parts]
    svg = drawing.drawn(chart, specification(chart), marks, patterns(tones))
    signs = [(sign(tone), name) for tone, name in chart.parts] + ([(trace(LIMIT), chart.line)] if chart.line else [])
    yield from drawing.framed(chart, svg, signs, unit, "narrow")


def _bars(chart: Rows) -> Iterator[tuple[Row, int, float]]:
    """Every part of every bar, in the order in which they are drawn."""
    for row in chart.rows:
        for part, value in enumerate(row.values):
            yield row, part, value


def specification(chart: Rows) -> dict[str, Any]:
    """The Vega-Lite specification; rows go by their place, so that no name is more than a label."""
    rows = [
        {
            "row": at, "name": shortened(printable(row.name), NAME_SIGNS), "count": row.count, "share": row.share,
            "beside": printable(row.beside),
        }
        for at, row in enumerate(chart.rows)
    ]  # fmt: skip
    made: dict[str, Any] = drawing.specified(BESIDE + 4, HEAD + ROW * len(rows), rows, _layers(chart))
    return {**made, "resolve": {"scale": {"x": "independent"}}}


def _layers(chart: Rows) -> Iterator[dict[str, Any]]:
    places = [*range(len(chart.rows))]
    y = {
        "field": "row", "type": "ordinal", "axis": None,
        "scale": {"domain": places, "range": [HEAD, HEAD + ROW * len(places)], "padding": 0.25},
    }  # fmt: skip
    yield _bars_layer(chart, y)
    begin = {"type": "rule", "color": CENTRE, "strokeWidth": 1}
    ends = {"x": {"value": BAR}, "y": {"value": HEAD}, "y2": {"value": HEAD + ROW * len(places)}}
    yield {"data": {"values": [{}]}, **layer(begin, ends)}
    if any(row.share is not None for row in chart.rows):
        x = {"field": "share", **_across(100.0)}
        yield layer({"type": "line", "color": LIMIT, "strokeWidth": 1.5}, {"x": x, "y": y, "order": {"field": "row"}})
        yield layer({"type": "point", "color": LIMIT, "filled": True, "size": 30, "opacity": 1}, {"x": x, "y": y})
    columns = (("name", NAMES, "nominal"), ("count", COUNTS, "quantitative"), ("beside", BESIDE, "nominal"))
    for field, at, kind in columns:
        said = {"type": "text", "align": "right", "baseline": "middle", "color": INK, "fontSize": 12}
        yield layer(said, {"x": {"value": at}, "y": y, "text": {"field": field, "type": kind}})
    for head, at in zip(chart.heads, (COUNTS, BESIDE), strict=True):
        said = {"type": "text", "align": "right", "baseline": "middle", "color": CENTRE, "fontSize": 11}
        told = {"x": {"value": at}, "y": {"value": HEAD / 2}, "text": {"field": "head", "type": "nominal"}}
        yield {"data": {"values": [{"head": printable(head)}]}, **layer(said, told)}


def _bars_layer(chart: Rows, y: dict[str, Any]) -> dict[str, Any]:
    values: list[dict[str, Any]] = []
    below: dict[int, float] = {}
    places = {id(row): at for at, row in enumerate(chart.rows)}
    for row, part, value in _bars(chart):
        at = places[id(row)]
        start = below.get(at, 0.0)
        below[at] = start + value
        if value:
            values.append({"row": at, "part": part, "value": value, "from": start, "to": start + value})
    colour = drawing.toned([tone for tone, _ in chart.parts])
    x = {"field": "from", **_across(max([sum(row.values) for row in chart.rows], default=1.0) or 1.0)}
    # A bar that here is a link; where it leads is the gate's matter.
    told = {"x": x, "x2": {"field": "to"}, "y": y, "fill": colour, "href": {"value": "#"}}
    return {"data": {"values": values}, **layer({"type": "bar", "stroke": CENTRE, "strokeWidth": 0.7}, told)}


def _across(top: float) -> dict[str, Any]:
    scale = {"domain": [0, top], "range": [BAR, BAR + LONGEST], "nice": False, "zero": False}
    return {"type": "quantitative", "axis": None, "scale": scale}
