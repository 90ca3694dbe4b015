"""What the response can recover lies between nothing and the ceiling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.measure.ceiling import ceiling_of
from sim.measure.metrics import measure
from sim.workflow.log import HOLD, REPORT
from tests.examples import some
from tests.properties.orders import orders
from tests.worlds import branching, ceiling, city, exponential, stop_everything, victims, world

MINUTE = 60_000
SCAM: dict[str, Any] = {
    "loss": {"lognormal": {"median": "1k yuan", "p90": "6k yuan"}}, "most_payments": 4,
    "payment_gap": exponential(5 * MINUTE), "discovery": exponential(20 * MINUTE),
    "report_lag": exponential(10 * MINUTE),
}  # fmt: skip


@pytest.mark.parametrize("replication", range(5))
def test_without_reports_nothing_is_recovered(replication: int) -> None:
    """Where no victim reports, no account is held, every fen leaves, and the ceiling is 0."""
    scenario = city(victims=victims({"rate": {"per_day": 60.0}}, **SCAM, reports=0.0))
    run = simulate(scenario, 1, replication)
    result = measure(run)
    assert not len(run.rows.of(REPORT))
    assert not len(run.rows.of(HOLD))
    assert result.recovered.sum() == result.recoverable.sum() == 0
    assert (run.times < NEVER).all()
    assert result.loss.sum() == run.plan.victims.loss.sum() > 0


@pytest.mark.parametrize("replication", range(20))
@pytest.mark.parametrize("react", [False, True])
def test_an_instant_response_recovers_exactly_the_ceiling(replication: int, react: bool) -> None:
    """With latency 0 and ample staff, every case of every replication gets its ceiling, to the fen."""
    scenario = world(
        victims=victims({"rate": {"per_day": 40.0}}, **SCAM, reports=0.8),
        criminals=branching(reaction={"notice": "1m", "speed": 0.2} if react else None),
        desks={"desk": {"staff": "unlimited"}},
        bank_profiles={"machine": {"staff": "unlimited", "time": "5m"}},
        routes=stop_everything("9m"),
        latency={"all": {"factor": 0.0}},
    )
    plan = draw_plan(scenario, 7, replication)
    result = measure(simulate(scenario, 7, replication, plan=plan))
    most = ceiling(scenario, plan)
    assert np.array_equal(result.recovered, most)
    assert np.array_equal(result.recoverable, most)
    assert most.sum() > 0


@settings(max_examples=some(60))
@given(
    data=st.data(), seed=st.integers(0, 2**40), react=st.booleans(), factor=st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    staff=st.sampled_from([(1, 1, 1), (3, 4, 2), "unlimited"]),
)  # fmt: skip
def test_no_response_recovers_more_than_the_ceiling(
    data: st.DataObject, seed: int, react: bool, factor: float, staff: Any
) -> None:
    """Whatever staff, speed, reaction and orders: no case gets more than its ceiling back, and measures agree on it."""
    scenario = city(staff=staff, react=react, latency={"all": {"factor": factor}})
    plan = draw_plan(scenario, seed, 0)
    most = ceiling(scenario, plan)
    assert np.array_equal(ceiling_of(scenario, plan).recoverable, most)
    result = measure(simulate(scenario, seed, plan=plan, orders=data.draw(orders(plan, scenario))))
    assert (result.recovered <= most).all()


@settings(max_examples=some(60))
@given(data=st.data(), seed=st.integers(0, 2**40), react=st.booleans(), staff=st.sampled_from([(1, 1, 1), (3, 4, 2)]))
def test_every_fen_of_a_loss_is_recovered_leaked_or_still_moving(
    data: st.DataObject, seed: int, react: bool, staff: Any
) -> None:
    """By case: loss = recovered + the sum of all leaks + still moving, to the fen, whenever the run is cut off."""
    cut = data.draw(st.sampled_from(["1m", "1h", "2d"]))
    scenario = city(staff=staff, react=react, follow_up=cut)
    plan = draw_plan(scenario, seed, 0)
    result = measure(simulate(scenario, seed, plan=plan, orders=data.draw(orders(plan, scenario))))
    leaks = np.sum(list(result.leak.values()), axis=0)
    assert np.array_equal(result.loss, result.recovered + leaks + result.moving)
    assert np.array_equal(result.lost, leaks)
    assert (np.array(list(result.leak.values())) >= 0).all()
    assert (result.stopped <= result.loss).all()
    assert (result.recovered <= result.stopped).all()
