"""What a page costs before it is seen and afterwards: counted in requests and bytes, so that no clock decides."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing
from screens import DESK, KINDS

pytestmark = browsing.NEEDED
PAGE, FIRST_VIEW, EVERYTHING = 300_000, 500_000, 550_000
"""Bytes of a page without its charts, of all that its first view waits for, and of all that it loads, unpacked."""
REQUESTS = 16
CHART = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
SHEET = re.compile(r"<link rel=\"stylesheet\" href=\"([^\"]+)\"")
SCRIPT = re.compile(r"<script src=\"[^\"]+\"(?![^>]*\b(?:async|defer)\b)")
WHOLE = re.compile(r"(?:^|/)all\.html$")
"""Pages that show every row of a register of thousands; the way there says how heavy they are."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(example_site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(example_site))
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_page_is_heavy_and_no_first_view_waits_for_a_script(example_site: Path, public_site: Path) -> None:
    heavy, waiting, first = {}, {}, {}
    for site in (example_site, public_site):
        for page in site.rglob("*.html"):
            html, name = page.read_text("utf-8"), page.relative_to(site).as_posix()
            if len(CHART.sub("", html).encode()) > PAGE and not WHOLE.search(name):
                heavy[name] = len(html.encode())
            head = html.partition("</head>")[0]
            if scripts := SCRIPT.findall(head):
                waiting[name] = scripts
            # A page for what is not found does not know where it will stand.
            base = site if name == "404.html" else page.parent
            styles = sum((base / sheet.lstrip("/")).stat().st_size for sheet in SHEET.findall(head))
            assert styles, name
            if len(html.encode()) + styles > FIRST_VIEW:
                first[name] = len(html.encode()) + styles
    assert (heavy, waiting, first) == ({}, {}, {})


@pytest.mark.parametrize("kind", ["home", "list", "complaint", "indicator"])
def test_what_a_page_loads_is_little(browser: Any, address: str, kind: str) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{address}/{KINDS[kind]}", wait_until="networkidle")
    loaded = {answer.url.removeprefix(address): len(answer.body()) for answer in answers}
    context.close()
    assert all(answer.ok for answer in answers)
    assert 5 < len(loaded) <= REQUESTS
    assert sum(loaded.values()) <= EVERYTHING, loaded
