"""Which numbers may be told to everyone: small ones are not, nor what would let somebody work them out (7.5.3, PIPL 4).

A line of counts stands with its total: the quarters of a year, the parts of a whole. What is left out of it must
not follow from what is told, even for a reader who knows these rules; `tests/test_disclosure.py` tries every line.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model import System

LEAST = 5
"""Below it a count is not told, unless org.yaml says another number (`small_cell_below`)."""
FLOOR = 3
"""With two a cell of one is told apart from a cell of two by everybody who is the other one."""


def least_told(system: System) -> int:
    """The smallest count that is told outside."""
    own = system.organisation.get("small_cell_below")
    return max(FLOOR, own) if isinstance(own, int) and not isinstance(own, bool) else LEAST


def small(count: int, least: int) -> bool:
    """Nothing is no secret; few are."""
    return 0 < count < least


def untold(cells: Sequence[int], least: int) -> tuple[frozenset[int], bool]:
    """Positions of a line that must not be told, and whether its total may be.

    Small cells are left out alone where there are several and their sum is neither small itself nor so near to the
    ends of what it can be that each follows from it. Otherwise the whole line goes and the total stays: to take
    away one more cell, or two, would tell by their number how small the small one is.
    """
    hidden = frozenset(place for place, count in enumerate(cells) if small(count, least))
    if not hidden:
        return hidden, True
    most, total = len(hidden) * (least - 1), sum(cells[place] for place in hidden)
    if len(hidden) > 1 and max(least, len(hidden) + 1) <= total < most:
        return hidden, True
    return frozenset(range(len(cells))), len(cells) > 1 and sum(cells) >= least + most
