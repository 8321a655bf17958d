"""4.1 External and internal issues: each in its place, none declared away, and each leading somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.periods import period_named
from ...measure.revisits import gone_through
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Bilingual, Problem, Rule
from ..phrases import label
from ..presence import lean
from ..reporting import found

ISSUE_WRONG_SIDE = Rule("issue-on-wrong-side", "contradiction", "explicit")
ISSUE_DECLARED_AWAY = Rule("issue-declared-away", "contradiction", "own")
ISSUE_CATEGORY_MISSING = Rule("issue-category-missing", "contradiction", "implied")
ISSUE_LEADS_NOWHERE = Rule("issue-leads-nowhere", "contradiction", "implied")
ISSUE_CHANGE_CONTRADICTS = Rule("issue-change-contradicts", "contradiction", "own")
ISSUE_FIGURES_EARLY = Rule("issue-figures-early", "contradiction", "own")
ISSUE_FIGURES_OLD = Rule("issue-figures-old", "due", "implied")
RULES = (
    ISSUE_WRONG_SIDE, ISSUE_DECLARED_AWAY, ISSUE_CATEGORY_MISSING, ISSUE_LEADS_NOWHERE, ISSUE_CHANGE_CONTRADICTS,
    ISSUE_FIGURES_EARLY, ISSUE_FIGURES_OLD,
)  # fmt: skip
READS = frozenset({"context", "risks", "organization", "document-review"})

EXTERNAL = ("legal", "regulator", "standard", "market", "customer", "technology")
INTERNAL = ("culture", "knowledge", "size", "product-types", "structure", "resources", "complaint-history")
SERVES = {**dict.fromkeys(EXTERNAL, "4.1.ext"), **dict.fromkeys(INTERNAL, "4.1.int")}
SIDES = {"4.1.ext": "external", "4.1.int": "internal"}
FIGURES_LAST = 18
"""Months after their period for which figures still describe the past complaints; ours, for a yearly review."""
YEARS = re.compile(r"([0-9]{4})(?:-H([12]))?")
Row = Mapping[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    answered = {name for e in system.of("risks") for row in rows(e.value, "items") for name in words(row, "sources")}
    small = lean(system)
    for entry in system.of("context"):
        live = [
            (("items", index), row)
            for index, row in enumerate(rows(entry.value, "items"))
            if (on := day(row, "retired_on")) is None or on > system.as_of
        ]
        yield from _categories(entry, {str(row.get("category")) for _, row in live}, small)
        for at, row in live:
            yield from _row(entry, at, row, answered, small)
            yield from _figures(system, entry, at, row)


def _categories(entry: Entry, listed: set[str], small: bool) -> Iterator[Problem]:
    """Listed or declared not applicable with a reason; never both."""
    declared: set[str] = set()
    for index, row in enumerate(rows(entry.value, "not_applicable")):
        name = str(row.get("category"))
        declared.add(name)
        if name in listed and name in SERVES:
            facts, at = {"category": _named(entry, name)}, ("not_applicable", index)
            yield found(ISSUE_DECLARED_AWAY, entry, at, (SERVES[name],), facts=facts)
    for name, requirement in SERVES.items() if not small else ():
        if name not in listed | declared:
            yield found(
                ISSUE_CATEGORY_MISSING, entry, ("items",), (requirement,), facts={"category": _named(entry, name)}
            )


def _named(entry: Entry, category: str) -> Bilingual:
    return label(entry.kind, ("items", "category"), category)


def _row(entry: Entry, at: Pointer, row: Row, answered: set[str], small: bool) -> Iterator[Problem]:
    asked = SERVES.get(str(row.get("category")), "4.1.ext")
    if row.get("side") != SIDES[asked]:
        facts = {"category": _named(entry, str(row.get("category")))}
        yield found(ISSUE_WRONG_SIDE, entry, (*at, "side"), ("4.1.ext", "4.1.int"), facts=facts)
    if not small and str(row.get("id")) not in answered and not word(row, "no_action_reason"):
        yield found(ISSUE_LEADS_NOWHERE, entry, at, (asked, "6.1.det"))
    changed, told = row.get("changed") is True, word(row, "change") is not None and "changed_on" in row
    if (changed and not told) or (row.get("changed") is False and "changed_on" in row):
        yield found(ISSUE_CHANGE_CONTRADICTS, entry, (*at, "changed"), (asked,))


def _figures(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """Past complaints are told by figures of periods that were over at the review, and not long ago."""
    reviewed, ended = gone_through(system, entry), []
    for index, figure in enumerate(rows(row, "complaint_statistics")):
        end = _end(str(figure.get("period")))
        if end is None:
            continue
        ended.append(end)
        if reviewed is not None and end > reviewed:
            facts = {"period": str(figure.get("period")), "reviewed": reviewed.isoformat()}
            where = (*at, "complaint_statistics", index, "period")
            yield found(ISSUE_FIGURES_EARLY, entry, where, ("4.1.int",), facts=facts)
    if ended and months_after(max(ended), FIGURES_LAST) < system.as_of:
        facts = {"end": max(ended).isoformat(), "months": str(FIGURES_LAST)}
        yield found(ISSUE_FIGURES_OLD, entry, (*at, "complaint_statistics"), ("4.1.int",), facts=facts)


def _end(label: str) -> date | None:
    """The last day of a month, quarter, half-year or year."""
    period, year = period_named(label), YEARS.fullmatch(label)
    if period is not None:
        return period.end
    if year is None or not date.min.year <= int(year[1]) <= date.max.year:
        return None
    return date(int(year[1]), 6, 30) if year[2] == "1" else date(int(year[1]), 12, 31)
