"""What every chart works on and answers with: a series with gaps, the settings, the finished chart.

A period that was not observed is `None`, never zero: a zero is a statement about complaints (8.4).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from ..problems import UserError

Points = tuple[float | None, ...]
Limits = Literal["steady", "exact"]
Note = Literal["", "no-variance", "no-events", "flat-windows", "sizes-ignored"]

D2 = 1.128
"""Mean range of two normal values in sigmas, as the tables of NIST 6.3.2.2 and of R's qcc print it."""
RUN = 7
"""So many points in a row on one side of the centre are a run (qcc); points are listed from the 7th on."""
SIDE = 1e-12
"""Relative width of a limit: what differs only by rounding lies on it, and a point on the limit is inside."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values in order of time, and the size (exposure, sample) of each when the file has one."""

    values: Points
    sizes: Points | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a chart; None where nobody said anything."""

    baseline: int | None = None
    weight: float | None = None
    """Lambda of an EWMA."""
    target: float | None = None
    sigma: float | None = None
    k: float | None = None
    h: float | None = None
    alpha: float | None = None
    limits: Limits | None = None
    laney: bool | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart. None in a list: nothing can be said of that point (a gap, or no limits for it)."""

    type: str
    center: float | None
    lower: Points
    upper: Points
    statistics: Points
    beyond: tuple[int, ...]
    runs: tuple[int, ...] = ()
    note: Note = ""
    statistics_lower: Points | None = None
    """The downward sums of a two-sided CUSUM, as negative numbers."""

    def as_data(self) -> dict[str, Any]:
        """The answer of the contract, indices from 1."""
        names = ("type", "center", "lower", "upper", "statistics", "beyond", "runs")
        data = {name: getattr(self, name) for name in names}
        if self.statistics_lower is not None:
            data["statistics_lower"] = self.statistics_lower
        return data


def row_of(index: int) -> int:
    """The row of the file, as a person counts: the header is row 1."""
    return index + 2


def observed(points: Sequence[float | None]) -> list[float]:
    return [point for point in points if point is not None]


def baseline_of(series: Series, settings: Settings, least: int = 1) -> int:
    """How many rows the centre and spread come from; refused when too few of them hold a value."""
    length = settings.baseline or len(series)
    if length > len(series):
        raise UserError("chart-baseline-long", baseline=length, rows=len(series))
    found = len(observed(series.values[:length]))
    if found < least:
        raise UserError("chart-baseline-thin", found=found, least=least)
    return length


def mean(values: Sequence[float]) -> float:
    """The mean, and exactly the common value when all are the same."""
    low, high = min(values), max(values)
    return low if low == high else math.fsum(values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """Standard deviation (n - 1); exactly 0 when all values are the same."""
    if min(values) == max(values):
        return 0.0
    middle = mean(values)
    return math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def moving_range_sigma(points: Sequence[float | None]) -> float:
    """Sigma out of the moving ranges of neighbours; a gap has no neighbours. Refused without any pair."""
    ranges = [abs(b - a) for a, b in pairwise(points) if a is not None and b is not None]
    if not ranges:
        raise UserError("chart-baseline-thin", found=len(observed(points)), least=2)
    return mean(ranges) / D2


def above(point: float, limit: float | None) -> bool:
    """Strictly above: what differs from the limit by rounding only lies on it."""
    return limit is not None and point > limit and not math.isclose(point, limit, rel_tol=SIDE)


def beyond(statistics: Points, lower: Points, upper: Points) -> tuple[int, ...]:
    """Points outside their limits, counted from 1."""
    return tuple(
        index
        for index, (point, low, high) in enumerate(zip(statistics, lower, upper, strict=True), start=1)
        if point is not None and (above(point, high) or (low is not None and above(-point, -low)))
    )


def runs(statistics: Points, centers: Sequence[float]) -> tuple[int, ...]:
    """Points that make a run of at least seven on one side of the centre; a gap or a point on it ends a run."""
    found, length, side = [], 0, 0
    for index, now in enumerate(_sides(statistics, centers), start=1):
        length = length + 1 if now == side and now else abs(now)
        side = now
        if length >= RUN:
            found.append(index)
    return tuple(found)


def _sides(statistics: Points, centers: Sequence[float]) -> Iterator[int]:
    for point, center in zip(statistics, centers, strict=True):
        yield 0 if point is None else int(above(point, center)) - int(above(-point, -center))
