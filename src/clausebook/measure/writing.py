"""Text that nobody has written yet: fill-in marks, TODO, 待定, empty bullets, untouched templates.

An empty template never passes (architecture 3). The complainant's own words may say what they like:
there only our own fill-in mark counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..load.workspace import MARK, fingerprint
from ..model import Entry, Pointer, Shape, System
from .evidence import COMMENT

ANYWHERE = re.compile(
    r"【待填[^】\n]*】?|\[to fill in[^\]\n]*\]?|(?<![A-Za-z0-9])(?:TODO|TBD|FIXME|XXX)(?![A-Za-z0-9])"
    r"|待定(?!级|性|量|责|位|岗)|待补充|待完善|lorem ipsum",
    re.IGNORECASE,
)
WHOLE = re.compile(
    r"[\s\W]*(?:TODO|TBD|FIXME|XXX|N/?A|待定|待填|待补充|待完善|略|无内容|\.{3,}|…+|-+|/+)[\s\W]*",
    re.IGNORECASE,
)
EMPTY_BULLET = re.compile(r"^[ \t]*(?:[-*+]|[0-9]+[.)])[ \t]*$", re.MULTILINE)
# Two quick looks at a whole file, since hardly any has something unwritten in it.
WORDS = ("【待填", "[to fill in", "待定", "待补充", "待完善", "todo", "tbd", "fixme", "xxx", "lorem")
ALONE = re.compile(r"[ \"'](?:[Nn]/?[Aa]|略|无内容|\.{3,}|…+|-+|/+)[\"']?[ \t]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Gap:
    """`pointer` is in the values; `index` is a place in the body instead (-1 when it is not)."""

    entry: Entry
    found: str
    pointer: Pointer = ()
    index: int = -1
    untouched: bool = False


def unwritten(system: System) -> Iterator[Gap]:
    """Every unwritten spot of every entry, in order."""
    for entry in system.entries:
        body = entry.body
        if _suspicious(entry.source.text):
            yield from _in_values(entry, entry.value, entry.kind.shape, ())
        if body is not None:
            yield from _in_body(entry, body, system)


@lru_cache(maxsize=4096)
def _suspicious(text: str) -> bool:
    """A second look at the same text, when an organisation is judged again with a few files changed, costs nothing."""
    lower = text.lower()
    return any(word in lower for word in WORDS) or ALONE.search(text) is not None


def _in_values(entry: Entry, value: Any, shape: Shape | None, at: Pointer) -> Iterator[Gap]:
    if isinstance(value, dict):
        for key, child in value.items():
            below = (shape.properties.get(key) or shape.values) if shape else None
            yield from _in_values(entry, child, below, (*at, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _in_values(entry, child, shape.items if shape else None, (*at, index))
    elif isinstance(value, str):
        if shape is not None and shape.verbatim:
            found = MARK.search(value)
        elif entry.kind.information == "retain":
            found = MARK.search(value) or WHOLE.fullmatch(value)
        else:
            found = ANYWHERE.search(value) or WHOLE.fullmatch(value)
        if found and found.group().strip():
            yield Gap(entry, found.group().strip()[:40], at)


def _in_body(entry: Entry, body: str, system: System) -> Iterator[Gap]:
    if not COMMENT.sub("", body).strip() or fingerprint(body) in system.templates:
        yield Gap(entry, "", index=0, untouched=True)
        return
    for match in [*ANYWHERE.finditer(body), *EMPTY_BULLET.finditer(body)]:
        yield Gap(entry, match.group().strip() or "-", index=match.start())
