"""Charts with a memory: EWMA and CUSUM find small shifts that last, which single points do not show (8.4).

With a size column the values are means of so many, and a given sigma is that of a single one. A gap adds
nothing: the statistic of that row is None and the memory is carried over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
)

WEIGHT = 0.2
WIDTH = 3.0
REFERENCE, DECISION = 0.5, 5.0
"""CUSUM in sigmas: finds a shift of one sigma, signals beyond five (qcc)."""


@dataclass(frozen=True, slots=True)
class Process:
    """Centre and the sigma of each point's statistic."""

    center: float
    sigmas: tuple[float, ...]


def _process(series: Series, settings: Settings) -> Process:
    length = baseline_of(series, settings)
    known = observed(series.values[:length])
    center = mean(known) if settings.target is None else settings.target
    if settings.sigma is None:
        return Process(center, (moving_range_sigma(series.values[:length]),) * len(series))
    sizes = series.sizes or (1.0,) * len(series)
    return Process(center, tuple(settings.sigma / math.sqrt(size or 1.0) for size in sizes))


def _without_empty_samples(series: Series) -> Series:
    """A mean of nothing is no value: a size of 0 or none is a gap."""
    if series.sizes is None:
        return series
    for index, (value, size) in enumerate(zip(series.values, series.sizes, strict=True)):
        if value and not size:
            raise UserError("chart-size", row=row_of(index), value=f"{value:g}")
    return Series(tuple(v if s else None for v, s in zip(series.values, series.sizes, strict=True)), series.sizes)


def ewma_chart(series: Series, settings: Settings) -> Chart:
    """z = lambda x + (1 - lambda) z, begun at the centre.

    Limits: with a target they are the steady ones, as NIST 6.3.2.4 prints them; with a centre out of the
    data they are exact from the first point on, as in R's qcc. `limits` chooses either.
    """
    series = _without_empty_samples(series)
    process = _process(series, settings)
    weight = WEIGHT if settings.weight is None else settings.weight
    width = WIDTH if settings.k is None else settings.k
    steady = settings.limits == "steady" if settings.limits else settings.target is not None
    smoothed, lower, upper, statistics = process.center, [], [], []
    step = 0
    for value, sigma in zip(series.values, process.sigmas, strict=True):
        if value is not None:
            step += 1
            smoothed = weight * value + (1 - weight) * smoothed
        grown = 1.0 if steady else 1 - (1 - weight) ** (2 * max(step, 1))
        span = width * sigma * math.sqrt(weight / (2 - weight) * grown)
        statistics.append(None if value is None else smoothed)
        lower.append(process.center - span if span else None)
        upper.append(process.center + span if span else None)
    outside = beyond(tuple(statistics), tuple(lower), tuple(upper))
    note: Note = "" if any(process.sigmas) else "no-variance"
    return Chart(
        "ewma", process.center, tuple(lower), tuple(upper), tuple(statistics), outside, note=note
    )  # fmt: skip


def cusum_chart(series: Series, settings: Settings) -> Chart:
    """Sums of what exceeds the reference value k; a signal beyond h.

    Three ways, by what is known: k and h alone are in counts and look upward only, S = max(0, S + x - k),
    the Poisson CUSUM for complaints; target, k and h without sigma are in the unit of the values (NIST
    6.3.2.3); else k and h are in sigmas (qcc: 0.5 and 5), centre and sigma given or out of the baseline.
    """
    series = _without_empty_samples(series)
    own_unit = settings.sigma is None and settings.k is not None and settings.h is not None
    k = REFERENCE if settings.k is None else settings.k
    h = DECISION if settings.h is None else settings.h
    if own_unit and settings.target is None and settings.baseline is None:
        baseline_of(series, settings)
        sums = _sums(series.values, k)
        ceiling: Points = (h,) * len(series)
        nothing: Points = (None,) * len(series)
        return Chart("cusum", None, nothing, ceiling, sums, beyond(sums, nothing, ceiling))
    if own_unit and settings.target is not None:
        baseline_of(series, settings)
        process = Process(settings.target, (1.0,) * len(series))
    else:
        process = _process(series, settings)
    return _two_sided(series, process, k, h)


def _two_sided(series: Series, process: Process, k: float, h: float) -> Chart:
    scores: Points = tuple(
        None if value is None or not sigma else (value - process.center) / sigma
        for value, sigma in zip(series.values, process.sigmas, strict=True)
    )
    varies = any(process.sigmas)
    upward = _sums(scores, k)
    downward = tuple(None if s is None else 0.0 - s for s in _sums(tuple(None if z is None else -z for z in scores), k))
    upper: Points = (h if varies else None,) * len(series)
    lower: Points = (-h if varies else None,) * len(series)
    nothing: Points = (None,) * len(series)
    outside = {*beyond(upward, nothing, upper), *beyond(downward, lower, nothing)}
    note: Note = "" if varies else "no-variance"
    return Chart(
        "cusum", process.center, lower, upper, upward, tuple(sorted(outside)), note=note, statistics_lower=downward
    )  # fmt: skip


def _sums(scores: Points, k: float) -> Points:
    total, sums = 0.0, []
    for score in scores:
        if score is not None:
            total = max(0.0, total + score - k)
        sums.append(None if score is None else total)
    return tuple(sums)
