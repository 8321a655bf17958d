"""Completeness against the source (8.2, corrections 31): what each channel's own counter says, and what was recorded.

The commonest fraud is the complaint that is never recorded; only a count from outside the records can show it. A
channel that has no counter, and a month that nobody reconciled, are named too: silence is no agreement. The rule
on differences and the page of reconciliation read the same lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..model import Entry, System
from .cases import Case
from .moments import rows, word, words

Agreement = Literal["equal", "explained", "unexplained", "no-counter", "not-counted", "running"]
Key = tuple[str, str]
"""Month and channel."""
YEARS = 20
"""Months are listed this far back at most: one wrong year of a record must not make thousands of empty lines."""


@dataclass(frozen=True, slots=True)
class Count:
    """One row of a channel-count record: the source's number, and where it stands in the file."""

    entry: Entry
    index: int

    @property
    def value(self) -> Mapping[str, Any]:
        return rows(self.entry.value, "items")[self.index]


@dataclass(frozen=True, slots=True)
class Line:
    """One channel in one month. `counted` is None when no source counts it; `difference` is recorded minus counted."""

    month: str
    channel: str
    counts: tuple[Count, ...]
    recorded: tuple[str, ...]
    agreement: Agreement

    @property
    def counted(self) -> int | None:
        return _sum(count.value.get("count") for count in self.counts) if self.counts else None

    @property
    def difference(self) -> int | None:
        return None if self.counted is None else len(self.recorded) - self.counted

    @property
    def explained(self) -> int:
        """What the reasons given add up to, with their signs."""
        return _sum(reason.get("count") for count in self.counts for reason in rows(count.value, "differences"))


def reconciliation_of(system: System, cases: Sequence[Case]) -> tuple[Line, ...]:
    """A line for every channel and month since the first complaint that is judged, newest month first; channels
    in the organisation's order, then others that were counted or used in that month."""
    recorded: dict[Key, list[str]] = defaultdict(list)
    for case in cases:
        recorded[case.received.on.isoformat()[:7], word(case.value, "channel") or ""].append(case.id)
    counts, unable = _counts(system)
    own = rows(system.organisation, "channels")
    never = {str(row.get("id")) for row in own if row.get("has_source_count") is False}
    now = system.as_of.isoformat()[:7]
    lines = []
    for month in sorted({*_months(cases, system.as_of), *unable}, reverse=True):
        used = sorted(name for at, name in {*counts, *recorded} if at == month)
        for channel in dict.fromkeys([*(str(row.get("id")) for row in own), *used]):
            sources, found = tuple(counts.get((month, channel), ())), tuple(recorded.get((month, channel), ()))
            silent = channel in never or channel in unable.get(month, ())
            lines.append(Line(month, channel, sources, found, _agreement(sources, found, silent, month >= now)))
    return tuple(lines)


def _counts(system: System) -> tuple[Mapping[Key, list[Count]], Mapping[str, set[str]]]:
    """The sources' numbers by month and channel, and by month the channels said to have no counter."""
    counts: dict[Key, list[Count]] = defaultdict(list)
    unable: dict[str, set[str]] = defaultdict(set)
    for entry in system.of("channel-count"):
        month = word(entry.value, "period") or ""
        unable[month] |= set(words(entry.value, "without_counter"))
        for index, row in enumerate(rows(entry.value, "items")):
            if isinstance(row.get("count"), int):
                counts[month, str(row.get("channel"))].append(Count(entry, index))
    return counts, unable


def _agreement(counts: tuple[Count, ...], recorded: tuple[str, ...], silent: bool, running: bool) -> Agreement:
    line = Line("", "", counts, recorded, "equal")
    if line.difference is None:
        return "no-counter" if silent else "running" if running else "not-counted"
    # Many write how many are missing without the sign; what counts is that the reasons add up to it.
    if abs(line.difference) != abs(line.explained):
        return "unexplained"
    return "explained" if any(rows(count.value, "differences") for count in counts) else "equal"


def _months(cases: Sequence[Case], as_of: date) -> Iterator[str]:
    first = min((case.received.on for case in cases if case.judged), default=None)
    if first is None:
        return
    year, month = max((first.year, first.month), (as_of.year - YEARS, as_of.month))
    while (year, month) <= (as_of.year, as_of.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _sum(values: Iterator[Any]) -> int:
    return sum(value for value in values if isinstance(value, int) and not isinstance(value, bool))
