"""Desks: who works when, on what, and in which order."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.orders import Order
from sim.engine.run import Run, simulate
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import BEGIN, CANCELLED, FINISH, KINDS, QUEUED, RENEGED
from tests.examples import some
from tests.properties.test_rosters import heads_by_the_clock, shifts_of_a_week
from tests.worlds import (
    case,
    city,
    exponential,
    holds_of,
    listed,
    moments,
    ms,
    route,
    rows_of,
    service_times,
    victims,
    waits,
    work,
    world,
)  # fmt: skip

CALL = 0
"""The number of the first step of the first route."""


def at_call(row: int, attempt: int = 1) -> tuple[int, int, int, int]:
    """Case `row` at the first step of its route."""
    return (row, -1, CALL, attempt)


def check_people(run: Run) -> None:
    """Nobody does two things at once, and nobody begins work without being on duty."""
    events: list[tuple[int, int, int, int]] = []
    for kind in (BEGIN, FINISH):
        chosen = run.rows.of(kind)
        events += [(seq, kind, int(run.rows.desk[seq]), int(run.rows.person[seq])) for seq in chosen.tolist()]
    offset = run.scenario.week_offset
    busy: set[tuple[int, int]] = set()
    for seq, kind, desk, person in sorted(events):
        if person == 0:
            continue
        if kind == BEGIN:
            assert (desk, person) not in busy
            busy.add((desk, person))
            roster = run.program.desks[desk].roster
            heads = heads_by_the_clock(roster, int(run.rows.time[seq]) + offset)
            assert 1 <= person <= heads
        else:
            busy.remove((desk, person))


@settings(max_examples=some(40))
@given(
    shifts=shifts_of_a_week(), seed=st.integers(0, 2**40), rate=st.floats(20, 400), start=st.integers(7, 13),
    policy=st.sampled_from(["fifo", "largest_first", "freshest_first"]),
)  # fmt: skip
def test_people_work_when_on_duty_and_never_idle(shifts: Any, seed: int, rate: float, start: int, policy: str) -> None:
    """Begun by people on duty only, and at no instant does someone wait while someone on duty is free."""
    scenario = world(
        start=f"2025-07-{start:02d}T13:17:00",
        victims=victims({"rate": {"per_day": rate}}),
        desks={"desk": {"shifts": shifts, "queue": policy}},
        routes={"call": route({"work": work(time=exponential(20 * MINUTE))})},
    )
    run = simulate(scenario, seed)
    check_people(run)
    rows, desk = run.rows, scenario.desks["desk"]
    waiting, busy = 0, set()
    for seq in range(len(rows)):
        now = int(rows.time[seq])
        waiting += {QUEUED: 1, BEGIN: -1}.get(int(rows.kind[seq]), 0)
        if rows.kind[seq] == BEGIN:
            busy.add(int(rows.person[seq]))
        elif rows.kind[seq] == FINISH:
            busy.remove(int(rows.person[seq]))
        if seq + 1 == len(rows) or rows.time[seq + 1] > now:  # all that belongs to this instant is done
            on_duty = heads_by_the_clock(desk, now + scenario.week_offset)
            assert not waiting or all(person in busy for person in range(1, on_duty + 1))
    cut_off = run.end == scenario.horizon + scenario.follow_up  # too few people to finish within the follow-up
    assert cut_off or len(rows.of(FINISH)) == len(rows.of(QUEUED)) == len(run.plan.victims)


def test_whose_shift_ends_finishes_the_work_in_hand() -> None:
    """Two people have begun when the desk goes down to one: both finish, and only one begins again."""
    shifts = [{"from": "00:00", "to": "01:00", "staff": 2}, {"from": "01:00", "to": "24:00", "staff": 1}]
    scenario = world(
        victims=listed(30 * MINUTE, 40 * MINUTE, 41 * MINUTE, 42 * MINUTE),
        desks={"desk": {"shifts": shifts}},
        routes={"call": route({"work": work(time="1h")})},
    )
    rows = simulate(scenario).rows
    begun = {stay[0]: time // MINUTE for stay, time in moments(rows, BEGIN).items()}
    assert begun == {0: 30, 1: 40, 2: 90, 3: 150}
    assert set(service_times(rows).values()) == {HOUR}
    assert [row[7] for row in rows_of(rows, BEGIN)] == [1, 2, 1, 1]


def test_a_closed_desk_begins_nothing_until_it_opens() -> None:
    """Work in hand at closing time ends, and the next begins at the very instant of the next shift."""
    shifts = [{"from": "09:00", "to": "10:00", "staff": 1}]
    scenario = world(
        victims=listed(9 * HOUR + 50 * MINUTE, 9 * HOUR + 51 * MINUTE),
        desks={"desk": {"shifts": shifts}},
        routes={"call": route({"work": work(time="30m")})},
    )
    begun = moments(simulate(scenario).rows, BEGIN)
    assert begun == {at_call(0): 9 * HOUR + 50 * MINUTE, at_call(1): 33 * HOUR}


@pytest.mark.parametrize(
    ("policy", "expected"), [("fifo", [1, 2, 3]), ("largest_first", [2, 3, 1]), ("freshest_first", [3, 2, 1])]
)
def test_a_queue_policy_decides_who_is_next(policy: str, expected: list[int]) -> None:
    """Of three accounts waiting: the first come, the one with most money, or the one credited last is served next."""
    cases = [
        case(0, loss="1 yuan"),
        case(1000, loss="2 yuan", report_lag="10s"),
        case(2000, loss="9 yuan", report_lag="10s"),
        case(3000, loss="5 yuan", report_lag="10s"),
    ]
    routes = {
        "call": route({"open": {"do": "open_case"}, "chase": {"start": {"route": "account", "for": "each_revealed"}}}),
        "account": route({"work": work(time="1m")}, "account"),
    }
    desks = {"desk": {"staff": 1, "queue": policy}}
    rows = simulate(world(victims=victims({"list": {"cases": cases}}), routes=routes, desks=desks)).rows
    order = [row[2] for row in rows_of(rows, BEGIN)]
    assert order == [0, *expected]


# -- teams -----------------------------------------------------------------------------------------------


def team_world(police: int, car: int, times: list[int], service: Any, alone: bool) -> Scenario:
    """Every case needs a car and two police; with `alone` about half of them only one of the police.

    The team waits at the cars, so that it must be looked at again when police become free elsewhere.
    """
    ride = {"work": {"team": {"car": 1, "police": 2}, "time": service}, "leak": {"wait": "ride", "work": "ride"}}
    steps = {
        "pick": {"choose": [{"p": 0.5 if alone else 0.0, "to": "walk"}, {"else": "ride"}]},
        "ride": {**ride, "to": "done"},
        "walk": work("police", service),
        "done": {"end": "done"},
    }
    desks = {"police": {"staff": police}, "car": {"staff": car}}
    return world(victims=listed(*times), desks=desks, routes={"call": route(steps)})


@settings(max_examples=some(60))
@given(
    police=st.integers(2, 5), car=st.integers(1, 3), seed=st.integers(0, 2**40), alone=st.booleans(),
    gap=st.integers(0, 20), cases=st.integers(1, 25),
)  # fmt: skip
def test_a_team_is_seized_all_or_nothing_and_makes_progress(
    police: int, car: int, seed: int, alone: bool, gap: int, cases: int
) -> None:
    """A team begins and ends together, is not kept waiting while it is all free, and every case is served."""
    times = [number * gap * MINUTE for number in range(cases)]
    run = simulate(team_world(police, car, times, exponential(30 * MINUTE), alone), seed)
    check_people(run)
    rows = run.rows
    ride, walk = (run.program.names.index(name) for name in ("call.ride", "call.walk"))
    whole = {ride: Counter({0: 2, 1: 1}), walk: Counter({0: 1})}
    for kind in (BEGIN, FINISH):
        seized: dict[tuple[int, int], Counter[int]] = {}
        for time, _, row, _, step, _, desk, *_ in rows_of(rows, kind):
            seized.setdefault((time, row), Counter())[desk] += 1
            assert seized[time, row] <= whole[step]
        assert {row for _, row in seized} == set(range(len(times)))
        assert len(seized) == len(times)
        assert all(heads in whole.values() for heads in seized.values())
    waiting, free = Counter[int](), {0: police, 1: car}
    for seq in range(len(rows)):
        kind, step, desk = int(rows.kind[seq]), int(rows.step[seq]), int(rows.desk[seq])
        if kind in (BEGIN, FINISH):
            free[desk] += 1 if kind == FINISH else -1
        if kind == QUEUED:
            waiting[step] += 1
        elif kind == BEGIN and desk == (1 if step == ride else 0):
            waiting[step] -= 1
        if seq + 1 == len(rows) or rows.time[seq + 1] > rows.time[seq]:  # all of this instant is done
            assert not (waiting[ride] and free[0] >= 2 and free[1] >= 1)
            assert not (waiting[walk] and free[0] >= 1)


@pytest.mark.parametrize("how", ["renege", "cancel"])
def test_who_leaves_the_head_of_a_queue_lets_the_next_begin(how: str) -> None:
    """A team that waits for a car keeps others from the free police; once it gives up or is called off they begin."""
    limit = {"patience": "20m", "on_renege": "done"} if how == "renege" else {}
    ride = {"team": {"police": 1, "car": 1}, "time": "2h", **limit}
    steps = {
        "pick": {"choose": [{"if": {"elapsed_at_least": "1ms"}, "to": "done"}, {"else": "first"}]},
        "first": {"wait": {"for": 0}, "leak": {"wait": "first"}},
        "ride": {"work": ride, "leak": {"wait": "ride", "work": "ride"}, "to": "done"},
        "done": {"end": "done"},
    }
    routes = {"call": route(steps), "walk": route({"walk": work("police", "5m")})}
    desks = {"police": {"staff": 2}, "car": {"staff": 1}}
    scenario = world(victims=listed(0, MINUTE, 2 * MINUTE), desks=desks, routes=routes)
    orders = [Order(3 * MINUTE, 1, "start", 2, route="walk")]
    if how == "cancel":
        orders.append(Order(21 * MINUTE, 2, "cancel", 1, route="call"))
        orders.append(Order(22 * MINUTE, 2, "cancel", 2, route="call"))
    run = simulate(scenario, orders=orders)
    left = rows_of(run.rows, RENEGED if how == "renege" else CANCELLED)
    assert [row[2] for row in left] == [1, 2]
    walk = next(row for row in rows_of(run.rows, BEGIN) if run.program.names[row[4]] == "walk.walk")
    assert walk[0] == left[-1][0] == 22 * MINUTE


# -- patience --------------------------------------------------------------------------------------------


def impatient(patience: Any, *times: int, attempts: int = 1, service: Any = "1h") -> Any:
    steps = {
        "ask": work(
            "desk", service, patience=patience, on_renege="pause", attempts=attempts, on_exhausted="lost", to="served"
        ),
        "pause": {"wait": {"for": "10m"}, "leak": {"wait": "pause"}, "to": "ask"},
        "served": {"end": "served"},
        "lost": {"end": "lost"},
    }
    return world(victims=listed(*times), routes={"call": route(steps)})


def test_who_waits_longer_than_patience_leaves_the_queue() -> None:
    """A caller leaves when patience runs out, calls again, and is lost after the last attempt."""
    run = simulate(impatient("5m", 0, MINUTE, attempts=3))
    assert [(row[0] // MINUTE, row[5]) for row in rows_of(run.rows, RENEGED)] == [(6, 1), (21, 2), (36, 3)]
    assert [run.program.names[row[4]] for row in rows_of(run.rows, 10)] == ["call.lost", "call.served"]
    assert moments(run.rows, BEGIN) == {at_call(0): 0}


def test_patience_and_service_differ_between_attempts() -> None:
    """Each attempt draws a new patience and a new working time, which belong to the attempt."""
    run = simulate(impatient(exponential(5 * MINUTE), 0, MINUTE, attempts=30, service="6h"))
    joined, left = moments(run.rows, QUEUED), moments(run.rows, RENEGED)
    patience = [left[stay] - joined[stay] for stay in left]
    assert len(patience) >= 20
    assert len(set(patience)) == len(patience)


def test_patience_at_the_instant_of_an_answer_is_too_short() -> None:
    """Whoever's patience ends at the instant at which someone becomes free is gone."""
    rows = simulate(impatient("1h", 0, 0)).rows
    assert [row[2] for row in rows_of(rows, RENEGED)] == [1]
    assert set(waits(simulate(impatient(ms(HOUR + 1), 0, 0)).rows).values()) == {0, HOUR}


def test_a_prioritised_caller_still_loses_patience() -> None:
    """An order that moves a waiting caller in the queue does not make it wait longer than its patience."""
    rows = simulate(impatient("30m", 0, MINUTE), orders=[Order(10 * MINUTE, 1, "prioritise", 1, rank=-1)]).rows
    assert [(row[0] // MINUTE, row[2]) for row in rows_of(rows, RENEGED)] == [(31, 1)]


def test_a_prioritised_token_is_served_next_and_a_rank_taken_back_leaves_its_place() -> None:
    """A lower rank is served first; back at rank 0 a token stands where it stood when it joined."""
    routes = {"call": route({"work": work(time="1h")})}
    scenario = world(victims=listed(0, MINUTE, 2 * MINUTE, 3 * MINUTE), routes=routes)
    first = simulate(scenario, orders=[Order(10 * MINUTE, 1, "prioritise", 3)])
    assert [row[2] for row in rows_of(first.rows, BEGIN)] == [0, 3, 1, 2]
    back = [Order(10 * MINUTE, 1, "prioritise", 1), Order(11 * MINUTE, 2, "prioritise", 1, rank=0)]
    assert [row[2] for row in rows_of(simulate(scenario, orders=back).rows, BEGIN)] == [0, 1, 2, 3]


@settings(max_examples=some(25))
@given(seed=st.integers(0, 2**40), staff=st.sampled_from([(1, 1, 1), (2, 3, 1), (4, 2, 2)]))
def test_nobody_in_the_city_does_two_things_at_once(seed: int, staff: tuple[int, int, int]) -> None:
    """With all kinds of steps at once, each person does one thing at a time and only while on duty."""
    run = simulate(city(staff=staff), seed)
    check_people(run)
    assert holds_of(run)
    open_work = Counter(row[2:6] + row[6:8] for row in rows_of(run.rows, BEGIN))
    open_work.subtract(row[2:6] + row[6:8] for row in rows_of(run.rows, FINISH))
    assert np.abs(list(open_work.values())).sum() == 0


def test_events_of_one_instant_come_in_the_order_of_what_they_are() -> None:
    """At one instant work ends, then victims report, orders are obeyed, and at last people begin."""
    shifts = [{"from": "00:00", "to": "01:00", "staff": 1}, {"from": "01:00", "to": "00:00", "staff": 2}]
    scenario = world(
        victims=listed(0, HOUR, HOUR),
        desks={"desk": {"shifts": shifts}},
        routes={"call": route({"work": work(time="1h")})},
    )
    orders = [Order(HOUR, 2, "prioritise", 1), Order(HOUR, 1, "prioritise", 2)]
    rows = simulate(scenario, orders=orders).rows
    now = [(KINDS[rows.kind[i]], int(rows.case[i])) for i in np.flatnonzero(rows.time == HOUR)]
    assert now == [
        ("end", 0), ("outcome", 0), ("closed", 0), ("report", 1), ("queued", 1),
        ("report", 2), ("queued", 2),        ("order", 2), ("order", 1), ("begin", 1), ("begin", 2),
    ]  # fmt: skip
