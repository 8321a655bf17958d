"""Small numbers stay inside: neither told nor worked out by who knows totals, neighbours and the rules."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from clausebook.measure.disclosure import untold


@pytest.mark.parametrize(
    "cells, least, hidden, total",
    [
        ([12, 15, 17, 21], 5, set(), True),  # nothing is small
        ([0, 0, 9, 12], 5, set(), True),  # nothing is no secret
        ([3, 15, 17, 21], 5, {0, 1, 2, 3}, True),  # 3 alone would be the total less the others
        ([3, 4, 17, 21], 5, {0, 1}, True),  # 7 together: 3 + 4 or 4 + 3
        ([1, 2, 17, 21], 5, {0, 1, 2, 3}, True),  # 3 together would be small again
        ([4, 4, 0, 21], 5, {0, 1, 2, 3}, True),  # 8 of two small ones can only be 4 each
        ([1, 1, 1, 0], 3, {0, 1, 2, 3}, False),  # three of three: one each
        ([3, 0, 0, 0], 5, {0, 1, 2, 3}, False),  # the total is the small cell
        ([2], 5, {0}, False),
        ([8], 5, set(), True),
        ([3, 8], 5, {0, 1}, True),
        ([4, 5], 5, {0, 1}, True),
        ([1, 5], 5, {0, 1}, False),  # 6 of one small and one other: 1 and 5
    ],
)
def test_what_is_left_out_of_a_line(cells: list[int], least: int, hidden: set[int], total: bool) -> None:
    assert untold(cells, least) == (hidden, total)


@pytest.mark.parametrize("least, length, most", [(3, 4, 8), (4, 4, 9), (5, 3, 14), (5, 2, 16), (5, 4, 11), (3, 2, 12)])
def test_nobody_can_work_out_a_hidden_cell(least: int, length: int, most: int) -> None:
    """All lines that would look the same from outside: in no place may they all say the same small number.

    The reader is taken to know the rules and everything that is told. Lines whose hidden cells
    are together more than what is tried are only partners for others, since theirs may lie beyond.
    """
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for line in product(range(most + 1), repeat=length):
        hidden, total = untold(line, least)
        seen = tuple(None if place in hidden else count for place, count in enumerate(line))
        alike[(seen, sum(line) if total else None)].append(line)
    given_away = []
    for lines in alike.values():
        hidden, _ = untold(lines[0], least)
        for place in hidden if sum(lines[0][place] for place in hidden) <= most else ():
            if len({line[place] for line in lines}) == 1 and lines[0][place] < least:
                given_away.append(lines[0])
    assert given_away[:10] == []
