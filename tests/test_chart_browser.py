"""Charts in a real browser: whole words on a phone, literal colours on paper, and from a number to its cases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import browsing
from clausebook.publish.palette import TONES

pytestmark = browsing.NEEDED
CHARTS = ("causes/index.html", "indicators/backlog.html", "indicators/complaint-mix.html", "periods/2026-Q3.html")
SPILLED = """() => [...document.querySelectorAll("figure.chart div > svg")].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1;
  }).map(text => text.textContent);
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("figure.chart div > svg text")].map(
  text => text.getBoundingClientRect().height))"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_word_of_a_chart_is_cut_off_or_too_small(browser: Any, example_site: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    for name in CHARTS:
        page.goto((example_site / name).as_uri())
        assert page.evaluate(SPILLED) == [], name
        assert page.evaluate(SMALLEST) >= 9, name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()


def test_a_chart_read_in_the_dark_is_printed_in_its_literal_colours(browser: Any, example_site: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto((example_site / "indicators/complaint-mix.html").as_uri())
    shown = "fill => getComputedStyle(document.querySelector(`figure.chart [fill='${fill}']`)).fill"
    grounds = [tone.ground for tone in TONES]
    literal = [f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:7], 16)})" for c in grounds]
    assert all(page.evaluate(shown, fill) != paper for fill, paper in zip(grounds, literal, strict=True))
    page.emulate_media(media="print", color_scheme="dark")
    assert [page.evaluate(shown, fill) for fill in grounds] == literal
    ink = page.evaluate("getComputedStyle(document.querySelector('figure.chart .title')).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    context.close()


def test_a_number_of_a_chart_leads_to_its_cases(tab: Any, example_site: Path) -> None:
    """From the bar and from the table to the list, already filtered: 渗漏, nine complaints this year."""
    for link in ("figure.chart svg a >> nth=0", "details.data a >> nth=0"):
        tab.goto((example_site / "causes/index.html").as_uri())
        tab.evaluate("document.querySelectorAll('details.data').forEach(one => one.open = true)")
        tab.click(link)
        tab.wait_for_selector(".listing .status")
        assert tab.locator(".listing tbody tr:visible").count() == 9
        assert "渗漏" in tab.locator(".listing .status").inner_text()
    assert tab.seen == []
