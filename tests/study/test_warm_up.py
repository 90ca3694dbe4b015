"""Runs without their beginning."""

from __future__ import annotations

from math import isnan, nan

import pytest

from sim.study.ask.warm_up import WarmUp, without_warm_up
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Runner
from tests.worlds import city


def by_day(loss: list[float], latency: list[float]) -> dict[str, float]:
    """A run with one victim with a stop each day, half of whose loss comes back."""
    told = {
        f"day {i + 1}": {
            "loss": x, "recovered": x / 2, "recovered_share": 0.5, "cases_with_stop": 1.0, "response_latency": wait
        }
        for i, (x, wait) in enumerate(zip(loss, latency, strict=True))
    }  # fmt: skip
    return {f"{day}/{name}": value for day, of in told.items() for name, value in of.items()}


def test_days_that_are_given_are_left_out() -> None:
    """Sums are over the later days; the share and the latency are those of their cases."""
    one = by_day([100.0, 10.0, 30.0], [900.0, 60.0, 120.0]) | {"day 3/recovered": 5.0, "day 3/cases_with_stop": 3.0}
    warm = without_warm_up([one], 1)
    assert warm.days == 1
    assert warm.runs[0] == {
        "loss": 40, "recovered": 10, "cases_with_stop": 4, "recovered_share": 0.25, "response_latency": 105
    }  # fmt: skip


def test_days_without_a_stop_do_not_count_for_the_latency() -> None:
    """A day that has no latency is left out of its mean; days without any give none."""
    one = by_day([1.0, 1.0, 1.0], [5.0, nan, 60.0]) | {"day 2/cases_with_stop": 0.0}
    assert without_warm_up([one], 1).runs[0]["response_latency"] == 60
    assert isnan(
        without_warm_up([by_day([1.0], [nan]) | {"day 1/cases_with_stop": 0.0}], 0).runs[0]["response_latency"]
    )


def test_a_start_that_is_unlike_the_rest_is_found() -> None:
    """Ten slow days before thirty ordinary ones are left out, whatever the days in between look like."""
    ordinary = [60.0 + (7 * day) % 5 for day in range(30)]
    run = by_day([1.0] * 40, [600.0] * 10 + ordinary)
    warm = without_warm_up([run, run])
    assert warm.days == 10
    assert warm.runs[0]["loss"] == 30


def test_where_no_warm_up_can_be_found_it_is_said() -> None:
    """Too few days, or no day left, is one line that says what would be accepted."""
    with pytest.raises(StudyError, match="read auto, accepted: a number of days"):
        without_warm_up([by_day([1.0] * 6, [1.0] * 6)])
    with pytest.raises(StudyError, match="read 3, accepted: fewer days than the scenario has, which is 3"):
        without_warm_up([by_day([1.0] * 3, [1.0] * 3)], 3)
    with pytest.raises(StudyError, match="accepted: auto, or a whole number of days"):
        WarmUp.read("a week")
    assert (WarmUp.read("auto"), WarmUp.read("14")) == (WarmUp(None), WarmUp(14))


def test_without_a_warm_up_all_is_as_measured() -> None:
    """With no day left out, the days of a run add up to the whole run."""
    world = city(horizon="60h")
    with Runner(seed=2) as runner:
        [[run]] = runner.run([Arm("city", world)], 1, by="day")
    [whole] = without_warm_up([run], 0).runs
    assert whole["loss"] > 0
    for name, value in whole.items():
        assert value == pytest.approx(run[name], rel=1e-9), name
    [later] = without_warm_up([run], 2).runs
    assert 0 < later["loss"] < whole["loss"]
