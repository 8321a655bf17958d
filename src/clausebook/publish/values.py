"""Values as people read them: a schema's titles and labels, ids as links, lists as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Shape
from ..wording import choose, text
from . import gate
from .atlas import Atlas, anchor_of

HIDDEN = frozenset({"kind"})
TABLE_COLUMNS = 6
LONG = 60


class Values:
    """Renders values for one page in one language."""

    def __init__(self, atlas: Atlas, here: str, language: str) -> None:
        self.atlas, self.here, self.language = atlas, here, language
        self.colon = "：" if language == "zh" else ": "
        self.semicolon = "；" if language == "zh" else "; "

    def title(self, shape: Shape, key: str) -> str:
        return choose(shape.title, self.language) or key

    def scalar(self, shape: Shape, value: Any) -> str:
        """One value in one cell."""
        if isinstance(value, bool):
            return text("site.yes" if value else "site.no", self.language)
        if isinstance(value, str) and value in shape.labels:
            return gate.text(choose(shape.labels[value], self.language))
        if isinstance(value, str) and shape.refers:
            return self.atlas.reference(shape.refers, value, self.here)
        return gate.text(value)

    def inline(self, shape: Shape, value: Any) -> str:
        """Anything in one cell: lists joined, fields named."""
        if isinstance(value, list):
            parts = [self.inline(shape.items or shape, member) for member in value]
            deep = any(isinstance(member, dict | list) for member in value)
            return "<br>".join(parts) if deep else ("、" if self.language == "zh" else ", ").join(parts)
        if isinstance(value, dict):
            parts = []
            for key, child in value.items():
                below = shape.properties.get(key) or shape.values or shape
                parts.append(f"{gate.text(self.title(below, key))}{self.colon}{self.inline(below, child)}")
            return self.semicolon.join(parts)
        return self.scalar(shape, value)

    def block(
        self, shape: Shape, value: Mapping[str, Any], level: int = 2, skip: frozenset[str] = HIDDEN
    ) -> Iterator[str]:
        """A whole mapping: a table of its plain fields, then a section for each part that has its own."""
        rows: list[tuple[str, Shape, Any]] = []
        parts: list[tuple[str, Shape, Any]] = []
        for key, child in value.items():
            below = shape.properties.get(key) or shape.values
            if key in skip or below is None:
                continue
            (parts if self._is_part(child) else rows).append((key, below, child))
        if rows:
            yield from self.rows([(self.title(below, key), self.inline(below, child)) for key, below, child in rows])
        for key, below, child in parts:
            yield f"{'#' * min(level, 5)} {gate.text(self.title(below, key))}"
            yield ""
            if isinstance(child, list):
                yield from self.many(below.items or below, child, level + 1)
            else:
                yield from self.block(below, child, level + 1)

    def rows(self, rows: list[tuple[str, str]]) -> Iterator[str]:
        """A two-column table of names and values."""
        yield f"| {text('site.field', self.language)} | {text('site.content', self.language)} |"
        yield "|---|---|"
        for name, value in rows:
            yield f"| {gate.text(name)} | {value} |"
        yield ""

    def many(self, shape: Shape, members: list[Any], level: int) -> Iterator[str]:
        """A list of mappings: one table when it is narrow, else a section for each."""
        keys = list(dict.fromkeys(key for member in members if isinstance(member, dict) for key in member))
        if not keys:
            yield from (f"- {self.inline(shape, member)}" for member in members)
            yield ""
        elif len(keys) <= TABLE_COLUMNS and not any(self._is_part(m.get(k)) for m in members for k in keys):
            yield from self.table(shape, members, keys)
        else:
            for index, member in enumerate(members, start=1):
                yield from self.member(shape, member, level, index)

    def member(self, shape: Shape, member: Mapping[str, Any], level: int, index: int) -> Iterator[str]:
        """One row of a register as a section that can be linked to."""
        own = next(
            (str(member[k]) for k, s in shape.properties.items() if s.defines and isinstance(member.get(k), str)),
            "",
        )
        name = next(
            (
                str(member[k])
                for k in ("title", "name", "what", "statement", "activity")
                if isinstance(member.get(k), str)
            ),
            "",
        )
        heading = " ".join(filter(None, [own, name if len(name) <= LONG else ""])) or f"{index}"
        yield f"{'#' * min(level, 5)} {gate.text(heading)}" + (f" {{#{anchor_of(own)}}}" if own else "")
        yield ""
        yield from self.block(shape, member, level + 1)

    def table(self, shape: Shape, members: list[Any], keys: list[str]) -> Iterator[str]:
        shapes = {key: shape.properties.get(key) or shape.values or shape for key in keys}
        yield "| " + " | ".join(gate.text(self.title(shapes[key], key)) for key in keys) + " |"
        yield "|" + "---|" * len(keys)
        for member in members:
            cells = []
            for key in keys:
                cell = self.inline(shapes[key], member[key]) if key in member else ""
                own = isinstance(member.get(key), str) and shapes[key].defines
                cells.append(f'<a id="{anchor_of(str(member[key]))}"></a>{cell}' if own else cell)
            yield "| " + " | ".join(cells) + " |"
        yield ""

    def _is_part(self, value: Any) -> bool:
        if isinstance(value, dict):
            return bool(value)
        return isinstance(value, list) and any(isinstance(member, dict) for member in value)
