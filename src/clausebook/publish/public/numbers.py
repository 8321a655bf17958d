"""The indicators that are told to everyone, by whole quarters and years, with small numbers left out (7.5.3, 9.1).

Only quarters that are over: two editions of the same quarter differ in nothing but late entries, so a neighbour does
not give away a month. Numbers that count the same people share what is left out, since one would tell the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ...measure.disclosure import least_told, small, untold
from ...measure.indicators import Indicator, Result, evaluate_each, indicators_of
from ...measure.spans import Span, cut, span_of
from ...pipeline import Report
from ..indicator_formats import few, shown

FAMILIES = {
    "cases": ("complaint-count", "acknowledgement-on-time", "response-on-time", "closure-on-time", "resolution-time",
              "resolution-rate"),
    "voices": ("satisfaction-score", "satisfied-share"),
}  # fmt: skip
"""What a customer would ask for, by whom it counts: everybody who complained, everybody who answered afterwards."""

State = Literal["told", "few-missed", "kept", "none"]


@dataclass(frozen=True, slots=True)
class Told:
    """One period of one indicator. `few-missed`: only that fewer than the least count missed it. `kept`: left out
    because the number, or one that would follow from it, is small. `none`: there is no value.

    How many cases a rate or a time speaks of is not told: the difference between two of these is a small number.
    """

    span: Span
    state: State
    value: float | int | None = None


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """An indicator outside: its own words are ours (locale `public.figure`), none of an internal document."""

    id: str
    unit: str
    years: tuple[Told, ...]
    quarters: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A year, or its part that is over, and its quarters that are."""

    whole: Span
    quarters: tuple[Span, ...]


def public_figures(report: Report) -> tuple[PublicFigure, ...]:
    """In the order of FAMILIES; nothing before the first quarter is over."""
    system, complaints = report.system, report.measured.complaints
    years = [year for number in (system.as_of.year - 1, system.as_of.year) if (year := _year(number, report)).quarters]
    wanted = [one for family in FAMILIES.values() for one in family]
    # A query of the organisation's own may count something else than our words say.
    chosen = {one.id: one for one in indicators_of(system) if one.id in wanted and one.trusted}
    asked = [span for year in years for span in (year.whole, *year.quarters)]
    told = evaluate_each(system, complaints, list(chosen.values()), asked)
    found = {(result.indicator.id, result.period.label): result for result in told.results}
    least = least_told(system)
    families = [[chosen[one] for one in family if one in chosen] for family in FAMILIES.values()]
    return tuple(figure for family in families for figure in _family(family, years, found, least))


def _year(number: int, report: Report) -> Year:
    whole = span_of(str(number))
    over = tuple(quarter for quarter in cut(whole, "quarter") if quarter.end <= report.system.as_of)
    if len(over) in (0, 4):
        return Year(whole, over)
    label = f"{over[0].label}–{over[-1].label[-2:]}" if len(over) > 1 else over[0].label
    return Year(Span(label, over[0].start, over[-1].end), over)


Found = dict[tuple[str, str], Result]


def _family(family: Sequence[Indicator], years: Sequence[Year], found: Found, least: int) -> Iterator[PublicFigure]:
    """What one indicator leaves out of the people it counts, all of its family leave out."""
    kept: set[str] = set()
    for year in years:
        for one in family:
            bases = [_base(found[one.id, quarter.label]) for quarter in year.quarters]
            hidden, total = untold(bases, least)
            kept |= {year.quarters[place].label for place in hidden} | (set() if total else {year.whole.label})
    for one in family:
        wholes, quarters = [], []
        for year in years:
            whole, parts = _line(one, year, found, least, kept)
            wholes.append(whole)
            quarters.extend(parts)
        yield PublicFigure(one.id, one.unit, tuple(wholes), tuple(quarters))


def _base(result: Result) -> int:
    """How many people a value speaks of."""
    head = result.headline
    return int((head.denominator if head.denominator is not None else head.numerator) or 0)


def _line(one: Indicator, year: Year, found: Found, least: int, kept: set[str]) -> tuple[Told, list[Told]]:
    """A year and its quarters. Of a share those who missed and those who did not are counts of their own."""
    whole = found[one.id, year.whole.label]
    parts = [found[one.id, quarter.label] for quarter in year.quarters]
    quarters = [_told(one, part, kept) for part in parts]
    if one.unit != "%" or year.whole.label in kept:
        return _told(one, whole, kept), quarters
    if small(_missed(whole), least):
        # Said of the year only: a quarter without any would narrow down the others.
        state: State = "few-missed" if _base(whole) - _missed(whole) >= least else "kept"
        return Told(year.whole, state), [_kept(quarter) for quarter in quarters]
    over: set[str] = set(kept)
    for counts in ([_missed(part) for part in parts], [_base(part) - _missed(part) for part in parts]):
        hidden, total = untold(counts, least)
        over |= {year.quarters[place].label for place in hidden} | (set() if total else {year.whole.label})
    return _told(one, whole, over), [_told(one, part, over) for part in parts]


def _missed(result: Result) -> int:
    return _base(result) - int(result.headline.numerator or 0)


def _kept(told: Told) -> Told:
    return told if told.state == "none" else Told(told.span, "kept")


def _told(one: Indicator, result: Result, kept: set[str]) -> Told:
    head = result.headline
    if result.period.label in kept:
        return Told(result.period, "kept")
    if head.value is None or (not _base(result) and one.unit != "n") or few(one, head):
        return Told(result.period, "none")
    return Told(result.period, "told", shown(one, head))
