"""Exact Poisson limits: for small means the three-sigma rule alarms three times as often as it says (8.4).

The upper limit is the largest count whose tail P(X >= x) is still above alpha, the lower one the smallest
count with P(X <= x) above alpha; so a point strictly outside is one that chance explains in at most alpha
of all periods. The tails are summed, smallest terms first.
"""

from __future__ import annotations

import math
from functools import lru_cache

from ..problems import UserError
from .control_charts import counts_of
from .series import Chart, Points, Series, Settings, beyond, runs

ALPHA = 0.00135
"""One side of three sigmas."""
LARGEST = 1_000_000
"""Above this mean the sum takes long and the three-sigma chart says the same."""
NOTHING = 40.0
"""Terms smaller by e to this power than alpha cannot change the answer."""


def poisson_chart(series: Series, settings: Settings) -> Chart:
    """Counts against exact limits; with sizes, rates against the limits of each period's exposure."""
    counts = counts_of(series, settings, sized=True)
    center = counts.rate if settings.target is None else settings.target
    if center < 0:
        raise UserError("chart-target", value=f"{center:g}")
    alpha = ALPHA if settings.alpha is None else settings.alpha
    if max(center * size for size in counts.sizes) > LARGEST:
        raise UserError("chart-mean-large", limit=LARGEST)
    statistics = counts.rates
    limits = [_limits(center * size, alpha) for size in counts.sizes]
    lower: Points = tuple(
        low / size if center and size else None for (low, _), size in zip(limits, counts.sizes, strict=True)
    )  # fmt: skip
    upper: Points = tuple(
        high / size if center and size else None for (_, high), size in zip(limits, counts.sizes, strict=True)
    )  # fmt: skip
    found = beyond(statistics, lower, upper)
    above_or_below = runs(statistics, [center] * len(statistics))
    return Chart(
        "poisson", center, lower, upper, statistics, found, above_or_below, "" if center else "no-events"
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _limits(expected: float, alpha: float) -> tuple[int, int]:
    """The smallest and the largest count that is still inside."""
    if not expected:
        return 0, 0
    return _lower(expected, alpha), _upper(expected, alpha)


def _upper(expected: float, alpha: float) -> int:
    step = int(math.sqrt(expected)) + 2
    count = int(expected) + step
    while _log_chance(count, expected) > math.log(alpha) - NOTHING:
        count += step
    term = math.exp(_log_chance(count, expected))
    tail = term
    while tail <= alpha and count > 0:
        term *= count / expected
        count -= 1
        tail += term
    return count


def _lower(expected: float, alpha: float) -> int:
    step = int(math.sqrt(expected)) + 2
    count = int(expected)
    while count > 0 and _log_chance(count, expected) > math.log(alpha) - NOTHING:
        count -= step
    count = max(count, 0)
    term = math.exp(_log_chance(count, expected))
    tail = term
    while tail <= alpha:
        count += 1
        term *= expected / count
        tail += term
    return count


def _log_chance(count: int, expected: float) -> float:
    return count * math.log(expected) - expected - math.lgamma(count + 1)
