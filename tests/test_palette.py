"""Parts that touch can be told apart: in light, in the dark, on grey paper, by eyes that see fewer colours."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

import pytest

from clausebook.publish.ageing import WITHIN
from clausebook.publish.palette import OVERDUE, TONES, Tone, patterns
from clausebook.publish.row_charts import Row, Rows
from clausebook.publish.row_charts import figure as rows_figure
from clausebook.publish.stacked_charts import Series, Stack, figure
from clausebook.shipped import shipped

STYLE = (shipped("site") / "assets/stylesheets/extra.css").read_text("utf-8")
BAD = re.findall(r"--bad: (#[0-9a-f]{6});", STYLE)
EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    # Machado, Oliveira and Fernandes 2009, severity 1.
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey paper": ((0.2126, 0.7152, 0.0722),) * 3,
}
STEP = 9.0
"""CIE L*a*b*: a just noticeable difference is about 2; areas side by side with an edge are clear at four times that."""


def dark(colour: str) -> str:
    """What a dark screen shows for a literal colour."""
    if colour == OVERDUE.ground:
        return BAD[1]
    rule = rf'\[data-md-color-scheme="slate"\] \.chart \[(?:fill|stroke)="{colour}"\] \{{[^#]*(#\w{{6}});'
    found = re.findall(rule, STYLE)
    assert len(found) == 1, colour
    return str(found[0])


def linear(colour: str) -> tuple[float, ...]:
    values = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(max(v, 0.0), 1.0) for v in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    return lab(tuple(sum(weight * part for weight, part in zip(row, rgb, strict=True)) for row in EYES[eyes]))


def apart(one: str, other: str, eyes: str) -> float:
    pairs = zip(seen(one, eyes), seen(other, eyes), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def shown(screen: str) -> list[tuple[str, str]]:
    """Ground and lines of each tone."""
    change = dark if screen == "dark" else str
    return [(change(tone.ground), change(tone.lines) if tone.lines else "") for tone in (*TONES, OVERDUE)]


def test_the_measure_itself() -> None:
    """Red and green of one lightness are far apart, and close to those who do not see the difference."""
    assert apart("#ff0000", "#00ff00", "all colours") > 150
    assert apart("#b06060", "#7a7a40", "deuteranopia") < apart("#b06060", "#7a7a40", "all colours") / 2
    assert apart("#000000", "#ffffff", "grey paper") == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("screen", ["light", "dark"])
def test_neighbours_in_a_stack_are_apart(screen: str, eyes: str) -> None:
    grounds = [ground for ground, _ in shown(screen)]
    for one, other in pairwise(grounds[:6]):
        assert apart(one, other, eyes) >= STEP, (one, other)
    # Within the limit and past it.
    assert apart(grounds[TONES.index(WITHIN)], grounds[6], eyes) >= 3 * STEP


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("screen", ["light", "dark"])
def test_lines_are_seen_on_their_ground(screen: str, eyes: str) -> None:
    for ground, lines in shown(screen):
        assert not lines or apart(ground, lines, eyes) >= 3 * STEP, (ground, lines)


def test_neighbours_differ_in_their_pattern_too() -> None:
    for one, other in pairwise(TONES):
        assert one.path != other.path


def test_lightness_goes_one_way() -> None:
    """So that a chart in grey keeps the order of its legend; in the dark the other way round."""
    for screen, sign in (("light", 1), ("dark", -1)):
        steps = [seen(ground, "grey paper")[0] * sign for ground, _ in shown(screen)[:6]]
        assert steps == sorted(steps)


def test_paper_is_never_dark() -> None:
    """Whoever reads in the dark prints in black on white: what is for the dark holds on a screen only, or where the
    reader's own system rules over every colour."""
    for found in re.finditer(r'\[data-md-color-scheme="slate"\]', STYLE):
        before = STYLE[: found.start()]
        block = before[before.rindex("@media") :]
        said = STYLE[found.start() : found.start() + 90]
        assert block.startswith(("@media screen {", "@media (forced-colors: active) {")), said
        assert block.count("{") - block.count("}") == 1


def fills(pdf: bytes) -> set[tuple[int, ...]]:
    """Every colour that an area of a PDF is filled with, of 255."""
    found = set()
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(raw)
        except zlib.error:
            continue
        for rgb in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|scn)\b", text):
            found.add(tuple(round(float(part) * 255) for part in rgb))
    return found


def literal(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_weasyprint_draws_the_colours_and_the_patterns() -> None:
    from weasyprint import HTML

    series = tuple(Series(f"部分{at}", (3.0, 5.0)) for at in range(len(TONES)))
    stack = Stack("k", "标题", "描述", "件", ("2026-Q1", "2026-Q2"), series)
    parts = ((WITHIN, "a"), (OVERDUE, "b"))
    rows = Rows("r", "标题", "描述", "件", (Row("甲", 3, (2.0, 1.0), 100.0),), parts, ("", ""))
    html = "".join([*figure(stack, "单位：件"), *rows_figure(rows, "单位：件")])
    found = fills(HTML(string=f"<style>{STYLE}</style>{html}").write_pdf())
    for tone in (*TONES, OVERDUE):
        assert literal(tone.ground) in found, tone
    # The ink of words is dark grey; nothing that fills an area is black.
    areas = HTML(string=re.sub(r"<text.*?</text>|<p.*?</p>|<figcaption>.*?</figcaption>", "", html)).write_pdf()
    assert (0, 0, 0) not in fills(areas)


def test_a_pattern_is_its_own_ground_and_lines() -> None:
    tile = patterns([Tone("#111111", "#eeeeee", "M0,0L8,8"), Tone("#222222")])
    assert list(tile) == ["#111111"] and '"#eeeeee"' in tile["#111111"]
