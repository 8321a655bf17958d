"""The body of a document as a reader sees it: headings, paragraphs, list items, rows of tables, code.

White space and list numbers are layout: a paragraph broken into other lines, or an item that is now the fourth
instead of the third, says what it said before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .alignment import Effort, Match, Piece, aligned
from .spans import Span, spans, whole

Sort = Literal["heading", "paragraph", "item", "head", "row", "code"]
How = Literal["kept", "added", "removed", "changed", "moved"]

FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
HEADING = re.compile(r"#{1,6}[ \t]+\S")
BULLET = re.compile(r"([ \t]*(?:[-*+]|[0-9]{1,9}[.)、]))[ \t]+")
RULED = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?\Z")
BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
ANCHOR = re.compile(r"[ \t]*\{#[A-Za-z0-9_.-]+\}[ \t]*\Z")
FAMILIES = {"item": "prose", "paragraph": "prose", "head": "row"}


@dataclass(frozen=True, slots=True)
class Block:
    """One passage of a body. `cells` are its text: one, or one for each cell of a row; `section` is its heading."""

    sort: Sort
    cells: tuple[str, ...]
    section: str = ""

    @property
    def family(self) -> str:
        return FAMILIES.get(self.sort, self.sort)

    def piece(self) -> Piece:
        level = self.cells if self.sort == "code" else tuple(" ".join(cell.split()) for cell in self.cells)
        return Piece((self.family, level), self.family, "\n".join(self.cells))


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of one passage. `cells` are spans, cell by cell; `before` and `after` its number in either text.

    A moved passage stands where it is now; `origin` is the section it came from. Its words may have changed as well.
    """

    how: How
    sort: Sort
    cells: tuple[tuple[Span, ...], ...]
    before: int | None
    after: int | None
    section: str
    origin: str = ""


def blocks(body: str) -> list[Block]:
    """The passages of a body in order; blank lines and the ruled line of a table are none."""
    return list(_with_sections(_Reader().read(body)))


def _with_sections(found: list[tuple[Sort, list[str]]]) -> Iterator[Block]:
    section = ""
    for sort, lines in found:
        if sort in ("row", "head"):
            yield Block(sort, _cells(lines[0]), section)
            continue
        text = "\n".join(lines) if sort == "code" else "\n".join(line.strip() for line in lines)
        if sort == "heading":
            section = heading(text)
        yield Block(sort, (text,), section)


def heading(text: str) -> str:
    """A heading without its marks and anchor."""
    return ANCHOR.sub("", text).lstrip("#").strip()


def _cells(line: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in BETWEEN_CELLS.split(line.strip())]
    return tuple(cells[1 if not cells[0] else 0 : -1 if len(cells) > 1 and not cells[-1] else None])


class _Reader:
    """Line by line; `open` says whether the next line of text goes on with the last passage."""

    def __init__(self) -> None:
        self.found: list[tuple[Sort, list[str]]] = []
        self.fence = ""
        self.open = False

    def read(self, body: str) -> list[tuple[Sort, list[str]]]:
        for line in body.split("\n"):
            self._take(line)
        return self.found

    def _take(self, line: str) -> None:
        fence = FENCE.match(line)
        if self.fence:
            self.found[-1][1].append(line)
            if fence and fence[1].startswith(self.fence) and not line.strip(" \t`~"):
                self.fence = ""
        elif fence:
            self.fence = fence[1]
            self._new("code", line, goes_on=False)
        elif not line.strip():
            self.open = False
        elif line.lstrip().startswith("|"):
            self._row(line)
        elif HEADING.match(line):
            self._new("heading", line, goes_on=False)
        elif bullet := BULLET.match(line):
            self._new("item", line[bullet.end() :], goes_on=True)
        elif self.open:
            self.found[-1][1].append(line)
        else:
            self._new("paragraph", line, goes_on=True)

    def _row(self, line: str) -> None:
        last = self.found[-1] if self.found else None
        if RULED.match(line) and last is not None and last[0] == "row":
            self.found[-1] = ("head", last[1])
        else:
            self._new("row", line, goes_on=False)

    def _new(self, sort: Sort, line: str, *, goes_on: bool) -> None:
        self.found.append((sort, [line]))
        self.open = goes_on


def compared(before: str, after: str, effort: Effort) -> list[Passage]:
    """What became of every passage, in the order of reading."""
    old, new = blocks(before), blocks(after)
    matches = aligned([block.piece() for block in old], [block.piece() for block in new], effort)
    return [_passage(match, old, new, effort) for match in matches]


def _passage(match: Match, old: list[Block], new: list[Block], effort: Effort) -> Passage:
    was = old[match.before] if match.before is not None else None
    now = new[match.after] if match.after is not None else None
    there = now or was
    assert there is not None
    if was is None or now is None:
        came: Literal["added", "removed"] = "removed" if now is None else "added"
        cells = tuple(whole(came, cell) for cell in there.cells)
        return Passage(came, there.sort, cells, match.before, match.after, there.section)
    cells = _row(was.cells, now.cells, effort)
    touched = any(span.how != "kept" for cell in cells for span in cell)
    how: How = "moved" if match.moved else "changed" if touched else "kept"
    origin = was.section if match.moved else ""
    return Passage(how, now.sort, cells, match.before, match.after, now.section, origin)


def _row(before: tuple[str, ...], after: tuple[str, ...], effort: Effort) -> tuple[tuple[Span, ...], ...]:
    """Cell by cell where the columns are as many; else a column came or went, and equal cells tell which."""
    if len(before) == len(after):
        return tuple(spans(was, now, effort) for was, now in zip(before, after, strict=True))
    old, new = ([Piece(cell, "cell", cell) for cell in cells] for cells in (before, after))
    return tuple(_cell(match, before, after, effort) for match in aligned(old, new, effort))


def _cell(match: Match, before: tuple[str, ...], after: tuple[str, ...], effort: Effort) -> tuple[Span, ...]:
    was = before[match.before] if match.before is not None else ""
    now = after[match.after] if match.after is not None else ""
    if match.before is None or match.after is None or match.moved:
        return (*whole("removed", was), *whole("added", now))
    return spans(was, now, effort)
