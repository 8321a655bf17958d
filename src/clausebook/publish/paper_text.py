"""Markdown of ours to HTML for paper: the site's extensions, then only known elements, and links that lead somewhere.

What comes here went through the gate already; this is the second lock, since WeasyPrint and pandoc read files and
hosts that an element names (threats 3.1). Every id becomes a short one of ours, so that documents cannot collide.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from markdown import Markdown

# Those of mkdocs.yml, so that a document reads alike on screen and on paper (tested).
EXTENSIONS = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc", "pymdownx.details",
    "pymdownx.superfences",
)  # fmt: skip
KEPT = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th",
    "td", "blockquote", "pre", "code", "em", "strong", "a", "br", "hr", "span", "div", "sup", "sub", "del", "abbr",
    "small",
})  # fmt: skip
BECOMES = {"h1": "h2", "details": "div", "summary": "p"}
"""A document's own title is the first heading on paper; what unfolds on screen lies open."""

EMPTY = frozenset({"br", "hr"})
SILENT = frozenset({"script", "style", "template", "iframe", "object", "svg", "math", "title", "noscript"})
FACTS = frozenset({"dl", "dt", "dd"})
FACT_TABLE = '<table class="facts"><colgroup><col style="width:24%"><col style="width:76%"></colgroup><tbody>'
NO_VALUE = "<td></td></tr>"
ID = re.compile(r"\bid=\"([^\"]*)\"")
LOOK = re.compile(r"[a-z0-9 _-]+")
ALIGNED = re.compile(r"text-align: ?(left|right|center);?")
ELSEWHERE = re.compile(r"(?:https?|mailto):", re.IGNORECASE)

Leads = Callable[[str], str | None]


@cache
def _markdown() -> Markdown:
    from markdown import Markdown

    return Markdown(extensions=list(EXTENSIONS), output_format="html")


def html(lines: str) -> str:
    """Markdown that is already safe, as HTML."""
    return str(_markdown().reset().convert(lines))


def inline(cell: str) -> str:
    """One finished cell as HTML without a paragraph around it."""
    made = fitted(html(cell), {}, lambda _: None)
    inner = made.removeprefix("<p>").removesuffix("</p>")
    return made if "<p>" in inner else inner


def ids_in(fragment: str, anchor: str) -> dict[str, str]:
    """Every id in a fragment → the short one that stands for it on paper."""
    return {own: f"{anchor}_{index}" for index, own in enumerate(dict.fromkeys(ID.findall(fragment)), start=1)}


def fitted(fragment: str, ids: Mapping[str, str], leads: Leads) -> str:
    """Known elements only; `leads` turns an address into one that works on paper, or None: then the words stay."""
    fitter = _Fitter(ids, leads)
    fitter.feed(fragment)
    fitter.close()
    return "".join(fitter.out)


def leading(here: str, places: Mapping[str, tuple[str, Mapping[str, str]]]) -> Leads:
    """Addresses as seen from the site's page `here`: to a document on this paper, to its ids, or to the outside.

    `places` maps pages of the site to the anchor of their document and its ids.
    """

    def leads(address: str) -> str | None:
        if ELSEWHERE.match(address):
            return address
        path, _, anchor = address.partition("#")
        page = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(path))) if path else here
        if page not in places:
            return None
        document, ids = places[page]
        return "#" + (ids.get(anchor, document) if anchor else document)

    return leads


class _Fitter(HTMLParser):
    """Writes a fragment again with what paper can carry."""

    def __init__(self, ids: Mapping[str, str], leads: Leads) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._ids, self._leads = ids, leads
        self._open: list[tuple[str, str]] = []
        self._named: list[bool] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        own = BECOMES.get(tag, tag)
        if self._silent or own not in KEPT:
            return
        given = {name: value or "" for name, value in attrs}
        said = self._said(own, given, tag)
        if own in FACTS:
            self._fact(own)
            return
        shown = "" if own == "a" and not said else own
        if own not in EMPTY:
            self._open.append((tag, f"</{shown}>" if shown else ""))
        if shown:
            self.out.append(f"<{own}" + "".join(f' {k}="{escape(v)}"' for k, v in said.items()) + ">")

    def _fact(self, tag: str) -> None:
        """Names and values become the two columns of a table: neither printer keeps them abreast over a new page."""
        if tag == "dl":
            self._named.append(False)
            self.out.append(FACT_TABLE)
            self._open.append((tag, "</tbody></table>"))
        elif tag == "dt" and self._named:
            self.out.append(NO_VALUE if self._named[-1] else "")
            self.out.append("<tr><td><strong>")
            self._open.append((tag, "</strong></td>"))
            self._named[-1] = True
        elif self._named:
            self.out.append("<td>" if self._named[-1] else "<tr><td></td><td>")
            self._open.append((tag, "</td></tr>"))
            self._named[-1] = False

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in SILENT or tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if not any(tag == own for own, _ in self._open):
            return
        while self._open:
            if self._end() == tag:
                return

    def _end(self) -> str:
        """End the innermost element that is open."""
        own, ending = self._open.pop()
        if own == "dl" and self._named.pop():
            self.out.append(NO_VALUE)
        self.out.append(ending)
        return own

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(escape(data, quote=False))

    def close(self) -> None:
        super().close()
        while self._open:
            self._end()

    def _said(self, own: str, given: Mapping[str, str], tag: str) -> dict[str, str]:
        """The attributes that stay."""
        said = {}
        if given.get("id") in self._ids:
            said["id"] = self._ids[given["id"]]
        look = tag if own != tag and own[0] != "h" else given.get("class", "")
        if look and LOOK.fullmatch(look):
            said["class"] = look
        if own in ("td", "th") and ALIGNED.fullmatch(given.get("style", "")):
            said["style"] = given["style"]
        if own == "ol" and given.get("start", "").isdecimal():
            said["start"] = given["start"]
        if own == "a" and (leads := self._leads(given["href"]) if "href" in given else None):
            said["href"] = leads
        return said if own != "a" or {"href", "id"} & set(said) else {}
