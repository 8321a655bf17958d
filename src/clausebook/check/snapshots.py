"""9.1 and 8.4: a reported figure is what the records gave on the day it was taken (V52).

Counts of every report are counted again; the figures of the latest report are computed again in full. What was
recorded or happened later is a restatement, shown beside the figure, and no error (corrections 21).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..load.positions import place
from ..measure import Measured
from ..measure.cases import Case, complaints_of
from ..measure.criteria import SEVERITIES
from ..measure.indicators import Figure, Indicator, evaluate, indicators_of
from ..measure.moments import child, day, rows, word, words
from ..measure.rewind import as_of, corrected_later, known, stood
from ..measure.spans import Span, span_of
from ..measure.stages import severity_of
from ..measure.states import NOT_COUNTED, rounds
from ..model import Entry, Pointer, System
from ..problems import Problem, Rule, UserError, problem
from .operation import FOUNDATIONS

SNAPSHOT_DIFFERS = Rule("snapshot-differs", "contradiction", "own", source="V52")
RULES = (SNAPSHOT_DIFFERS,)

ASKED = ("9.1.eval", "8.4.anal", "8.1.e.2")
TABLES = (("type", "type"), ("source", "channel"), ("product", "product"), ("severity", "severity"))
"""Tables of a report's breakdown and the key of their rows."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    if {"complaint", *FOUNDATIONS} & set(system.broken.values()):
        return  # counting again without them would find other figures
    reports = sorted(
        (taken, entry.path, entry) for entry in system.of("monitoring")
        if (taken := day(entry.value, "snapshot", "taken_on")) is not None and taken <= system.as_of
    )  # fmt: skip
    if not reports:
        return
    by_month: dict[str, list[Case]] = {}
    for case in measured.cases:
        by_month.setdefault(case.received.on.isoformat()[:7], []).append(case)
    for taken, _, entry in reports:
        yield from _counts(measured, entry, taken, by_month)
    yield from _figures(system, measured, reports[-1][2], reports[-1][0])


def _counts(measured: Measured, entry: Entry, taken: date, by_month: Mapping[str, list[Case]]) -> Iterator[Problem]:
    span, zone = _span(word(entry.value, "period")), measured.complaints.watch.zone
    if span is None:
        return
    mine = [case for month in _months(span) for case in by_month.get(month, ()) if known(case.value, taken, zone)]
    past = [(case, stood(case.entry, taken, zone).value) for case in mine]
    counted = [(case, v) for case, v in past if word(rounds(v)[-1], "closure", "basis") not in NOT_COUNTED]
    yield from _said(entry, ("breakdown", "count", "received"), ("received", "complaint-count"), len(counted))
    if any(corrected_later(case.value, taken, zone) for case in mine):
        return  # sorted anew by a logged correction: the tables of then stand
    again = sum(bool(case.repeats.r1 or case.repeats.r2) for case, _ in counted)
    yield from _said(entry, ("breakdown", "repeat_rate", "repeats"), ("repeat",), again)
    for table, key in TABLES:
        found = Counter(_sorted_as(table, value) for _, value in counted)
        for index, row in enumerate(rows(entry.value, "breakdown", table)):
            name = str(row.get(key))
            if table != "severity" or name in SEVERITIES:
                yield from _said(entry, ("breakdown", table, index, "count"), (table,), found[name], name)


def _sorted_as(table: str, value: Mapping[str, Any]) -> str:
    if table == "type":
        return next(iter(words(value, "types")), "")
    if table == "severity":
        return severity_of(value) or ""
    return word(value, {"source": "channel"}.get(table, table)) or ""


def _said(entry: Entry, at: Pointer, names: tuple[str, ...], found: int, row: str = "") -> Iterator[Problem]:
    said: Any = entry.value
    for step in at:
        said = said[step] if isinstance(step, int) else child(said, step)
    if isinstance(said, int) and said != found and not _restated(entry, names):
        what = f"{at[1]} {row}" if row else f"{at[1]}.{at[2]}"
        yield problem(SNAPSHOT_DIFFERS, place(entry, at), ASKED, id=entry.id, what=what, said=said, found=found)


def _restated(entry: Entry, names: tuple[str, ...]) -> bool:
    """A restatement whose field names the figure explains it."""
    fields = [str(row.get("field")) for row in rows(entry.value, "restatements")]
    return any(name in field for field in fields for name in names)


def _figures(system: System, measured: Measured, entry: Entry, taken: date) -> Iterator[Problem]:
    """The figures of one report by their own definitions, over the records as they stood on its day."""
    trusted = {one.id: one for one in indicators_of(system) if one.trusted}
    asked: dict[str, list[tuple[int, Mapping[str, Any], Indicator]]] = {}
    for index, row in enumerate(rows(entry.value, "figures")):
        one = trusted.get(str(row.get("kpi")))
        if one is not None and one.of_cases:
            period = word(row, "period") or word(entry.value, "period") or ""
            asked.setdefault(period, []).append((index, row, one))
    if not asked:
        return
    past = as_of(system, taken, measured.complaints.watch.zone)
    complaints = complaints_of(past)
    for period, listed in asked.items():
        span = _span(period)
        if span is None:
            continue
        chosen = list({one.id: one for _, _, one in listed}.values())
        told = {result.indicator.id: result.headline for result in evaluate(past, complaints, chosen, span).results}
        for index, figure, one in listed:
            names = (one.id, one.name["zh"])
            if one.id in told and not _agrees(figure, told[one.id], one.decimals) and not _restated(entry, names):
                yield problem(
                    SNAPSHOT_DIFFERS, place(entry, ("figures", index)), ASKED,
                    id=entry.id, what=one.id, said=_shown(figure), found=_computed(told[one.id]),
                )  # fmt: skip


def _agrees(row: Mapping[str, Any], figure: Figure, decimals: int) -> bool:
    """Within half a unit of the last place; a denominator may or may not hold what the indicator leaves out."""
    value, above, below = row.get("value"), row.get("numerator"), row.get("denominator")
    near = 0.5 * 10.0**-decimals + 1e-9
    close = not isinstance(value, int | float) or (figure.value is not None and abs(value - figure.value) <= near)
    same = not _number(above) or figure.numerator is None or above == figure.numerator
    whole = figure.denominator
    held = not _number(below) or whole is None or below in (whole, whole + figure.excluded)
    return close and same and held


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(row: Mapping[str, Any]) -> str:
    if _number(row.get("value")):
        return f"{row['value']:g}"
    return f"{row.get('numerator', '—')} / {row.get('denominator', '—')}"


def _computed(figure: Figure) -> str:
    parts = [] if figure.numerator is None else [f"{figure.numerator:g} / {figure.denominator or 0:g}"]
    return " = ".join([*parts, "n/a" if figure.value is None else f"{figure.value:.2f}"])


def _span(label: str | None) -> Span | None:
    try:
        return span_of(label or "")
    except UserError:
        return None


def _months(span: Span) -> Iterator[str]:
    on = span.start
    while on < span.end:
        yield on.isoformat()[:7]
        on = date(on.year + on.month // 12, on.month % 12 + 1, 1)
