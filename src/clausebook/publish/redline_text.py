"""A change for the terminal: `[-removed-]{+added+}`, readable without colours; colours only add to it."""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.redline import Passage, Redline
from ..wording import printable, text
from .redline_words import SIGNS, Cell, Group, groups, readable, summary, told, way
from .values import Values

MARKED = {"kept": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
COLOURS = {"removed": "\x1b[31m{}\x1b[0m", "added": "\x1b[32m{}\x1b[0m"}
WIDEST = 1_000_000


def lines(change: Redline, values: Values, *, colours: bool) -> Iterator[str]:
    """The summary, then fields, then the body section by section."""
    language = values.language
    yield from summary(change, language)
    if change.fields:
        yield ""
        yield text("redline.fields", language)
    for found in change.fields:
        moved = f"{text('redline.moved', language)} " if found.how == "moved" else ""
        said = _cell(told(found, values), colours=colours)
        yield f"{SIGNS[found.how]} {printable(way(found, values))}{values.colon}{moved}{said}"
    section = None
    for group in groups(change.passages):
        if group.passages or group.head:
            if group.section != section:
                section = group.section
                yield ""
                yield f"§ {printable(section) or text('redline.beginning', language)}"
            elif group.skipped:
                yield f"  {text('redline.skipped', language, number=group.skipped)}"
        yield from _group(group, language, colours=colours)


def _group(group: Group, language: str, *, colours: bool) -> Iterator[str]:
    if group.head is not None:
        yield _line(group.head, language, colours=colours)
    for passage in group.passages:
        yield _line(passage, language, colours=colours)


def _line(passage: Passage, language: str, *, colours: bool) -> str:
    cells = [_cell(cell, colours=colours) for cell in readable(passage)]
    said = f"| {' | '.join(cells)} |" if passage.sort in ("head", "row") else cells[0]
    return f"{SIGNS[passage.how]} {_origin(passage, language)}{said}"


def _origin(passage: Passage, language: str) -> str:
    if passage.how != "moved":
        return ""
    section = passage.origin or text("redline.beginning", language)
    return printable(text("redline.moved_from", language, section=section)) + " "


def _cell(cell: Cell, *, colours: bool) -> str:
    out = []
    for span in cell:
        shown = "\n  ".join(printable(line, WIDEST) for line in span.text.split("\n"))
        shown = MARKED[span.how].format(shown)
        out.append(COLOURS[span.how].format(shown) if colours and span.how in COLOURS else shown)
    return "".join(out)
