"""Spans of days as people write them: 2026, 2026-H1, 2026-Q3, 2026-10. Half-open: no day counts twice (R 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date

from ..problems import UserError

WRITTEN = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` up to but without `end`."""

    label: str
    start: date
    end: date

    def last_day(self, as_of: date) -> date:
        """The last day that has happened, or the first day of a span still to come."""
        return max(self.start, min(date.fromordinal(self.end.toordinal() - 1), as_of))


def span_of(text: str) -> Span:
    """The span of a label; anything else is a misuse."""
    found = WRITTEN.fullmatch(text)
    if found is None or not 1 <= int(found[1]) < MAXYEAR:
        raise UserError("bad-period", value=text)
    year, quarter, half, month = int(found[1]), found[2], found[3], found[4]
    if quarter:
        return _months(text, year, 3 * int(quarter) - 2, 3)
    if half:
        return _months(text, year, 6 * int(half) - 5, 6)
    return _months(text, year, int(month), 1) if month else _months(text, year, 1, 12)


def _months(label: str, year: int, first: int, count: int) -> Span:
    after = first + count
    return Span(label, date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1))


def cut(span: Span, by: str) -> Iterator[Span]:
    """The months or quarters of a span; a month cut by quarters stays whole."""
    step = {"month": 1, "quarter": 3}[by]
    on = span.start
    while on < span.end:
        label = f"{on.year:04d}-{on.month:02d}" if step == 1 else f"{on.year:04d}-Q{(on.month + 2) // 3}"
        part = span_of(label)
        yield Span(label, on, min(part.end, span.end))
        on = part.end
