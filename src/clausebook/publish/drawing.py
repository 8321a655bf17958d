"""What all charts have in common: drawn by Vega-Lite while the site is built, named, described, with unit and legend.

A chart needs no script and no request, takes the page's colours, tells its parts apart without colour, has a title, a
description, a unit and its data as a table beside it. What is drawn are numbers and printable labels from inline
values, never expressions or addresses from data; the gate makes every word text (architecture 15).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor, log10
from typing import Any, Protocol

from . import gate
from .palette import CENTRE, GRID, INK, Tone

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


class Chart(Protocol):
    """What every kind of chart says of itself. `ident` is ours and there once on its page."""

    @property
    def ident(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def unit(self) -> str: ...


def drawn(
    chart: Chart, specification: Mapping[str, Any], marks: Iterable[tuple[str, str]] = (),
    patterns: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The chart as SVG, ready for a page; `marks` are where its links lead, in their order."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(dict(specification))
    return gate.drawing(svg, chart.ident, chart.title, chart.description, marks, patterns)


def framed(chart: Chart, svg: str, signs: Sequence[tuple[str, str]], unit: str, look: str = "") -> Iterator[str]:
    """The drawing below its title and unit, above its legend, as one block of HTML. `signs`: drawing, what it means."""
    shown = "".join(
        f'<span><svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">{sign}</svg>{gate.line(name)}</span>'
        for sign, name in signs
    )
    legend = f"<figcaption>{shown}</figcaption>" if shown else ""
    title = f'<p class="title">{gate.line(chart.title)} <small>{gate.line(unit)}</small></p>'
    yield f'<figure class="{f"chart {look}".strip()}">{title}<div>{svg}</div>{legend}</figure>'
    yield ""


def specified(width: int, height: int, rows: Sequence[Mapping[str, Any]], layers: Iterable[Mapping[str, Any]]) -> Any:
    """The frame of every specification."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width, "height": height, "padding": 4, "background": None, "data": {"values": list(rows)},
        "layer": list(layers),
        "config": {"view": {"stroke": None}, "aria": False, "axis": AXIS, "text": {"fontSize": 11, "fill": INK}},
    }  # fmt: skip


def layer(mark: Mapping[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"mark": mark, "encoding": encoding}


def amounts(top: float, unit: str, orient: str = "right", room: float = 0.0) -> dict[str, Any]:
    """A scale from zero, so that no bar lies, to `top`, its unit above the axis; `room` is left below zero.

    On the right, beside the latest periods: that is what a phone shows first.
    """
    axis = {
        "values": ticks(top), "domain": False, "ticks": False, "orient": orient, "titleAngle": 0, "titleAlign": "left",
        "titleAnchor": "end", "titleX": 6, "titleY": -14, "titleFontWeight": "normal", "titleFontSize": 12,
    }  # fmt: skip
    scale = {"domain": [-room, top], "nice": False, "zero": False}
    return {"type": "quantitative", "title": unit or None, "axis": axis, "scale": scale}


def toned(tones: Sequence[Tone]) -> dict[str, Any]:
    """The colour of a part by its place among the tones."""
    scale = {"domain": [*range(len(tones))], "range": [tone.ground for tone in tones]}
    return {"field": "part", "type": "nominal", "legend": None, "scale": scale}


def ticks(top: float) -> list[float]:
    """Zero and up to five round numbers above it."""
    rough = top / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.999)
    step = max(step, 1.0) if top >= 1 else step
    return [round(step * n, 6) for n in range(int(top / step + 1e-9) + 1)]


def shortened(said: str, most: int) -> str:
    """As much of a name as fits into `most` wide characters; the table beside the chart has all of it."""
    width, kept = 0, ""
    for sign in said:
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width > 2 * most:
            return kept.rstrip() + "…"
        kept += sign
    return kept
