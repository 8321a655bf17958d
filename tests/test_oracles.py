"""Our own exact chances against SciPy's, over the whole range in which complaints live.

The engine does without SciPy, whose import alone takes longer than a `check`; here it is the judge.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from clausebook.measure.chances import (
    binomial_tail,
    dispersion_limit,
    excess,
    overdispersed_tail,
    poisson_tail,
    scarcity,
    surprise,
)
from clausebook.measure.charts import chart
from clausebook.measure.intervals import student, student95
from clausebook.measure.series import Series, Settings
from clausebook.measure.surges import surge_chance

COUNTS = st.integers(0, 400)
LEVELS = st.floats(0.01, 300)


def close(found: float, expected: float) -> bool:
    return found == pytest.approx(expected, rel=1e-7, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(COUNTS, LEVELS, st.floats(1.01, 9))
def test_tails_of_counts(count: int, level: float, dispersion: float) -> None:
    assert close(poisson_tail(count, level), stats.poisson.sf(count - 1, level))
    size = level / (dispersion - 1)
    assert close(overdispersed_tail(count, level, dispersion), stats.nbinom.sf(count - 1, size, 1 / dispersion))


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.integers(0, 600), st.floats(0.001, 0.999))
def test_binomial_tails(count: int, trials: int, chance: float) -> None:
    assert close(binomial_tail(count, trials, chance), stats.binom.sf(count - 1, trials, chance))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 60), st.integers(0, 300), st.floats(0.2, 5), st.floats(3, 40))
def test_two_rates(now: int, before: int, size: float, whole: float) -> None:
    share = size / (size + whole)
    assert close(surprise(now, size, before, whole), stats.binom.sf(now - 1, now + before, share))
    assert close(scarcity(now, size, before, whole), stats.binom.cdf(now, now + before, share))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_two_shares(data: st.DataObject) -> None:
    of, before_of = data.draw(st.integers(1, 80)), data.draw(st.integers(1, 300))
    hits, before = data.draw(st.integers(0, of)), data.draw(st.integers(0, before_of))
    table = [[hits, of - hits], [before, before_of - before]]
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert close(excess(hits, of, before, before_of), expected)


@pytest.mark.parametrize("degrees", [1, 2, 3, 6, 11, 30])
@pytest.mark.parametrize("t", [0.1, 1.0, 3.0, 5.2, 12.0])
def test_student(t: float, degrees: int) -> None:
    assert close(student(t, degrees), stats.t.cdf(t, degrees))
    assert student95(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=7), st.integers(0, 200))
def test_a_surge_is_a_prediction_limit(window: list[int], count: int) -> None:
    middle = sum(window) / 7
    spread = max(stats.tstd(window), math.sqrt(max(middle, 1))) * math.sqrt(8 / 7)
    expected = stats.t.sf((count - middle) / spread, 6) if count > middle else 1.0
    assert close(surge_chance([float(one) for one in window], count), expected)


@pytest.mark.parametrize("periods", [2, 6, 12, 24, 60])
def test_dispersion_limits(periods: int) -> None:
    assert dispersion_limit(periods) == pytest.approx(stats.chi2.ppf(0.95, periods - 1) / (periods - 1), rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.05, 500), st.sampled_from([0.00135, 0.005, 0.01, 0.05]))
def test_poisson_limits(level: float, alpha: float) -> None:
    drawn = chart("poisson", Series((1.0,)), Settings(target=level, alpha=alpha))
    first = int(drawn.upper[0] or 0) + 1
    assert stats.poisson.sf(first - 1, level) <= alpha < stats.poisson.sf(first - 2, level)
