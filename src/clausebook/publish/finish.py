"""What the renderer's theme leaves undone on every page: names for those who hear it, a line for every sheet.

A step of ours after the renderer, as policy.py is, so that `mkdocs.yml` needs no template of its own and both renderers
are finished alike. What a page does not have is not missed: a theme may name its parts itself one day.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from ..wording import text

HEAD = re.compile(r"<head\b.*?</head>", re.DOTALL)
WAITED_FOR = re.compile(r"[ \t]*<script src=\"[^\"]*\"></script>\n?")
LATER = re.compile(r"<script src=")
SEARCH = re.compile(r"<div class=\"md-search\"(?![^>]*aria-label)[^>]*role=\"dialog\"")
DRAWER = re.compile(r"<input class=\"md-toggle\" data-md-toggle=\"drawer\"(?![^>]*aria-label)")
SKIP = re.compile(r"<div data-md-component=\"skip\">\s*(<a [^>]*class=\"md-skip\"[^>]*>)[^<]*</a>\s*</div>")
CHINESE = re.compile(
    r"<(?!html|script|style)[a-z][a-z0-9]*\b(?![^>]*\blang=)[^>]*(?=>[^<]*[\u3400-\u9fff])", re.IGNORECASE
)
BODY = re.compile(r"<body\b[^>]*>")


def finish(site: Path, language: str, line: str) -> None:
    """Finish every page of a drawn site; `line` stands at the foot of every printed sheet."""
    sheet = f"<style>@page{{@bottom-left{{content:{quoted(line)}}}}}</style>"
    for file in sorted(site.rglob("*.html")):
        file.write_text(finished(file.read_text("utf-8"), language, sheet), "utf-8")


def finished(html: str, language: str, sheet: str = "") -> str:
    """One page: its switches have names, the way past them comes first, and nothing it shows waits for a script."""
    html = _named(SEARCH, html, text("site.search", language))
    html = _named(DRAWER, html, text("site.navigation", language))
    if language != "zh":
        # A voice that reads English cannot say the organisation's own Chinese words unless it is told (WCAG 3.1.2).
        html = CHINESE.sub(lambda found: f'{found.group()} lang="zh"', html)
    skip = SKIP.search(html)
    if skip is not None:
        first = f'<div data-md-component="skip">{skip[1]}{escape(text("site.skip", language))}</a></div>'
        html = html[: skip.start()] + html[skip.end() :]
        html = BODY.sub(lambda body: body.group() + first, html, count=1)
    return _unhindered(html, sheet)


def _named(part: re.Pattern[str], html: str, name: str) -> str:
    return part.sub(lambda found: f'{found.group()} aria-label="{escape(name)}"', html)


def _unhindered(html: str, sheet: str) -> str:
    """Scripts of the head go before the first one of the body: they run in the same order, after the first view."""
    found = HEAD.search(html)
    if found is None:
        return html
    head, body = found.group(), html[found.end() :]
    if LATER.search(body):
        waiting = "".join(script.strip() for script in WAITED_FOR.findall(head))
        head = WAITED_FOR.sub("", head)
        body = LATER.sub(lambda first: waiting + first.group(), body, count=1)
    return html[: found.start()] + head.replace("</head>", f"{sheet}</head>") + body


def quoted(line: str) -> str:
    """Any text as a string of CSS: whatever could end it, or the element around it, becomes a number."""
    return '"' + "".join(c if c.isalnum() or c in " ·-:,." else f"\\{ord(c):x} " for c in line if c.isprintable()) + '"'
