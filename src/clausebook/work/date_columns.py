"""How the dates of one column are read: the formats are found from all its values, and refused when two fit.

One column may hold several formats (rows a spreadsheet turned into ISO beside rows it did not) as long as each
value fits only one of them. What decides is never the majority: `1/2/2013` is read as month first only because
other values of the same writing, such as `7/29/2013`, cannot be read otherwise. That a date would lie in the future
decides only for years of two digits, where nothing else could: a future date is an error to be named, and what
proves the format of its column (25/12) it proves in any year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from .dates import EARLIEST, EXCEL, FORMATS, SEPARATED, UNBROKEN, normal, parse, time_of, writing

YEAR_FIRST = ("YYYY-MM-DD", "YYYYMMDD", "YYYY-MON-DD", "DD-MON-YYYY", "MON-DD-YYYY", EXCEL)
"""What cannot be read two ways: a person who names another format did not mean these."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column's dates are read: writing → formats. `open` are the readings that could not be told apart.

    `dateless` is True when no value has a time of day but midnight: then midnight is no time (requirements 3.1.4).
    """

    formats: dict[str, tuple[str, ...]] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    dateless: bool = False

    def parse(self, value: str) -> date | None:
        found = (parse(value, form) for form in self.formats.get(writing(value), ()))
        return next((day for day in found if day), None)

    def clock(self, value: str) -> time | None:
        return None if self.dateless else time_of(value)

    @property
    def text(self) -> str | None:
        return ", ".join(dict.fromkeys(form for forms in self.formats.values() for form in forms)) or None


def reading(values: Iterable[str], latest: date, given: Sequence[str] = (), *, serials: bool = True) -> Reading:
    """Find the formats of a column from its different values.

    `given` are formats a person named; `serials` is False when bare numbers are no days counted from 1900.
    """
    groups: dict[str, list[str]] = {}
    dateless = True
    for value in filter(None, values):
        groups.setdefault(writing(value), []).append(value)
        dateless = dateless and time_of(value) in (None, time())
    formats: dict[str, tuple[str, ...]] = {}
    undecided: list[str] = []
    for group, members in groups.items():
        candidates = _candidates(group, members, given)
        if not serials:
            candidates = tuple(form for form in candidates if form != EXCEL)
        fits, clear = _fitting(members, latest, candidates)
        if fits and clear:
            formats[group] = fits
        undecided += () if clear else fits
    return Reading(formats, tuple(dict.fromkeys(undecided)), dateless)


def names_format(written: str) -> bool:
    """True for something that names one of our formats, as the header `Date (dd/mm/yyyy)` does in brackets."""
    return normal(written) in (*SEPARATED, *UNBROKEN)


def _candidates(group: str, members: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """What a group of values may be read by: a named format of its own separator, then any named one that fits a
    value, else what a person who named other formats cannot have meant to exclude."""
    if not given:
        return FORMATS
    own = tuple(dict.fromkeys(normal(form) for form in given if group[0] in form)) if len(given) > 1 else ()
    named = own or tuple(dict.fromkeys(normal(form) for form in given))
    if any(parse(value, form) for value in members for form in named):
        return named
    return YEAR_FIRST


def _fitting(values: Sequence[str], latest: date, candidates: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The formats that values of one writing need, and True; or all that they could have, and False."""
    readings: list[dict[str, date]] = []
    for value in values:
        found = {form: day for form in candidates if (day := parse(value, form)) and _possible(day, form, latest)}
        if found:
            readings.append(found)
    needed = {next(iter(found)) for found in readings if len(found) == 1}
    if not needed:  # no value says which; that does not matter when every reading gives the same day
        needed = {form for form in candidates if readings and all(form in found for found in readings)}
    possible = tuple(form for form in candidates if any(form in found for found in readings))
    for found in readings:
        days = {day for form, day in found.items() if form in needed}
        if len(days) > 1 or (not days and len(set(found.values())) > 1):
            return possible, False
        if not days:
            needed.add(next(iter(found)))
    return tuple(form for form in candidates if form in needed), True


def _possible(day: date, form: str, latest: date) -> bool:
    """Two digits of a year could be a day as well: there the reading must give a day that a log can have."""
    return "YYYY" in form or form == EXCEL or EARLIEST <= day <= latest
