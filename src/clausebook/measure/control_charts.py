"""Shewhart charts: three-sigma limits for counts, rates, shares and single values (8.4, NIST 6.3).

The centre and the spread come from the baseline (the first N rows, else all), or from `target` and `sigma`
when they are known. A spread of zero gives no limits rather than limits that alarm at any change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..problems import UserError
from .series import (
    Chart,
    Note,
    Points,
    Series,
    Settings,
    baseline_of,
    beyond,
    mean,
    moving_range_sigma,
    observed,
    row_of,
    runs,
)

WIDTH = 3.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts with what they were counted in. `sizes` are 1 for a plain count and 0 where none is known."""

    values: Points
    sizes: tuple[float, ...]
    length: int
    """Rows of the baseline."""

    @property
    def rates(self) -> Points:
        return tuple(
            None if value is None else value / size for value, size in zip(self.values, self.sizes, strict=True)
        )

    @property
    def rate(self) -> float:
        """Events per unit of size in the baseline."""
        pairs = zip(self.values[: self.length], self.sizes[: self.length], strict=True)
        known = [(value, size) for value, size in pairs if value is not None]
        return math.fsum(value for value, _ in known) / math.fsum(size for _, size in known)


def counts_of(series: Series, settings: Settings, *, sized: bool) -> Counts:
    """The series as counts: whole, not negative; a period without exposure and without events is a gap."""
    values, sizes = [], []
    for index, value in enumerate(series.values):
        size = series.sizes[index] if sized and series.sizes is not None else 1.0
        if value is not None and (value < 0 or value != int(value)):
            raise UserError("chart-not-a-count", row=row_of(index), value=f"{value:g}")
        if value and not size:
            raise UserError("chart-size", row=row_of(index), value=f"{value:g}")
        values.append(value if size else None)
        sizes.append(size or 0.0)
    length = baseline_of(Series(tuple(values)), settings)
    return Counts(tuple(values), tuple(sizes), length)


def c_chart(series: Series, settings: Settings) -> Chart:
    """Counts over equal periods: the mean, and three times its root."""
    counts = counts_of(series, settings, sized=False)
    center = _center(counts.rate, settings)
    found = _shewhart("c", counts.values, center, [math.sqrt(center)] * len(series), counts.length, settings)
    if series.sizes and len(set(observed(series.sizes))) > 1 and not found.note:
        return replace(found, note="sizes-ignored")
    return found


def u_chart(series: Series, settings: Settings) -> Chart:
    """Events per unit of exposure; the limits of a period follow its exposure."""
    counts = counts_of(series, settings, sized=True)
    center = _center(counts.rate, settings)
    sigmas = [math.sqrt(center / size) if size else 0.0 for size in counts.sizes]
    return _shewhart("u", counts.rates, center, sigmas, counts.length, settings)


def p_chart(series: Series, settings: Settings) -> Chart:
    """The share of a sample, of its own size each time."""
    counts = _shares("p", series, settings)
    center = _center(counts.rate, settings, 1.0)
    sigmas = [math.sqrt(center * (1 - center) / size) if size else 0.0 for size in counts.sizes]
    return _shewhart("p", counts.rates, center, sigmas, counts.length, settings, highest=1.0)


def np_chart(series: Series, settings: Settings) -> Chart:
    """The number out of samples of one size; with several sizes there is no one centre, so it is refused."""
    counts = _shares("np", series, settings)
    known = {size for value, size in zip(counts.values, counts.sizes, strict=True) if value is not None}
    if len(known) > 1:
        raise UserError("chart-unequal-sizes")
    [size] = known
    center = _center(counts.rate * size, settings, size)
    sigma = math.sqrt(center * (1 - center / size))
    return _shewhart("np", counts.values, center, [sigma] * len(series), counts.length, settings, highest=size)


def i_chart(series: Series, settings: Settings) -> Chart:
    """Single values; sigma out of the moving ranges of neighbours. Values may be negative, so no floor at 0."""
    length = baseline_of(series, settings)
    center = mean(observed(series.values[:length])) if settings.target is None else settings.target
    sigma = moving_range_sigma(series.values[:length]) if settings.sigma is None else settings.sigma
    return _shewhart("i", series.values, center, [sigma] * len(series), length, settings, lowest=-math.inf)


def _shares(name: str, series: Series, settings: Settings) -> Counts:
    if series.sizes is None:
        raise UserError("chart-needs-size", type=name)
    counts = counts_of(series, settings, sized=True)
    for index, (value, size) in enumerate(zip(counts.values, counts.sizes, strict=True)):
        if value is not None and value > size:
            raise UserError("chart-more-than-size", row=row_of(index), value=f"{value:g}", size=f"{size:g}")
    return counts


def _center(found: float, settings: Settings, highest: float = math.inf) -> float:
    """The known centre if one is given, within what the chart can show."""
    if settings.target is None:
        return found
    if not 0 <= settings.target <= highest:
        raise UserError("chart-target", value=f"{settings.target:g}")
    return settings.target


def _shewhart(
    name: str, statistics: Points, center: float, sigmas: Sequence[float], length: int, settings: Settings,
    *, lowest: float = 0.0, highest: float = math.inf,
) -> Chart:  # fmt: skip
    """Limits at so many sigmas around the centre, kept within what is possible; none where nothing was observed."""
    width = WIDTH if settings.k is None else settings.k
    factor = _laney(statistics[:length], center, sigmas) if settings.laney else 1.0
    spans = [width * factor * sigma for sigma in sigmas]
    lower = tuple(max(lowest, center - span) if span else None for span in spans)
    upper = tuple(min(highest, center + span) if span else None for span in spans)
    note: Note = "" if any(spans) else "no-variance" if center else "no-events"
    found = beyond(statistics, lower, upper)
    return Chart(name, center, lower, upper, statistics, found, runs(statistics, [center] * len(statistics)), note)


def _laney(statistics: Points, center: float, sigmas: Sequence[float]) -> float:
    """Laney's sigma z: how much more the baseline scatters from point to point than its counts alone explain."""
    scores = [
        None if point is None or not sigma else (point - center) / sigma
        for point, sigma in zip(statistics, sigmas, strict=False)
    ]
    return moving_range_sigma(scores) if observed(scores) else 0.0
