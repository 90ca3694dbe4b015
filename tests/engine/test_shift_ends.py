"""The end of a shift: handed-over work and overtime; and staff called in. Small worlds known by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.orders import Order
from sim.engine.run import Run, simulate
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import BEGIN, CALLED_IN, CANCELLED, FINISH, HANDED_OVER, QUEUED, WAITING
from tests.worlds import exponential, listed, moments, route, rows_of, work, world

MORNING = {"from": "08:00", "to": "10:00", "staff": 2}
NOON = {"from": "10:00", "to": "12:00", "staff": 2}


def run_desk(desk: dict[str, Any], *times: float, service: Any = "90m", **more: Any) -> Run:
    """Victims who report at these hours and are each worked on once at the one desk."""
    cases = listed(*(round(time * HOUR) for time in times))
    routes = {"call": route({"work": work(time=service)})}
    return simulate(world(**{"victims": cases, "desks": {"desk": desk}, "routes": routes} | more))


def told(run: Run, kind: int) -> list[tuple[float, int, int]]:
    """(hour, case, value) of the rows of one kind."""
    return [(row[0] / HOUR, row[2], row[8]) for row in rows_of(run.rows, kind)]


def hours(run: Run, kind: int) -> list[tuple[float, int]]:
    return [(hour, case) for hour, case, _ in told(run, kind)]


HANDS_OVER = {"rule": "hand_over", "briefing": "6m"}


def test_work_in_hand_is_handed_over_at_the_end_of_a_shift() -> None:
    """Begun at 9:00 for 90 minutes, cut at 10:00 with 30 left; the next shift needs 6 minutes more and ends 10:36."""
    run = run_desk({"shifts": [MORNING, NOON], "shift_end": HANDS_OVER}, 9)
    assert told(run, HANDED_OVER) == [(10, 0, 30 * MINUTE)]
    assert hours(run, BEGIN) == [(9, 0), (10, 0)]
    assert hours(run, FINISH) == [(10, 0), (10.6, 0)]
    assert len(run.rows.of(QUEUED)) == 1


def test_handed_over_work_is_next_and_waits_for_the_next_shift() -> None:
    """Nobody comes until 8:00 the next day; then what was handed over goes before what waited longer."""
    shift = {**MORNING, "staff": 1}
    run = run_desk({"shifts": [shift], "shift_end": HANDS_OVER, "queue": "largest_first"}, 9, 9.25)
    assert hours(run, BEGIN) == [(9, 0), (32, 0), (32.6, 1), (56, 1)]
    assert told(run, HANDED_OVER) == [(10, 0, 30 * MINUTE), (34, 1, 6 * MINUTE)]
    assert hours(run, FINISH)[-1] == (56.2, 1)


def test_work_done_at_the_end_of_a_shift_is_not_handed_over() -> None:
    """What ends at the very instant of the end of the shift is done."""
    run = run_desk({"shifts": [MORNING, NOON], "shift_end": HANDS_OVER}, 8.5)
    assert not len(run.rows.of(HANDED_OVER))
    assert hours(run, FINISH) == [(10, 0)]


def test_a_break_hands_nothing_over() -> None:
    """Who goes into a break finishes the work in hand first."""
    breaks = [{"at": "09:00", "lasts": "30m", "staff": 2}]
    run = run_desk({"shifts": [{**MORNING, "breaks": breaks}], "shift_end": HANDS_OVER}, 8.5, 8.75, service="45m")
    assert not len(run.rows.of(HANDED_OVER))
    assert hours(run, FINISH) == [(9.25, 0), (9.5, 1)]


def test_handed_over_work_can_be_cancelled_in_hand_and_waiting() -> None:
    """A token called off after a hand-over ends once, whether it waits or is worked on again."""
    for at in (11 * HOUR, 32 * HOUR + 10 * MINUTE):
        scenario = world(
            victims=listed(9 * HOUR, 9 * HOUR),
            desks={"desk": {"shifts": [MORNING], "shift_end": HANDS_OVER}},
            routes={"call": route({"work": work(time="90m")})},
        )
        run = simulate(scenario, orders=[Order(at, 0, "cancel", 0, route="call")])
        assert [(row[0], row[2]) for row in rows_of(run.rows, CANCELLED)] == [(at, 0)]
        assert len(run.rows.of(BEGIN)) == len(run.rows.of(FINISH))
        assert max(hour for hour, case in hours(run, FINISH) if case == 1) == 32.6


def test_a_team_is_handed_over_together() -> None:
    """When the shift of one member ends, the whole team stops, and a whole team takes over."""
    desks = {"car": {"staff": 1}, "desk": {"shifts": [MORNING, NOON], "shift_end": HANDS_OVER}}
    steps = {"ride": {"work": {"team": {"car": 1, "desk": 2}, "time": "90m"}, "leak": {"wait": "w", "work": "w"}}}
    run = run_desk({}, 9, desks=desks, routes={"call": route(steps)})
    assert hours(run, BEGIN) == [(9, 0)] * 3 + [(10, 0)] * 3
    assert hours(run, FINISH) == [(10, 0)] * 3 + [(10.6, 0)] * 3
    assert told(run, HANDED_OVER) == [(10, 0, 30 * MINUTE)]


# -- overtime --------------------------------------------------------------------------------------------


def overtime(most: str) -> dict[str, Any]:
    return {"shifts": [{**MORNING, "staff": 1}], "shift_end": {"rule": "overtime", "most": most}}


def test_people_stay_until_the_queue_is_empty() -> None:
    """At 10:00 two wait: both are begun after the shift, and who comes when the queue was empty waits until morning."""
    run = run_desk(overtime("5h"), 9.5, 9.6, 9.7, 11.6, service="1h")
    assert hours(run, BEGIN) == [(9.5, 0), (10.5, 1), (11.5, 2), (32, 3)]


def test_people_stay_for_the_longest_overtime_at_most() -> None:
    """After an hour of overtime the work in hand is finished and no other begun."""
    run = run_desk(overtime("1h"), 9.5, 9.6, 9.7, service="1h")
    assert hours(run, BEGIN) == [(9.5, 0), (10.5, 1), (32, 2)]


def test_nobody_stays_where_nobody_waits() -> None:
    """A queue that is empty at the end of the shift keeps nobody, and no other rule keeps anybody."""
    assert hours(run_desk(overtime("5h"), 9.5, 10.1, service="1h"), BEGIN) == [(9.5, 0), (32, 1)]
    finish = {"shifts": [{**MORNING, "staff": 1}], "shift_end": {"rule": "finish"}}
    assert hours(run_desk(finish, 9.5, 9.6, service="1h"), BEGIN) == [(9.5, 0), (32, 1)]


def test_who_stays_is_no_shift_of_its_own() -> None:
    """A smaller shift that follows works beside those who stay up to the larger number, not on top of it."""
    shifts = [MORNING, {**NOON, "staff": 1}]
    desk = {"shifts": shifts, "shift_end": {"rule": "overtime", "most": "5h"}}
    run = run_desk(desk, *[9.5] * 5, service="1h")
    assert [hour for hour, _ in hours(run, BEGIN)] == [9.5, 9.5, 10.5, 10.5, 11.5]


def test_a_queue_that_empties_by_patience_sends_people_home() -> None:
    """Who stays goes home when the last in the queue gives up, and does not serve who comes later."""
    steps = {"work": work(time="3h", patience="90m", on_renege="done"), "done": {"end": "done"}}
    run = run_desk(overtime("5h"), 9, 9.5, 11.5, routes={"call": route(steps)})
    assert hours(run, BEGIN) == [(9, 0)]


# -- surge -----------------------------------------------------------------------------------------------

SURGE = {"above": 2, "heads": 2, "after": "15m", "lasts": "1h"}


def test_staff_is_called_in_when_too_many_wait() -> None:
    """With three waiting at 1:00 two are called; they come at 1:15 and go at 2:15, finishing what they have."""
    run = run_desk({"staff": 1, "surge": SURGE}, 0.5, 0.75, 0.75, 1, service="1h")
    assert told(run, CALLED_IN) == [(1.25, -1, 2), (2.25, -1, 0)]
    assert hours(run, BEGIN) == [(0.5, 0), (1.25, 1), (1.25, 2), (1.5, 3)]
    assert [row[7] for row in rows_of(run.rows, BEGIN)] == [1, 2, 3, 1]
    assert run.calendar[0].next_change(0) is None


def test_staff_is_called_again_after_it_went() -> None:
    """A queue still too long when they go calls them at once again, never twice at the same time."""
    run = run_desk({"staff": 1, "surge": SURGE}, *[0.0] * 12, service="1h")
    assert told(run, CALLED_IN) == [
        (0.25, -1, 2),
        (1.25, -1, 0),
        (1.5, -1, 2),
        (2.5, -1, 0),
        (2.75, -1, 2),
        (3.75, -1, 0),
    ]


def test_no_more_than_the_threshold_calls_nobody() -> None:
    """Exactly `above` waiting is not too many."""
    assert not told(run_desk({"staff": 1, "surge": SURGE}, 0, 0, 0, service="1h"), CALLED_IN)


def test_called_in_staff_works_at_a_closed_desk_and_through_the_end_of_a_shift() -> None:
    """They come although the roster has nobody, and do not hand over at the end of somebody else's shift."""
    desk = {"shifts": [{**MORNING, "staff": 1}], "shift_end": HANDS_OVER, "surge": {**SURGE, "lasts": "4h"}}
    run = run_desk(desk, *[7.0] * 3, service="3h")
    assert hours(run, BEGIN)[:3] == [(7.25, 0), (7.25, 1), (8, 2)]
    assert told(run, HANDED_OVER)[0] == (10, 2, HOUR)


# -- another agency --------------------------------------------------------------------------------------


def test_work_reaches_another_agency_after_a_while() -> None:
    """Sent at 1:00, the work waits for 20 minutes before it is in the queue, and is worked on from then."""
    run = run_desk({"staff": 1, "hand_over": "20m"}, 1, service="1h")
    assert hours(run, WAITING) == [(1, 0)]
    assert hours(run, QUEUED) == hours(run, BEGIN) == [(pytest.approx(4 / 3), 0)]


def test_patience_begins_in_the_queue_and_work_on_the_way_can_be_called_off() -> None:
    """The way does not count as waiting in the queue; a token cancelled on its way never joins."""
    steps = {"work": work(time="1h", patience="30m", on_renege="done"), "done": {"end": "done"}}
    run = run_desk({"staff": 1, "hand_over": "40m"}, 1, routes={"call": route(steps)})
    assert hours(run, BEGIN) == [(pytest.approx(5 / 3), 0)]
    scenario = world(
        desks={"desk": {"staff": 1, "hand_over": "40m"}}, routes={"call": route({"work": work(time="1h")})}
    )
    run = simulate(scenario, orders=[Order(10 * MINUTE, 0, "cancel", 0, route="call")])
    assert not len(run.rows.of(QUEUED))
    assert [row[6] for row in rows_of(run.rows, CANCELLED)] == [-1]


def test_each_piece_of_work_has_a_way_of_its_own() -> None:
    """The times to another agency are drawn piece by piece, the same whoever else is sent."""
    desk = {"staff": 9, "hand_over": exponential(HOUR)}
    one, more = run_desk(desk, *range(9)), run_desk(desk, *range(10))
    ways = {stay[0]: moments(one.rows, QUEUED)[stay] - stay[0] * HOUR for stay in moments(one.rows, QUEUED)}
    assert len(set(ways.values())) == 9
    both = {stay[0]: time - stay[0] * HOUR for stay, time in moments(more.rows, QUEUED).items()}
    assert ways.items() <= both.items()
