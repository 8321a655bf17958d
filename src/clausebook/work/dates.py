"""Dates of foreign logs: a column's formats are found from all its values, and refused when two readings fit.

One column may hold several formats (rows a spreadsheet turned into ISO beside rows it did not) as long as each
value fits only one of them. What decides is never the majority: `1/2/2013` is read as month first only because
other values of the same writing, such as `7/29/2013`, cannot be read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache

CLOCK = r"(?:[ T]*((?:上午|下午|[0-9]{1,2}[:时点])[^ ]*(?: ?[AaPp]\.?[Mm]\.?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?))?"
PARTS = re.compile(
    r"\s*([0-9]{1,4})(\s?[-/.年]\s?|\s)([0-9]{1,2}|[A-Za-z]{3,9})(?:\s?[-/.月,]\s?|\s)([0-9]{1,4})[日号]?"
    + CLOCK
    + r"\s*"
)
COMPACT = re.compile(r"\s*([0-9]{4})([0-9]{2})([0-9]{2})\s*")
SERIAL = re.compile(r"\s*([2-6][0-9]{4})(?:\.[0-9]+)?\s*")
TIME = re.compile(r"(上午|下午)?([0-9]{1,2})[:时点]([0-9]{2})分?(?::?([0-9]{2})秒?)?(?:\.[0-9]+)? ?([AaPp])?.*")
FORMATS = ("YYYY-MM-DD", "MM-DD-YYYY", "DD-MM-YYYY", "MM-DD-YY", "DD-MM-YY", "YY-MM-DD", "DD-MON-YYYY", "DD-MON-YY",
           "YYYYMMDD", "EXCEL")  # fmt: skip
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(NAMES, start=1)}
WIDTHS = {"YYYY": (4,), "YY": (2,), "MM": (1, 2), "DD": (1, 2)}
CENTURY = 2000
EXCEL_EPOCH = date(1899, 12, 30)
EARLIEST = date(1980, 1, 1)


@lru_cache(maxsize=65536)
def parse(value: str, form: str) -> date | None:
    """The date of `value` in one of FORMATS (the separator does not matter); None when it does not fit."""
    if form in ("EXCEL", "YYYYMMDD"):
        return _whole(value, form)
    found = PARTS.fullmatch(value)
    if not found:
        return None
    numbers = {}
    names = form.split("-")
    if len(names) != 3 or not {*names} <= {*WIDTHS, "MON"}:
        return None
    for name, digits in zip(names, found.group(1, 3, 4), strict=True):
        if name == "MON":
            if digits[:3].lower() not in MONTHS:
                return None
            numbers["M"] = MONTHS[digits[:3].lower()]
        elif not digits.isdigit() or len(digits) not in WIDTHS[name]:
            return None
        else:
            numbers[name[0]] = int(digits) + (CENTURY if name == "YY" else 0)
    try:
        return date(numbers["Y"], numbers["M"], numbers["D"])
    except (ValueError, KeyError):
        return None


def _whole(value: str, form: str) -> date | None:
    """20150408, or the number of days Excel shows when a date has lost its format."""
    found = (SERIAL if form == "EXCEL" else COMPACT).fullmatch(value)
    if not found:
        return None
    if form == "EXCEL":
        return EXCEL_EPOCH + timedelta(days=int(found[1]))
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def time_of(value: str) -> time | None:
    """The time of day behind a date, when the value has one."""
    found = PARTS.fullmatch(value)
    part = TIME.fullmatch(found[5]) if found and found[5] else None
    if not part:
        return None
    hour, half = int(part[2]), (part[5] or {"上午": "a", "下午": "p"}.get(part[1] or "", "")).lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(part[3]), int(part[4] or 0))
    except ValueError:
        return None


def writing(value: str) -> str:
    """How a value is written, digits and values apart: values of one writing have one format or none."""
    found = PARTS.fullmatch(value)
    if not found:
        return "whole"
    widths = ["4" if len(part) > 2 else "2" for part in found.group(1, 4)]
    return (found[2].strip() or " ") + "".join(widths) + ("a" if found[3].isalpha() else "")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column's dates are read: writing → formats. `open` are the readings that could not be told apart."""

    formats: dict[str, tuple[str, ...]] = field(default_factory=dict)
    open: tuple[str, ...] = ()

    def parse(self, value: str) -> date | None:
        found = (parse(value, form) for form in self.formats.get(writing(value), ()))
        return next((day for day in found if day), None)

    @property
    def text(self) -> str | None:
        return ", ".join(dict.fromkeys(form for forms in self.formats.values() for form in forms)) or None


def reading(values: Iterable[str], latest: date, given: Sequence[str] = ()) -> Reading:
    """Find the formats of a column from its different values; `given` are formats a person named."""
    groups: dict[str, list[str]] = {}
    for value in values:
        if value:
            groups.setdefault(writing(value), []).append(value)
    formats: dict[str, tuple[str, ...]] = {}
    undecided: list[str] = []
    for group, members in groups.items():
        candidates = _named(group, given) or (_normals(given) if given else FORMATS)
        fits, clear = _fitting(members, latest, candidates)
        if fits and clear:
            formats[group] = fits
        undecided += () if clear else fits
    return Reading(formats, tuple(dict.fromkeys(undecided)))


def _named(group: str, given: Sequence[str]) -> tuple[str, ...]:
    """The given formats that are written with this group's separator, as `M/D/YYYY` beside `D-M-YYYY`."""
    return _normals(form for form in given if group[0] in form) if len(given) > 1 else ()


def _normals(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal(form) for form in given))


def _fitting(values: Sequence[str], latest: date, candidates: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The formats that values of one writing need, and True; or all that they could have, and False."""
    readings: list[dict[str, date]] = []
    for value in values:
        found = {form: day for form in candidates if (day := parse(value, form)) and EARLIEST <= day <= latest}
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


def normal(form: str) -> str:
    """A format as people write it (M/D/YYYY, dd.mm.yyyy, %m/%d/%Y) as one of FORMATS, or as it was."""
    text = form.strip().replace("%Y", "YYYY").replace("%y", "YY").replace("%m", "MM").replace("%d", "DD")
    text = text.replace("%b", "MON").upper().replace("MMM", "MON")
    parts = [part for part in re.split(r"[-/. 年月日]+", text) if part]
    wide = {"M": "MM", "D": "DD", "Y": "YYYY"}
    return "-".join(wide.get(part, part) for part in parts)
