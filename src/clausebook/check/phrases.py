"""Evidence selectors in words, out of the schemas' own titles and labels; for problems, `explain` and the manual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..clauses import Selector
from ..model import Kind, Shape
from ..problems import Bilingual
from ..wording import COLON, COMMA, SEMICOLON, aside, text

NAMED_KINDS = 3
"""So many kinds are named before the rest is left out; a document may be of any kind."""


def shape_at(kinds: Sequence[Kind], path: Sequence[str]) -> Shape | None:
    """What the schema of the first kind that has it says of a dotted path; lists on the way are entered."""
    for kind in kinds:
        shape: Shape | None = kind.shape
        for step in path:
            while shape is not None and shape.items is not None:
                shape = shape.items
            shape = shape.properties.get(step) if shape is not None else None
        if shape is not None:
            return shape
    return None


def field(kinds: Sequence[Kind], selector: Selector, name: str, language: str) -> str:
    """A field as people know it, with its key for the one who edits the file."""
    shape = shape_at(kinds, (*selector.select, *name.split(".")))
    title = shape.title[language] if shape is not None else ""
    if not title:
        return name
    return title + aside(name, language)


def value(kinds: Sequence[Kind], selector: Selector, name: str, said: Any, language: str) -> str:
    """A value by its label: internal → 内部审核."""
    shape = shape_at(kinds, (*selector.select, *name.split(".")))
    while shape is not None and shape.items is not None:
        shape = shape.items
    if isinstance(said, list):
        return COMMA[language].join(value(kinds, selector, name, one, language) for one in said)
    label = shape.labels.get(str(said)) if shape is not None else None
    return label[language] if label else str(said)


def conditions(kinds: Sequence[Kind], selector: Selector, language: str) -> list[str]:
    """The conditions of `where` that name a value; mere presence or absence is left out."""
    colon = COLON[language]
    found = []
    for name, wanted in selector.where.items():
        if wanted not in (None, "*"):
            shape = shape_at(kinds, (*selector.select, *name.split(".")))
            title = shape.title[language] if shape is not None and shape.title[language] else name
            found.append(f"{title}{colon}{value(kinds, selector, name, wanted, language)}")
    return found


def wanted(kinds: Sequence[Kind], selector: Selector) -> Bilingual:
    """What a selector looks for: the kind, the part of it and the condition."""
    return {language: _wanted(kinds, selector, language) for language in ("zh", "en")}


def _wanted(kinds: Sequence[Kind], selector: Selector, language: str) -> str:
    joint = COMMA[language]
    name = joint.join(kind.title[language] for kind in kinds[:NAMED_KINDS])
    if selector.document:
        name = text("check.document_for", language, clause=selector.document, kinds=name)
    part = shape_at(kinds, selector.select) if selector.select else None
    extra = [part.title[language]] if part is not None and part.title[language] else []
    extra += conditions(kinds, selector, language)
    if not extra:
        return name
    inner = SEMICOLON[language].join(extra)
    return name + aside(inner, language)


def label(kind: Kind, path: Sequence[str], name: str) -> Bilingual:
    """A value of a list of choices as the schema calls it for people, or itself."""
    shape = shape_at([kind], path)
    return (shape.labels if shape is not None else {}).get(name) or {"zh": name, "en": name}


def whole(kinds: Sequence[Kind], selector: Selector, language: str) -> str:
    """A selector in one line: what, with which fields, how many, since when, and who asks."""
    joint = COMMA[language]
    parts = [_wanted(kinds, selector, language)]
    if selector.each:
        parts.append(joint.join(field(kinds, selector, name, language) for name in selector.each))
    if selector.any_of:
        names = [field(kinds, selector, name, language) for name in selector.any_of]
        parts.append((" 或 " if language == "zh" else " or ").join(names))
    if selector.covers:
        name, values = selector.covers
        shown = joint.join(value(kinds, selector, name, one, language) for one in values)
        parts.append(f"{field(kinds, selector, name, language)}: {shown}")
    parts += [f"#{anchor}" for anchor in selector.sections]
    if selector.minimum > 1:
        parts.append(f"≥ {selector.minimum}")
    if selector.within:
        parts.append(text("check.within", language, months=selector.within[1]))
    return " · ".join([*parts, text(f"check.basis.{selector.basis}", language)])
