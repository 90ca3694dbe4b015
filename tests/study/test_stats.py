"""Summaries over replications against an independent implementation."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from sim.study.stats import summaries, summary

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
