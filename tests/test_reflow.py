"""Enlarged, spaced out, in the reader's own colours, without motion: nothing is lost and nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing
from screens import DESK, KINDS, PHONE, shown

pytestmark = browsing.NEEDED
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
"""The spacing that a reader may ask for (WCAG 1.4.12)."""
LOST = """
() => {
  const wide = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > wide ? ['the page itself'] : [];
  const side = one => getComputedStyle(one).overflowX;
  const scrolls = one => one && (['auto', 'scroll'].includes(side(one)) || scrolls(one.parentElement));
  for (const one of document.querySelectorAll('article *:not(svg *)')) {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden') continue;
    const cut = (over, inside, whole) => ['hidden', 'clip'].includes(over) && whole > inside + 1;
    const name = `${one.tagName}.${one.className} ${(one.innerText || '').slice(0, 30)}`;
    if (cut(style.overflowX, one.clientWidth, one.scrollWidth)) found.push('cut: ' + name);
    if (cut(style.overflowY, one.clientHeight, one.scrollHeight)) found.push('cut below: ' + name);
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(one.parentElement)) found.push('outside: ' + name);
  }
  return found.slice(0, 5);
}
"""


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=DESK, bypass_csp=True)
    yield context.new_page()
    context.close()


def test_nothing_is_lost_at_two_hundred_percent_on_the_narrowest_and_spaced_out(page: Any, example_site: Path) -> None:
    """1280 px at 200 % are 640; 320 px are a desk at 400 %."""
    lost = {}
    for kind, name in KINDS.items():
        page.set_viewport_size({"width": 640, "height": 450})
        shown(page, example_site, name)
        lost[kind, "200 %"] = page.evaluate(LOST)
        page.set_viewport_size({"width": 320, "height": 640})
        lost[kind, "400 %"] = page.evaluate(LOST)
        page.set_viewport_size(PHONE)
        page.add_style_tag(content=SPACED)
        lost[kind, "spaced"] = page.evaluate(LOST)
    assert {where: what for where, what in lost.items() if what} == {}


@pytest.mark.parametrize("size", [DESK, {"width": 640, "height": 450}, PHONE], ids=["desk", "zoomed", "phone"])
def test_a_target_stands_below_the_header(page: Any, example_site: Path, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    shown(page, example_site, KINDS["document"])
    last = page.locator("article h2[id]").all()[-3].get_attribute("id")
    page.goto(f"{(example_site / KINDS['document']).as_uri()}#{last}")
    page.wait_for_function("scrollY > 100")
    top, head = page.evaluate(
        "id => [document.getElementById(id), document.querySelector('.md-header')].map(e => e.getBoundingClientRect())"
        ".map((box, at) => at ? box.bottom : box.top)", last
    )  # fmt: skip
    assert head <= top < head + 60


def test_whoever_wants_no_motion_gets_none(page: Any, example_site: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    shown(page, example_site, KINDS["home"])
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return parseFloat(s.transitionDuration) > 0 || s.animationName !== 'none' || s.scrollBehavior === 'smooth' })"
        ".map(e => e.className).slice(0, 5)"
    )
    page.emulate_media(reduced_motion="no-preference")
    assert moving == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_take_the_colours_that_the_reader_has_set(page: Any, example_site: Path, scheme: str) -> None:
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    shown(page, example_site, KINDS["indicator"])
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    used = page.evaluate(
        "[...document.querySelectorAll('figure.chart svg [fill]')].map(e => getComputedStyle(e).fill).concat("
        "[...document.querySelectorAll('figure.chart svg [stroke]')].map(e => getComputedStyle(e).stroke))"
        ".filter(colour => colour !== 'none')"
    )
    page.emulate_media(forced_colors="none", color_scheme="light")
    ours = {"rgb(31, 78, 95)", "rgb(168, 38, 31)", "rgb(51, 51, 51)", "rgb(107, 119, 133)", "rgb(143, 176, 187)"}
    assert used and not ours & set(used)
    assert ground not in used


def test_paper_is_white_whatever_the_screen_was(page: Any, example_site: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page.emulate_media(media="print", color_scheme=scheme)
        shown(page, example_site, KINDS["complaint"])
        colours[scheme] = page.evaluate(
            "[...document.querySelectorAll('article :is(p, td, a, .chip, h2)')].map(e => getComputedStyle(e).color)"
        )
    page.emulate_media(media="screen", color_scheme="light")
    assert colours["light"] == colours["dark"]
