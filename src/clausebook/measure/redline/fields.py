"""Values as a reader compares them: field by field under the schema's titles, members of lists by their name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...model import Pointer, Shape
from ...problems import Bilingual
from .alignment import Effort, Piece, aligned
from .passages import How
from .spans import Span, spans, whole

NAMES = ("id", "number", "key", "code", "version", "name", "title")
"""What a member of a list is known by, where the schema names no id of its own."""

Step = Bilingual | str


@dataclass(frozen=True, slots=True)
class Field:
    """What became of one value. `steps` name the way to it as a reader reads it; `pointer` is the way in the new
    value, of what is removed in the old one. `spans` hold texts, `before` and `after` whatever was there.
    """

    how: How
    pointer: Pointer
    steps: tuple[Step, ...]
    shape: Shape | None
    before: Any = None
    after: Any = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _At:
    pointer: Pointer
    steps: tuple[Step, ...]
    shape: Shape | None

    def field(self, key: str) -> _At:
        here = self.shape
        child = (here.properties.get(key) or here.values) if here else None
        named = child is not None and bool(child.title.get("zh"))
        return _At((*self.pointer, key), (*self.steps, child.title if child and named else key), child)

    def member(self, index: int, name: str) -> _At:
        step = name or f"#{index + 1}"
        return _At((*self.pointer, index), (*self.steps, step), self.shape.items if self.shape else None)


def compared(before: Any, after: Any, shape: Shape | None, effort: Effort) -> list[Field]:
    """All that differs between two values, in the order of the new one; nothing where they are equal."""
    return list(_differences(before, after, _At((), (), shape), effort))


def _differences(before: Any, after: Any, at: _At, effort: Effort) -> Iterator[Field]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            below = at.field(key)
            if key not in after:
                yield _alone("removed", below, before[key])
            elif key not in before:
                yield _alone("added", below, after[key])
            else:
                yield from _differences(before[key], after[key], below, effort)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _members(before, after, at, effort)
    elif isinstance(before, str) and isinstance(after, str):
        coded = at.shape is not None and bool(at.shape.labels or at.shape.refers)
        replaced = (*whole("removed", before), *whole("added", after))
        said = replaced if coded else spans(before, after, effort)
        # White space alone is layout in a passage, but in a value it is the value.
        changed = said if any(span.how != "kept" for span in said) else replaced
        yield Field("changed", at.pointer, at.steps, at.shape, before, after, changed)
    else:
        yield Field("changed", at.pointer, at.steps, at.shape, before, after)


def _alone(how: How, at: _At, value: Any) -> Field:
    text = whole("removed" if how == "removed" else "added", value) if isinstance(value, str) else ()
    gone = how == "removed"
    return Field(how, at.pointer, at.steps, at.shape, value if gone else None, None if gone else value, text)


def _members(before: list[Any], after: list[Any], at: _At, effort: Effort) -> Iterator[Field]:
    key = _known_by(before, after, at.shape.items if at.shape else None)
    old, new = ([_piece(member, key) for member in members] for members in (before, after))
    for match in aligned(old, new, effort):
        if match.after is None and match.before is not None:
            yield _alone("removed", at.member(match.before, old[match.before].name), before[match.before])
        elif match.before is None and match.after is not None:
            yield _alone("added", at.member(match.after, new[match.after].name), after[match.after])
        elif match.before is not None and match.after is not None:
            was, now = before[match.before], after[match.after]
            below = at.member(match.after, new[match.after].name)
            if match.moved:
                yield Field("moved", below.pointer, below.steps, below.shape, was, now)
            yield from _differences(was, now, below, effort)


def _known_by(before: list[Any], after: list[Any], shape: Shape | None) -> str:
    """The field that names every member on both sides, each differently; '' when there is none."""
    if not before or not after or not all(isinstance(member, dict) for member in (*before, *after)):
        return ""
    own = [name for name, child in shape.properties.items() if child.defines] if shape else []
    for key in (*own, *NAMES):
        if all(_names_each(members, key) for members in (before, after)):
            return key
    return ""


def _names_each(members: list[Any], key: str) -> bool:
    said = [member.get(key) for member in members]
    return all(isinstance(name, str) and name for name in said) and len(set(said)) == len(said)


def _piece(member: Any, key: str) -> Piece:
    whole_value = json.dumps(member, ensure_ascii=False, sort_keys=True)
    return Piece(whole_value, type(member).__name__, "\n".join(_texts(member)), member[key] if key else "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
