"""How sure a figure is: 95 % intervals for shares and means, and rounding as a reader expects (R 5.1).

Nine of ten is anything between 60 and 98 per cent; a page that hides this invites a quarrel about noise.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

Z95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""
MANY = 1000
"""Degrees of freedom from which an expansion of four terms leaves no digit wrong."""


def wilson(hits: float, total: float) -> tuple[float, float] | None:
    """The Wilson score interval of a share, as fractions; None for an empty denominator."""
    if total <= 0 or not 0 <= hits <= total:
        return None
    share, square = hits / total, Z95 * Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == total else middle + half)


def mean_interval(mean: float, spread: float | None, n: float) -> tuple[float, float] | None:
    """Student's interval of a mean; None for fewer than two values."""
    if spread is None or n < 2:
        return None
    half = student95(int(n) - 1) * spread / math.sqrt(n)
    return mean - half, mean + half


def student95(degrees: int) -> float:
    """The 97.5 % quantile of Student's t: exact for 1 and 2 degrees, else the inversion of its distribution; for
    many degrees the expansion about the normal quantile, by then as exact (Abramowitz and Stegun 26.7.5)."""
    if degrees == 1:
        return math.tan(math.pi * 0.475)
    if degrees >= MANY:
        z, n = Z95, degrees
        terms = ((z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
        return float(z + sum(term / n**power for power, term in enumerate(terms, 1)))
    low, high = Z95, 4.4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _student(middle, degrees) < 0.975 else (low, middle)
    return high


def _student(t: float, degrees: int) -> float:
    """P(T <= t) for t > 0, by the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3–4)."""
    angle = math.atan(t / math.sqrt(degrees))
    square, term, total = math.cos(angle) ** 2, 1.0, 1.0
    if degrees % 2 == 0:
        for k in range(1, degrees // 2):
            term *= square * (2 * k - 1) / (2 * k)
            total += term
        return 0.5 + math.sin(angle) * total / 2
    total = term = math.cos(angle)
    for k in range(1, (degrees - 1) // 2):
        term *= square * 2 * k / (2 * k + 1)
        total += term
    return 0.5 + (angle + math.sin(angle) * total) / math.pi


def rounded(value: float, decimals: int) -> float:
    """Half up, as on paper: 96.25 is 96.3. Comparisons use the unrounded value."""
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return float(exact)
