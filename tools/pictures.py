"""Pictures of the main pages at a desk, on a phone, in the dark and on paper, to be looked at by the next person.

    make pictures            builds the example's manual, then calls this
    python tools/pictures.py [SITE] [OUT] [PAGE …]

Writes PNG files and `index.html`, where the four pictures of each page stand side by side. A page that is wider than
its screen, or that said something to the console, is named at the end: neither is seen in a picture.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browsing import CHROMIUM  # noqa: E402

MAIN = (
    "index.html", "clauses/questions.html", "clauses/8.6.html", "documents/index.html", "documents/[!i]*-0[0-9].html",
    "registers/risks.html", "records/complaint/index.html", "records/complaint/[!ers]*-*.html", "indicators/index.html",
    "indicators/closure-on-time.html", "alerts/index.html", "gaps/index.html",
)  # fmt: skip
"""Of a pattern the longest page that fits: the document or case, of any organisation, with the most to look at."""
MODES = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "paper": {"viewport": {"width": 718, "height": 1016}},  # A4 at 96 dots per inch, within margins of 10 mm
}
STYLE = "body{font:14px sans-serif;margin:2em}div{display:flex;gap:1em;align-items:start}img{border:1px solid #ccc}"
WIDTHS = {"desk": 560, "phone": 200, "dark": 560, "paper": 400}


def chosen(site: Path, wanted: Sequence[str]) -> Iterator[Path]:
    for pattern in wanted:
        yield from sorted(site.glob(pattern), key=lambda page: page.stat().st_size)[-1:]


def taken(page: Path, file: Path, browser: Any, mode: str) -> Iterator[str]:
    """Take one picture; yields what is wrong with the page but cannot be seen in it."""
    context = browser.new_context(**MODES[mode])
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    if mode == "paper":
        tab.emulate_media(media="print")
    tab.goto(page.as_uri(), wait_until="load")
    tab.evaluate("document.fonts.ready")
    tab.screenshot(path=str(file), full_page=True)
    over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    yield from said
    if over > 0:
        yield f"wider than the screen by {over} px"


def sheet(names: Sequence[str]) -> str:
    """The pictures of all pages on one page."""
    rows = "".join(
        f"<h2>{escape(name)}</h2><div>"
        + "".join(
            f'<a href="{name}-{mode}.png"><img width="{WIDTHS[mode]}" src="{name}-{mode}.png" alt="{mode}"></a>'
            for mode in MODES
        )
        + "</div>"
        for name in map(escape, names)
    )
    return f'<!doctype html><meta charset="utf-8"><title>Pictures</title><style>{STYLE}</style>{rows}'


def main(words: Sequence[str]) -> int:
    from playwright.sync_api import sync_playwright

    site = Path(words[0]) if words else ROOT / "build" / "site"
    out = Path(words[1]) if len(words) > 1 else ROOT / "build" / "pictures"
    pages = list(chosen(site, words[2:] or MAIN))
    if CHROMIUM is None or not pages:
        print("Chromium is not installed." if CHROMIUM is None else f"No such pages in {site}.", file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    names = [page.relative_to(site).with_suffix("").as_posix().replace("/", "_") for page in pages]
    wrong = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for page, name in zip(pages, names, strict=True):
            for mode in MODES:
                wrong += [f"{name} ({mode}): {said}" for said in taken(page, out / f"{name}-{mode}.png", browser, mode)]
        browser.close()
    (out / "index.html").write_text(sheet(names), "utf-8")
    print(f"{len(names)} pages in {len(MODES)} modes: {out / 'index.html'}")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
