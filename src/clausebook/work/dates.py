"""Dates of foreign logs: the format of a column is found from all its values, and refused when two fit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

PARTS = re.compile(r"^\s*([0-9]{1,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,4})日?(?:[ T]+([0-9]{1,2}:[0-9]{2}.*))?\s*$")
FORMATS = ("YYYY-MM-DD", "MM-DD-YYYY", "DD-MM-YYYY", "MM-DD-YY", "DD-MM-YY")
CENTURY = 2000


def parse(value: str, form: str) -> date | None:
    """The date of `value` in one of FORMATS (the separator does not matter); None when it does not fit."""
    found = PARTS.match(value)
    if not found:
        return None
    names = form.split("-")
    widths = {"YYYY": 4, "YY": 2}
    numbers = {}
    for name, digits in zip(names, found.groups()[:3], strict=True):
        if (name in widths and len(digits) != widths[name]) or (name not in widths and len(digits) > 2):
            return None
        numbers[name[0]] = int(digits) + (CENTURY if name == "YY" else 0)
    try:
        return date(numbers["Y"], numbers["M"], numbers["D"])
    except ValueError:
        return None


def normal(form: str) -> str:
    """A format as people write it (M/D/YYYY, dd.mm.yyyy, %m/%d/%Y) as one of FORMATS, or as it was."""
    upper = form.strip().replace("%Y", "YYYY").replace("%y", "YY").replace("%m", "MM").replace("%d", "DD").upper()
    parts = [part for part in re.split(r"[-/. ]+", upper) if part]
    wide = {"M": "MM", "D": "DD", "Y": "YYYY"}
    return "-".join(wide.get(part, part) for part in parts)


def fitting(values: Iterable[str]) -> list[str]:
    """All formats in which more values can be read than in any other, best first."""
    values = [value for value in values if value.strip()]
    counts = {form: sum(parse(value, form) is not None for value in values) for form in FORMATS}
    best = max(counts.values(), default=0)
    return [form for form, count in counts.items() if count == best and best > 0]
