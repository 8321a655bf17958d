"""The last step of a site: every page carries a content security policy that lets nothing in (threats 3.1).

The renderer writes a few scripts into its pages; each is allowed by its digest, so that no other one runs, whatever
a text might have smuggled past the gate. A page that loads from another host, carries a handler or leads to a script
is refused: then something is wrong with the frame or the renderer, and nothing is published.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from ..problems import UserError

RULES = (
    "default-src 'none'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "worker-src 'self'", "frame-src 'self'", "base-uri 'none'", "form-action 'none'",
)  # fmt: skip
"""Styles may stand in a page: alignment of cells, and what a script sets. They can load nothing."""
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data",
           "embed": "src", "audio": "src", "video": "src"}  # fmt: skip
NAMING = frozenset({"canonical", "alternate", "author", "license", "next", "prev"})
"""Links that name another address and load nothing from it."""
FOREIGN = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data:text/html)", re.IGNORECASE)
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def seal(site: Path) -> int:
    """Put the policy into every page of a drawn site; how many pages. Raises UserError for one that is not closed."""
    count = 0
    for file in sorted(site.rglob("*.html")):
        html = file.read_text("utf-8")
        file.write_text(sealed(html, file.relative_to(site).as_posix()), "utf-8")
        count += 1
    return count


def sealed(html: str, name: str) -> str:
    """A page with its policy as the first thing in its head."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open_to:
        raise UserError("page-not-closed", page=name, detail=reader.open_to[0][:120])
    digests = "".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(reader.digests))
    policy = "; ".join([*RULES, f"script-src 'self'{digests}"])
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    found = HEAD.search(html)
    if found is None:
        raise UserError("page-not-closed", page=name, detail="<head>?")
    return html[: found.end()] + meta + html[found.end() :]


class _Reader(HTMLParser):
    """Digests of the scripts in a page, and whatever would open it to the outside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.digests: list[str] = []
        self.open_to: list[str] = []
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        named = tag == "link" and bool(NAMING.intersection(said.get("rel", "").split()))
        for name, value in said.items():
            loads = LOADING.get(tag) == name and not named and FOREIGN.match(value)
            if name.startswith("on") or SCRIPT.match(value) or loads:
                self.open_to.append(f"<{tag} {name}={value}>")
        if tag == "script" and "src" not in said and "json" not in said.get("type", ""):
            self._script = []

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            digest = hashlib.sha256("".join(self._script).encode("utf-8")).digest()
            self.digests.append(base64.b64encode(digest).decode("ascii"))
            self._script = None
