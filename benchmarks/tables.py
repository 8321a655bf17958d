"""How a list of 5,000 complaints answers in Chromium: `.venv/bin/python benchmarks/tables.py`.

Each figure is the main thread's own time for one act, until it is on the screen, ÷ the time in which the same page is
opened without a script. An act that somebody waits for may take a quarter of that; opening with the script twice that.
"""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import markdown
from playwright.sync_api import sync_playwright

from clausebook.pipeline import run
from clausebook.publish.book import Book
from clausebook.publish.complaint_list import make
from clausebook.shipped import CHECKOUT, shipped

ROWS = 5_000
ROUNDS = 5
WIDTHS = " ".join(["minmax(0,1fr)"] * 8)
AS_OF = date(2026, 11, 20)
GOAL = 0.25
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCRIPTS = ("choices", "sheets", "listings")
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
SEARCH = """const q = document.querySelector('[name=q]'); q.value = '{}';
    q.dispatchEvent(new Event('input', {{bubbles: true}}))"""
HEAD = "document.querySelectorAll('.listing th')[{}].click()"
COLUMN = """const p = document.querySelector('.columns'); p.open = !p.open;
    await new Promise(done => setTimeout(done, 50)); p.querySelectorAll('input')[3].click()"""
CHANNEL = """const s = document.querySelector('[name=channel]'); s.value = s.value ? '' : s.options[2].value;
    s.dispatchEvent(new Event('input', {bubbles: true}))"""
ACTS = {
    "search, few fit": SEARCH.format("0012"), "search, many fit": SEARCH.format("20"), "search, all": SEARCH.format(""),
    "filter": CHANNEL, "sort by number": HEAD.format(0), "sort by day": HEAD.format(1), "hide a column": COLUMN,
}  # fmt: skip


def many(folder: Path) -> Path:
    """The example's list of complaints with 5,000 rows, in the look of the site."""
    page = dict(make(Book(run(CHECKOUT, AS_OF), "zh")))["records/complaint/index.md"]
    lines = page.split("\n---\n", 1)[1].splitlines()
    found = [line for line in lines if line.startswith("| [")]
    number = re.compile(r"(\|[^|]*?>)CC&#45;[^<]*")
    numbered = (number.sub(rf"\g<1>N&#45;{n:05d}", found[n % len(found)], count=1) for n in range(ROWS))
    at = lines.index(found[0])
    text = "\n".join([*lines[:at], *numbered, *lines[at + len(found) :]])
    look = f'class="listing cards large" data-widths="{WIDTHS}" style="--columns: {WIDTHS}"'
    text = text.replace('class="listing cards"', look, 1)
    inner = markdown.markdown(text, extensions=["attr_list", "md_in_html", "tables"])
    shutil.copytree(shipped("site") / "assets", folder / "assets")
    scripts = "".join(f'<script src="assets/javascripts/{name}.js"></script>' for name in SCRIPTS)
    style = '<link rel="stylesheet" href="assets/stylesheets/extra.css">'
    head = f'<html lang="zh"><head><meta charset="utf-8">{style}</head>'
    target = folder / "list.html"
    target.write_text(f'{head}<body><article class="md-typeset">{inner}</article>{scripts}</body></html>', "utf-8")
    return target


def opened(browser: Any, page: Path, *, script: bool) -> tuple[Any, Callable[[], float], float]:
    """The page in a fresh tab; what reads the main thread's seconds; how many it took to open."""
    tab = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=script).new_page()
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    before = spent()
    tab.goto(page.as_uri(), timeout=120_000)
    tab.screenshot()
    return tab, spent, spent() - before


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        page = many(Path(folder))
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        bare = statistics.median(opened(browser, page, script=False)[2] for _ in range(ROUNDS))
        loads, acts = [], {name: [] for name in ACTS}
        for _ in range(ROUNDS):
            tab, spent, load = opened(browser, page, script=True)
            loads.append(load)
            for name, act in ACTS.items():
                before = spent()
                tab.evaluate(f"async () => {{ {act}; await {PAINTED}; }}")
                acts[name].append(spent() - before)
                tab.wait_for_timeout(500)
            tab.context.close()
        browser.close()
    print(f"opened without a script {bare:6.3f} s")
    print(f"opened with it          {statistics.median(loads) / bare:6.2f}  goal ≤ 2")
    for name, found in acts.items():
        print(f"{name:23} {statistics.median(found) / bare:6.2f}  goal ≤ {GOAL}  ({statistics.median(found):.3f} s)")


if __name__ == "__main__":
    main()
