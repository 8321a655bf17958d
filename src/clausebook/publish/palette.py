"""The colours of drawings: literal, for paper; extra.css puts the screen's own in their place (architecture 15).

Parts that touch differ in lightness by a clear step and in their pattern, so that a black-and-white print and eyes
that see fewer colours tell them apart too (tests/test_palette.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VALUE, SOFT, LIMIT, CENTRE, INK, GRID = "#1f4e5f", "#8fb0bb", "#a8261f", "#6b7785", "#333333", "#dddddd"


@dataclass(frozen=True, slots=True)
class Tone:
    """One part of a stack: its ground, and the lines on it where it has a pattern."""

    ground: str
    lines: str = ""
    path: str = ""


TILE = 8
RISING, FALLING, LEVEL = "M0,8L8,0", "M0,0L8,8", "M0,2H8M0,6H8"
TONES = (
    Tone("#17404e"),
    Tone("#3e7d93", "#cfe3ea", RISING),
    Tone("#74a8ba"),
    Tone("#a0c7d4", "#3a7286", FALLING),
    Tone("#cee2ea"),
    Tone("#f8fbfc", "#7a96a0", LEVEL),
)
"""From dark to light; what touches in a stack are neighbours here."""
OVERDUE = Tone("#a8261f", "#f3cfcc", RISING)


def patterns(tones: Iterable[Tone]) -> dict[str, str]:
    """Ground → what one tile of its pattern shows, for the gate to fill areas with."""
    return {tone.ground: _tile(tone) for tone in tones if tone.path}


def _tile(tone: Tone) -> str:
    ground = f'<path fill="{tone.ground}" d="M0,0h{TILE}v{TILE}h-{TILE}Z"></path>'
    lines = f'stroke="{tone.lines}" stroke-width="1.4" stroke-linecap="square"'
    return f'{ground}<path fill="none" {lines} d="{tone.path}"></path>'


def trace(colour: str) -> str:
    """A line with its points in a legend, 24 × 12."""
    return (
        f'<path stroke="{colour}" stroke-width="1.5" d="M0,6h24"></path>'
        f'<path fill="{colour}" d="M9,6a3,3 0 1 0 6,0a3,3 0 1 0 -6,0"></path>'
    )


def sign(tone: Tone) -> str:
    """A tone in a legend, 24 × 12: two tiles of it, with an edge that shows the lightest on white."""
    tiles = [f'<g transform="translate({4 + at * TILE},2)">{_tile(tone)}</g>' for at in range(2)] if tone.path else []
    return (
        f'<path fill="{tone.ground}" d="M4,2h16v8h-16Z"></path>{"".join(tiles)}'
        f'<path fill="none" stroke="{CENTRE}" stroke-width="0.8" d="M4,2h16v8h-16Z"></path>'
    )
