"""Every kind of page as a screen reader and its users meet it, judged by axe: light and dark, desk and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

import browsing
from screens import DESK, FEW, KINDS, PHONE, shown

pytestmark = browsing.NEEDED
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
JUDGE = """
async only => {
  const options = {resultTypes: ['violations'], preload: false, rules: {'target-size': {enabled: true}}};
  if (only.length) options.runOnly = {type: 'rule', values: only};
  const found = (await axe.run(options)).violations;
  return found.flatMap(one => one.nodes.map(node => `${one.impact} ${one.id}: ${node.html.slice(0, 140)}`));
}
"""
FOUND = """
() => {
  // Keys typed before the page listens are lost; it looks at the whole field at the next one.
  document.querySelector('.md-search__input').dispatchEvent(new KeyboardEvent('keyup', {bubbles: true}));
  return document.querySelector('.md-search-result__item');
}
"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""What a change of colours or of width alone can break; the rest was judged before."""
COLOURED = ("home", "complaint", "indicator")
FURTHER = ("registers/competence-by-person.html", "records/complaint/endings.html",
           "records/complaint/reconciliation.html")  # fmt: skip
PUBLIC = ("index.html", "how-to-complain.html", "numbers.html", "documents/QM-02.html")
THEME = {
    "moderate region: <input class=\"md-toggle\" data-md-toggle=\"drawer\"":
        "the switch of the navigation has a name, but the theme's styles want it before every landmark",
    "moderate landmark-unique: <nav class=\"md-tags\"":
        "what kind of thing a result is, is drawn by the theme's own script, in a navigation of its own each time",
}  # fmt: skip
"""Findings that no configuration and no style of ours can mend, each with its reason."""
FIRM = ("index.html", "gaps/index.html")

Finder = Callable[..., list[str]]


@pytest.fixture(scope="module")
def findings(browser: Any) -> Iterator[Finder]:
    """Everything axe says of a page, its minor remarks included; only axe itself is let past the page's policy."""
    context = browser.new_context(viewport=DESK, bypass_csp=True)
    page = context.new_page()

    def find(site: Path, name: str, *, phone: bool, scheme: str, only: list[str], search: str = "") -> list[str]:
        page.set_viewport_size(PHONE if phone else DESK)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        shown(page, site, name)
        page.evaluate(FEW, 8)
        if search:
            page.locator(".md-search__input").focus()
            page.keyboard.type(search)
            page.wait_for_function(FOUND, polling=500, timeout=120_000)
        page.evaluate(AXE)
        return [said for said in page.evaluate(JUDGE, only) if not said.startswith(tuple(THEME))]

    yield find
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_out_of_reach(findings: Finder, example_site: Path, kind: str) -> None:
    assert findings(example_site, KINDS[kind], phone=False, scheme="light", only=[]) == []
    assert findings(example_site, KINDS[kind], phone=True, scheme="dark", only=[]) == []


@pytest.mark.parametrize("phone, scheme", [(False, "dark"), (True, "light")])
def test_colours_stand_out_everywhere(findings: Finder, example_site: Path, phone: bool, scheme: str) -> None:
    for name in [*(KINDS[kind] for kind in COLOURED), *FURTHER]:
        assert findings(example_site, name, phone=phone, scheme=scheme, only=COLOURS) == [], name


@pytest.mark.parametrize("phone, scheme", [(False, "light"), (True, "dark")])
def test_the_edition_for_everybody_too(findings: Finder, public_site: Path, phone: bool, scheme: str) -> None:
    for name in PUBLIC:
        assert findings(public_site, name, phone=phone, scheme=scheme, only=[]) == [], name
    assert findings(public_site, "index.html", phone=phone, scheme=scheme, only=[], search="方针") == []


def test_a_manual_in_english_too(findings: Finder, firm_site: Path) -> None:
    for name in FIRM:
        assert findings(firm_site, name, phone=False, scheme="dark", only=[]) == [], name
