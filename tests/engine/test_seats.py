"""Desks at which somebody from outside decides what is next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.orders import Order
from sim.engine.reference import Engine
from sim.engine.run import Run, result_of, simulate
from sim.engine.sight import Sights, sight
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import AWAY, BEGIN, CALLED_IN, FINISH, NONE, ORDER, OUTCOME, OVERDUE, QUEUED
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.properties.orders import check_same, orders
from tests.worlds import city, listed, moments, route, work, world


def calls(**more: Any) -> Scenario:
    """Three victims who call at once, and one person who talks a minute with each."""
    desk = {"phone": {"staff": 1} | more}
    return world(victims=listed(0, 0, 0), desks=desk, routes={"call": route({"work": work("phone", "1m")})})


def begun(run: Run) -> dict[int, int]:
    """ms at which work on each case began."""
    return {case: time for (case, _, _, _), time in moments(run.rows, BEGIN).items()}


@settings(max_examples=some(30))
@given(seed=st.integers(0, 2**40), queue=st.sampled_from(["fifo", "largest_first", "freshest_first"]))
def test_deadlines_of_zero_are_the_batch_run(seed: int, queue: str) -> None:
    """Where everybody has no time to decide and nobody acts, the log is that of the batch run."""
    scenario = city(queue=queue)
    nobody = {desk.name: 0 for desk in compile_routes(scenario).desks}
    check_same(simulate(scenario, seed), simulate(scenario, seed, deadlines=nobody))


def test_at_the_deadline_the_policy_acts() -> None:
    """Undecided tasks wait their deadline, then are served as if they had been in the queue since they came."""
    run = simulate(calls(), deadlines={"phone": 5 * MINUTE})
    assert begun(run) == {0: 5 * MINUTE, 1: 6 * MINUTE, 2: 7 * MINUTE}
    assert run.rows.time[run.rows.of(OVERDUE)].tolist() == [5 * MINUTE] * 3


def test_who_is_taken_is_next_and_later_ones_follow() -> None:
    """Taken tasks are served in the order in which they were taken, before those of the policy, and never overdue."""
    taken = [Order(MINUTE, 0, "take", 2, desk="phone"), Order(MINUTE, 1, "take", 1, desk="phone")]
    run = simulate(calls(), orders=taken, deadlines={"phone": 150_000})
    assert begun(run) == {2: MINUTE, 1: 2 * MINUTE, 0: 3 * MINUTE}
    assert run.rows.case[run.rows.of(OVERDUE)].tolist() == [0]


def test_a_task_that_only_waits_can_be_taken() -> None:
    """At a desk where nobody sits, or after the deadline, an order still puts a waiting task first."""
    run = simulate(calls(), orders=[Order(30_000, 0, "take", 2, desk="phone")])
    assert begun(run) == {0: 0, 2: MINUTE, 1: 2 * MINUTE}


def test_what_nobody_waits_for_cannot_be_taken() -> None:
    """Taking a task that is being worked on, or that waits at another desk, is refused and changes nothing."""
    late = Order(30_000, 0, "take", 0, desk="phone")
    run = simulate(calls(), orders=[late])
    assert run.rows.value[run.rows.of(ORDER)].tolist() == [0]
    assert begun(run) == begun(simulate(calls()))


def test_a_seat_left_gives_its_tasks_to_the_policy() -> None:
    """When nobody sits at a desk any more, its undecided tasks are served at once."""
    left = Order(MINUTE, 0, "deadline", desk="phone", lasts=0)
    run = simulate(calls(), orders=[left], deadlines={"phone": HOUR})
    assert begun(run) == {0: MINUTE, 1: 2 * MINUTE, 2: 3 * MINUTE}
    assert not len(run.rows.of(OVERDUE))


def test_a_seat_taken_up_later_decides_from_then_on() -> None:
    """Tasks that come after somebody has sat down wait for a decision, those in the queue do not."""
    scenario = world(
        victims=listed(0, 0, 2 * HOUR),
        desks={"phone": {"staff": 1}},
        routes={"call": route({"w": work("phone", "1m")})},
    )
    run = simulate(scenario, orders=[Order(HOUR, 0, "deadline", desk="phone", lasts=3 * MINUTE)])
    assert begun(run) == {0: 0, 1: MINUTE, 2: 2 * HOUR + 3 * MINUTE}


def test_undecided_callers_still_lose_patience() -> None:
    """A caller on whom nobody decides hangs up when the patience is over."""
    talk = work("phone", "1m", patience="2m", on_renege="gone")
    scenario = world(
        victims=listed(0),
        desks={"phone": {"staff": 1}},
        routes={"call": route({"work": talk, "gone": {"end": "gone"}})},
    )
    run = simulate(scenario, deadlines={"phone": HOUR})
    assert not begun(run)
    assert run.rows.time[run.rows.of(OUTCOME)].tolist() == [2 * MINUTE]


def test_undecided_tasks_are_listed_with_their_deadlines() -> None:
    """The list names desk, case and step, when each opened and how long there is; a decided one is gone."""
    scenario = calls()
    engine = Engine(scenario, draw_plan(scenario, 1, 0), compile_routes(scenario), deadlines={"phone": HOUR})
    engine.advance(MINUTE)
    assert [(u.case, u.account, u.opened, u.deadline, u.desk, u.step) for u in engine.undecided()] == [
        (case, NONE, 0, HOUR, "phone", "call.work") for case in range(3)
    ]
    engine.order(Order(MINUTE, 0, "take", 1, desk="phone"))
    engine.advance(2 * MINUTE)
    assert [u.case for u in engine.undecided()] == [0, 2]


def test_written_off_by_order_is_a_cause_of_loss() -> None:
    """Who is written off by order is served no more, and what it loses later is booked as written off."""
    scenario = city()
    plan = draw_plan(scenario, 3, 0)
    engine = Engine(scenario, plan, compile_routes(scenario), deadlines={"analyst": 2 * HOUR})
    engine.advance(9 * HOUR)
    given_up = [u for u in engine.undecided() if u.account >= 0]
    assert given_up
    for number, u in enumerate(given_up):
        engine.order(Order(9 * HOUR, number, "write_off", u.case, u.account))
    engine.run()
    run = result_of(engine)
    assert run.rows.value[run.rows.of(ORDER)].tolist() == [1] * len(given_up)
    lost = measure(run).metrics
    assert lost["leak.written_off"] > 0
    assert lost["loss"] == pytest.approx(
        lost["recovered"] + sum(v for k, v in lost.items() if k.startswith("leak.")) + lost["still_moving"]
    )


def test_a_desk_gets_fewer_people_and_gets_them_back() -> None:
    """While nobody is there nothing begins; who is at work finishes; then the roster is as it was."""
    ill = Order(30_000, 0, "heads", desk="phone", heads=-1, lasts=10 * MINUTE)
    run = simulate(calls(), orders=[ill])
    assert begun(run) == {0: 0, 1: 30_000 + 10 * MINUTE, 2: 30_000 + 11 * MINUTE}
    assert moments(run.rows, FINISH)[0, -1, 0, 1] == MINUTE
    away = run.rows.at(run.rows.of(AWAY))
    rows = [*zip(away.time.tolist(), away.value.tolist(), strict=True)]
    assert rows == [(30_000, 1), (30_000 + 10 * MINUTE, 0)]


def test_a_desk_gets_more_people_who_are_counted_as_called_in() -> None:
    """Heads more work at once, and their time is that of staff called in."""
    more = Order(0, 0, "heads", desk="phone", heads=2, lasts=HOUR)
    run = simulate(calls(), orders=[more])
    assert begun(run) == {0: 0, 1: 0, 2: 0}
    called = run.rows.at(run.rows.of(CALLED_IN))
    assert [*zip(called.time.tolist(), called.value.tolist(), strict=True)] == [(0, 2), (HOUR, 0)]
    assert measure(run).metrics["called_in.phone"] == 2 * 3600


def test_a_system_that_goes_down_answers_nobody_until_it_is_back() -> None:
    """A desk with no end of people has nobody while an order takes heads from it."""
    down = Order(0, 0, "heads", desk="phone", heads=-1000, lasts=7 * MINUTE)
    assert set(begun(simulate(calls(staff="unlimited"), orders=[down])).values()) == {7 * MINUTE}


def test_a_policy_changed_by_order_serves_who_waits_already() -> None:
    """From the order on the new policy ranks the queue, also those who joined before; who was taken stays first."""
    scenario = city(staff=(2, 1, 1))
    plan = draw_plan(scenario, 5, 0)
    engine = Engine(scenario, plan, compile_routes(scenario), deadlines={})
    engine.advance(8 * HOUR)
    engine.order(Order(8 * HOUR, 0, "policy", desk="analyst", policy="largest_first"))
    engine.run()
    log = result_of(engine).rows
    knowledge = engine.world.knowledge
    waiting: set[tuple[int, int]] = set()
    broken = 0
    desk = [d.name for d in engine.program.desks].index("analyst")
    for row in range(len(log)):
        if log.desk[row] != desk or log.account[row] < 0:
            continue
        subject = (int(log.case[row]), int(log.account[row]))
        if log.kind[row] == BEGIN:
            others = [amount(plan, knowledge, one) for one in waiting if one != subject]
            broken += bool(log.time[row] > 8 * HOUR and others and amount(plan, knowledge, subject) < max(others) / 2)
            waiting.discard(subject)
        elif log.kind[row] == QUEUED:
            waiting.add(subject)
    assert not broken


def amount(plan: Any, knowledge: Any, subject: tuple[int, int]) -> int:
    """fen reported to have arrived on an account."""
    return int(knowledge.amount[int(plan.account_first[subject[0]]) + subject[1]])


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order(0, 0, "take", 0, desk="nowhere"), "no desk 'nowhere'"),
        (Order(0, 0, "heads", desk=""), "no desk ''"),
        (Order(0, 0, "policy", desk="phone", policy="luck"), "no policy 'luck'"),
        (Order(0, 0, "deadline", desk="phone", lasts=-1), "cannot last -1 ms"),
        (Order(0, 0, "take", 3, desk="phone"), "no case 3"),
    ],
)
def test_an_order_that_names_nothing_is_refused_at_once(order: Order, said: str) -> None:
    """Wrong names and numbers are said when the order is given, not when it is carried out."""
    with pytest.raises(ValueError, match=said):
        simulate(calls(), orders=[order])


def test_a_seat_at_a_desk_that_is_not_there_is_refused() -> None:
    """A deadline for an unknown desk names it."""
    with pytest.raises(ValueError, match="no desk 'nowhere'"):
        simulate(calls(), deadlines={"nowhere": 1})


@settings(max_examples=some(25))
@given(data=st.data(), seed=st.integers(0, 2**40), until=st.integers(0, 30 * HOUR))
def test_what_is_seen_adds_up(data: st.DataObject, seed: int, until: int) -> None:
    """Amounts named to have arrived are the flows that were named, and every desk's undecided tasks wait there.

    Seen moment after moment, of which only what has changed is made anew, it is the same.
    """
    scenario = city()
    plan = draw_plan(scenario, seed, 0)
    seats = {"analyst": 20 * MINUTE}
    engine = Engine(scenario, plan, compile_routes(scenario), data.draw(orders(plan, scenario)), seats)
    sights = Sights(engine)
    for moment in (until // 3, until * 2 // 3, until):
        engine.advance(moment)
        known = sight(engine)
        assert sights.now() == known
    for account in known.accounts:
        named = [f for f in known.flows if (f.case, f.target) == (account.case, account.account)]
        assert account.amount == sum(flow.amount for flow in named)
        assert account.known_at <= engine.now
        assert all(flow.at <= engine.now for flow in named)
    numbers = [(a.case, a.number) for a in known.accounts]
    assert len(set(numbers)) == len(numbers)
    waiting = {desk.name: desk.undecided for desk in known.desks if desk.undecided}
    assert waiting == {} or waiting == {"analyst": len(engine.undecided())}
    assert all(desk.undecided <= desk.waiting for desk in known.desks)
