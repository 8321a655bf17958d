"""A change on a page: `<ins>` and `<del>`, underlined and struck through, each passage with its word for what it is."""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.redline import How, Passage, Redline
from ..wording import text
from . import gate
from .redline_words import Cell, Group, groups, readable, summary, told, way
from .values import Values, chip

TONES: dict[How, str] = {"added": "ok", "removed": "bad", "changed": "warn", "moved": "calm", "kept": "calm"}
TAGS = {"kept": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


def lines(change: Redline, values: Values) -> Iterator[str]:
    """What stands on a page between its heading and its last line."""
    language = values.language
    for sentence in summary(change, language):
        yield sentence
        yield ""
    if change.fields:
        yield f"**{text('redline.fields', language)}**"
        yield from gate.header(text(f"redline.column.{name}", language) for name in ("what", "field", "change"))
        for found in change.fields:
            yield gate.row(_chip(found.how, language), gate.text(way(found, values)), _cell(told(found, values)))
        yield ""
    section = None
    for group in groups(change.passages):
        shown = bool(group.passages or group.head)
        if group.skipped:
            yield f'<p class="skipped">{text("redline.skipped", language, number=group.skipped)}</p>'
            yield ""
        if shown and group.section != section:
            section = group.section
            yield f"**{gate.text(section) or text('redline.beginning', language)}**"
            yield ""
        yield from _group(group, language)


def _group(group: Group, language: str) -> Iterator[str]:
    rows = [passage for passage in group.passages if passage.sort in ("head", "row")]
    if rows or group.head:
        yield from _table(group.head, rows, language)
        return
    for passage in group.passages:
        said = _cell(readable(passage)[0])
        inner = f"<pre>{said}</pre>" if passage.sort == "code" else said
        tag = "div" if passage.sort == "code" else "p"
        yield f'<{tag} class="passage {passage.sort}">{_what(passage, language)} {inner}</{tag}>'
        yield ""


def _table(head: Passage | None, rows: list[Passage], language: str) -> Iterator[str]:
    """Only the rows that changed, under the head of their table; what happened to a row stands before it."""
    columns = max(len(passage.cells) for passage in [*rows, *([head] if head else [])])
    titles = [_cell(cell) for cell in readable(head)] if head else []
    what = _chip(head.how, language) if head and head.how != "kept" else text("redline.column.what", language)
    yield ""
    yield gate.row(what, *titles, *[""] * (columns - len(titles)))
    yield "|" + "---|" * (columns + 1)
    for passage in rows:
        cells = [_cell(cell) for cell in readable(passage)]
        yield gate.row(_what(passage, language), *cells, *[""] * (columns - len(cells)))
    yield ""


def _what(passage: Passage, language: str) -> str:
    said = _chip(passage.how, language)
    if passage.how != "moved":
        return said
    origin = text("redline.moved_from", language, section=passage.origin or text("redline.beginning", language))
    return f"{said} <small>{gate.text(origin)}</small>"


def _chip(how: How, language: str) -> str:
    return chip(TONES[how], text(f"redline.how.{how}", language))


def _cell(cell: Cell) -> str:
    return "".join(TAGS[span.how].format(gate.text(span.text)) for span in cell)
