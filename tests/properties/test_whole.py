"""With every element on: the physics, the log and the money still agree, however a run is driven."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.reference import Engine
from sim.engine.run import result_of, simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.workflow.log import (
    ALERT,
    CLARIFIED,
    CLEARED,
    FREEZE,
    HOLD,
    HOLD_END,
    KINDS,
    OBJECTION,
    PAID,
    REFUSED,
    RETURNED,
)  # fmt: skip
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.properties.orders import check_any_pace, check_replay, orders
from tests.properties.whole import WHOLE, whole
from tests.worlds import holds_of, rows_of, settle_all

SEEDS = st.integers(0, 2**40)


@settings(max_examples=some(30))
@given(data=st.data(), scenario=WHOLE, seed=SEEDS)
def test_times_equal_a_settlement_of_the_whole(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """Shared accounts, lapses, layer 0 and reaction included, the log's holds settled from nothing give the times."""
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, seed, plan=plan, orders=data.draw(orders(plan, scenario)))
    reaction = scenario.criminals.reaction
    expected = settle_all(plan, holds_of(run), reaction=reaction.speed if reaction else None)
    assert np.array_equal(run.times, expected)


@settings(max_examples=some(20))
@given(data=st.data(), scenario=WHOLE, seed=SEEDS)
def test_straight_sliced_and_stepped_runs_write_one_log(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """Advanced in slices of any lengths or event by event, a run writes the log of a straight one."""
    check_any_pace(data, scenario, seed)


@settings(max_examples=some(20))
@given(data=st.data(), scenario=WHOLE, seed=SEEDS)
def test_orders_given_live_are_replayed_alike(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """Orders given when their time has come write the log of the same orders known from the start."""
    check_replay(data, scenario, seed)


@settings(max_examples=some(20))
@given(data=st.data(), scenario=WHOLE, seed=SEEDS)
def test_money_that_goes_back_was_there_and_goes_once(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """What left accounts is what was paid; nobody gets more than was lost; what was returned lies there no more."""
    plan = draw_plan(scenario, seed, 0)
    engine = Engine(scenario, plan, compile_routes(scenario), data.draw(orders(plan, scenario)))
    engine.run()
    run, world = result_of(engine), engine.world
    returned, paid = (Counter[int](), Counter[int]())
    for found, kind in ((returned, RETURNED), (paid, PAID)):
        for row in rows_of(run.rows, kind):
            found[row[2]] += row[8]
            assert row[8] >= 0
    assert returned.total() == paid.total()
    assert all(fen <= world.loss(case, run.end) for case, fen in paid.items())
    assert all(world.balance(account, run.end) >= 0 for account in range(len(plan.accounts)))
    for account, fen in world.returned.items():
        stays = sum(world.forest.amount[i] for i in world.forest.outgoing(account) if run.times[i] >= NEVER)
        assert fen <= stays


@settings(max_examples=some(20))
@given(scenario=WHOLE, seed=SEEDS)
def test_each_row_of_a_shared_account_has_its_rows_in_the_log(scenario: Scenario, seed: int) -> None:
    """What is held, freed or frozen is so for all rows of an account at one instant, each with a row of its own."""
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, seed, plan=plan)
    rows_of_card = Counter(plan.accounts.card.tolist())
    for kind in (HOLD, HOLD_END, FREEZE):
        told = Counter(
            (row[0], int(plan.accounts.card[plan.account_first[row[2]] + row[3]])) for row in rows_of(run.rows, kind)
        )
        assert all(count % rows_of_card[card] == 0 for (_, card), count in told.items())


@settings(max_examples=some(20))
@given(scenario=WHOLE, seed=SEEDS)
def test_no_stop_outlives_the_law(scenario: Scenario, seed: int) -> None:
    """A hold on a mule account that is neither frozen nor for good is over within its two stops, by the run's end."""
    engine = Engine(scenario, draw_plan(scenario, seed, 0), compile_routes(scenario))
    engine.run()
    assert engine.world.temporary == 0
    assert max(engine.world.knowledge.stops) <= 2


def test_the_city_uses_every_element() -> None:
    """In a few days of the city everything happens that a log can tell of these elements."""
    seen: Counter[str] = Counter()
    for seed in range(4):
        run = simulate(whole(per_day=40.0), seed)
        shared = np.bincount(run.plan.accounts.card)[run.plan.accounts.card] > 1
        held = [run.plan.account_first[row[2]] + row[3] for row in rows_of(run.rows, HOLD)]
        seen["shared"] += int(shared[held].sum())
        seen["layer 0"] += sum(row[3] == 0 for row in rows_of(run.rows, HOLD))
        seen["pseudo"] += int((run.plan.accounts.bank[held] >= len(run.scenario.banks)).sum())
        seen["lapsed"] += sum(row[8] == 1 for row in rows_of(run.rows, HOLD_END))
        seen["released"] += sum(row[8] != 1 for row in rows_of(run.rows, HOLD_END))
        for kind in (FREEZE, REFUSED, CLARIFIED, RETURNED, PAID, OBJECTION, CLEARED):
            seen[KINDS[kind]] += len(run.rows.of(kind))
        for row in rows_of(run.rows, ALERT):
            seen[f"alert {row[8]}"] += 1
    wanted = {
        "shared", "layer 0", "pseudo", "lapsed", "released", "freeze", "refused", "clarified", "returned", "paid",
        "objection", "cleared", "alert 0", "alert 1", "alert 2",
    }  # fmt: skip
    assert {name for name, count in seen.items() if count} == wanted
