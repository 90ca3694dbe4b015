"""Kind: a roster as it is printed. Shifts of one desk may overlap, and each has people of its own."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.run import Run, simulate, simulate_many
from sim.fraud.plan import draw_plans
from sim.measure.metrics import measure
from sim.scenario.loader import load
from sim.words.units import HOUR
from sim.workflow.log import BEGIN, FINISH, HANDED_OVER
from sim.workflow.program import compile_routes
from sim.workflow.rosters import roster_of
from tests.worlds import CASES, listed, route, rows_of, work, world

EARLY = {"from": "08:00", "to": "10:00", "staff": 1}
LATE = {"from": "09:00", "to": "12:00", "staff": 1}
HANDS_OVER = {"rule": "hand_over", "briefing": "6m"}
STAYS = {"rule": "overtime", "most": "5h"}


def run_desk(desk: dict[str, Any], *times: float, service: Any = "90m", **more: Any) -> Run:
    """Victims who report at these hours and are each worked on once at the one desk."""
    cases = listed(*(round(time * HOUR) for time in times))
    routes = {"call": route({"work": work(time=service)})}
    return simulate(world(**{"victims": cases, "desks": {"desk": desk}, "routes": routes} | more))


def hours(run: Run, kind: int) -> list[tuple[float, int]]:
    """(hour, case) of the rows of one kind."""
    return [(row[0] / HOUR, row[2]) for row in rows_of(run.rows, kind)]


def heads_at(desk: dict[str, Any], *at: float, **more: Any) -> list[int]:
    """Heads on duty at these hours after Monday 00:00."""
    scenario = world(desks={"desk": desk}, **({"follow_up": "6d"} | more))
    roster = roster_of(compile_routes(scenario).desks[0], scenario, 1, 0)
    return [roster.at(round(hour * HOUR)) for hour in at]


def test_the_printed_roster_is_read_and_its_heads_add_up() -> None:
    """The staggered roster of the case: half an hour of both where one shift hands over to the next."""
    scenario = load(CASES / "staggered-shifts.yaml").scenario
    roster = roster_of(compile_routes(scenario).desks[0], scenario, 1, 0)
    read = {clock: roster.at(round(clock * HOUR)) for clock in (3, 6.25, 8, 12, 14.25, 16, 20, 22.25, 23)}
    assert read == {3: 4, 6.25: 12, 8: 8, 12: 14, 14.25: 22, 16: 14, 20: 8, 22.25: 12, 23: 4}
    assert scenario.desks["intake"].largest == 22


@pytest.mark.parametrize("rule", [HANDS_OVER, STAYS, {"rule": "finish"}])
def test_two_at_once_where_shifts_overlap(rule: dict[str, Any]) -> None:
    """From 9:00 to 10:00 both work; whoever came at 9:15 has the second shift."""
    run = run_desk({"shifts": [EARLY, LATE], "shift_end": rule}, 8.5, 9.25, service="30m")
    assert [row[7] for row in rows_of(run.rows, BEGIN)] == [1, 1]
    run = run_desk({"shifts": [EARLY, LATE], "shift_end": rule}, 9.25, 9.25, service="30m")
    assert [row[7] for row in rows_of(run.rows, BEGIN)] == [1, 2]


def test_a_shift_hands_over_its_own_work_only() -> None:
    """At 10:00 what the first shift has in hand goes back; the second shift works on."""
    run = run_desk({"shifts": [EARLY, LATE], "shift_end": HANDS_OVER}, 8.75, 9.25)
    assert hours(run, HANDED_OVER) == [(10, 0)]
    assert hours(run, BEGIN) == [(8.75, 0), (9.25, 1), (10.75, 0)]
    assert hours(run, FINISH) == [(10, 0), (10.75, 1), (pytest.approx(11.1), 0)]


def test_a_shift_that_ends_inside_another_hands_nothing_of_the_other_over() -> None:
    """The lone long shift keeps its work when a short one beside it, with nothing in hand, goes home."""
    long = {"from": "08:00", "to": "16:00", "staff": 1}
    short = {"from": "09:00", "to": "10:00", "staff": 3}
    run = run_desk({"shifts": [long, short], "shift_end": HANDS_OVER}, 8.5)
    assert not hours(run, HANDED_OVER)
    assert hours(run, FINISH) == [(10, 0)]


def test_overtime_is_for_those_whose_shift_ends() -> None:
    """Of two shifts of one each the first stays after 10:00 while somebody waits; the second works as rostered."""
    run = run_desk({"shifts": [EARLY, LATE], "shift_end": STAYS}, 9.0, 9.25, 9.5, 9.5, service="1h")
    assert hours(run, BEGIN) == [(9, 0), (9.25, 1), (10, 2), (10.25, 3)]
    assert [row[7] for row in rows_of(run.rows, BEGIN)] == [1, 2, 1, 2]
    assert measure(run).metrics["overtime.desk"] == pytest.approx(3600)


def test_who_finishes_after_the_shift_takes_no_seat_of_the_other() -> None:
    """The first shift's worker finishes until 10:30; a case of 10:15 meets the free worker of the second."""
    run = run_desk({"shifts": [EARLY, LATE]}, 9.0, 10.25)
    assert hours(run, BEGIN) == [(9, 0), (10.25, 1)]
    assert measure(run).metrics["overtime.desk"] == pytest.approx(1800)


def test_absence_is_drawn_for_the_people_of_each_shift() -> None:
    """Two shifts that begin at the same hour have absences of their own, and the first those that it has alone."""
    first = {"from": "08:00", "to": "12:00", "staff": 40}
    second = {"from": "08:00", "to": "16:00", "staff": 40}
    mornings = [24 * day + 9 for day in range(7)]
    alone = heads_at({"shifts": [first], "absence": 0.3}, *mornings)
    both = heads_at({"shifts": [first, second], "absence": 0.3}, *mornings)
    afternoons = heads_at({"shifts": [first, second], "absence": 0.3}, *(hour + 4 for hour in mornings))
    assert [all_ - after for all_, after in zip(both, afternoons, strict=True)] == alone
    assert afternoons != alone


def test_a_break_takes_the_people_of_its_own_shift() -> None:
    """A break of all of one shift leaves the whole other one."""
    early = {**EARLY, "to": "14:00", "staff": 2, "breaks": [{"at": "12:00", "lasts": "1h", "staff": 2}]}
    late = {"from": "11:00", "to": "19:00", "staff": 3}
    assert heads_at({"shifts": [early, late]}, 10, 11.5, 12.5, 13.5, 15) == [2, 5, 3, 5, 3]


def test_set_up_is_for_the_most_who_are_there_together() -> None:
    """Two shifts of two, an hour of which both are there, need four seats; one after the other they need two."""
    shifts = [{**EARLY, "staff": 2}, {**LATE, "staff": 2}]
    apart = [{**EARLY, "staff": 2}, {**LATE, "staff": 2, "from": "10:00"}]
    costs = [measure(run_desk({"shifts": some, "set_up": "100 yuan"}, 8.5)).metrics["cost"] for some in (shifts, apart)]
    assert costs[0] == pytest.approx(2 * costs[1])
    assert costs[1] > 0


def test_skills_are_of_those_on_duty() -> None:
    """One of those on duty can trace, whichever shift it is that is there."""
    desk = {"shifts": [EARLY, {**LATE, "staff": 2}], "skills": {"tracing": 1}}
    routes = {"call": route({"work": work(time="30m", skill="tracing")})}
    run = run_desk(desk, 8.5, 11, 11, routes=routes)
    assert hours(run, BEGIN) == [(8.5, 0), (11, 1), (11.5, 2)]


def test_the_rostered_heads_of_the_calendar_are_the_sum() -> None:
    """The calendar has the heads of the whole desk at every change."""
    run = run_desk({"shifts": [EARLY, LATE]}, 8.5)
    times, heads = run.calendar[0].written_out(12 * HOUR)
    assert (times / HOUR).tolist() == [0, 8, 9, 10, 12]
    assert heads.tolist() == [0, 1, 2, 1, 0]


def test_overtime_is_the_same_alone_and_together() -> None:
    """Where one lane goes as another comes, the heads of all stay the same: alone, that moment was not looked at."""
    desk = {"absence": 0.04, "shifts": [{"from": "00:00", "to": "12:00", "staff": 1},
                                        {"from": "11:30", "to": "24:00", "staff": 1}]}  # fmt: skip
    scenario = world(
        victims=listed(*(hour * HOUR for hour in (1, 5, 11, 13, 20, 23))), desks={"desk": desk},
        routes={"call": route({"work": work(time="150m")})}, horizon="2d",
    )  # fmt: skip
    program = compile_routes(scenario)
    (together,) = simulate_many(scenario, draw_plans(scenario, 1, range(4)), program, engine="compiled")
    alone = [measure(run).metrics["overtime.desk"] for run in together]
    assert [one["overtime.desk"] for one in measure(together).each] == alone
    assert min(alone) > 0
