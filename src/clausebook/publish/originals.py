"""Where the originals are (7.5.3, corrections 33): every piece of evidence a record names, on one table.

A token is no evidence on an audit day: what it is, which step it proves, its digest, where it is kept and who
brings it. A piece that names nobody to bring it, or has no digest, shows the hole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Entry, Shape
from . import gate
from .book import Book, Lines
from .case_words import say
from .values import Values, chip

COLUMNS = ("what", "proves", "kind", "location", "held_by", "digest")


def lines(book: Book, entry: Entry, values: Values) -> Lines:
    """The index; nothing for a record without any evidence of its own."""
    found = list(_evidence(entry.kind.shape, entry.value, ()))
    if not found:
        return
    yield f"## {say(book, 'originals')}"
    yield ""
    yield from gate.header(say(book, f"column.{name}") for name in COLUMNS)
    for shape, piece, chain in found:
        yield gate.row(*_cells(book, shape, piece, chain, values))
    yield ""
    unheld, plain = (sum(key not in piece for _, piece, _ in found) for key in ("held_by", "sha256"))
    yield f"<small>{say(book, 'originals_open', count=len(found), unheld=unheld or '', plain=plain or '')}</small>"
    yield ""


def _cells(
    book: Book, shape: Shape, piece: Mapping[str, Any], chain: tuple[Shape, ...], values: Values
) -> Iterator[str]:  # fmt: skip
    def said(key: str) -> str:
        return values.scalar(shape.properties[key], piece[key]) if key in piece and key in shape.properties else ""

    names = [book.choose(step.title) for step in chain if step.title["zh"]]
    on = f"<br><small>{said('on')}</small>" if "on" in piece else ""
    yield said("what") + on
    yield gate.text(" · ".join(dict.fromkeys(names[:2])))
    yield said("kind")
    yield said("location")
    yield said("held_by") or chip("warn", say(book, "unheld"))
    digest = str(piece.get("sha256", ""))
    yield f"<code>{gate.text(digest[:12])}…</code>" if digest else "—"


def _evidence(
    shape: Shape, value: Any, chain: tuple[Shape, ...]
) -> Iterator[tuple[Shape, Mapping[str, Any], tuple[Shape, ...]]]:
    """Mappings whose schema is that of evidence, wherever in the record, in the order of the record."""
    if isinstance(value, dict):
        if {"what", "location", "held_by", "sha256"} <= set(shape.properties):
            yield shape, value, chain
            return
        for key, child in value.items():
            inner = shape.properties.get(key) or shape.values
            if inner is not None:
                yield from _evidence(inner, child, (*chain, inner))
    elif isinstance(value, list) and shape.items is not None:
        for child in value:
            yield from _evidence(shape.items, child, chain)
