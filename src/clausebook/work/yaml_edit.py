"""One value of a YAML text changed in its place: comments, order, quotes and everything else stay as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from ..load import front_matter
from ..model import Pointer

Edits = Mapping[tuple[int, Pointer], str]
"""(YAML document of the file, pointer) → the new text, which must be one that needs no quotes."""


def edited(path: str, text: str, edits: Edits) -> str:
    """The text with these scalars replaced. A pointer that leads to no scalar changes nothing."""
    if path.endswith(".md"):
        front, _, _ = front_matter.split(text)
        return text[:4] + _edited(front, edits) + text[4 + len(front) :]
    return _edited(text, edits)


def _edited(text: str, edits: Edits) -> str:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for part, pointer, event in reversed(list(_scalars(text))):
        new = edits.get((part, pointer))
        if new is not None:
            begin = starts[event.start_mark.line] + event.start_mark.column
            end = starts[event.end_mark.line] + event.end_mark.column
            quote = event.style if event.style in ("'", '"') else ""
            text = text[:begin] + quote + new + quote + ("\n" if event.style in ("|", ">") else "") + text[end:]
    return text


def _scalars(text: str) -> Iterator[tuple[int, Pointer, Any]]:
    """Every scalar value with the document it stands in and its pointer; keys are no values."""
    part = -1
    stack: list[_Open] = []
    event: Any
    for event in yaml.parse(text, Loader=yaml.CLoader):
        kind = event.__class__
        if kind is yaml.DocumentStartEvent:
            part, stack = part + 1, []
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            stack.pop()
        elif kind is yaml.ScalarEvent and stack and stack[-1].waits_for_key:
            stack[-1].key = event.value
        elif kind in (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent):
            at: Pointer = stack[-1].next() if stack else ()
            if kind is yaml.ScalarEvent:
                yield part, at, event
            else:
                stack.append(_Open(at, kind is yaml.MappingStartEvent))


class _Open:
    """A mapping or sequence that is being read."""

    def __init__(self, at: Pointer, mapping: bool) -> None:
        self.at, self.mapping = at, mapping
        self.key: str | None = None
        self.index = -1

    @property
    def waits_for_key(self) -> bool:
        return self.mapping and self.key is None

    def next(self) -> Pointer:
        """The pointer of the value that comes now."""
        if self.mapping:
            key, self.key = str(self.key), None
            return (*self.at, key)
        self.index += 1
        return (*self.at, self.index)
