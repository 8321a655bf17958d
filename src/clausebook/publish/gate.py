"""The one gate: how a value becomes part of a page. Data is never code (architecture 7, threats 3.1).

`text` makes any string safe in Markdown, HTML and Jinja at once; `prose` lets the Markdown of a controlled
document through and neutralises everything in it that could run, load or style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

BAD = frozenset("\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
HARMLESS = frozenset(" ,;/%")
# A Markdown link or image: the whole thing is decided here, never by the renderer.
LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(\s*<?([^)\s>]*)>?(?:\s+\"[^\"\n]*\"|\s+'[^'\n]*')?\s*\)")
ANCHOR = re.compile(r"^(#{1,6} .*?)[ \t]*\{#([A-Za-z0-9_.-]+)\}[ \t]*$", re.MULTILINE)
DEFINITION = re.compile(r"^([ \t]{0,3})\[([^\]\n]+)\]:", re.MULTILINE)
SAFE_TARGET = re.compile(r"(?:https?://[^\s\"'<>]+|mailto:[^\s\"'<>]+|[^\s:\"'<>]*(?:#[^\s\"'<>]*)?)\Z", re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A---\s*$", re.MULTILINE)


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


def attribute(value: object) -> str:
    """Any value inside the quotes of an attribute that we write: literal text on one line."""
    return text(" ".join(str(value).split()))


def link(label: str, address: str, title: str = "") -> str:
    """A link of ours; the label must already be safe, the address is ours by construction, the title is a tooltip."""
    tooltip = plain(title).replace("(", "（").replace(")", "）")
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


def row(*cells: str) -> str:
    """One row of a Markdown table; the cells must already be safe."""
    return "| " + " | ".join(cells) + " |"


def header(names: Iterable[str], numbers: Iterable[int] = ()) -> list[str]:
    """The head of a table, blank line before it; columns at the positions `numbers` are set right."""
    titles = [text(name) for name in names]
    right = set(numbers)
    return ["", row(*titles), "|" + "".join("---:|" if i in right else "---|" for i in range(len(titles)))]
