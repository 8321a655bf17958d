"""EARS C1 to C3: each day against the few days before it; for surges, where no long baseline exists (8.4).

C1 looks at the N days just before, C2 leaves two days between so that a rise does not hide itself, C3 adds
up what C2 shows on three days in a row. C1 and C2 are one-sided prediction limits as in R's surveillance;
C3 is CDC's sum with its limit of 2. A window with a gap gives no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from ..problems import UserError
from .series import Chart, Note, Points, Series, Settings, beyond, deviation, mean, observed

WINDOW = 7
LAG = {"ears-c1": 0, "ears-c2": 2, "ears-c3": 2}
ALPHA = 0.001
FLAT_SIGMA = 1.0
"""Stands for the spread of a window without any: one complaint after a quiet week is no surge (Burkom)."""
C3_DAYS, C3_LIMIT = 3, 2.0


@dataclass(frozen=True, slots=True)
class Window:
    """Mean and spread of the days that a day is compared with."""

    mean: float
    sigma: float


def ears_chart(name: str, series: Series, settings: Settings) -> Chart:
    """One of the three; `name` is its type."""
    length = WINDOW if settings.baseline is None else settings.baseline
    first = length + LAG[name] + (C3_DAYS - 1 if name == "ears-c3" else 0)
    if length < 2:
        raise UserError("chart-baseline-thin", found=length, least=2)
    if len(series) <= first:
        raise UserError("chart-too-short", rows=len(series), least=first + 1)
    if not observed(series.values):
        raise UserError("chart-baseline-thin", found=0, least=1)
    windows, flat = _windows(series.values, length, LAG[name], settings.sigma or 0.0)
    nothing: Points = (None,) * len(series)
    if name == "ears-c3":
        statistics = _three_days(series.values, windows)
        upper: Points = tuple(None if point is None else C3_LIMIT for point in statistics)
    else:
        factor = NormalDist().inv_cdf(1 - (ALPHA if settings.alpha is None else settings.alpha))
        statistics = series.values
        upper = tuple(None if window is None else window.mean + factor * window.sigma for window in windows)
    note: Note = "flat-windows" if flat else ""
    return Chart(name, None, nothing, upper, statistics, beyond(statistics, nothing, upper), note=note)


def _windows(values: Points, length: int, lag: int, least: float) -> tuple[list[Window | None], bool]:
    """The window of each day, None where it is incomplete; and whether some window did not vary."""
    windows: list[Window | None] = []
    flat = False
    for index in range(len(values)):
        end = index - lag
        days = observed(values[max(0, end - length) : max(0, end)])
        if len(days) < length:
            windows.append(None)
            continue
        spread = max(deviation(days), least)
        flat = flat or not spread
        windows.append(Window(mean(days), spread or FLAT_SIGMA))
    return windows, flat


def _three_days(values: Points, windows: list[Window | None]) -> Points:
    excess = [
        None if value is None or window is None else max(0.0, (value - window.mean) / window.sigma - 1)
        for value, window in zip(values, windows, strict=True)
    ]
    sums: list[float | None] = []
    for index in range(len(excess)):
        days = observed(excess[max(0, index - C3_DAYS + 1) : index + 1])
        sums.append(sum(days) if len(days) == C3_DAYS else None)
    return tuple(sums)
