"""Summaries over replications against an independent implementation."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from sim.study.infer.stats import best_probability, paired, summaries, summary, warm_up

VALUES = st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=50)


@given(VALUES)
def test_the_interval_is_students(values: list[float]) -> None:
    """The interval of the mean is scipy's t interval with n - 1 degrees of freedom, and n is the number of values."""
    told = summary(values)
    assert told.n == len(values)
    assert told.mean == pytest.approx(np.mean(values))
    error = np.std(values, ddof=1) / sqrt(len(values))
    assert (told.low, told.high) == pytest.approx(
        t.interval(0.95, len(values) - 1, np.mean(values), error) if error else (told.mean, told.mean), abs=1e-6
    )
    assert (told.p05, told.median, told.p95) == pytest.approx(np.percentile(values, [5, 50, 95]))


def test_the_interval_of_a_small_sample_is_as_in_the_tables() -> None:
    """For 1, 2, 3 the mean is 2 and half the interval is 4.303 / sqrt(3) (Student's table, 2 degrees of freedom)."""
    told = summary([1, 2, 3])
    assert (told.mean, told.median, told.n) == (2, 2, 3)
    assert told.high - 2 == 2 - told.low == pytest.approx(4.302653 / sqrt(3), rel=1e-6)


@given(VALUES, st.lists(st.integers(0, 60), max_size=8))
def test_a_number_without_a_meaning_is_left_out(values: list[float], places: list[int]) -> None:
    """Replications whose value is NaN change neither the numbers nor n."""
    mixed = list(values)
    for place in places:
        mixed.insert(place, nan)
    assert summary(mixed) == summary(values)


def test_one_value_has_no_interval_and_none_has_nothing() -> None:
    """A single replication has a mean and a median but no interval; none has n = 0 and NaN, told as None."""
    one = summary([nan, 7.0])
    assert (one.mean, one.median, one.p05, one.p95, one.n) == (7, 7, 7, 7, 1)
    assert isnan(one.low)
    assert isnan(one.high)
    assert one.as_dict() == {"mean": 7, "low": None, "high": None, "median": 7, "p05": 7, "p95": 7, "n": 1}
    for none in (summary([]), summary([nan, nan])):
        assert none.as_dict() == {**dict.fromkeys(("mean", "low", "high", "median", "p05", "p95")), "n": 0}


def test_each_metric_is_summarised_over_the_replications_that_have_it() -> None:
    """A metric that a replication lacks, or that is NaN there, has an n of the others."""
    told = summaries([{"a": 1.0, "b": 5.0}, {"a": 3.0}, {"a": nan, "b": 7.0}])
    assert list(told) == ["a", "b"]
    assert (told["a"].mean, told["a"].n) == (2, 2)
    assert (told["b"].mean, told["b"].n) == (6, 2)


def test_the_interval_covers_the_truth_in_95_of_100_studies() -> None:
    """Of 2,000 studies of 8 normal values each, 95% (within three standard errors of that share) hold the true mean."""
    studies = np.random.default_rng(1).normal(10, 3, (2000, 8))
    told = [summary(one) for one in studies]
    covered = np.mean([one.low <= 10 <= one.high for one in told])
    assert covered == pytest.approx(0.95, abs=3 * sqrt(0.95 * 0.05 / 2000))


@given(VALUES, st.floats(-1e6, 1e6))
def test_paired_differences_know_nothing_of_what_both_arms_share(values: list[float], gain: float) -> None:
    """An arm that is better by the same in every replication is better by just that, with no width."""
    told = paired(np.add(values, gain), values)
    assert (told.mean, told.low, told.high) == pytest.approx((gain, gain, gain), abs=1e-5)
    assert told.n == len(values)


def test_a_pair_without_a_meaning_is_left_out() -> None:
    """A replication in which either arm has no number counts for neither."""
    assert paired([1, nan, 5, 7], [0, 0, nan, 4]) == summary([1, 3])


def test_the_probability_of_being_best_is_students_for_two_arms() -> None:
    """For two arms of many replications it is the chance that Student's law gives to a positive mean difference."""
    luck = np.random.default_rng(3).normal(0, 10, 400)
    gain = np.random.default_rng(4).normal(0.05, 1, 400)
    first, second = best_probability([luck, luck + gain])
    expected = t.cdf(gain.mean() / (gain.std(ddof=1) / sqrt(400)), 399)
    assert second == pytest.approx(expected, abs=1e-9)
    assert first + second == pytest.approx(1)
    assert best_probability([luck, luck + gain], higher=False) == pytest.approx([second, first], abs=1e-9)


def test_arms_that_are_the_same_share_the_first_place() -> None:
    """Two equal arms have half each, a better third has all; one replication says nothing."""
    values = [1.0, 5.0, 2.0]
    assert best_probability([values, values]) == [0.5, 0.5]
    better = [2.0, 6.0, 3.0]  # by the same amount in every replication: luck decides nothing
    assert best_probability([values, values, better]) == [0, 0, 1]
    assert best_probability([values, values, better], higher=False) == [0.5, 0.5, 0]


@pytest.mark.parametrize("n", [2, 3, 5, 10, 50])
@pytest.mark.parametrize("arms", [2, 3])
def test_the_probability_of_being_best_is_no_surer_than_it_may_be(n: int, arms: int) -> None:
    """Of arms that are equally good, one is called better than another with 95% in one comparison of twenty."""
    luck = np.random.default_rng(n)
    surest = []
    for _ in range(400):
        values = luck.normal(0, 1, (arms, n))
        values[2:] = values[:1] - 1e3  # a third that is out of the question changes nothing
        surest.append(max(best_probability(values)))
    assert np.mean(np.array(surest) >= 0.95) == pytest.approx(0.1, abs=0.045)


def test_one_replication_says_nothing_of_the_best() -> None:
    """With fewer than two replications that count there is no probability."""
    assert all(isnan(one) for one in best_probability([[1.0, nan], [2.0, 3.0]]))


def test_the_warm_up_is_where_the_start_was() -> None:
    """Noise after a start that is far off is cut where the start ends; noise alone is hardly cut at all."""
    noise = np.random.default_rng(5).normal(0, 1, 1000)
    start = np.concatenate([np.full(100, 20.0), np.zeros(900)])
    assert warm_up(noise + start) in range(100, 121)
    assert (warm_up(noise) or 0) < 100


def test_a_series_that_never_settles_has_no_warm_up() -> None:
    """A drift to the end, or a series of less than twenty, is too short to tell."""
    assert warm_up(np.arange(200.0) ** 3) is None
    assert warm_up(np.ones(19)) is None
