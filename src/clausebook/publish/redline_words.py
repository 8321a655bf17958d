"""What terminal and page say alike of a change: the summary, the way to a field, what is shown and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from ..measure.redline import Field, How, Passage, Redline, Span, heading
from ..model import Shape
from ..wording import choose, text
from . import gate
from .values import Values

SIGNS: dict[How, str] = {"added": "+", "removed": "-", "changed": "~", "moved": ">", "kept": " "}
NOTHING = Shape({"zh": "", "en": ""}, {"zh": "", "en": ""})

Cell = tuple[Span, ...]


@dataclass(slots=True)
class Group:
    """What is shown together: one passage, or the changed rows of one table under its `head`.

    `skipped` counts the unchanged passages before it; the last group may consist of nothing else.
    """

    section: str
    skipped: int
    passages: list[Passage] = field(default_factory=list)
    head: Passage | None = None


def summary(change: Redline, language: str) -> list[str]:
    """How many passages and fields came, went, changed and moved, in one sentence; then what must be known of it."""
    counts = {how: number for how, number in change.counts.items() if number}
    said = []
    if change.whole:
        said.append(text(f"redline.whole.{change.whole}", language))
    if counts:
        each = [text(f"redline.count.{how}", language, number=number) for how, number in counts.items()]
        listed = reduce(lambda before, after: text("redline.between", language, before=before, after=after), each)
        said.append(text("redline.summary", language, total=sum(counts.values()), each=listed))
    elif not change.whole:
        said.append(text("redline.layout" if change.layout else "redline.same", language))
    said += [text(f"redline.{note}", language) for note in ("as_text", "coarse") if getattr(change, note)]
    return said


def groups(passages: Sequence[Passage]) -> list[Group]:
    """The changed passages in order. A table is one group, its unchanged rows left out."""
    found: list[Group] = []
    head: Passage | None = None
    skipped = 0
    for passage in passages:
        in_table = passage.sort in ("head", "row")
        head = passage if passage.sort == "head" else head if in_table else None
        if passage.how == "kept":
            skipped += 1
            continue
        same_table = in_table and head is not None and bool(found) and found[-1].head is head
        if not same_table:
            found.append(Group(passage.section, skipped, [], head))
            skipped = 0
        if passage is not head:
            found[-1].passages.append(passage)
    return [*found, Group("", skipped)] if skipped and found else found


def readable(passage: Passage) -> tuple[Cell, ...]:
    """A passage without the marks of Markdown that say nothing to a reader."""
    if passage.sort == "code":
        return tuple(_without_fences(cell) for cell in passage.cells)
    cells = tuple(tuple(Span(span.how, _plain(span.text)) for span in cell) for cell in passage.cells)
    if passage.sort != "heading":
        return cells
    [spans] = cells
    last = len(spans) - 1
    return (tuple(Span(s.how, _title(s, at == 0, at == last)) for at, s in enumerate(spans)),)


def _without_fences(cell: Cell) -> Cell:
    """Code without the lines that only begin and end it, where those are not the change."""
    first, last = cell[0], cell[-1]
    head = first.text.partition("\n")[2] if first.text.startswith(("```", "~~~")) else first.text
    cell = (Span(first.how, head), *cell[1:])
    body, _, end = cell[-1].text.rpartition("\n")
    return (*cell[:-1], Span(last.how, body)) if end.strip() in ("```", "~~~") else cell


def _plain(said: str) -> str:
    said = gate.LINK.sub(lambda found: found[2], said)
    return said.replace("**", "") if said.count("**") % 2 == 0 else said


def _title(span: Span, first: bool, last: bool) -> str:
    """The number signs before a heading and the anchor after it stay only where they are the change."""
    if first and last:
        return heading(span.text)
    if span.how == "kept" and first:
        return span.text.lstrip("#").lstrip()
    return heading("# " + span.text) if span.how == "kept" and last else span.text


def way(change: Field, values: Values) -> str:
    """The way to a field, outermost first, not yet safe."""
    return " › ".join(choose(step, values.language) for step in change.steps) or "—"


def told(change: Field, values: Values) -> Cell:
    """What a field said and says: texts word by word, everything else as people read it."""
    if change.how == "moved":
        return (Span("kept", plainly(change.shape or NOTHING, change.after, values)),)
    coded = change.shape is not None and bool(change.shape.labels or change.shape.refers)
    if change.spans and not coded:
        return change.spans
    both: tuple[tuple[How, Any], ...] = (("removed", change.before), ("added", change.after))
    shown = both if change.how == "changed" else [pair for pair in both if pair[0] == change.how]
    empty = text("redline.empty", values.language)
    return tuple(
        Span("removed" if how == "removed" else "added", plainly(change.shape or NOTHING, value, values) or empty)
        for how, value in shown
    )


def plainly(shape: Shape, value: Any, values: Values) -> str:
    """Any value in words, not yet safe: fields named, members one after the other."""
    if isinstance(value, list):
        return values.semicolon.join(plainly(shape.items or NOTHING, member, values) for member in value)
    if isinstance(value, dict):
        return values.semicolon.join(_named(shape, value, values))
    return "" if value is None else values.plain(shape, value)


def _named(shape: Shape, value: dict[str, Any], values: Values) -> Iterator[str]:
    for key, child in value.items():
        below = shape.properties.get(key) or shape.values or NOTHING
        yield f"{values.title(below, key)}{values.colon}{plainly(below, child, values)}"
