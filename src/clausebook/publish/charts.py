"""A series over time as a chart: bars or a line, its interval, the limit, the level and the alarms beside it.

A limit is drawn over the periods in which it held and no others: a target of today judges no earlier year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..wording import printable
from . import drawing
from .drawing import X, layer
from .palette import CENTRE, INK, LIMIT, SOFT, VALUE, trace

Look = Literal["bars", "line"]
WIDTH, HEIGHT, STRIP = 560, 170, 26
"""Pixels of the plot, and of the strip below it with the counts of periods too small for a rate."""


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
    unit: str
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
    marks = [(p.alarm, p.label) for p in plot.points if p.alarm and p.value is not None]
    return drawing.drawn(plot, specification(plot), marks)


KEYS = {
    "bars": f'<path fill="{SOFT}" d="M6,1h12v10h-12Z"></path>',
    "line": trace(VALUE),
    "interval": f'<path stroke="{SOFT}" stroke-width="5" d="M12,0v12"></path>',
    "centre": f'<path stroke="{CENTRE}" stroke-width="1.5" d="M0,6h24"></path>',
    "limit": f'<path stroke="{LIMIT}" stroke-width="1.5" stroke-dasharray="6,3" d="M0,6h24"></path>',
    "alarm": f'<path fill="{LIMIT}" d="M12,1l5,9h-10Z"></path>',
}
"""The signs of the legend, alike without colour too."""


def figure(plot: Plot, names: Mapping[str, str], unit: str) -> Iterator[str]:
    """The chart with its title, unit and legend; `names` say what each part of it is, `unit` what it counts in."""
    yield from drawing.framed(plot, drawn(plot), [(KEYS[part], names[part]) for part in plot.parts], unit)


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
    height = HEIGHT + (STRIP if any(p.counts for p in plot.points) else 0)
    found: dict[str, Any] = drawing.specified(WIDTH, height, rows, _layers(plot, [row["label"] for row in rows]))
    return found


def _layers(plot: Plot, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    scale = _scale(plot)
    x = {**X, "scale": {"domain": labels}}

    def y(field: str) -> dict[str, Any]:
        return {"field": field, **scale}

    if plot.look == "bars":
        yield layer({"type": "bar", "color": SOFT, "width": {"band": 0.62}}, {"x": x, "y": y("value")})
    if "interval" in plot.parts:
        ends = {"x": x, "y": y("low"), "y2": {"field": "high"}}
        yield layer({"type": "rule", "color": SOFT, "strokeWidth": 5, "strokeOpacity": 0.7}, ends)
    if plot.look == "line":
        line = {"type": "line", "color": VALUE, "strokeWidth": 1.5}
        yield layer(line, {"x": x, "y": y("value")})
        yield layer({"type": "point", "color": VALUE, "filled": True, "size": 32}, {"x": x, "y": y("value")})
    for name, colour, dash in (("centre", CENTRE, [1, 0]), ("limit", LIMIT, [6, 3])):
        if name in plot.parts:
            steps = {"type": "rule", "color": colour, "strokeWidth": 1.5, "strokeDash": dash}
            # A stretch covers its periods whole, so that one that held for a single period is seen as well.
            ends = {"x": {**x, "bandPosition": 0}, "x2": {"field": "last", "bandPosition": 1}, "y": y(name)}
            yield {"data": {"values": stretches(plot, name)}, **layer(steps, ends)}
    if "alarm" in plot.parts:
        mark = {"type": "point", "shape": "triangle-up", "color": LIMIT, "filled": True, "size": 110, "opacity": 1}
        # A sign that here is a link; where it leads is the gate's matter, for a drawing program knows no pages.
        told = {"x": x, "y": y("value"), "href": {"value": "#"}}
        yield {"transform": [{"filter": "datum.alarm && isValid(datum.value)"}], **layer(mark, told)}
    if any(p.counts for p in plot.points):
        below = {"type": "text", "baseline": "bottom", "color": INK, "fontSize": 10}
        yield layer(below, {"x": x, "y": {"value": HEIGHT + STRIP - 2}, "text": {"field": "counts"}})


def stretches(plot: Plot, name: str) -> list[dict[str, Any]]:
    """Over which periods a limit or level stayed the same: from `label` to `last`; none where it did not hold."""
    found: list[dict[str, Any]] = []
    open_ = False
    for point in plot.points:
        value, label = getattr(point, name), printable(point.label)
        if value is None:
            open_ = False
        elif open_ and found[-1][name] == value:
            found[-1]["last"] = label
        else:
            found.append({"label": label, "last": label, name: value})
            open_ = True
    return found


def _scale(plot: Plot) -> dict[str, Any]:
    """The scale of all layers: up to the end of the unit or of the data."""
    numbers = [n for p in plot.points for n in (p.value, p.high, p.limit, p.centre) if n is not None]
    top = plot.top if plot.top is not None else max([*numbers, 1.0]) * 1.12
    return drawing.amounts(top, plot.unit, room=STRIP * top / HEIGHT if any(p.counts for p in plot.points) else 0.0)
