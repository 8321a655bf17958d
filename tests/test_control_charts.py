"""Control charts against figures others have printed: NIST's handbook, R's qcc and surveillance; and bad input."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausebook.measure.charts import TYPES, chart
from clausebook.measure.series import Chart, Series, Settings
from clausebook.problems import UserError
from clausebook.wording import text

# NIST/SEMATECH 6.3.3.1: defects on 25 wafers.
WAFERS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]
# NIST/SEMATECH 6.3.3.2, and Montgomery's orange juice cans: nonconforming of 50.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# NIST/SEMATECH 6.3.2.4.
EWMA = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5,
        49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]  # fmt: skip
EWMA_PRINTED = [50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33,
                50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99]  # fmt: skip
# NIST/SEMATECH 6.3.2.3, with k = 0.3175 and h = 4.1959 in the unit of the values.
CUSUM = [324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600,
         324.625, 325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350]  # fmt: skip
# Montgomery's circuit boards (qcc): a u chart of 20 lots of 5 computers.
COMPUTERS = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]


def series(values: Any, sizes: Any = None) -> Series:
    return Series(tuple(values), None if sizes is None else tuple(sizes))


def draw(kind: str, values: Any, sizes: Any = None, **given: Any) -> Chart:
    return chart(kind, series(values, sizes), Settings(**given))


def near(found: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    return bool(found == pytest.approx(expected, abs=tolerance))


def test_c_chart_of_nist_and_a_point_on_the_limit_is_inside() -> None:
    found = draw("c", WAFERS)
    assert (found.center, set(found.lower), set(found.upper)) == (16.0, {4.0}, {28.0})
    assert found.beyond == (24,), "wafer 3 has 28 and lies on the limit"


def test_p_chart_of_nist_and_np_chart_of_qcc() -> None:
    share = draw("p", CANS, [50] * 30)
    assert (
        near(share.center, 0.2313, 1e-4) and near(share.lower[0], 0.0524, 1e-4) and near(share.upper[0], 0.4102, 1e-4)
    )
    number = draw("np", CANS, [50] * 30)
    assert near(number.center, 11.5666666667)
    assert near(number.lower[0], 2.6213774036) and near(number.upper[0], 20.5119559297)
    assert share.beyond == number.beyond == (15, 23)


def test_u_chart_of_qcc() -> None:
    found = draw("u", COMPUTERS, [5] * 20)
    assert near(found.center, 1.93)
    assert near(found.lower[0], 0.066133051959) and near(found.upper[0], 3.793866948)
    assert found.beyond == ()


def test_limits_follow_the_exposure_of_each_period() -> None:
    found = draw("u", [4, 8, 2], [1, 4, 2])
    assert near(found.center, 2.0)
    assert near(found.upper, [2 + 3 * math.sqrt(2), 2 + 3 * math.sqrt(0.5), 5.0])
    assert found.lower == (0.0, 0.0, 0.0)


def test_ewma_of_nist_to_its_printed_digits() -> None:
    found = draw("ewma", EWMA, weight=0.3, target=50.0, sigma=2.0539)
    assert near(list(found.statistics), EWMA_PRINTED, 0.0101)
    assert near(set(found.upper).pop(), 52.5884, 2e-4) and near(set(found.lower).pop(), 47.4115, 2e-4)
    assert found.beyond == ()


def test_cusum_of_nist() -> None:
    found = draw("cusum", CUSUM, target=325.0, k=0.3175, h=4.1959)
    assert near(found.statistics[12:16], [3.0075, 4.94, 7.4475, 10.63], 1e-4)
    assert near(found.statistics[-1], 19.04, 0.0051)
    assert found.beyond == (14, 15, 16, 17, 18, 19, 20)
    assert found.statistics_lower is not None
    assert near(found.statistics_lower[6:11], [-0.5575, -0.715, -0.1725, -0.255, -0.3125])


def test_cusum_in_sigmas_is_the_same_chart() -> None:
    plain = draw("cusum", CUSUM, target=325.0, k=0.3175, h=4.1959)
    scaled = draw("cusum", CUSUM, target=325.0, sigma=0.635, k=0.5, h=4.1959 / 0.635)
    assert scaled.beyond == plain.beyond
    assert near([point * 0.635 for point in scaled.statistics if point is not None], list(plain.statistics))


def test_cusum_signals_a_fall_too() -> None:
    found = draw("cusum", [-2.0, -2.0, -2.0, 0.0], target=0.0, sigma=1.0, k=0.5, h=4.0)
    assert found.statistics_lower == (-1.5, -3.0, -4.5, -4.0)
    assert found.statistics == (0.0,) * 4 and found.beyond == (3,)


def test_cusum_for_complaints_looks_upward_and_is_in_counts() -> None:
    found = draw("cusum", [2, 5, 0, 9, 4], k=2.89, h=6.0)
    assert near(list(found.statistics), [0.0, 2.11, 0.0, 6.11, 7.22])
    assert found.beyond == (4, 5) and found.statistics_lower is None


@pytest.mark.parametrize(
    "mean, first, first_at_half_percent",
    [(1, 6, 5), (2, 8, 7), (3, 10, 9), (5, 14, 13), (10, 22, 20), (20, 36, 33), (30, 49, 46)],
)
def test_exact_poisson_limits(mean: int, first: int, first_at_half_percent: int) -> None:
    found = draw("poisson", [first - 1, first], target=float(mean))
    assert found.beyond == (2,) and found.upper[0] == first - 1
    found = draw("poisson", [first_at_half_percent - 1, first_at_half_percent], target=float(mean), alpha=0.005)
    assert found.beyond == (2,)


@given(st.floats(1e-6, 3000), st.floats(1e-6, 0.4))
def test_exact_poisson_limits_keep_their_promise(mean: float, alpha: float) -> None:
    found = draw("poisson", [0], target=mean, alpha=alpha)
    low, high = int(found.lower[0] or 0), int(found.upper[0] or 0)
    terms = [
        math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(int(mean + 60 * math.sqrt(mean) + 80))
    ]
    assert math.fsum(terms[high + 1 :]) <= alpha * (1 + 1e-9)
    assert math.fsum(terms[high:]) >= alpha * (1 - 1e-9)
    assert low == 0 or math.fsum(terms[:low]) <= alpha * (1 + 1e-9)
    assert math.fsum(terms[: low + 1]) >= alpha * (1 - 1e-9)


def test_a_poisson_rate_has_the_limit_of_its_own_exposure() -> None:
    found = draw("poisson", [10, 5, 12], [10, 5, 1])
    assert near(found.center, 27 / 16) and found.beyond == (3,)
    assert found.upper[2] == draw("poisson", [0], target=27 / 16).upper[0]
    assert near(found.upper[0], (draw("poisson", [0], target=270 / 16).upper[0] or 0) / 10)


def test_runs_are_listed_from_the_seventh_point() -> None:
    values = [9, 11] * 3 + [12] * 9 + [8]
    assert draw("c", values, target=10.0).runs == (12, 13, 14, 15)
    assert draw("c", [9] * 6 + [10] + [9] * 6, target=10.0).runs == (), "a point on the centre ends a run"
    assert draw("c", [9] * 6 + [None] + [9] * 6, target=10.0).runs == (), "and so does a gap"
    assert draw("c", [5] * 20).runs == ()
    assert draw("c", [9] * 7, target=10.0).runs == (7,), "a run below counts too"


def test_limits_stay_within_what_is_possible() -> None:
    assert set(draw("p", [19, 20, 18], [20] * 3).upper) == {1.0}
    assert set(draw("np", [19, 20, 18], [20] * 3).upper) == {20.0}
    assert set(draw("c", [1, 2, 3]).lower) == {0.0}
    assert near(draw("i", [-5.0, -3.0, -4.0]).lower[0], -4 - 3 * 1.5 / 1.128), "single values may be negative"


def test_a_c_chart_says_that_it_ignores_sizes() -> None:
    assert draw("c", [1, 2], [5, 9]).note == "sizes-ignored"
    assert draw("c", [1, 2], [5, 5]).note == ""


def test_the_baseline_alone_makes_the_limits() -> None:
    found = draw("c", [10, 10, 10, 60], baseline=3)
    assert found.center == 10.0 and found.beyond == (4,)
    assert near(found.upper[3], 10 + 3 * math.sqrt(10))


def test_laney_widens_by_what_the_points_scatter_more() -> None:
    values = [10, 40, 8, 38, 12, 41, 9, 39]
    plain, corrected = draw("c", values), draw("c", values, laney=True)
    assert plain.beyond and not corrected.beyond
    ranges = [abs(b - a) / math.sqrt(plain.center or 0) for a, b in pairwise(values)]
    spread = sum(ranges) / len(ranges) / 1.128
    assert near(corrected.upper[0], (plain.center or 0) + 3 * spread * math.sqrt(plain.center or 0))


def test_ears_by_hand() -> None:
    quiet = [2, 4, 2, 4, 2, 4, 3]
    mean, deviation = 3.0, 1.0
    limit = mean + NormalDist().inv_cdf(0.999) * deviation
    c1 = draw("ears-c1", [*quiet, 7])
    assert c1.upper[:7] == (None,) * 7 and near(c1.upper[7], limit)
    assert c1.beyond == (8,)
    c2 = draw("ears-c2", [*quiet, 9, 9, 7])
    assert near(c2.upper[9], limit) and c2.beyond == (10,), "the two days before do not hide the rise"
    c3 = draw("ears-c3", [*quiet, 3, 3, 5, 5, 5])
    assert c3.statistics[:11] == (None,) * 11 and near(c3.statistics[11], sum(c3_by_hand(quiet)))


def c3_by_hand(quiet: list[int]) -> list[float]:
    whole, sums = [*quiet, 3, 3, 5, 5, 5], []
    for day in (9, 10, 11):
        window = whole[day - 9 : day - 2]
        middle = sum(window) / 7
        spread = math.sqrt(sum((value - middle) ** 2 for value in window) / 6)
        sums.append(max(0.0, (whole[day] - middle) / spread - 1))
    return sums


def test_no_spread_gives_no_limits_and_says_why() -> None:
    for kind in ("i", "ewma", "cusum"):
        found = draw(kind, [5.1] * 10 + [5.2], baseline=10)
        assert set(found.upper) == set(found.lower) == {None} and found.beyond == ()
        assert found.note == "no-variance" and found.center == 5.1
    for kind in ("c", "u", "p", "np", "poisson"):
        found = draw(kind, [0] * 10, [20] * 10)
        assert found.center == 0 and set(found.upper) == {None} and found.beyond == found.runs == ()
        assert found.note == "no-events"
    assert draw("p", [20] * 10, [20] * 10).note == "no-variance"


def test_one_complaint_after_quiet_days_is_no_surge_but_twenty_are() -> None:
    for kind in ("ears-c1", "ears-c2", "ears-c3"):
        assert draw(kind, [0] * 12 + [1]).beyond == ()
        found = draw(kind, [0] * 12 + [20])
        assert found.beyond == (13,) and found.note == "flat-windows"
    assert draw("ears-c1", [0] * 12 + [2], sigma=0.5).beyond == (13,)


def test_a_period_without_exposure_has_no_limits() -> None:
    """What was not observed has no limit either; one of a guessed exposure would be drawn as if it were known."""
    for kind in ("u", "p", "poisson"):
        found = draw(kind, [4, None, 0, 6, None], [40, None, 0, 40, 40])
        assert [point is None for point in found.upper] == [False, True, True, False, False], kind
        assert [point is None for point in found.statistics] == [False, True, True, False, True], kind
    assert draw("c", [4, None, 6], [40, None, 40]).upper[1] is not None, "a c chart asks for no exposure"


def test_gaps_are_neither_zero_nor_neighbours() -> None:
    assert draw("c", [10, None, 20]).center == 15.0
    assert draw("u", [10, 0, 20], [1, 0, 1]).statistics == (10.0, None, 20.0), "no exposure is no observation"
    assert near(draw("i", [1.0, 2.0, None, 9.0, 8.0]).upper[0], 5 + 3 / 1.128)
    smoothed = draw("ewma", [10.0, None, 10.0], target=0.0, sigma=1.0, weight=0.5)
    assert smoothed.statistics == (5.0, None, 7.5)
    assert draw("cusum", [3, None, 3], k=1.0, h=3.5).statistics == (2.0, None, 4.0)
    assert draw("ears-c1", [1, 2, None, 1, 2, 3, 1, 9, 9]).upper == (None,) * 9


@pytest.mark.parametrize("kind", list(TYPES))
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.none() | st.integers(0, 50), st.none() | st.integers(0, 50)), min_size=1, max_size=30),
    baseline=st.none() | st.integers(1, 30),
)
def test_any_series_gets_an_answer_or_one_sentence(kind: str, rows: Any, baseline: int | None) -> None:
    values, sizes = zip(*rows, strict=True)
    try:
        found = draw(kind, [v and float(v) for v in values], [s and float(s) for s in sizes], baseline=baseline)
    except UserError as error:
        assert text(f"errors.{error.key}", "zh", **error.facts) and text(f"errors.{error.key}", "en", **error.facts)
        return
    data = json.loads(json.dumps(found.as_data(), allow_nan=False))
    assert {"type", "center", "lower", "upper", "statistics", "beyond", "runs"} <= set(data)
    assert len(data["lower"]) == len(data["upper"]) == len(data["statistics"]) == len(rows)
    assert all(1 <= point <= len(rows) and data["statistics"][point - 1] is not None for point in data["beyond"])
    assert not found.note or text(f"chart.note.{found.note}", "zh") != text(f"chart.note.{found.note}", "en")


@pytest.mark.parametrize(
    "kind, values, sizes, given, key",
    [
        ("c", [1.5], None, {}, "chart-not-a-count"),
        ("poisson", [-1.0], None, {}, "chart-not-a-count"),
        ("p", [1.0], None, {}, "chart-needs-size"),
        ("p", [7.0], [5.0], {}, "chart-more-than-size"),
        ("u", [7.0], [0.0], {}, "chart-size"),
        ("u", [7.0], [None], {}, "chart-size"),
        ("np", [1.0, 1.0], [5.0, 6.0], {}, "chart-unequal-sizes"),
        ("ewma", [7.0, 8.0], [0.0, 5.0], {}, "chart-size"),
        ("p", [1.0], [5.0], {"target": 1.5}, "chart-target"),
        ("poisson", [1.0], None, {"target": -1.5}, "chart-target"),
        ("ears-c1", [1.0] * 9, None, {"baseline": 1}, "chart-baseline-thin"),
        ("c", [1.0], None, {"target": -1.0}, "chart-target"),
        ("c", [1.0], None, {"h": 1.0}, "chart-option"),
        ("ears-c1", [1.0], None, {"laney": True}, "chart-option"),
        ("c", [1.0], None, {"baseline": 2}, "chart-baseline-long"),
        ("c", [None, 1.0], None, {"baseline": 1}, "chart-baseline-thin"),
        ("i", [1.0, None, 2.0], None, {}, "chart-baseline-thin"),
        ("ears-c2", [1.0] * 9, None, {}, "chart-too-short"),
        ("poisson", [1e12], None, {}, "chart-mean-large"),
    ],
)
def test_what_cannot_be_charted_is_refused(kind: str, values: Any, sizes: Any, given: Any, key: str) -> None:
    with pytest.raises(UserError) as refused:
        draw(kind, values, sizes, **given)
    assert refused.value.key == key
