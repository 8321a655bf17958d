"""Which words came and went between two texts, with the rest in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .alignment import Effort, matching
from .words import words

Part = Literal["kept", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that was kept, removed or added."""

    how: Part
    text: str


def whole(how: Part, text: str) -> tuple[Span, ...]:
    """A text that came, went or stayed as a whole."""
    return (Span(how, text),) if text else ()


def spans(before: str, after: str, effort: Effort) -> tuple[Span, ...]:
    """The change from one text to the other. Kept and added joined are `after`; kept and removed are `before`, as
    far as white space goes: a line broken elsewhere is no change. A stretch too tangled for `effort` is replaced whole.
    """
    if _level(before) == _level(after):
        return whole("kept", after)
    old, new = words(before), words(after)
    pairs = matching([_level(word) for word in old], [_level(word) for word in new], effort)
    pieces: list[tuple[str, str, str]] = []
    i = j = 0
    for at, to in [*pairs, (len(old), len(new))]:
        removed, added = "".join(old[i:at]), "".join(new[j:to])
        kept = new[to] if to < len(new) else ""
        if not removed and not added and pieces:
            last = pieces.pop()
            pieces.append((last[0], last[1], last[2] + kept))
        else:
            pieces.append((removed, added, kept))
        i, j = at + 1, to + 1
    return tuple(_spans(_calm(pieces)))


def _level(text: str) -> str:
    return " ".join(text.split()) if text.strip() else text and " "


def _calm(pieces: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Two changes with no word between them are one: a lone comma that stayed only disturbs the reader."""
    waiting = ("", "", "")
    for removed, added, kept in pieces:
        old, new, between = waiting
        apart = (old or new) and (removed or added) and (not _says_something(between)) and len(between) < 4
        if apart and (old + removed) and (new + added):
            waiting = (old + between + removed, new + between + added, kept)
        else:
            if any(waiting):
                yield waiting
            waiting = (removed, added, kept)
    if any(waiting):
        yield waiting


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _spans(pieces: Iterator[tuple[str, str, str]]) -> Iterator[Span]:
    for removed, added, kept in pieces:
        if removed:
            yield Span("removed", removed)
        if added:
            yield Span("added", added)
        if kept:
            yield Span("kept", kept)
