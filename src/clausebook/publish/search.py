"""The site's search after the renderer: its index made plain, its worker replaced by ours, every page told its kind.

What the renderer collects is twice as large as what people read: marks between words that its own search needs,
markup, sections that say nothing. Ours matches any part of a word and reads plain text (`search-worker.js`). A page
loads nothing of it before somebody types: with Material the texts lie in a script of their own, `search/pages.js`.
Zensical keeps them in its index, because its list reads them there.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .files import remove

SCRIPTS = Path("assets/javascripts")
WORKER = SCRIPTS / "search-worker.js"
OF_PAGES = ("assets/javascripts/folding.js", "assets/javascripts/search.js")
"""What every page loads: its side of the search."""
STEMMERS = SCRIPTS / "lunr"
MATERIAL, ZENSICAL = Path("search/search_index.json"), Path("search.json")
"""Where each renderer writes its index; beside it a script with the same content, for sites opened from a folder."""
PAGES = Path("search/pages.js")
KINDS = "kinds.json"
"""Below the folder of an edition: what kind of thing each page shows (kinds.py)."""

WEIGHTS = (
    ("records/approval/", 0), ("records/complaint/", 3), ("records/", 2), ("documents/", 5), ("clauses/questions", 1),
    ("clauses/", 5), ("registers/", 4), ("indicators/", 3), ("", 1),
)  # fmt: skip
"""A document comes before what was recorded about it; an approval says its document's words once more.
An index of others weighs as little as the last."""

BLOCK = re.compile(r"</?(?:p|pre|li|ol|ul|div|br)\b[^<>]*>")
INLINE = re.compile(r"</?[a-z][^<>]*>")
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


@dataclass(slots=True)
class Page:
    """A page as the search knows it. `sections`: anchor, heading and text of each part that says something."""

    location: str
    title: str
    text: str
    sections: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Pages of a site by address → what they show; `other` is what an organisation's own pages are called."""

    named: Mapping[str, str]
    other: str = ""

    def of(self, page: str) -> tuple[str, int]:
        """The kind of a page and its weight from 0 to 5."""
        address = unquote(page)
        weight = next(weight for room, weight in WEIGHTS if address.startswith(room))
        return self.named.get(address, self.other), min(weight, 1) if address.endswith("/index.html") else weight


def read_kinds(build: Path) -> Kinds:
    """What the edition's makers wrote for its pages; nothing where they wrote nothing."""
    file = build / KINDS
    return Kinds(**json.loads(file.read_text("utf-8"))) if file.is_file() else Kinds({})


def settle(site: Path, kinds: Kinds) -> None:
    """Make a drawn site's search ours. A site without a search, or with one of another make, stays as it is."""
    workers = sorted((site / SCRIPTS / "workers").glob("search.*.js"))
    if not (site / WORKER).is_file() or not workers:
        return
    if (site / MATERIAL).is_file():
        _material(site, kinds)
    elif (site / ZENSICAL).is_file():
        _zensical(site, kinds)
    _install(site, workers[0])
    remove(site / STEMMERS)


def _install(site: Path, theirs: Path) -> None:
    """Our worker in the place of theirs, under a name of its own: a browser that knows the old one asks anew."""
    digest = hashlib.sha256((site / WORKER).read_bytes()).hexdigest()[:8]
    ours = theirs.with_name(f"search.{digest}.js")
    (site / WORKER).rename(ours)
    for page in sorted(site.rglob("*.html")):
        html = page.read_text("utf-8")
        page.write_text(html.replace(f"/workers/{theirs.name}", f"/workers/{ours.name}"), "utf-8")
    theirs.unlink()
    theirs.with_name(theirs.name + ".map").unlink(missing_ok=True)


def _material(site: Path, kinds: Kinds) -> None:
    """What every page loads keeps the settings alone; the texts go where only the search finds them."""
    index = json.loads((site / MATERIAL).read_text("utf-8"))
    told = [
        [page.location, *kinds.of(page.location), page.title, page.text, page.sections]
        for page in pages_of(index["docs"])
    ]
    (site / PAGES).write_text(f"self.found = {_compact(told)};\n", "utf-8")
    _write(site / MATERIAL, {**index, "docs": []})


def _zensical(site: Path, kinds: Kinds) -> None:
    index = json.loads((site / ZENSICAL).read_text("utf-8"))
    items = []
    for page in pages_of(index["items"]):
        kind, weight = kinds.of(page.location)
        for anchor, title, said in (("", page.title, page.text), *page.sections):
            items.append({
                "location": f"{page.location}#{anchor}" if anchor else page.location, "level": 2 if anchor else 1,
                "title": escape(title, quote=False), "text": escape(said, quote=False), "kind": kind, "weight": weight,
                "path": [escape(name) for name in (kind, page.title if anchor else "") if name], "tags": [],
            })  # fmt: skip
    _write(site / ZENSICAL, {**index, "items": items})


def _write(file: Path, index: Mapping[str, Any]) -> None:
    """The index, and the script beside it with the same content; its first words are the renderer's."""
    file.write_text(_compact(index), "utf-8")
    script = file.with_suffix(".js")
    if script.is_file():
        head = script.read_text("utf-8").partition("{")[0]
        script.write_text(head + _compact(index), "utf-8")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pages_of(entries: Iterable[Mapping[str, Any]]) -> list[Page]:
    """The renderer's entries (location, title and text as HTML) as pages with their sections, in plain words.

    What stands before the first heading and below the page's own heading is the page's text. The heading says the
    title in full; what comes first is the front matter's, from which signs are missing (`gate.plain`).
    """
    found: dict[str, Page] = {}
    for entry in entries:
        location, _, anchor = str(entry["location"]).partition("#")
        title, said = plain(str(entry["title"])), plain(str(entry["text"]))
        page = found.get(location)
        if page is None:
            found[location] = Page(location, title, said)
        elif not page.sections and _letters(title) == _letters(page.title):
            page.title, page.text = title, f"{page.text} {said}".strip()
        else:
            page.sections.append((anchor, title, said))
    for page in found.values():
        page.sections = list(_telling(page))
    return list(found.values())


def _letters(title: str) -> str:
    return "".join(filter(str.isalnum, title))


def _telling(page: Page) -> Iterator[tuple[str, str, str]]:
    """Sections that add something: no second one with the same words, none of a heading alone that stands elsewhere."""
    told = {(title, said) for _, title, said in page.sections if said}
    titles = {title for title, _ in told} | {page.title}
    seen: set[tuple[str, str]] = set()
    for anchor, title, said in page.sections:
        if (title, said) not in seen and (said or title not in titles):
            yield anchor, title, said
        seen.add((title, said))


def plain(html: str) -> str:
    """The words of a piece of HTML: composed (NFC), on one line, without marks that nobody sees."""
    text = unescape(INLINE.sub("", BLOCK.sub(" ", html)))
    return " ".join(unicodedata.normalize("NFC", text).translate(INVISIBLE).split())
