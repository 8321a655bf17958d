"""Working days: which days of a year are worked, the n-th one after a day, how many lie between two days.

The calendar is controlled data (`system/calendar/<year>.yaml`), because holidays and make-up days are
announced year by year. A year without a file is never guessed silently: the plain questions raise
`MissingYear`; the clocks of open cases ask `due`, `rolled` and `elapsed`, which take only weekends as off
in such a year and mark the answer as provisional (8.1 b, corrections 38).

The day a period begins with is not counted, and a last day that is a day off moves to the next working
day (民法典 201, 203). Limits of administrative law are not moved (corrections 40): ask no `roll` for them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, date
from typing import Any

from ..model import Entry
from ..problems import UserError

FOLDER = "system/calendar"
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
"""Remainders of a day's ordinal by 7: 1 is Monday, 6 Saturday, 0 Sunday."""


class MissingYear(UserError):
    """There is no calendar of that year, so nothing can be said about its working days."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar-missing", year=year, path=f"{FOLDER}/{year}.yaml")
        self.year = year


@dataclass(frozen=True, slots=True)
class Due:
    """A last day. `provisional`: some year on the way has no calendar, and only its weekends were off."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Working days gone by; `provisional` as for `Due`."""

    days: int
    provisional: bool


@dataclass(frozen=True, slots=True, eq=False)
class WorkingDays:
    """The working days of the known years. `files`: year → the files it was read from."""

    files: Mapping[int, tuple[str, ...]]
    off: frozenset[int]
    worked: frozenset[int]
    assume_weekends: bool = False
    """True for the provisional reading: in a year without a file only weekends are off."""
    index: dict[int, list[int]] = field(default_factory=dict)
    """Memory only: year → its working days as ordinals, in order; made when a year is first asked for."""
    twin: list[WorkingDays] = field(default_factory=list)
    """Memory only: the provisional reading, made once."""

    def is_working(self, day: date) -> bool:
        days = self._year(day.year)
        at = bisect_left(days, day.toordinal())
        return at < len(days) and days[at] == day.toordinal()

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`; `day` itself for 0."""
        if n < 0:
            raise ValueError("working days are counted forward")
        if n == 0:
            return day
        year, days, at = self._after(day)
        at += n - 1
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._year(year)
        return date.fromordinal(days[at])

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add(day, 1)

    def roll(self, day: date) -> date:
        """A legal last day: `day` if it is worked, else the next working day (民法典 203)."""
        return day if self.is_working(day) else self.add(day, 1)

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.count(end, start)
        if end == start:
            return 0
        year, days, at = self._after(start)
        total = -at
        while year < end.year:
            total += len(days)
            year += 1
            days = self._year(year)
        return total + bisect_right(days, end.toordinal())

    def days_in(self, year: int) -> int:
        """Working days of a whole year."""
        return len(self._year(year))

    def due(self, day: date, n: int) -> Due:
        """`add` for a clock: always an answer, marked when a year without calendar was needed."""
        try:
            on = self.provisional().add(day, n)
        except MissingYear:
            on = date.max
        return Due(on, not self.knows(day, on))

    def rolled(self, day: date) -> Due:
        """`roll` for a clock."""
        on = self.provisional().roll(day)
        return Due(on, day.year not in self.files or on.year not in self.files)

    def elapsed(self, start: date, end: date) -> Elapsed:
        """`count` for a clock."""
        first, last = min(start, end), max(start, end)
        return Elapsed(self.provisional().count(start, end), not self.knows(first, last))

    def knows(self, start: date, end: date) -> bool:
        """True when every year that a count from `start` to `end` touches has a calendar."""
        return all(year in self.files for year in _years(start, end))

    def files_between(self, start: date, end: date) -> list[str]:
        """The files that such a count rests on."""
        return [path for year in _years(start, end) for path in self.files.get(year, ())]

    def provisional(self) -> WorkingDays:
        """The same calendar, with weekends assumed for the years it lacks; ask `knows` whether that mattered."""
        if self.assume_weekends:
            return self
        if not self.twin:
            self.twin.append(WorkingDays(self.files, self.off, self.worked, True))
        return self.twin[0]

    def _after(self, day: date) -> tuple[int, list[int], int]:
        """Year, its days, and the place of the first working day after `day`; 31 December asks the next year."""
        if day == date.max:
            raise MissingYear(MAXYEAR + 1)
        following = day.toordinal() + 1
        year = date.fromordinal(following).year
        days = self._year(year)
        return year, days, bisect_left(days, following)

    def _year(self, year: int) -> list[int]:
        known = self.index.get(year)
        if known is not None:
            return known
        if year > MAXYEAR or not (self.assume_weekends or year in self.files):
            raise MissingYear(year)
        whole = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        plain = (day for day in whole if day in self.worked or (day % 7 in MONDAY_TO_FRIDAY and day not in self.off))
        return self.index.setdefault(year, list(plain))


def working_days(calendars: Iterable[Entry], *, legal: bool = False) -> WorkingDays:
    """The working days that entries of kind `calendar` describe.

    `legal` leaves the organisation's own days off out: they delay its own limits, never a legal, told or
    external one. What a schema would refuse is skipped here; `check` reports it. A day that is called both
    off and worked counts as worked, which makes a limit earlier and never later.
    """
    files: dict[int, tuple[str, ...]] = {}
    off: set[int] = set()
    worked: set[int] = set()
    own: set[int] = set()
    for entry in calendars:
        year = entry.value.get("year")
        if not isinstance(year, int) or isinstance(year, bool) or not 1 <= year <= MAXYEAR:
            continue
        files[year] = (*files.get(year, ()), entry.path)
        off.update(_days(entry.value.get("holidays")))
        worked.update(_days(entry.value.get("makeup_workdays")))
        own.update(_days(entry.value.get("org_days_off")))
    if not legal:
        off |= own
        worked -= own
    return WorkingDays(files, frozenset(off), frozenset(worked))


def both_off_and_worked(value: Mapping[str, Any]) -> list[date]:
    """Days that one calendar lists as a day off and as a make-up day: a contradiction in the file."""
    both = {*_days(value.get("holidays"))} & {*_days(value.get("makeup_workdays"))}
    return [date.fromordinal(day) for day in sorted(both)]


def _days(rows: Any) -> Iterator[int]:
    for row in rows if isinstance(rows, list) else ():
        on = row.get("on") if isinstance(row, Mapping) else None
        if isinstance(on, str):
            try:
                yield date.fromisoformat(on).toordinal()
            except ValueError:
                continue


def _years(start: date, end: date) -> range:
    """Years of the days after `start` up to `end`; none when nothing is counted."""
    if end <= start:
        return range(0)
    return range(date.fromordinal(start.toordinal() + 1).year, end.year + 1)
