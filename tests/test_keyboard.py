"""Without a mouse: every stop is seen, nothing holds the focus, keys alone lead from home to a complaint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing
from screens import DESK, KINDS, PHONE, SETTLED, shown

pytestmark = browsing.NEEDED
HALF = {"width": 640, "height": 450}
"""A desk's screen at 200 %."""
STOP = """
() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  // What has no size of its own is seen by the sign beside it.
  const drawer = stop.id === '__drawer' && document.querySelector('label.md-header__button[for=__drawer]');
  const sign = drawer || (stop.matches('.md-option, .md-nav__toggle') ? stop.nextElementSibling : stop);
  const style = getComputedStyle(sign), box = sign.getBoundingClientRect();
  const head = document.querySelector('.md-header').getBoundingClientRect().bottom;
  const above = stop.closest('.md-header, .md-skip, .md-sidebar') || drawer;
  return {
    name: stop.getAttribute('aria-label') || stop.innerText || stop.id,
    tag: stop.tagName + '.' + stop.className, link: stop.href || '', main: !!stop.closest('article'),
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    // All of it, or of something longer than the screen a piece: not below the edge, not behind the header.
    seen: box.right > 0 && box.left < innerWidth && box.width > 0
      && Math.min(box.bottom, innerHeight) - Math.max(box.top, above ? 0 : head) >= Math.min(box.height, 40) - 1,
  };
}
"""
STOPS = "a[href], button:not([hidden]), input, select, summary, [tabindex='0']"


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def stop(page: Any, key: str = "Tab") -> dict[str, Any] | None:
    """Where the focus is after a key; it must be seen there, wherever it is."""
    page.keyboard.press(key)
    page.evaluate(SETTLED)
    found: dict[str, Any] | None = page.evaluate(STOP)
    if found is not None:
        assert found["ringed"] and found["seen"], found
    return found


def until(page: Any, said: str) -> None:
    """Frame by frame, without the evaluation of words that the pages' policy forbids."""
    for _ in range(300):
        if page.evaluate(said):
            return
        page.evaluate(SETTLED)
    raise AssertionError(said)


def reach(page: Any, link: str) -> None:
    """Tab to the first link whose address ends like this, and follow it."""
    for _ in range(120):
        found = stop(page)
        if found and found["link"].split("#")[0].endswith(link):
            page.keyboard.press("Enter")
            page.wait_for_url(f"**/{link}*")
            return
    raise AssertionError(f"no way to {link}")


@pytest.mark.parametrize("size", [DESK, HALF], ids=["desk", "zoomed"])
def test_from_home_to_a_complaint_with_keys_only(page: Any, example_site: Path, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    shown(page, example_site, "index.html")
    if size is HALF:
        assert stop(page) and stop(page) == page.evaluate(STOP)
        page.keyboard.press("Space")
    reach(page, "records/index.html")
    reach(page, "records/complaint/index.html")
    first = page.locator(".listing tbody a").first.get_attribute("href")
    assert first
    reach(page, first)
    assert page.locator("article h1").inner_text().startswith(first.removesuffix(".html"))


def test_the_first_stop_leads_past_what_every_page_has(page: Any, example_site: Path) -> None:
    for kind in ("home", "complaint"):
        shown(page, example_site, KINDS[kind])
        first = stop(page)
        assert first and first["name"] == "跳到正文"
        page.keyboard.press("Enter")
        after = stop(page)
        assert after and after["main"]


@pytest.mark.parametrize("kind, size", [("indicator", DESK), ("complaint", HALF), ("alerts", PHONE)])
def test_the_focus_passes_through_a_whole_page(page: Any, example_site: Path, kind: str, size: dict[str, int]) -> None:
    """Every stop that is there is come to once, each is seen, and after the last one the page is left."""
    page.set_viewport_size(size)
    shown(page, example_site, KINDS[kind])
    there = page.locator(f"article :is({STOPS})").evaluate_all(
        "all => all.filter(one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})).length"
    )
    come_to = 0
    for _ in range(there + 60):
        found = stop(page)
        if found is None or (come_to and found["name"] == "跳到正文"):
            break
        come_to += found["main"]
    else:
        raise AssertionError("the focus never left the page")
    assert come_to == there > 10


def test_the_search_is_left_by_escape_for_where_the_reader_was(page: Any, example_site: Path) -> None:
    shown(page, example_site, KINDS["clause"])
    page.locator("article a").first.focus()
    before = page.evaluate(STOP)
    page.locator(".md-search__input").focus()
    assert page.is_checked("#__search")
    page.keyboard.type("投诉")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.closest('article') !== null")
    assert not page.is_checked("#__search")
    assert page.evaluate(STOP)["link"] == before["link"]


def test_what_opens_and_what_filters_obeys_keys(page: Any, example_site: Path) -> None:
    shown(page, example_site, KINDS["document"])
    page.locator("article summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("article details").first.get_attribute("open") is not None
    shown(page, example_site, KINDS["list"])
    rows = page.locator(".listing tbody tr:visible")
    every = rows.count()
    page.get_by_label("等级").focus()
    page.keyboard.press("ArrowDown")
    assert 0 < rows.count() < every
    clear = page.get_by_role("button", name="清除筛选")
    clear.focus()
    page.keyboard.press("Enter")
    assert rows.count() == every and page.evaluate(STOP)["tag"].startswith("INPUT"), "the focus is not lost with it"


def test_the_navigation_of_a_narrow_screen_opens_and_closes_by_key(page: Any, example_site: Path) -> None:
    page.set_viewport_size(HALF)
    # With its motion: the focus must not come before there is something to see.
    page.emulate_media(reduced_motion="no-preference")
    shown(page, example_site, KINDS["complaint"])
    links = page.locator(".md-sidebar--primary a:visible")
    assert links.count() == 0
    for key in ("Space", "Enter"):
        page.locator("#__drawer").focus()
        page.keyboard.press(key)
        assert links.count() > 5
        assert page.evaluate("document.activeElement.closest('.md-sidebar--primary') !== null")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "__drawer"
        until(page, "getComputedStyle(document.querySelector('.md-sidebar--primary')).visibility === 'hidden'")


def test_what_scrolls_is_reached_named_and_scrolled_by_key(page: Any, example_site: Path) -> None:
    page.set_viewport_size(PHONE)
    shown(page, example_site, KINDS["indicator"])
    boxes = page.locator("article [role=region][tabindex='0']")
    names = boxes.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(names) == len(set(names)) > 1 and all(names) and not any("¶" in name for name in names)
    for box in (boxes.first, boxes.last):
        box.focus()
        before = box.evaluate("one => one.scrollLeft")
        # A chart begins at its latest months, on the right.
        backwards = box.evaluate("one => getComputedStyle(one).direction === 'rtl'")
        page.keyboard.press("ArrowLeft" if backwards else "ArrowRight")
        until(page, f"document.activeElement.scrollLeft !== {before}")
    page.set_viewport_size({"width": 1600, "height": 900})
    until(page, "!document.querySelector('article .md-typeset__scrollwrap[tabindex]')")
