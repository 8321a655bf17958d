"""Small numbers stay inside: neither told nor worked out by who knows totals, neighbours and the rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest

from clausebook.measure.cases import Case
from clausebook.measure.disclosure import untold
from clausebook.pipeline import Report
from clausebook.publish.public.numbers import PublicFigure, public_figures


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


QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")


def quarter(case: Case) -> str:
    return f"{case.received.on.year}-Q{(case.received.on.month + 2) // 3}"


def with_counts(report: Report, counts: tuple[int, ...]) -> dict[str, PublicFigure]:
    """The public numbers of an organisation that received so many complaints in each quarter of 2025."""
    chosen: list[Case] = []
    for label, count in zip(QUARTERS, counts, strict=True):
        able = [case for case in report.measured.cases if quarter(case) == label and case.counted]
        chosen += able[:count]
        assert len(able) >= count
    complaints = replace(report.measured.complaints, cases=tuple(chosen))
    kept = {case.entry.path for case in chosen}
    system = replace(
        report.system, entries=[e for e in report.system.entries if e.kind.name != "complaint" or e.path in kept]
    )
    smaller = replace(report, system=system, measured=replace(report.measured, complaints=complaints))
    return {one.id: one for one in public_figures(smaller)}


def states(one: PublicFigure) -> dict[str, object]:
    told = {told.span.label: told.value if told.state == "told" else told.state for told in (*one.years, *one.quarters)}
    return {label: told[label] for label in ("2025", *QUARTERS)}


@pytest.mark.parametrize(
    "counts, seen",
    [
        # 2 alone would be 26 - 7 - 9 - 8; without any quarter only the year is told.
        ((7, 2, 9, 8), [26, "kept", "kept", "kept", "kept"]),
        # 2 and 3 would hide each other; but one of the three needed no acknowledgement, and 2 with 2 are few again:
        # what one indicator keeps of these people, all of them keep.
        ((7, 2, 3, 8), [20, "kept", "kept", "kept", "kept"]),
        # The year itself is small.
        ((0, 3, 0, 0), ["kept", "kept", "kept", "kept", "kept"]),
        ((6, 0, 7, 5), [18, 6, 0, 7, 5]),
    ],
)
def test_a_small_organisation_gives_nobody_away(example: Report, counts: tuple[int, ...], seen: list[object]) -> None:
    found = with_counts(example, counts)
    assert list(states(found["complaint-count"]).values()) == seen
    for one in ("acknowledgement-on-time", "response-on-time", "closure-on-time", "resolution-time", "resolution-rate"):
        for label, said in states(found[one]).items():
            if states(found["complaint-count"])[label] == "kept":
                assert said in ("kept", "none"), (one, label)


def test_who_missed_a_limit_is_not_told_when_few(example: Report) -> None:
    """All 65 of 2025: one late acknowledgement, three not resolved, two late ends (kpi --period 2025)."""
    found = {one.id: one for one in public_figures(example)}
    for one in ("acknowledgement-on-time", "resolution-rate", "closure-on-time"):
        assert list(states(found[one]).values()) == ["few-missed", "kept", "kept", "kept", "kept"], one
    assert list(states(found["response-on-time"]).values()) == [100, 100, 100, 100, 100]
    # 3 + 3 + 5 + 11 were not satisfied: the two threes hide each other.
    assert list(states(found["satisfied-share"]).values()) == [61.4, "kept", "kept", 61.5, 47.6]


def test_the_organisation_may_ask_for_more(example: Report) -> None:
    """With a least count of 20, quarters of 12, 15 and 17 are small and 44 together; 21 is not."""
    own = next(example.system.of("organization"))
    stricter = replace(own, value={**own.value, "small_cell_below": 20})
    system = replace(example.system, entries=[stricter if e is own else e for e in example.system.entries])
    found = {one.id: one for one in public_figures(replace(example, system=system))}
    assert list(states(found["complaint-count"]).values()) == [65, "kept", "kept", "kept", 21]
