"""A real browser for the tests: one for each module, and tabs that note every foreign request and every error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OWN = ("file:", "data:", "blob:", "about:")
NEEDED = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"),
]
"""What a module of browser tests is marked with."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A page that notes every foreign request and every error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.seen = []
    page.on("request", lambda asked: page.seen.append(asked.url) if not asked.url.startswith(OWN) else None)
    page.on("console", lambda said: page.seen.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.seen.append(str(error)))
    yield page
    context.close()


ROWS = ".listing tbody tr:not([hidden])"


def rows(tab: Any) -> list[str]:
    """The numbers of the rows in sight, from top to bottom."""
    return [str(said).split()[0] for said in tab.locator(f"{ROWS} td:first-child").all_inner_texts()]
