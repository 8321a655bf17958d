"""Markdown with front matter: the control block between two `---` lines, then the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .strict_yaml import Part, Refused, parse


@dataclass(frozen=True, slots=True)
class Document:
    """`body_line` is the line of the file (from 1) on which the body begins."""

    front: Any
    body: str
    body_line: int


def split(text: str) -> tuple[str, str, int]:
    """Front matter text, body, and the body's first line; refused when the block is missing or open."""
    if not text.startswith("---\n"):
        raise Refused("front-matter-missing", 1, 1)
    end = text.find("\n---\n", 3)
    if end < 0:
        if not text.rstrip("\n").endswith("\n---"):
            raise Refused("front-matter-open", 1, 1)
        end = text.rstrip("\n").rfind("\n---")
    front = text[4 : end + 1]
    body = text[end + 5 :]
    return front, body, front.count("\n") + 3


def read(text: str, *, positions: bool = False) -> tuple[Part, str, int]:
    """The parsed front matter (lines count in the file), the body and its first line."""
    front, body, line = split(text)
    parts = parse(front, 2, positions=positions)
    if len(parts) != 1:
        raise Refused("front-matter-missing", 1, 1)
    return parts[0], body, line
