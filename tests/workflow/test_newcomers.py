"""People who come and go: who is new works more slowly for a while."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.run import simulate
from tests.worlds import exponential, same_log, service_times, victims, work, world
from tests.worlds import route as of_route

BUSY: dict[str, Any] = {
    "victims": victims({"rate": {"per_day": 60.0}}), "horizon": "200d", "follow_up": "1d",
    "routes": {"call": of_route({"work": work(time="10m")})},
}  # fmt: skip


def times(learning: dict[str, Any] | None, **more: Any) -> list[int]:
    """How long the pieces of work of ten minutes took, in minutes."""
    run = simulate(world(desks={"desk": {"staff": 4, "learning": learning}}, **BUSY | more))
    return [round(time / 60_000) for time in service_times(run.rows).values()]


def test_who_is_new_is_slower_and_then_is_not() -> None:
    """Each place changes hands 4 times a year; for a month the work takes half as long again: a third of the time, but
    for those who leave before they have learned it.
    """
    taken = times({"turnover": 4.0, "slower": 1.5, "for": "30d"})
    assert set(taken) == {10, 15}
    assert taken.count(15) / len(taken) == pytest.approx(1 - 2.718281828 ** (-4 * 30 / 365), abs=0.12)


def test_learning_at_once_changes_nothing() -> None:
    """Newcomers who are as fast as the others leave the log as it is without any."""
    plain, same = (
        simulate(world(desks={"desk": {"staff": 2, "learning": rule}}, **BUSY))
        for rule in (None, {"turnover": 2.0, "slower": 1.0, "for": "30d"})
    )
    assert same_log(plain.rows, same.rows)


def test_more_people_are_no_newer() -> None:
    """The luck of a place does not hang on how many others there are: the first place changes hands when it did."""
    rule = {"turnover": 3.0, "slower": 2.0, "for": "20d"}
    found = []
    for staff in (1, 3):
        desks = {"desk": {"staff": staff, "learning": rule}}
        run = simulate(world(desks=desks, **BUSY | {"victims": victims({"rate": {"per_day": 20.0}})}))
        begin = run.rows.at(run.rows.of(4))
        slow = {key for key, time in service_times(run.rows).items() if time == 1_200_000}
        first = [t for t, c, p in zip(begin.time, begin.case, begin.person, strict=True)
                 if p == 1 and any(key[0] == c for key in slow)]  # fmt: skip
        found.append({int(time) // 86_400_000 for time in first})
    assert found[0] & found[1]
    assert len(found[1] - found[0]) <= 2


def test_a_team_with_a_newcomer_is_slower() -> None:
    """Also where the newcomer is of the second desk of the team."""
    routes = {"call": of_route({"work": {"work": {"team": {"desk": 1, "car": 1}, "time": "10m"},
                                         "leak": {"wait": "a", "work": "a"}}})}  # fmt: skip
    rule = {"turnover": 4.0, "slower": 1.5, "for": "30d"}
    run = simulate(world(
        desks={"desk": {"staff": 4}, "car": {"staff": 4, "learning": rule}}, **BUSY | {"routes": routes}
    ))  # fmt: skip
    assert {round(time / 60_000) for time in service_times(run.rows).values()} == {10, 15}


def test_work_handed_over_takes_a_newcomers_time_too() -> None:
    """At a desk that hands over at the end of a shift newcomers are slower as elsewhere."""
    shifts = [{"from": "08:00", "to": "20:00", "staff": 3}, {"from": "20:00", "to": "08:00", "staff": 3}]
    rule = {"turnover": 4.0, "slower": 1.5, "for": "30d"}
    desk = {"shifts": shifts, "learning": rule, "shift_end": {"rule": "hand_over", "briefing": exponential(60_000)}}
    run = simulate(world(desks={"desk": desk}, **BUSY))
    assert {10, 15} <= {round(time / 60_000) for time in service_times(run.rows).values()}
