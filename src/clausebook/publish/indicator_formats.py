"""The answers of `kpi` as people and machines read them. Interface: contract.md, section JSON, `kpi`."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from ..measure.indicators import Evaluation, Figure, Indicator, Result
from ..measure.intervals import rounded
from ..measure.spans import Span
from ..measure.targets import Target
from ..wording import choose, text


def as_data(found: Evaluation, period: Span, as_of: date) -> dict[str, Any]:
    """The `kpi` object of the contract."""
    return {
        "schema": 1,
        "as_of": as_of.isoformat(),
        "period": {"from": period.start.isoformat(), "to": period.end.isoformat()},
        "kpis": [_result_data(result) for result in found.results],
    }


def _result_data(result: Result) -> dict[str, Any]:
    one, figure = result.indicator, result.headline
    return {
        "id": one.id, "code": one.entry.value.get("code"), "name": dict(one.name),
        "clause": next(iter(one.clauses), None), "clauses": one.clauses,
        **_figure_data(one, figure), "excluded": figure.excluded, "waiting": figure.waiting,
        "target": str(figure.target) if figure.target else None, "met": figure.met,
        "target_from": figure.target.basis if figure.target else None,
        "group": result.group, "restated": len(result.restated),
        "parts": [_part_data(one, part) for part in result.parts],
    }  # fmt: skip


def _part_data(one: Indicator, part: Figure) -> dict[str, Any]:
    data = {"id": part.part, **_figure_data(one, part)}
    if part.target is not None:
        data |= {"target": str(part.target), "met": part.met}
    return data


def _figure_data(one: Indicator, figure: Figure) -> dict[str, Any]:
    return {
        "unit": figure.unit, "value": shown(one, figure), "numerator": _plain(figure.numerator),
        "denominator": _plain(figure.denominator),
        "interval": [rounded(end, _decimals(one, figure)) for end in figure.interval] if figure.interval else None,
        "ids": list(figure.ids), "missed": list(figure.missed),
    }  # fmt: skip


def shown(one: Indicator, figure: Figure) -> float | int | None:
    """The value, rounded half up after computing; whole numbers without a point."""
    if figure.value is None:
        return None
    decimals = _decimals(one, figure)
    return rounded(figure.value, decimals) if decimals else int(rounded(figure.value, 0))


def _decimals(one: Indicator, figure: Figure) -> int:
    """A part in another unit than the whole is a count, or a share with one decimal."""
    if figure.unit == one.unit:
        return one.decimals
    return {"n": 0, "count": 0, "score": 2, "CNY": 2}.get(figure.unit, 1)


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number


def to_json(found: Evaluation, period: Span, as_of: date, language: str) -> str:
    return json.dumps(as_data(found, period, as_of), ensure_ascii=False, indent=1, allow_nan=False)


CSV_HEADER = (
    "id", "group", "part", "unit", "value", "numerator", "denominator", "excluded", "waiting", "low", "high", "target",
    "met", "ids",
)  # fmt: skip


def to_csv(found: Evaluation, period: Span, as_of: date, language: str) -> str:
    """One row for each figure: the headline first, then the parts."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for result in found.results:
        for figure in result.parts or (result.headline,):
            low, high = _figure_data(result.indicator, figure)["interval"] or (None, None)
            writer.writerow([
                result.indicator.id, _safe(result.group), _safe(figure.part), figure.unit,
                shown(result.indicator, figure), _plain(figure.numerator), _plain(figure.denominator),
                figure.excluded, figure.waiting, low, high, figure.target, figure.met, " ".join(figure.ids),
            ])  # fmt: skip
    return stream.getvalue().rstrip("\n")


def _safe(value: str | None) -> str | None:
    """A spreadsheet must not take a group's name for a formula."""
    return "'" + value if value and value[0] in "=+-@\t\r" else value


def to_table(found: Evaluation, period: Span, as_of: date, language: str) -> str:
    """For people: a line for each indicator, indented ones for its parts; few cases are shown as counts only."""
    grouped = any(result.group is not None for result in found.results)
    columns = ("id", "name", *(("group",) if grouped else ()), "value", "counts", "interval", "target", "excluded")
    header = [text(f"kpi.{column}", language) for column in columns]
    lines = [row for result in found.results for row in _lines(result, grouped, language)]
    widths = [max(_width(row[place]) for row in (header, *lines)) for place in range(len(header))]
    title = text("kpi.title", language, period=period.label, as_of=as_of.isoformat())
    body = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (header, *lines)]  # fmt: skip
    notes = [text("kpi.restated", language)] if any(result.restated for result in found.results) else []
    return "\n".join([title, "", *body, *([""] if notes else []), *notes])


def _lines(result: Result, grouped: bool, language: str) -> Iterator[list[str]]:
    one, head = result.indicator, result.headline
    group = [result.group or ""] if grouped else []
    mark = " *" if result.restated else ""
    yield [
        one.id,
        choose(one.name, language),
        *group,
        value_words(one, head, language) + mark,
        *sides(one, head, language),
    ]
    names = {part.id: part.name for part in one.parts}
    for part in result.parts:
        if part is not head:
            family, _, member = part.part.partition(":")
            name = choose(names.get(family, {"zh": part.part, "en": part.part}), language)
            label = f"  {name} {member}".rstrip()
            yield ["", label, *([""] if grouped else []), value_words(one, part, language), *sides(one, part, language)]


ENOUGH = 20
"""Below so many cases the interval is wide, and whether a target is met says little by itself (R 5.1)."""


def value_words(one: Indicator, figure: Figure, language: str) -> str:
    if figure.value is None:
        # All that happened had to be left out: that is not nothing (corrections 43).
        return text("kpi.not_computable" if figure.excluded and figure.unit == "%" else "kpi.none", language)
    if figure.unit in ("%", "per-1000") and few(one, figure):
        return text("kpi.few", language)
    unit = text(f"kpi.unit.{figure.unit}", language)
    return f"{shown(one, figure)} {unit}".rstrip()


def few(one: Indicator, figure: Figure) -> bool:
    """Too few cases for a rate or a typical time to mean anything (R 5.1)."""
    return figure.denominator is not None and figure.denominator < one.least


def sides(one: Indicator, figure: Figure, language: str) -> list[str]:
    data = _figure_data(one, figure)
    numerator, denominator, interval = data["numerator"], data["denominator"], data["interval"]
    counts = f"{numerator}/{denominator}" if None not in (numerator, denominator) else ""
    if numerator is None and denominator is not None:
        counts = f"n = {denominator}"
    verdict = {True: text("kpi.met", language), False: text("kpi.missed", language), None: ""}[figure.met]
    if verdict and figure.unit == "%" and figure.denominator is not None and figure.denominator < ENOUGH:
        verdict += text("kpi.small", language)
    target = f"{figure.target} {verdict}".rstrip() if figure.target else ""
    apart = [text("kpi.left_out", language, n=figure.excluded)] if figure.excluded else []
    apart += [text("kpi.waiting", language, n=figure.waiting)] if figure.waiting else []
    return [counts, f"{interval[0]}–{interval[1]}" if interval else "", target, ", ".join(apart)]


def target_words(target: Target) -> str:
    """A target as people write it."""
    return str(target).replace(">=", "≥").replace("<=", "≤")


def _width(cell: str) -> int:
    """Chinese characters take two places on a terminal."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in cell)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


FORMATS = {"table": to_table, "json": to_json, "csv": to_csv}
