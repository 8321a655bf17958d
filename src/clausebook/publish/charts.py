"""Charts: a series over time as Vega-Lite, drawn to SVG while the site is built (architecture 15).

A chart needs no script and no request, takes the page's colours, tells its points apart without colour, has a
title, a description and its data as a table beside it. What is drawn are numbers and labels of periods; names that
come from data stand only in title and description, where the gate makes them text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor, log10
from typing import Any, Literal

from ..wording import printable
from . import gate

Look = Literal["bars", "line"]
WIDTH, HEIGHT, STRIP = 560, 170, 26
"""Pixels of the plot, and of the strip below it with the counts of periods too small for a rate."""

VALUE, SOFT, LIMIT, CENTRE, INK, GRID = "#1f4e5f", "#8fb0bb", "#a8261f", "#6b7785", "#333333", "#dddddd"
"""Literal colours for paper; on the site extra.css puts its own, light or dark, in the place of each."""


@dataclass(frozen=True, slots=True)
class Point:
    """One period. None: nothing is drawn there. `counts` is said below it where no rate may be shown.

    `alarm`: the address that a marked point leads to; empty for a point that is none.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    centre: float | None = None
    counts: str = ""
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """What one chart shows. `top`: where the scale ends when its unit has an end (100 %)."""

    ident: str
    title: str
    description: str
    points: Sequence[Point]
    look: Look
    top: float | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be seen in it, for the legend."""
        points = self.points
        seen = {
            self.look: any(p.value is not None for p in points),
            "interval": any(p.low is not None for p in points),
            "centre": any(p.centre is not None for p in points),
            "limit": any(p.limit is not None for p in points),
            "alarm": any(p.alarm for p in points),
        }
        return tuple(name for name, there in seen.items() if there)

    @property
    def empty(self) -> bool:
        return all(p.value is None for p in self.points)


def drawn(plot: Plot) -> str:
    """The chart as SVG, ready for a page."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification(plot))
    marks = [(p.alarm, p.label) for p in plot.points if p.alarm and p.value is not None]
    return gate.drawing(svg, plot.ident, plot.title, plot.description, marks)


KEYS = {
    "bars": f'<path fill="{SOFT}" d="M6,1h12v10h-12Z"></path>',
    "line": f'<path stroke="{VALUE}" stroke-width="1.5" d="M0,6h24"></path>'
    f'<path fill="{VALUE}" d="M9,6a3,3 0 1 0 6,0a3,3 0 1 0 -6,0"></path>',
    "interval": f'<path stroke="{SOFT}" stroke-width="5" d="M12,0v12"></path>',
    "centre": f'<path stroke="{CENTRE}" stroke-width="1.5" d="M0,6h24"></path>',
    "limit": f'<path stroke="{LIMIT}" stroke-width="1.5" stroke-dasharray="6,3" d="M0,6h24"></path>',
    "alarm": f'<path fill="{LIMIT}" d="M12,1l5,9h-10Z"></path>',
}
"""The signs of the legend, alike without colour too."""


def figure(plot: Plot, names: Mapping[str, str]) -> Iterator[str]:
    """The chart with its legend as one block of HTML; `names` say what each part of it is."""
    signs = [
        f'<span><svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">{KEYS[part]}</svg>'
        f"{gate.text(names[part])}</span>"
        for part in plot.parts
    ]
    legend = f"<figcaption>{''.join(signs)}</figcaption>"
    yield f'<figure class="chart"><div>{drawn(plot)}</div>{legend}</figure>'
    yield ""


def specification(plot: Plot) -> dict[str, Any]:
    """The Vega-Lite specification of a chart; data are inline values, never expressions or addresses to load."""
    rows = [
        {
            **asdict(point),
            "label": printable(point.label),
            "counts": printable(point.counts),
            "alarm": bool(point.alarm),
        }
        for point in plot.points
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH, "height": HEIGHT + (STRIP if any(p.counts for p in plot.points) else 0),
        "padding": 4, "background": None, "data": {"values": rows},
        "layer": list(_layers(plot, [row["label"] for row in rows])),
        "config": {"view": {"stroke": None}, "aria": False, "axis": AXIS, "text": {"fontSize": 11, "fill": INK}},
    }  # fmt: skip


AXIS = {
    "labelFontSize": 12, "labelColor": INK, "titleColor": INK, "domainColor": CENTRE, "tickColor": CENTRE,
    "gridColor": GRID, "labelAngle": 0, "labelPadding": 4,
}  # fmt: skip
# A month is its number, the year stands below its first one; a quarter likewise. Labels are our own: 2026-03, 2026-Q1.
# A year that has only its last two months in the chart would run into the next one's number, so it is left out.
MONTH = "slice(datum.label, 5)"
YEAR = f"indexof(['01', 'Q1'], {MONTH}) >= 0 || datum.index == 0 && indexof(['11', '12'], {MONTH}) < 0"
X = {
    "field": "label", "type": "ordinal", "title": None,
    "axis": {
        "ticks": False,
        "labelExpr": f"{YEAR} ? [{MONTH}, slice(datum.label, 0, 4)] : {MONTH}",
    },
}  # fmt: skip


def _layers(plot: Plot, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    y = _scale(plot)
    x = {**X, "scale": {"domain": labels}}
    if plot.look == "bars":
        yield _layer({"type": "bar", "color": SOFT, "width": {"band": 0.62}}, {"x": x, "y": y("value")})
    if "interval" in plot.parts:
        ends = {"x": x, "y": y("low"), "y2": {"field": "high"}}
        yield _layer({"type": "rule", "color": SOFT, "strokeWidth": 5, "strokeOpacity": 0.7}, ends)
    if plot.look == "line":
        line = {"type": "line", "color": VALUE, "strokeWidth": 1.5}
        yield _layer(line, {"x": x, "y": y("value")})
        yield _layer({"type": "point", "color": VALUE, "filled": True, "size": 32}, {"x": x, "y": y("value")})
    for name, colour, dash in (("centre", CENTRE, [1, 0]), ("limit", LIMIT, [6, 3])):
        if name in plot.parts:
            steps = {"type": "line", "color": colour, "interpolate": "step", "strokeWidth": 1.5, "strokeDash": dash}
            yield _layer(steps, {"x": x, "y": y(name)})
    if "alarm" in plot.parts:
        mark = {"type": "point", "shape": "triangle-up", "color": LIMIT, "filled": True, "size": 110, "opacity": 1}
        # A sign that here is a link; where it leads is the gate's matter, for a drawing program knows no pages.
        told = {"x": x, "y": y("value"), "href": {"value": "#"}}
        yield {"transform": [{"filter": "datum.alarm && isValid(datum.value)"}], **_layer(mark, told)}
    if any(p.counts for p in plot.points):
        below = {"type": "text", "baseline": "bottom", "color": INK, "fontSize": 10}
        yield _layer(below, {"x": x, "y": {"value": HEIGHT + STRIP - 2}, "text": {"field": "counts"}})


def _layer(mark: dict[str, Any], encoding: dict[str, Any]) -> dict[str, Any]:
    return {"mark": mark, "encoding": encoding}


def _scale(plot: Plot) -> Callable[[str], dict[str, Any]]:
    """The scale of all layers: from zero, so that no bar lies, up to the end of the unit or of the data."""
    numbers = [n for p in plot.points for n in (p.value, p.high, p.limit, p.centre) if n is not None]
    top = plot.top if plot.top is not None else max([*numbers, 1.0]) * 1.12
    room = STRIP * top / HEIGHT if any(p.counts for p in plot.points) else 0.0
    # On the right, beside the latest periods: that is what a phone shows first.
    axis = {"values": _ticks(top), "domain": False, "ticks": False, "orient": "right"}
    scale = {"domain": [-room, top], "nice": False, "zero": False}

    def y(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": None, "axis": axis, "scale": scale}

    return y


def _ticks(top: float) -> list[float]:
    """Zero and up to five round numbers above it."""
    rough = top / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.999)
    step = max(step, 1.0) if top >= 1 else step
    return [round(step * n, 6) for n in range(int(top / step + 1e-9) + 1)]
