"""Random orders for a run of the small city, and the ways to drive a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
from hypothesis import strategies as st

from sim.engine.orders import Action, Order
from sim.engine.reference import Engine
from sim.engine.run import Run, result_of, simulate
from sim.fraud.plan import Plan, draw_plan
from sim.scenario.models import Scenario
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import HOUR, MINUTE
from sim.workflow.program import Program, compile_routes
from tests.worlds import same_log

CASE_ROUTES, ACCOUNT_ROUTES = ("call", "field"), ("account", "review")


@st.composite
def orders(draw: st.DrawFn, plan: Plan, scenario: Scenario, most: int = 12, events: Sequence[int] = ()) -> list[Order]:
    """Orders of all actions, several at one instant, on subjects known, not yet known, or without such a route.

    Args:
        plan: whose cases and accounts they name.
        scenario: whose desks they name.
        most: at most so many orders.
        events: ms at which something happens without orders; some orders fall on these very instants.
    """
    cases, desks = len(plan.victims), [desk.name for desk in compile_routes(scenario).desks]
    minutes = st.integers(0, 20 * 60).map(lambda minute: minute * MINUTE)
    instants = draw(
        st.lists(st.one_of(minutes, st.sampled_from(events)) if events else minutes, min_size=1, max_size=5)
    )
    found = []
    for number in range(draw(st.integers(0, most))):
        case = draw(st.integers(0, cases - 1))
        accounts = int(plan.account_first[case + 1] - plan.account_first[case])
        found.append(
            Order(
                at=draw(st.sampled_from(instants)),
                number=number,
                action=draw(st.sampled_from(get_args(Action))),
                case=case,
                account=draw(st.integers(-1, min(accounts, 6))),
                route=draw(st.sampled_from(CASE_ROUTES + ACCOUNT_ROUTES)),
                rank=draw(st.integers(-2, 1)),
                desk=draw(st.sampled_from(desks)),
                heads=draw(st.sampled_from([-1000, -1, 1, 2])),
                lasts=draw(st.sampled_from([0, 1, 7 * MINUTE, 3 * HOUR])),
                policy=draw(st.sampled_from(NAMED_POLICIES)),
            )
        )
    return found


def deadlines(scenario: Scenario) -> st.SearchStrategy[dict[str, int]]:
    """At some desks somebody has so long to decide what is next."""
    desks = [desk.name for desk in compile_routes(scenario).desks]
    return st.dictionaries(st.sampled_from(desks), st.sampled_from([0, 1, MINUTE, 20 * MINUTE]), max_size=4)


def carried_out_at(
    scenario: Scenario, plan: Plan, program: Program, given: Sequence[Order], seats: Mapping[str, int] | None = None
) -> tuple[Run, list[Order]]:
    """Drive a run order by order: advance to the time of each, then give it. Returns the run and the orders it took."""
    engine = Engine(scenario, plan, program, deadlines=seats)
    taken = []
    for order in sorted(given, key=lambda order: (order.at, -order.number)):
        engine.advance(order.at)
        if engine.finished:
            break
        engine.order(order)
        taken.append(order)
    engine.run()
    return result_of(engine), taken


def check_same(one: Run, other: Run) -> None:
    """Two runs have one log, one settlement and one end."""
    assert same_log(one.rows, other.rows)
    assert np.array_equal(one.times, other.times)
    assert one.end == other.end


def check_any_pace(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """Advanced in slices of any lengths, and event by event, a run with orders is the straight one."""
    plan, program = draw_plan(scenario, seed, 0), compile_routes(scenario)
    given_orders, seats = data.draw(orders(plan, scenario)), data.draw(deadlines(scenario))
    straight = simulate(scenario, seed, plan=plan, orders=given_orders, deadlines=seats)
    sliced = Engine(scenario, plan, program, given_orders, seats)
    cuts = st.one_of(st.integers(0, 80 * HOUR), st.sampled_from(straight.rows.time.tolist()))
    for cut in sorted(data.draw(st.lists(cuts, max_size=30))):
        sliced.advance(cut)
    sliced.run()
    check_same(straight, result_of(sliced))
    stepped = Engine(scenario, plan, program, given_orders, seats)
    while not stepped.finished:
        stepped.step()
    check_same(straight, result_of(stepped))


def check_replay(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """Orders given when their time has come make the run of the same orders known from the start."""
    plan, program = draw_plan(scenario, seed, 0), compile_routes(scenario)
    events = simulate(scenario, seed, plan=plan, program=program).rows.time.tolist()
    given_orders, seats = data.draw(orders(plan, scenario, events=events)), data.draw(deadlines(scenario))
    live, taken = carried_out_at(scenario, plan, program, given_orders, seats)
    check_same(live, simulate(scenario, seed, plan=plan, program=program, orders=reversed(taken), deadlines=seats))
