"""Strict YAML: text in, plain values out, with line and column for whatever is refused.

Values are built from libyaml's events with an own stack, because its composer crashes on deep nesting.
Every scalar stays text; the schema decides later what is a number (schemas.py). No aliases, anchors,
tags, merge keys or duplicate keys: a record says what it says, once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ..model import Pointer
from ..problems import Bilingual, Fact
from ..wording import LANGUAGES, both

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Invisible and direction-changing characters make a record read otherwise than it is.
HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


CAUSES = {
    "mapping values": "colon", "expected ':'": "no-colon", "start any token": "sign", "sequence entries": "dash",
    "mapping keys": "key", "tab character": "tab", "',' or ']'": "bracket", "',' or '}'": "brace",
    "end of stream": "unclosed", "document indicator": "unclosed", "escape": "escape", "hexdecimal": "escape",
    "expected key": "indent", "'-' indicator": "indent", "document start": "indent", "node content": "nothing",
}  # fmt: skip
"""Part of a message of libyaml → what is wrong; all others are rare enough for one sentence."""
STANDARD_TAG = "tag:yaml.org,2002:"


class Refused(Exception):
    """The text is not acceptable: `rule`, 1-based line and column, facts for the message."""

    def __init__(self, rule: str, line: int, column: int, **facts: Fact) -> None:
        super().__init__(rule)
        self.rule, self.line, self.column, self.facts = rule, line, column, facts


def worded(refused: Refused) -> Bilingual:
    """The message that `check` would give, with its line."""
    said = both(f"rules.{refused.rule}.message", **refused.facts)
    return {language: f"{refused.line}:{refused.column} {said[language]}" for language in LANGUAGES}


@dataclass(slots=True)
class Part:
    """One YAML document of a text: its value and the line (from 1) it begins on."""

    value: Any
    line: int
    positions: dict[Pointer, tuple[int, int]] = field(default_factory=dict)


def decode(raw: bytes) -> str:
    """Bytes to text: UTF-8 without BOM, LF, at most 1 MiB, no hidden characters."""
    if len(raw) > MAX_BYTES:
        raise Refused("file-too-large", 1, 1, size=len(raw) // 1024, limit=MAX_BYTES // 1024)
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Refused("byte-order-mark", 1, 1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        raise Refused("not-utf-8", line, error.start - (before.rfind(b"\n") + 1) + 1) from None
    found = HIDDEN.search(text)
    if found:
        line, column = _line_column(text, found.start())
        raise Refused("hidden-character", line, column, code=f"U+{ord(found.group()):04X}")
    if "\r" in text:
        raise Refused("line-endings", *_line_column(text, text.index("\r")))
    return text


def _line_column(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


def parse(text: str, first_line: int = 1, *, positions: bool = False) -> list[Part]:
    """All YAML documents of `text`. `first_line` is where the text begins in its file."""
    builder = _Builder(first_line, positions)
    try:
        for event in yaml.parse(text, Loader=yaml.CLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise Refused("yaml-syntax", line + first_line, column + 1, detail=_cause(error.problem)) from None
    except (yaml.YAMLError, UnicodeError, ValueError):
        raise Refused("yaml-syntax", first_line, 1, detail=_cause(None)) from None
    return builder.parts


def _cause(said: str | None) -> Bilingual:
    """What libyaml says, in the words of somebody who writes records."""
    found = next((cause for part, cause in CAUSES.items() if part in (said or "")), "other")
    return both(f"check.yaml.{found}")


class _Builder:
    """Event by event: a stack of open containers, the key that waits for its value, and the limits.

    Events are `Any`: the stubs of PyYAML do not tell its classes apart, and this is the hot path.
    """

    def __init__(self, first_line: int, positions: bool) -> None:
        self.first_line = first_line
        self.keep = positions
        self.parts: list[Part] = []
        self.stack: list[tuple[Any, Pointer]] = []
        self.key: str | None = None
        self.top: Any = None
        self.start = first_line
        self.positions: dict[Pointer, tuple[int, int]] = {}

    def take(self, event: Any) -> None:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.stack.pop()
            self.key = None
        elif kind is yaml.AliasEvent:
            self._refuse("yaml-alias", event, name=event.anchor)
        elif kind is yaml.DocumentStartEvent:
            self.top, self.positions = None, {}
            self.start = event.start_mark.line + self.first_line
        elif kind is yaml.DocumentEndEvent:
            self.parts.append(Part(self.top, self.start, self.positions))

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._decorated(event)
        value: str | None = event.value
        if self.stack and self.key is None and self.stack[-1][0].__class__ is dict:
            container = self.stack[-1][0]
            if value == "<<" or not value:
                self._refuse("yaml-key", event)
            if value in container:
                self._refuse("duplicate-key", event, key=str(value))
            container[value] = None
            self.key = value
            if self.keep:
                self._mark((*self.stack[-1][1], str(value)), event)
            return
        if event.implicit[0] and value in NULLS:
            value = None
        self._put(value, event)

    def _open(self, event: Any, container: Any) -> None:
        if event.anchor or event.tag:
            self._decorated(event)
        if self.stack and self.key is None and self.stack[-1][0].__class__ is dict:
            self._refuse("yaml-key", event)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse("too-deep", event, limit=MAX_DEPTH)
        pointer = self._put(container, event)
        self.stack.append((container, pointer))
        self.key = None

    def _put(self, value: Any, event: Any) -> Pointer:
        if not self.stack:
            self.top = value
            if self.keep:
                self._mark((), event)
            return ()
        container, at = self.stack[-1]
        if container.__class__ is dict:
            key = self.key
            container[key] = value
            self.key = None
            return (*at, str(key)) if self.keep else ()
        container.append(value)
        if not self.keep:
            return ()
        pointer = (*at, len(container) - 1)
        self._mark(pointer, event)
        return pointer

    def _mark(self, pointer: Pointer, event: Any) -> None:
        mark = event.start_mark
        self.positions[pointer] = (mark.line + self.first_line, mark.column + 1)

    def _decorated(self, event: Any) -> None:
        """An anchor or a tag, as the author wrote it: libyaml spells out what `!!` stands for."""
        if event.anchor:
            self._refuse("yaml-alias", event, name=event.anchor)
        self._refuse("yaml-tag", event, name=event.tag.replace(STANDARD_TAG, "!!"))

    def _refuse(self, rule: str, event: Any, **facts: str | int) -> None:
        mark = event.start_mark
        raise Refused(rule, mark.line + self.first_line, mark.column + 1, **facts)
