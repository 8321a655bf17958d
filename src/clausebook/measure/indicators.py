"""Indicators: each is one file in system/kpis, its query asked over the facts, its answer made a result (9.1).

A result carries the ids of the records behind it, what was left out and how sure it is. An empty denominator
gives no value: nothing is not perfect. What the files of the engine and of the organisation say is treated
alike; only where the query runs differs (`warehouse`, `foreign`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from ..load.definitions import is_shipped, shipped_indicators
from ..model import Entry, System
from ..problems import Bilingual
from .asking import Answer, QueryError, Slice, ask_together, values_of
from .cases import Complaints
from .collector import uncollected
from .foreign import SECONDS, ask_foreign
from .intervals import mean_interval, wilson
from .ledgers import TABLES
from .moments import child, day, rows, words
from .spans import Span, cut
from .targets import Target, targets_of
from .warehouse import Warehouse, warehouse

TIME_CUTS = ("month", "quarter")
PER_TURN = 12
"""A query of others has the time of one turn for so many slices: asking for two years at once makes none too slow."""
FACTORS = {"%": 100.0, "per-1000": 1000.0}
"""Units whose value is numerator ÷ denominator times this."""


@dataclass(frozen=True, slots=True)
class Part:
    """One figure that a definition names."""

    id: str
    name: Bilingual
    unit: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One definition. `trusted`: its query came with the engine. `own`: it stands in the organisation's files."""

    entry: Entry
    sql: str
    trusted: bool
    own: bool
    parts: tuple[Part, ...]
    headline: str | None

    @property
    def id(self) -> str:
        return str(self.entry.value["id"])

    @property
    def unit(self) -> str:
        return str(self.entry.value.get("unit", "n"))

    @property
    def name(self) -> Bilingual:
        found = self.entry.value.get("name")
        return found if isinstance(found, Mapping) else {"zh": self.id, "en": self.id}

    @property
    def clauses(self) -> list[str]:
        return words(self.entry.value, "clause") or words(self.entry.value, "clauses")

    @property
    def decimals(self) -> int:
        return int(self.entry.value.get("decimals", 1))

    @property
    def least(self) -> int:
        """Below this denominator a figure is counts, and no target is judged by it (R 5.1)."""
        return int(self.entry.value.get("min_denominator", 1))

    @property
    def of_cases(self) -> bool:
        """Whether a breakdown by a dimension of the cases means anything."""
        return any(table in self.sql for table in ("facts", "redress", "exposure"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One value with what stands behind it. `missed`: ids in the denominator that missed; `waiting`: not yet judged."""

    part: str
    unit: str
    value: float | None
    numerator: float | None
    denominator: float | None
    excluded: int
    waiting: int | None
    interval: tuple[float, float] | None
    ids: tuple[str, ...]
    missed: tuple[str, ...]
    target: Target | None = None
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an indicator says of a period and, in a breakdown, of a group. `restated`: ids entered after the
    figures of this period had been reported."""

    indicator: Indicator
    period: Span
    group: str | None
    headline: Figure
    parts: tuple[Figure, ...]
    restated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Results in the order of the indicators; `refused` are the queries that gave none, and why."""

    results: tuple[Result, ...]
    refused: tuple[tuple[Indicator, QueryError], ...]


def indicators_of(system: System) -> list[Indicator]:
    """The organisation's indicators and, of those it does not define itself, the shipped ones; K01 first."""
    own = {str(entry.value.get("id")): entry for entry in system.of("kpi")}
    shipped = shipped_indicators()
    order = [*shipped, *(identifier for identifier in own if identifier not in shipped)]
    return [_indicator(own.get(identifier) or shipped[identifier], identifier in own) for identifier in order]


def _indicator(entry: Entry, own: bool) -> Indicator:
    builtin = shipped_indicators().get(str(entry.value.get("id")))
    sql = str(entry.value.get("sql") or (builtin.value.get("sql", "") if builtin else ""))
    unit = str(entry.value.get("unit", "n"))
    listed = rows(entry.value, "parts")
    parts = tuple(Part(str(row.get("id")), _name(row), str(row.get("unit", unit))) for row in listed)
    chosen = [str(row.get("id")) for row in listed if row.get("headline") is True]
    return Indicator(entry, sql, is_shipped(sql), own, parts, chosen[0] if chosen else None)


def _name(row: Mapping[str, Any]) -> Bilingual:
    found = row.get("name")
    return found if isinstance(found, Mapping) else {"zh": str(row.get("id")), "en": str(row.get("id"))}


@uncollected()
def evaluate(
    system: System, complaints: Complaints, chosen: Sequence[Indicator], period: Span, by: str | None = None
) -> Evaluation:
    """All chosen indicators over one period, or over each of its groups."""
    if by is not None and by not in TIME_CUTS:
        chosen = [one for one in chosen if one.of_cases]
    with _opened(system, complaints, chosen) as house:
        return _evaluated(system, complaints, house, chosen, list(_slices(house, period, system.as_of, by)), by)


def evaluate_each(
    system: System, complaints: Complaints, chosen: Sequence[Indicator], periods: Sequence[Span]
) -> Evaluation:
    """All chosen indicators over each of several periods, the facts loaded once: what pages and reports are made of."""
    with _opened(system, complaints, chosen) as house:
        asked = [(span, Slice(span.start, span.end, system.as_of)) for span in periods]
        return _evaluated(system, complaints, house, chosen, asked, None)


def _opened(system: System, complaints: Complaints, chosen: Sequence[Indicator]) -> AbstractContextManager[Warehouse]:
    """Queries that came with the engine name every ledger they read; those of others may see all."""
    trusted = all(one.trusted for one in chosen)
    named = [table for table in TABLES if not trusted or any(table in one.sql for one in chosen)]
    return warehouse(system, complaints, copy=not trusted, ledgers=named)


def _evaluated(
    system: System, complaints: Complaints, house: Warehouse, chosen: Sequence[Indicator],
    asked: Sequence[tuple[Span, Slice]], by: str | None,
) -> Evaluation:  # fmt: skip
    results: list[Result] = []
    refused: list[tuple[Indicator, QueryError]] = []
    late = {span.label: _entered_after_report(system, complaints, span) for span, _ in asked}
    for one in chosen:
        try:
            found = answered(house, one, [part for _, part in asked])
        except QueryError as error:
            refused.append((one, error))
            continue
        for (span, part), told in zip(asked, found, strict=True):
            results.append(_result(system, one, span, part, by, told, late[span.label]))
    return Evaluation(tuple(results), tuple(refused))


def answered(house: Warehouse, one: Indicator, asked: Sequence[Slice]) -> list[list[Answer]]:
    """The answers of one indicator; a query of others runs at arm's length."""
    if one.trusted:
        return ask_together(house.connection, one.sql, asked)
    assert house.file is not None
    return ask_foreign(house.file, one.sql, asked, SECONDS * ceil(len(asked) / PER_TURN))


def _slices(house: Warehouse, period: Span, as_of: date, by: str | None) -> Iterator[tuple[Span, Slice]]:
    if by in TIME_CUTS:
        for span in cut(period, by):
            if span.start <= as_of:
                yield span, Slice(span.start, span.end, as_of)
    elif by is not None:
        for value in values_of(house.connection, by, period.start, period.end):
            yield period, Slice(period.start, period.end, as_of, by, value)
    else:
        yield period, Slice(period.start, period.end, as_of)


def _result(
    system: System, one: Indicator, span: Span, part: Slice, by: str | None, told: list[Answer], late: frozenset[str]
) -> Result:
    targets = targets_of(system, one.id, span.last_day(system.as_of), part.dimension, part.value)
    most = child(system.organisation, "follow_up", "scale_max")
    scale = (1.0, float(most) if isinstance(most, int) else 5.0)
    figures = [_figure(one, row, targets, scale) for row in _ordered(one, told)]
    nothing = Figure(one.headline or "value", one.unit, None, None, None, 0, None, None, (), ())
    headline = next((f for f in figures if f.part == one.headline), figures[0] if figures else nothing)
    restated = tuple(identifier for identifier in headline.ids if identifier in late)
    group = span.label if by in TIME_CUTS else part.value
    return Result(one, span, group, headline, tuple(figures) if one.parts else (), restated)


def _ordered(one: Indicator, told: list[Answer]) -> list[Answer]:
    """Parts as the definition lists them; of a family such as `types:price` the largest first."""
    places = {part.id: place for place, part in enumerate(one.parts)}
    return sorted(
        told, key=lambda row: (places.get(row.part.split(":")[0], len(places)), -(row.numerator or 0), row.part)
    )


def _figure(one: Indicator, row: Answer, targets: Sequence[Target], scale: tuple[float, float]) -> Figure:
    units = {part.id: part.unit for part in one.parts}
    family = row.part.split(":")[0]
    unit = units.get(family, one.unit)
    value, interval = row.value, None
    if unit in FACTORS and value is None and row.numerator is not None and row.denominator:
        value = FACTORS[unit] * row.numerator / row.denominator
    if unit == "%" and row.numerator is not None and row.denominator:
        share = wilson(row.numerator, row.denominator)
        interval = (100 * share[0], 100 * share[1]) if share else None
    elif value is not None and (row.denominator or 0) >= one.least:
        around = mean_interval(value, row.spread, row.denominator or 0)
        interval = (max(around[0], scale[0]), min(around[1], scale[1])) if around else None
    main = row.part == one.headline or one.headline is None
    target = next((t for t in targets if t.part == row.part or (t.part is None and main)), None)
    judged = target is not None and value is not None and (row.denominator is None or row.denominator >= one.least)
    met = target.met(value) if judged and target is not None and value is not None else None
    return Figure(
        row.part, unit, value, row.numerator, row.denominator, row.excluded, row.waiting, interval,
        tuple(sorted(row.ids)), tuple(sorted(row.missed)), target, met,
    )  # fmt: skip


def _entered_after_report(system: System, complaints: Complaints, period: Span) -> frozenset[str]:
    """Cases of a period that were recorded after its figures had been taken: what makes them restated (K01, V52)."""
    taken = [
        on for entry in system.of("monitoring")
        if entry.value.get("period") == period.label and (on := day(entry.value, "snapshot", "taken_on"))
    ]  # fmt: skip
    if not taken:
        return frozenset()
    return frozenset(
        case.id for case in complaints.cases
        if period.start <= case.received.on < period.end
        and str(case.value.get("recorded_at", ""))[:10] > str(max(taken))
    )  # fmt: skip
