"""Many runs: their number, their order and their luck."""

from __future__ import annotations

from math import isnan

import pytest

from sim.measure.metrics import measure
from sim.response.run import simulate
from sim.scenario.units import MINUTE
from sim.study.experiment import replicate, run_arms
from sim.study.latency import with_latency
from tests.worlds import city


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two runs have the same metrics; NaN equals NaN."""
    return one.keys() == other.keys() and all(
        value == other[name] or (isnan(value) and isnan(other[name])) for name, value in one.items()
    )


def test_replication_r_is_the_single_run_r() -> None:
    """What a study measures of its replication r is what a single run with that seed and number measures."""
    scenario = city()
    told: list[tuple[int, int]] = []
    runs = replicate(scenario, 4, seed=9, progress=lambda done, total: told.append((done, total)))
    assert len(runs) == 4
    assert all(same(one, measure(simulate(scenario, 9, r)).metrics) for r, one in enumerate(runs))
    assert not same(runs[0], runs[1])
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("fraud_differs", [False, True])
def test_an_arm_does_not_touch_the_next(fraud_differs: bool) -> None:
    """Each arm of a study has the metrics that it has alone, whether the arms share their plans or not."""
    other = {"horizon": "10h"} if fraud_differs else {"staff": (4, 4, 4)}
    arms = [city(), city(**other), city(latency={"analyst": {"factor": 3.0}})]
    results = run_arms(arms, 3, seed=2)
    for number, arm in enumerate(arms):
        assert all(same(one[number], alone) for one, alone in zip(results, replicate(arm, 3, seed=2), strict=True))


def test_a_latency_comes_on_top_of_the_scenarios_own() -> None:
    """A stage that a scenario slows down itself is scaled in whole and then prolonged."""
    own = city(latency={"analyst": {"factor": 3.0, "add": "10m"}})
    changed = with_latency(own, "analyst", 0.5, 7 * MINUTE).latency["analyst"]
    assert (changed.factor, changed.add) == (1.5, 12 * MINUTE)
    assert own.latency["analyst"].factor == 3
    with pytest.raises(ValueError, match="no stage is named 'analist'; known: all, "):
        with_latency(own, "analist", 1.0)
