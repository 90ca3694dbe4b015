"""However a run is driven, it writes the same log."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.orders import Order
from sim.engine.reference import Engine
from sim.engine.run import result_of, simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import BEGIN, CLOSED, FINISHED, ORDER, OUTCOME
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.properties.orders import check_any_pace, check_replay, check_same, orders
from tests.worlds import city, holds_of, listed, moments, route, rows_of, settle_all, work, world

SHAPES: Any = st.fixed_dictionaries(
    {
        "staff": st.sampled_from([(2, 2, 1), (1, 1, 1), (1, 3, 2), "unlimited"]),
        "queue": st.sampled_from(["fifo", "largest_first", "freshest_first"]),
        "react": st.booleans(),
    }
)
SEEDS = st.integers(0, 2**40)


@settings(max_examples=some(40))
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_times_kept_up_to_date_equal_a_settlement_of_the_whole(
    data: st.DataObject, shape: dict[str, Any], seed: int
) -> None:
    """The times an engine keeps up to date are those that its log's holds give when all is settled from nothing."""
    scenario = city(**shape)
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, seed, plan=plan, orders=data.draw(orders(plan, scenario)))
    reaction = scenario.criminals.reaction
    holds = holds_of(run)
    expected = settle_all(plan, holds, reaction=reaction.speed if reaction else None)
    assert np.array_equal(run.times, expected)


@settings(max_examples=some(40))
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_a_sliced_run_writes_the_same_log(data: st.DataObject, shape: dict[str, Any], seed: int) -> None:
    """A run advanced in slices of any lengths, and one done event by event, write the log of a straight run."""
    check_any_pace(data, city(**shape), seed)


@settings(max_examples=some(60))
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_orders_given_live_and_replayed_write_the_same_log(
    data: st.DataObject, shape: dict[str, Any], seed: int
) -> None:
    """Orders given when their time has come write the same log as the same orders known from the start."""
    check_replay(data, city(**shape), seed)


@settings(max_examples=some(40))
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_an_order_taken_between_two_events_is_replayed_alike(
    data: st.DataObject, shape: dict[str, Any], seed: int
) -> None:
    """After any single event, an order is refused or writes the same log as if it had been known from the start."""
    scenario = city(**shape)
    plan = draw_plan(scenario, seed, 0)
    program = compile_routes(scenario)
    live = Engine(scenario, plan, program)
    live.advance(data.draw(st.integers(2 * HOUR, 10 * HOUR)))
    taken = []
    for order in data.draw(orders(plan, scenario, most=4)):
        for _ in range(data.draw(st.integers(0, 6))):
            live.step()
        now = Order(**{**order.__dict__, "at": live.now + data.draw(st.sampled_from([0, 0, 1, MINUTE]))})
        try:
            live.order(now)
        except ValueError:
            continue
        taken.append(now)
    live.run()
    check_same(result_of(live), simulate(scenario, seed, plan=plan, program=program, orders=taken))


def test_advance_runs_what_comes_before_its_time_and_nothing_at_it() -> None:
    """Advanced to the instant of a report, a run has not taken it; a ms later it has, and work has begun."""
    scenario = world(victims=listed(0, HOUR), routes={"call": route({"work": work(time="1m")})})
    engine = Engine(scenario, draw_plan(scenario, 1, 0), compile_routes(scenario))
    engine.advance(HOUR)
    assert engine.log.columns().time.max() == MINUTE
    engine.advance(HOUR + 1)
    assert moments(engine.log.columns(), BEGIN)[1, -1, 0, 1] == HOUR


def test_an_order_too_late_for_its_instant_is_refused() -> None:
    """Once work has begun at an instant, an order for this instant would be replayed otherwise, so it is refused."""
    scenario = world(victims=listed(0, 0), routes={"call": route({"work": work(time="1m")})})
    live = Engine(scenario, draw_plan(scenario, 1, 0), compile_routes(scenario))
    while not len(live.log.columns().of(BEGIN)):
        live.step()
    with pytest.raises(ValueError, match="past"):
        live.order(Order(0, 0, "prioritise", 1))
    live.order(Order(1, 0, "prioritise", 1))
    assert live.now == 0


@settings(max_examples=some(30))
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_a_log_is_in_order_and_closes_what_it_opened(data: st.DataObject, shape: dict[str, Any], seed: int) -> None:
    """Times never go back, the end comes once and last, and every order taken is answered once."""
    scenario = city(**shape)
    plan = draw_plan(scenario, seed, 0)
    given_orders = data.draw(orders(plan, scenario))
    run = simulate(scenario, seed, plan=plan, orders=given_orders)
    assert (np.diff(run.rows.time) >= 0).all()
    assert run.rows.of(FINISHED).tolist() == [len(run.rows) - 1]
    assert len(run.rows.of(ORDER)) == len(given_orders)


@pytest.mark.parametrize(("action", "tells"), [("cancel", CLOSED), ("start", OUTCOME)])
def test_an_order_that_ends_the_last_case_is_the_last_word_but_one(action: Any, tells: int) -> None:
    """An order that leaves nothing to do after the horizon is logged, and then the run finishes once."""
    steps = {"pause": {"wait": {"for": "3d"}, "leak": {"wait": "pause"}}, "done": {"end": "done"}}
    routes = {
        "call": {"subject": "case", "first": "pause", "steps": steps},
        "nothing": {"subject": "case", "first": "done", "steps": {"done": {"end": "done"}}},
    }
    scenario = world(victims=listed(0), routes=routes)
    orders = [Order(48 * HOUR, 0, "cancel", 0, route="call")]
    if action == "start":
        orders = [Order(20 * HOUR, 0, "cancel", 0, route="call"), Order(48 * HOUR, 0, "start", 0, route="nothing")]
    run = simulate(scenario, orders=orders)
    assert run.end == 48 * HOUR
    assert run.rows.kind[-2:].tolist() == [ORDER, FINISHED]
    assert len(run.rows.of(FINISHED)) == 1
    assert rows_of(run.rows, tells)
    assert (run.times < NEVER).all()
