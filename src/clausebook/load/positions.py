"""Where a value stands in its file: looked up only for what is reported, by reading that one file again."""

from __future__ import annotations

from functools import lru_cache

from ..model import Entry, Pointer, Source
from ..problems import Place
from . import front_matter
from .strict_yaml import parse


def place(entry: Entry, pointer: Pointer = ()) -> Place:
    """File, line and column of a pointer; of the nearest thing around it when it is not there itself."""
    found = _positions(entry.source, entry.body is not None)[entry.part]
    while pointer and pointer not in found:
        pointer = pointer[:-1]
    line, column = found.get(pointer, (1, 1))
    return Place(entry.path, line, column)


def body_place(entry: Entry, index: int) -> Place:
    """The place of a character of the body."""
    before = (entry.body or "")[:index]
    return Place(entry.path, entry.body_line + before.count("\n"), index - (before.rfind("\n") + 1) + 1)


@lru_cache(maxsize=256)
def _positions(source: Source, markdown: bool) -> list[dict[Pointer, tuple[int, int]]]:
    if markdown:
        part, _, _ = front_matter.read(source.text, positions=True)
        return [part.positions]
    return [part.positions for part in parse(source.text, positions=True)]
