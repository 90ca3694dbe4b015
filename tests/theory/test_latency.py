"""The race in its simplest form has a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.words.units import MINUTE
from tests.worlds import criminals, exponential, ms, stop_everything, victims, world

MEAN = 30 * MINUTE
RATIOS = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Latency over mean dwell time."""


def check_recovery(ratio: float, seed: int, per_day: float) -> None:
    scenario = world(
        victims=victims({"rate": {"per_day": per_day}}),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(MEAN)}}),
        desks={"desk": {"staff": "unlimited"}},
        routes=stop_everything(ms(ratio * MEAN)),
    )
    result = measure(simulate(scenario, seed))
    saved = int(np.count_nonzero(result.recovered))
    interval = binomtest(saved, len(result.loss)).proportion_ci(1 - 0.01 / len(RATIOS), "wilson")
    assert interval.low <= np.exp(-ratio) <= interval.high
    assert result.metrics["recovered_share"] == pytest.approx(saved / len(result.loss))


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_fixed_latency_against_exponential_dwell_recovers_exp_of_minus_their_ratio(ratio: float) -> None:
    """Stopped a time L after the report, money with exponential dwell of mean m is saved with chance exp(-L / m)."""
    check_recovery(ratio, 1, 12_000.0)


@pytest.mark.long
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("seed", [2, 3])
def test_exp_of_minus_the_ratio_with_many_more_victims(ratio: float, seed: int) -> None:
    """The same holds within intervals half as wide."""
    check_recovery(ratio, seed, 50_000.0)
