"""The one gate: how a value becomes part of a page. Data is never code (architecture 7, threats 3.1).

`text` makes any string safe in Markdown, HTML and Jinja at once; `prose` lets the Markdown of a controlled
document through and neutralises everything in it that could run, load or style.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree import ElementTree

BAD = frozenset("\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
HARMLESS = frozenset(" ,;/%")
# A Markdown link or image: the whole thing is decided here, never by the renderer.
LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(\s*<?([^)\s>]*)>?(?:\s+\"[^\"\n]*\"|\s+'[^'\n]*')?\s*\)")
ANCHOR = re.compile(r"^(#{1,6} .*?)[ \t]*\{#([A-Za-z0-9_.-]+)\}[ \t]*$", re.MULTILINE)
DEFINITION = re.compile(r"^([ \t]{0,3})\[([^\]\n]+)\]:", re.MULTILINE)
SAFE_TARGET = re.compile(r"(?:https?://[^\s\"'<>]+|mailto:[^\s\"'<>]+|[^\s:\"'<>]*(?:#[^\s\"'<>]*)?)\Z", re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A---\s*$", re.MULTILINE)
DRAWN = frozenset({"svg", "g", "path", "line", "rect", "text", "tspan", "a"})
DRAWN_WITH = frozenset({
    "d", "x", "x2", "y", "y2", "dy", "width", "height", "viewBox", "transform", "fill", "stroke", "text-anchor",
    "font-size", "stroke-width", "stroke-dasharray", "stroke-opacity",
})  # fmt: skip
PLAIN_DRAWING = re.compile(r"(?!.*url)[A-Za-z0-9 .,#%()+-]*", re.IGNORECASE)
MARKUP = re.compile(r"\]\([^)]*\)|<[^>]+>")
LONG_NUMBER = re.compile(r"([0-9]+\.[0-9]{2})[0-9]+")
UNSOUGHT = 'data-search-exclude="true"'
"""On a block of HTML that the search leaves out, because it says once more what stands elsewhere."""


def text(value: object) -> str:
    """Any value as literal text: every ASCII sign that means something somewhere becomes a reference."""
    out = []
    for char in str(value).replace("\r\n", "\n").replace("\r", "\n"):
        code = ord(char)
        if char == "\n":
            out.append("<br>")
        elif char in HARMLESS or (code < 128 and char.isalnum()) or (code >= 160 and not 0xD800 <= code < 0xE000):
            out.append("\ufffd" if char in BAD else char)
        elif code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000:
            out.append("\ufffd")
        else:
            out.append(f"&#{code};")
    return "".join(out)


def plain(value: object) -> str:
    """For front matter and other one-line places: printable characters only, no quotes, braces or markup."""
    kept = "".join(char if char.isprintable() and char not in BAD else " " for char in str(value))
    return re.sub(r"\s+", " ", re.sub(r"[\"'`<>{}\\|*_\[\]#:&%@!]", " ", kept)).strip()


def whole(value: object) -> str:
    """A number or a date as literal text that no line break tears apart."""
    return f'<span class="whole">{text(value)}</span>'


def code(value: object) -> str:
    """What is written for a machine, as literal text in its own lines, blanks at their beginning kept."""
    return f'<span class="code">{text(value)}</span>'


def line(value: object) -> str:
    """Any value as literal text on one line: inside the quotes of an attribute that we write, or in a drawing."""
    return text(" ".join(str(value).split()))


def link(label: str, address: str, title: str = "") -> str:
    """A link of ours; the label must already be safe, the address is ours by construction, the title is a tooltip."""
    tooltip = plain(title).replace("(", "&#40;").replace(")", "&#41;")
    return f'[{label}]({address} "{tooltip}")' if tooltip else f"[{label}]({address})"


def prose(body: str, resolve: Callable[[str], str | None]) -> str:
    """The body of a controlled document. `resolve` turns a target in the repository into a page, or None."""
    kept: list[str] = []

    def keep(piece: str) -> str:
        kept.append(piece)
        return f"\u0001{len(kept) - 1}\u0002"

    def decide(match: re.Match[str]) -> str:
        image, label, target = match.groups()
        address = _address(target, resolve)
        if image or address is None:
            return label
        return keep("[") + label + keep(f"]({address})")

    body = "".join(char for char in body if char not in BAD and (char in "\n\t" or ord(char) >= 32))
    body = ANCHOR.sub(lambda m: m.group(1) + " " + keep("{#" + m.group(2) + "}"), body)
    body = LINK.sub(decide, body)
    body = DEFINITION.sub(lambda m: f"{m.group(1)}&#91;{m.group(2)}&#93;:", body)
    body = body.replace("&", "&amp;").replace("<", "&lt;").replace("{", "&#123;").replace("}", "&#125;")
    body = body.replace("&amp;#91;", "&#91;").replace("&amp;#93;", "&#93;")
    return re.sub("\u0001([0-9]+)\u0002", lambda m: kept[int(m.group(1))], body)


def _address(target: str, resolve: Callable[[str], str | None]) -> str | None:
    if not SAFE_TARGET.match(target) or "{" in target:
        return None
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target) or target.startswith("//"):
        return target if not target.startswith("//") else None
    return resolve(target)


def drawing(
    svg: str, ident: str, title: str, description: str, links: Iterable[tuple[str, str]] = (),
    patterns: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A drawn chart as part of a page: known shapes only, every word literal, named and described for those who
    cannot see it. `ident` is ours; `links` are addresses on this site and their names, for its marks in their order;
    `patterns` are ours: colour → the tile that fills what has this colour.
    """
    root = ElementTree.fromstring(svg)
    given = list(links)
    size = f'viewBox="{_drawn_value(root.get("viewBox", ""))}" width="{_drawn_value(root.get("width", ""))}"'
    names = f'role="{"group" if given else "img"}" aria-labelledby="{ident}-title {ident}-desc"'
    said = f'<title id="{ident}-title">{line(title)}</title><desc id="{ident}-desc">{line(description)}</desc>'
    left = iter(given)
    inner = "".join(piece for child in root for piece in _shapes(child, left))
    tiles = ""
    for at, (colour, tile) in enumerate((patterns or {}).items()):
        # Only here a drawing refers to something: to what stands in itself, by a name of ours.
        name, inner = f"{ident}-p{at}", inner.replace(f'fill="{colour}"', f'fill="url(#{ident}-p{at})"')
        tiles += f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">{tile}</pattern>'
    defined = f"<defs>{tiles}</defs>" if tiles else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {UNSOUGHT} {size} {names}>{said}{defined}{inner}</svg>'


def _shapes(element: ElementTree.Element, links: Iterator[tuple[str, str]]) -> Iterator[str]:
    """An element of a drawing and what is in it; unknown elements are left out whole, unknown attributes singly."""
    tag = element.tag.rpartition("}")[2]
    if tag not in DRAWN or element.get("display") == "none":
        return
    known = ((name, _drawn_value(value)) for name, value in element.items() if name in DRAWN_WITH)
    kept = _leading(*next(links, ("", ""))) if tag == "a" else {name: value for name, value in known if value}
    inside = "".join(piece for child in element for piece in _shapes(child, links))
    words = text(element.text.strip()) if tag in ("text", "tspan") and element.text else ""
    if (tag in ("g", "a") and not inside) or (tag == "path" and not {"fill", "stroke"} & set(kept)):
        return
    if tag in ("g", "a") and not kept:
        yield inside
        return
    said = "".join(f' {name}="{value}"' for name, value in kept.items())
    yield f"<{tag}{said}>{words}{inside}</{tag}>"


def _leading(address: str, name: str) -> dict[str, str]:
    """The attributes of a link inside a drawing; an address elsewhere leads nowhere."""
    if not address or not SAFE_TARGET.match(address) or ":" in address or address.startswith("//"):
        return {}
    return {"href": address.replace("&", "&amp;"), "aria-label": line(name)}


def _drawn_value(value: str) -> str:
    return LONG_NUMBER.sub(r"\1", value) if PLAIN_DRAWING.fullmatch(value) else ""


def width(cell: str) -> int:
    """How much room a finished cell takes: a Chinese sign counts double, addresses and tags count nothing."""
    shown = html.unescape(MARKUP.sub("", cell))
    return sum(2 if ord(char) > 0x2E80 else 1 for char in shown)


def row(*cells: str) -> str:
    """One row of a Markdown table; the cells must already be safe."""
    return "| " + " | ".join(cells) + " |"


def header(names: Iterable[str], numbers: Iterable[int] = ()) -> list[str]:
    """The head of a table, blank line before it; columns at the positions `numbers` are set right."""
    titles = [text(name) for name in names]
    right = set(numbers)
    return ["", row(*titles), "|" + "".join("---:|" if i in right else "---|" for i in range(len(titles)))]
