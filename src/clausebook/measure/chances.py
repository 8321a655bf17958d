"""Exact chances for small counts: what luck explains, and how rarely (8.4, requirements 5.3).

Everything is summed from the terms themselves; approximations are wrong just where complaints live, at one to ten
a month. Pure arithmetic, no library: `check` must start at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

LARGEST = 1_000_000
"""No limit above this count is looked for."""
ENOUGH = 1e-18
"""Terms below this share of the sum no longer matter."""


def surprise(count: int, size: float, before: int, before_size: float) -> float:
    """Rule R-P: the chance of `count` or more now, given `before` over an exposure before_size times this one's.

    X ~ Binomial(before + count, size / (size + before_size)): an exact comparison of two Poisson rates that also
    pays for the baseline being an estimate.
    """
    return binomial_tail(count, before + count, size / (size + before_size))


def scarcity(count: int, size: float, before: int, before_size: float) -> float:
    """The same comparison downward: the chance of `count` or fewer now."""
    return max(0.0, 1.0 - binomial_tail(count + 1, before + count, size / (size + before_size)))


def excess(hits: int, of: int, before: int, before_of: int) -> float:
    """Fisher's exact test of two shares: the chance of `hits` or more out of `of`, all hits being dealt out anew."""
    taken = hits + before
    whole = _ways(of + before_of, taken)
    most, middle = min(of, taken), taken * of / max(of + before_of, 1)
    return _tail(lambda k: _ways(of, k) + _ways(before_of, taken - k) - whole, hits, most, middle)


def _ways(of: int, taken: int) -> float:
    """The logarithm of the number of ways to take so many."""
    if not 0 <= taken <= of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(taken + 1) - math.lgamma(of - taken + 1)


@lru_cache(maxsize=65536)
def binomial_tail(at_least: int, trials: int, chance: float) -> float:
    """P(X >= at_least)."""
    if at_least <= 0 or chance >= 1:
        return float(at_least <= trials)
    if at_least > trials or chance <= 0:
        return 0.0
    log_yes, log_no = math.log(chance), math.log1p(-chance)

    def log_term(k: int) -> float:
        ways = math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        return ways + k * log_yes + (trials - k) * log_no

    return _tail(log_term, at_least, trials, trials * chance)


@lru_cache(maxsize=65536)
def poisson_tail(at_least: int, mean: float) -> float:
    """P(X >= at_least) for a Poisson count; nothing ever comes of a mean of zero."""
    if at_least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    return _tail(lambda k: k * math.log(mean) - mean - math.lgamma(k + 1), at_least, LARGEST * 10, mean)


@lru_cache(maxsize=65536)
def overdispersed_tail(at_least: int, mean: float, dispersion: float) -> float:
    """P(X >= at_least) for a count whose variance is `dispersion` times its mean (negative binomial)."""
    if dispersion <= 1 or mean <= 0:
        return poisson_tail(at_least, mean)
    if at_least <= 0:
        return 1.0
    size = mean / (dispersion - 1)
    log_stop, log_go = -math.log(dispersion), math.log1p(-1 / dispersion)

    def log_term(k: int) -> float:
        ways = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
        return ways + size * log_stop + k * log_go

    return _tail(log_term, at_least, LARGEST * 10, mean)


def _tail(log_term: Callable[[int], float], first: int, last: int, middle: float) -> float:
    """The upper tail, or one minus the lower one where that is shorter."""
    if first <= middle:
        return max(0.0, 1.0 - math.fsum(math.exp(log_term(k)) for k in range(first)))
    total, k = 0.0, first
    while k <= last:
        term = math.exp(log_term(k))
        total += term
        if term <= total * ENOUGH:
            break
        k += 1
    return min(1.0, total)


def smallest(tail: Callable[[int], float], alpha: float, beginning: int = 1) -> int:
    """The smallest count whose tail is below alpha: doubling, then halving."""
    low, high = 0, max(beginning, 1)
    while tail(high) >= alpha and high < LARGEST:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if tail(middle) >= alpha else (low, middle)
    return high


def dispersion_of(counts: Sequence[float], sizes: Sequence[float]) -> float:
    """Variance over mean of the baseline, adjusted for exposure (Pearson chi-square over its degrees of freedom)."""
    total, size = math.fsum(counts), math.fsum(sizes)
    if len(counts) < 2 or total <= 0 or size <= 0:
        return 1.0
    expected = [total * part / size for part in sizes]
    return math.fsum((c - e) ** 2 / e for c, e in zip(counts, expected, strict=True)) / (len(counts) - 1)


@lru_cache(maxsize=256)
def dispersion_limit(periods: int, level: float = 0.05) -> float:
    """A dispersion above this is more than luck: the chi-square quantile over its degrees of freedom."""
    freedom = max(periods - 1, 1)
    low, high = 0.0, 10.0 * freedom + 100.0
    for _ in range(200):
        middle = (low + high) / 2
        if _chi_square(middle, freedom) < 1 - level:
            low = middle
        else:
            high = middle
    return high / freedom


def _chi_square(x: float, freedom: int) -> float:
    """P(chi-square <= x): the series of the incomplete gamma function."""
    half, a = x / 2, freedom / 2
    if half <= 0:
        return 0.0
    term = total = 1 / a
    n = a
    while term > total * 1e-16:
        n += 1
        term *= half / n
        total += term
    return min(1.0, total * math.exp(a * math.log(half) - half - math.lgamma(a)))


def cusum_reference(mean: float, raised: float) -> float:
    """k of the Poisson CUSUM that looks for a rise from `mean` to `raised`: (m1 - m0) / ln(m1 / m0)."""
    return (raised - mean) / math.log(raised / mean)


def cusum_decision(mean: float, raised: float, alpha: float) -> float:
    """h so that a stable stream alarms about once in 1 / alpha periods.

    The average run length is close to 6 e^(h ln(m1/m0)); it fits all four simulated pairs of requirements 5.3.
    """
    return max(math.log(1 / (6 * alpha)), 0.5) / math.log(raised / mean)
