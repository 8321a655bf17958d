"""The change between two texts of a document as a reader wants it: passages and fields, words added and removed.

Pure: two texts in, a `Redline` out. Where the texts come from is `load/git`, how it looks is `publish`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...load import front_matter
from ...load.strict_yaml import Part, Refused, parse
from ...model import Kind, Shape
from .alignment import Effort
from .fields import Field
from .fields import compared as fields_compared
from .passages import How, Passage, heading
from .passages import compared as passages_compared
from .spans import Span

__all__ = ["Field", "How", "Passage", "Redline", "Span", "heading", "redline"]


@dataclass(frozen=True, slots=True)
class Redline:
    """`fields` are the values that differ, `passages` the whole body with what became of each passage.

    `whole` says that the document is new or withdrawn, so that nothing was compared. `as_text`: one of the two cannot
    be read as what it should be, and both were compared as plain text. `coarse`: a stretch too tangled to be followed
    word by word is shown as replaced. `layout`: the files differ in white space, order or comments only.
    """

    fields: tuple[Field, ...] = ()
    passages: tuple[Passage, ...] = ()
    whole: How | None = None
    as_text: bool = False
    coarse: bool = False
    layout: bool = False

    @property
    def counts(self) -> Mapping[How, int]:
        """How many passages and fields were added, changed, removed, moved."""
        every: tuple[Field | Passage, ...] = (*self.fields, *self.passages)
        hows: tuple[How, ...] = ("added", "changed", "removed", "moved")
        return {how: sum(1 for each in every if each.how == how) for how in hows}


def redline(
    before: str | None, after: str | None, kinds: Mapping[str, Kind], *, markdown: bool, placed: str = ""
) -> Redline:
    """The change from `before` to `after`; None is a document that is not there.

    `placed` is the kind that the file's place tells, for values that do not name their kind themselves.
    """
    if before == after:
        return Redline()
    effort = Effort()
    as_text = False
    try:
        old, new = (_read(text, markdown) for text in (before, after))
    except Refused:
        as_text = True
        old, new = ([], before or ""), ([], after or "")
    fields = [
        field for was, now, kind in _parts(old[0], new[0], placed)
        for field in fields_compared(was, now, _shape(kinds, kind), effort)
    ]  # fmt: skip
    passages = passages_compared(old[1], new[1], effort)
    gone: How | None = "added" if before is None else "removed" if after is None else None
    made = Redline(tuple(fields), tuple(passages), gone, as_text, effort.coarse)
    return made if gone or any(made.counts.values()) else Redline(as_text=as_text, layout=True)


def _read(text: str | None, markdown: bool) -> tuple[list[Part], str]:
    """Values and body. A document that is not there has neither."""
    if text is None or not text.strip():
        return [], ""
    if markdown:
        part, body, _ = front_matter.read(text)
        return [part], body
    return parse(text), ""


def _parts(old: list[Part], new: list[Part], placed: str) -> list[tuple[Any, Any, str]]:
    """The registers of one file side by side: the nth of a kind with the nth of the same kind."""
    named: list[dict[tuple[str, int], Any]] = [{}, {}]
    for side, parts in zip(named, (old, new), strict=True):
        for part in parts:
            kind = _kind(part.value, placed)
            nth = sum(1 for known, _ in side if known == kind)
            side[kind, nth] = part.value
    order = dict.fromkeys([*named[1], *named[0]])
    return [(named[0].get(key, {}), named[1].get(key, {}), key[0]) for key in order]


def _kind(value: Any, placed: str) -> str:
    said = value.get("kind") if isinstance(value, dict) else None
    return said if isinstance(said, str) else placed


def _shape(kinds: Mapping[str, Kind], name: str) -> Shape | None:
    return kinds[name].shape if name in kinds else None
