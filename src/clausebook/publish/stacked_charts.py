"""Stacked bars: what the whole of each period is made of, in tones and patterns that paper tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..wording import printable
from . import drawing
from .drawing import X, layer
from .palette import CENTRE, INK, TONES, patterns, sign

HEIGHT, BAND, WIDEST = 190, 42, 560
"""Pixels: a period has so much of the width until the chart is as wide as a page."""


@dataclass(frozen=True, slots=True)
class Series:
    """One part of the whole over all periods of its chart; a name is a label and not yet safe."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """What one chart shows: at most as many series as there are tones, the first at the bottom."""

    ident: str
    title: str
    description: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def totals(self) -> tuple[float, ...]:
        return tuple(map(sum, zip(*(one.values for one in self.series), strict=True)))

    @property
    def empty(self) -> bool:
        return not any(self.totals)


def figure(stack: Stack, unit: str) -> Iterator[str]:
    """The chart with its title, unit and legend."""
    svg = drawing.drawn(stack, specification(stack), patterns=patterns(TONES[: len(stack.series)]))
    signs = [(sign(tone), one.name) for tone, one in zip(TONES, stack.series, strict=False)]
    yield from drawing.framed(stack, svg, signs, unit, "" if _width(stack) == WIDEST else "narrow")


def _width(stack: Stack) -> int:
    return min(BAND * max(len(stack.labels), 4), WIDEST)


def specification(stack: Stack) -> dict[str, Any]:
    """The Vega-Lite specification; parts go by their place, so that no name is more than a label."""
    labels = [printable(label) for label in stack.labels]
    found: dict[str, Any] = drawing.specified(_width(stack), HEIGHT, _parts(stack, labels), _layers(stack, labels))
    return found


def _parts(stack: Stack, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Every part that is there, with where in its bar it begins and ends."""
    found = []
    for at, label in enumerate(labels):
        below = 0.0
        for part, one in enumerate(stack.series):
            value = one.values[at]
            if value:
                found.append({"label": label, "part": part, "value": value, "from": below, "to": below + value})
            below += value
    return found


def _layers(stack: Stack, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    x = {**X, "scale": {"domain": list(labels)}}
    scale = drawing.amounts(max([*stack.totals, 1.0]) * 1.12, stack.unit)
    colour = drawing.toned(TONES[: len(stack.series)])
    bar = {"type": "bar", "stroke": CENTRE, "strokeWidth": 0.7, "width": {"band": 0.62}}
    yield layer(bar, {"x": x, "y": {"field": "from", **scale}, "y2": {"field": "to"}, "fill": colour})
    totals = [{"label": label, "total": total} for label, total in zip(labels, stack.totals, strict=True) if total]
    above = {"type": "text", "baseline": "bottom", "dy": -3, "color": INK, "fontSize": 11}
    told = {"x": x, "y": {"field": "total", **scale}, "text": {"field": "total", "type": "quantitative"}}
    yield {"data": {"values": totals}, **layer(above, told)}
