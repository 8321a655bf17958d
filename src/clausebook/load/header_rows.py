"""Where the header of a foreign table stands, in one row or two, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .headers import BELOW, meaning_of

LOOK = 40
"""A header stands within so many rows; above it are titles, dates of print and the like."""
LONGEST = 120
LONGEST_NAME = 80
DATA = re.compile(r"\s*[-+]?[0-9][0-9./:,年月日 %-]*\s*")


@dataclass(frozen=True, slots=True)
class Header:
    """`first` and `last` are indexes into the rows looked at; they differ when the header has two rows. `known` is
    how many names are wanted or have a meaning."""

    first: int
    last: int
    cells: tuple[str, ...]
    known: int = 0


def find_header(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> Header | None:
    """The header among the first rows: where most names are `wanted` (by a map) or known, else where the first row
    of several cells stands; None when there is no cell at all. Two rows are one header only when their names
    together are known better than those of either row."""
    wanted = {" ".join(name.split()) for name in wanted}
    scores = [_score(cells, wanted) for cells in rows[:LOOK]]
    best = max(scores, default=(0, 0))
    if best > (0, 0):
        at = scores.index(best)
        found = Header(at, at, tuple(rows[at]), sum(best))
        for top in (at, at - 1):
            if top >= 0 and top + 1 < len(rows) and _is_name_row(rows[top + 1]):
                cells = _joined(rows[top], rows[top + 1])
                if (score := _score(cells, wanted)) > best:
                    best, found = score, Header(top, top + 1, cells, sum(score))
        return found
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows[:LOOK]]
    several = next((index for index, count in enumerate(filled) if count > 1), None)
    at_all = several if several is not None else next((index for index, count in enumerate(filled) if count), None)
    return None if at_all is None else Header(at_all, at_all, tuple(rows[at_all]))


def _score(cells: Sequence[str], wanted: Collection[str]) -> tuple[int, int]:
    """How many names a map speaks of, and how many meanings are known; one meaning counts once."""
    trimmed = {" ".join(cell.split()) for cell in cells if cell.strip()}
    known = {found[0].name for cell in trimmed if len(cell) <= LONGEST_NAME and (found := meaning_of(cell))}
    return len(trimmed & {*wanted}), len(known)


def _is_name_row(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 1 and not any(DATA.fullmatch(cell) or len(cell) > LONGEST_NAME for cell in filled)


def _joined(top: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Two rows as one: a merged cell above keeps its name over the names below it, one without any stands alone."""
    names, group = [], ""
    for place in range(max(len(top), len(below))):
        over = " ".join(top[place].split()) if place < len(top) else ""
        under = " ".join(below[place].split()) if place < len(below) else ""
        group = (over or group) if under else ""
        names.append(f"{group}{BELOW}{under}" if group and under != group else under or over)
    return tuple(names)


def named(header: Sequence[str]) -> tuple[str, ...]:
    """Column names, trimmed; a repeated or empty name gets its position so that no cell is lost."""
    names: list[str] = []
    taken: set[str] = set()
    for index, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:LONGEST] or f"column {index}"
        while name in taken:
            name = f"{name} ({index})"
        names.append(name)
        taken.add(name)
    return tuple(names)
