"""Values as a reader compares them: field by field under the schema's titles, members of lists by their name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ...model import Pointer, Shape
from ...problems import Bilingual
from ...wording import LANGUAGES, choose
from .alignment import Effort, Piece, aligned
from .passages import How
from .spans import Span, spans, whole

IDS = ("id", "number", "key", "code", "version")
"""What makes a member of a list the same one, where the schema names no id of its own."""
NAMES = ("title", "name", "topic", "what")
"""What a member is called. It may be called otherwise and still be the same one."""


@dataclass(frozen=True, slots=True)
class Field:
    """What became of one value. `steps` name the way to it as a reader reads it; `pointer` is the way in the new
    value, of what is removed in the old one. `spans` hold texts, `before` and `after` whatever was there.
    """

    how: How
    pointer: Pointer
    steps: tuple[Bilingual, ...]
    shape: Shape | None
    before: Any = None
    after: Any = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _At:
    pointer: Pointer
    steps: tuple[Bilingual, ...]
    shape: Shape | None

    def field(self, key: str) -> _At:
        here = self.shape
        child = (here.properties.get(key) or here.values) if here else None
        title = child.title if child and child.title.get("zh") else {"zh": key, "en": key}
        return _At((*self.pointer, key), (*self.steps, title), child)

    def member(self, index: int, member: Any, name: Bilingual) -> _At:
        """A member by its name, by its place where it has none; a single value is shown and needs neither."""
        place = {"zh": f"#{index + 1}", "en": f"#{index + 1}"}
        step = [name if name["zh"] else place] if isinstance(member, dict | list) else []
        return _At((*self.pointer, index), (*self.steps, *step), self.shape.items if self.shape else None)


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
    shape = at.shape.items if at.shape else None
    keys = _same_by(before, after, shape)
    called = keys or next(((key,) for key in NAMES if _tell_apart((key,), before, after)), ())
    old, new = ([_piece(member, keys) for member in members] for members in (before, after))
    for match in aligned(old, new, effort):
        if match.after is None and match.before is not None:
            was = before[match.before]
            yield _alone("removed", at.member(match.before, was, _name(was, called, shape)), was)
        elif match.after is not None:
            now = after[match.after]
            below = at.member(match.after, now, _name(now, called, shape))
            if match.before is None:
                yield _alone("added", below, now)
                continue
            if match.moved:
                yield Field("moved", below.pointer, below.steps, below.shape, before[match.before], now)
            yield from _differences(before[match.before], now, below, effort)


def _same_by(before: list[Any], after: list[Any], shape: Shape | None) -> tuple[str, ...]:
    """The field that makes a member the same one; else the two coded fields that together do (event and severity)."""
    fields = shape.properties if shape else {}
    own = [name for name, child in fields.items() if child.defines]
    coded = [name for name, child in fields.items() if child.labels or child.refers]
    choices = [*((key,) for key in (*own, *IDS)), *combinations(coded, 2)]
    return next((keys for keys in choices if _tell_apart(keys, before, after)), ())


def _tell_apart(keys: tuple[str, ...], *sides: list[Any]) -> bool:
    """True when on each side every member has all these fields, and no two have them alike."""
    for members in sides:
        said = [_said(member, keys) for member in members]
        if not said or not all(map(all, said)) or len(set(said)) < len(said):
            return False
    return True


def _said(member: Any, keys: tuple[str, ...]) -> tuple[str, ...]:
    values = [member.get(key) if isinstance(member, dict) else None for key in keys]
    return tuple(value if isinstance(value, str) else "" for value in values)


def _name(member: Any, keys: tuple[str, ...], shape: Shape | None) -> Bilingual:
    """What a member is called on the way to it, in both languages where the schema has words for its codes."""
    said = _said(member, keys)
    labels = [shape.properties[key].labels if shape and key in shape.properties else {} for key in keys]
    both = [label.get(value, {"zh": value, "en": value}) for label, value in zip(labels, said, strict=True)]
    return {language: " · ".join(choose(name, language) for name in both) for language in LANGUAGES}


def _piece(member: Any, keys: tuple[str, ...]) -> Piece:
    whole_value = json.dumps(member, ensure_ascii=False, sort_keys=True)
    text = "\n".join(_texts(member))
    return Piece(whole_value, type(member).__name__, text, "\n".join(_said(member, keys)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
