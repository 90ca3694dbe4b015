"""Rosters with dates, holidays, breaks, absence and outages: heads on duty known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.scenario.models import Scenario
from sim.scenario.people import Desk, lanes_of
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.hours import closed_hours
from sim.workflow.log import BEGIN, FINISH
from sim.workflow.program import compile_routes
from sim.workflow.rosters import UNLIMITED, Roster, roster_of, weekly
from tests.examples import some
from tests.properties.test_rosters import shifts_of_a_week
from tests.worlds import exponential, listed, moments, route, rows_of, stop_everything, work, world

NINE_TO_FIVE = {"from": "09:00", "to": "17:00", "staff": 4}


def roster(desk: dict[str, Any], seed: int = 1, replication: int = 0, **sections: Any) -> Roster:
    """The roster of a desk from Monday 2025-07-07 00:00 on, for a week."""
    scenario = world(desks={"desk": desk}, **({"follow_up": "6d"} | sections))
    return roster_of(compile_routes(scenario).desks[0], scenario, seed, replication)


def heads(of: Roster, *hours: float) -> list[int]:
    return [of.at(round(hour * HOUR)) for hour in hours]


def noons(of: Roster) -> list[int]:
    """Heads at noon of each day of the week."""
    return heads(of, *range(12, 7 * 24, 24))


@settings(max_examples=some(60))
@given(shifts=shifts_of_a_week(), start=st.integers(0, 7 * 24 * 60 - 1), follow_up=st.integers(0, 20))
def test_a_roster_written_out_equals_its_week(shifts: list[dict[str, Any]], start: int, follow_up: int) -> None:
    """Written out day by day, the same shifts give the same heads, changes and openings as the week repeated."""
    when = f"2025-07-{7 + start // 1440:02d}T{start // 60 % 24:02d}:{start % 60:02d}:00"
    span = {"start": when, "follow_up": f"{follow_up}d"}
    far = [{**shift, "dates": {"from": "1990-01-01", "to": "2090-01-01"}} for shift in shifts]
    dated, week = roster({"shifts": far}, **span), weekly(Desk.model_validate({"shifts": shifts}), start * MINUTE)
    limit, now = (follow_up + 1) * DAY, 0
    while now <= limit:
        assert dated.at(now) == week.at(now)
        assert dated.next_open(now) in (week.next_open(now), None)
        change = week.next_change(now)
        assert dated.next_change(now) == (None if change is None or change > limit else change)
        if change is None:
            break
        now = change


@settings(max_examples=some(60))
@given(
    shifts=shifts_of_a_week(),
    more=shifts_of_a_week(),
    start=st.integers(0, 7 * 24 * 60 - 1),
    last=st.sampled_from(["2025-07-09", "2025-07-12", "2030-01-01"]),
)
def test_hours_as_written_are_those_of_the_roster(
    shifts: list[dict[str, Any]], more: list[dict[str, Any]], start: int, last: str
) -> None:
    """When a desk is closed can be read off its shifts alone: just when its roster has nobody."""
    some = [{**shift, "dates": {"from": "2025-07-08", "to": last}} for shift in more]
    some.append({"from": "09:00", "to": "17:00", "staff": 1, "days": ["holiday"],
                 "breaks": [{"at": "12:00", "lasts": "1h", "staff": 1}]})  # fmt: skip
    when = f"2025-07-{7 + start // 1440:02d}T{start // 60 % 24:02d}:{start % 60:02d}:00"
    scenario = world(
        desks={"desk": {"shifts": [*shifts, *some]}}, start=when, follow_up="9d", horizon="1d",
        holidays=["2025-07-10", "2025-07-16"], workdays=["2025-07-12"],
    )  # fmt: skip
    of = roster_of(compile_routes(scenario).desks[0], scenario, seed=1, replication=0)
    closed = closed_hours(scenario.desks["desk"], scenario)
    assert closed == sorted(closed)
    now: int | None = 0
    while now is not None and now < 10 * DAY:
        assert any(begin <= now < end for begin, end in closed) == (of.at(now) == 0)
        now = of.next_change(now)
    edges = {edge for gap in closed for edge in gap} - {0, 10 * DAY}
    assert all((of.at(edge) == 0) != (of.at(edge - 1) == 0) for edge in edges)


def test_a_holiday_has_only_its_own_shifts() -> None:
    """On a holiday only the shifts for holidays count; a desk without any treats it like the weekday it is."""
    ordinary = {**NINE_TO_FIVE, "days": ["mon", "tue", "wed", "thu", "fri"]}
    special = {"from": "10:00", "to": "14:00", "staff": 1, "days": ["sun", "holiday"]}
    holidays = ["2025-07-09", "2025-07-12"]
    with_shifts = roster({"shifts": [ordinary, special]}, holidays=holidays)
    assert noons(with_shifts) == [4, 4, 1, 4, 4, 1, 1]
    assert heads(with_shifts, 57.5, 58, 61.5, 62) == [0, 1, 1, 0]
    assert noons(roster({"shifts": [ordinary]}, holidays=holidays)) == [4, 4, 4, 4, 4, 0, 0]


def test_a_shift_with_dates_is_there_on_those_days_only() -> None:
    """Both ends of a range count, and a night shift of its last day goes on into the morning after."""
    shifts = [
        {**NINE_TO_FIVE, "dates": {"from": "2025-07-08", "to": "2025-07-09"}},
        {"from": "22:00", "to": "06:00", "staff": 2, "dates": {"from": "2025-07-01", "to": "2025-07-06"}},
    ]
    of = roster({"shifts": shifts})
    assert noons(of) == [0, 4, 4, 0, 0, 0, 0]
    assert heads(of, 0, 5.99, 6, 22, 29) == [2, 2, 0, 0, 0]
    assert of.next_open(10 * HOUR) == 33 * HOUR
    assert of.next_open(70 * HOUR) is None


def test_breaks_take_people_away_for_their_time() -> None:
    """Two of four are away from 12:00, one more from 12:30; a break after midnight is on the morning after."""
    breaks = [{"at": "12:00", "lasts": "1h", "staff": 2}, {"at": "12:30", "lasts": "15m", "staff": 1}]
    night = {"from": "22:00", "to": "06:00", "staff": 1, "breaks": [{"at": "02:00", "lasts": "30m", "staff": 1}]}
    of = roster({"shifts": [{**NINE_TO_FIVE, "breaks": breaks}, night]})
    assert heads(of, 11.9, 12, 12.5, 12.75, 13) == [4, 2, 1, 2, 4]
    assert heads(of, 1.9, 2, 2.5) == [1, 0, 1]


def test_the_absent_are_drawn_person_by_person() -> None:
    """Half of 400 are away on an average day, each day others, and one more person changes nobody else's days."""
    shift = {**NINE_TO_FIVE, "staff": 400}
    present = noons(roster({"shifts": [shift], "absence": 0.5}))
    assert all(150 < count < 250 for count in present)
    assert len(set(present)) > 1
    more = noons(roster({"shifts": [{**shift, "staff": 401}], "absence": 0.5}))
    assert all(one - other in (0, 1) for one, other in zip(more, present, strict=True))
    assert noons(roster({"shifts": [shift], "absence": 0.5}, replication=1)) != present
    assert noons(roster({"shifts": [shift], "absence": 0.0})) == [400] * 7


def test_a_date_keeps_its_absent_whatever_else_is_rostered() -> None:
    """Who is absent on a date from a shift does not hang on the scenario's start, its other shifts or other desks."""
    shift = {**NINE_TO_FIVE, "staff": 50}
    present = noons(roster({"shifts": [shift], "absence": 0.3}))
    later = roster({"shifts": [shift], "absence": 0.3}, start="2025-07-08T00:00:00")
    assert noons(later)[:6] == present[1:]
    night = {"from": "20:00", "to": "04:00", "staff": 9}
    assert noons(roster({"shifts": [night, shift], "absence": 0.3})) == present


def test_round_the_clock_absence_is_drawn_by_day() -> None:
    """Staff round the clock lose their absent from midnight to midnight."""
    of = roster({"staff": 100, "absence": 0.2})
    days = [heads(of, day * 24, day * 24 + 23.99) for day in range(7)]
    assert all(morning == night for morning, night in days)
    assert all(60 < morning < 95 for morning, _ in days)
    assert len({morning for morning, _ in days}) > 1
    assert noons(roster({"staff": 100, "absence": 1.0})) == [0] * 7


# -- outages ---------------------------------------------------------------------------------------------


def bank_world(outages: list[dict[str, Any]], *times: int, staff: Any = "unlimited", time: Any = "1h") -> Scenario:
    return world(
        victims=listed(*times),
        banks={"bank": {"share": 1.0, "profile": "machine", "outages": outages}},
        bank_profiles={"machine": {"staff": staff, "time": time}},
        routes=stop_everything(),
        desks={"desk": {"staff": "unlimited"}},
    )


@pytest.mark.parametrize("staff", [1, "unlimited"])
def test_a_bank_that_is_down_begins_nothing_and_finishes_what_it_has(staff: Any) -> None:
    """Down from 10:00 to 16:00: what was begun at 9:30 is done at 10:30, what came at 10:15 begins at 16:00."""
    at = (9 * HOUR + 30 * MINUTE, 10 * HOUR + 15 * MINUTE)
    run = simulate(bank_world([{"at": "10h", "lasts": "6h"}], *at, staff=staff))
    bank = [(row[2], row[0]) for row in rows_of(run.rows, BEGIN) if row[6] == 1]
    assert bank == [(0, at[0]), (1, 16 * HOUR)]
    assert [row[0] for row in rows_of(run.rows, FINISH) if row[6] == 1] == [at[0] + HOUR, 17 * HOUR]
    back = UNLIMITED if staff == "unlimited" else 1
    assert heads(run.calendar[1], 0, 9.9, 10, 15.9, 16) == [back, back, 0, 0, back]


def test_outages_that_overlap_are_one() -> None:
    """A bank is up again once the last of its outages is over."""
    scenario = bank_world([{"at": "10h", "lasts": "2h"}, {"at": "11h", "lasts": "5h"}], 0)
    of = roster_of(compile_routes(scenario).desks[1], scenario, 1, 0)
    assert heads(of, 9, 10, 12, 15.9, 16) == [UNLIMITED, 0, 0, 0, UNLIMITED]


def test_outages_again_and_again_have_their_frequency() -> None:
    """Up for 9 h and down for 1 h on average: down for a tenth of the time; each bank at times of its own."""
    outages = [{"every": exponential(9 * HOUR), "lasts": exponential(HOUR)}]
    scenario = world(
        banks={name: {"share": 0.5, "profile": "machine", "outages": outages} for name in ("a", "b")}, follow_up="900d"
    )
    one, other = (roster_of(spec, scenario, 1, 0) for spec in compile_routes(scenario).desks[1:])
    hours = np.arange(0, 900 * DAY, 10 * MINUTE)
    down = np.array([[of.at(time) == 0 for time in hours.tolist()] for of in (one, other)])
    assert down.mean(axis=1) == pytest.approx([0.1, 0.1], abs=0.015)
    assert np.mean(down[0] & down[1]) == pytest.approx(0.01, abs=0.005)


def test_work_waits_for_people_who_are_all_absent() -> None:
    """A desk whose people are all absent begins nothing, the run ends, and the case is still open then."""
    scenario = world(
        desks={"desk": {"staff": 3, "absence": 1.0}}, routes={"call": route({"work": work(time="1h")})}, follow_up="1d"
    )
    run = simulate(scenario)
    assert not moments(run.rows, BEGIN)
    assert run.end == 2 * DAY


# -- bad input -------------------------------------------------------------------------------------------

DAYS = {"from": "08:00", "to": "16:00", "staff": 2}
NIGHT = {"from": "15:00", "to": "08:00", "staff": 2}


def lanes(*shifts: dict[str, Any]) -> int:
    """How many lanes the shifts of a desk need, whichever comes first."""
    orders = [Desk.model_validate({"shifts": list(order)}).shifts or [] for order in (shifts, shifts[::-1])]
    (number,) = {max(lanes_of(order)) + 1 for order in orders}
    return number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"days": ["holiday"]}, {"days": ["sun", "holiday"]}),
        ({"days": ["mon"]}, {"days": ["mon"], "dates": {"from": "2025-07-07", "to": "2025-07-07"}}),
        (
            {"dates": {"from": "2025-07-01", "to": "2025-07-09"}},
            {"dates": {"from": "2025-07-09", "to": "2025-07-31"}},
        ),
    ],
)
def test_shifts_that_overlap_by_kind_of_day_or_date_have_people_of_their_own(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Shifts for holidays and shifts with dates overlap where a day is in both."""
    assert lanes(DAYS | one, NIGHT | other) == 2


WEEK_DAYS = ["mon", "tue", "wed", "thu", "fri"]
JULY_9 = {"from": "2025-07-09", "to": "2025-07-09"}


@pytest.mark.parametrize(
    ("night", "morning"),
    [
        ({"days": WEEK_DAYS}, {"days": ["holiday"]}),
        ({"days": ["holiday"]}, {"days": WEEK_DAYS}),
        ({"days": ["holiday"], "dates": JULY_9}, {"days": WEEK_DAYS}),
    ],
)
def test_a_night_that_runs_into_another_kind_of_day_overlaps_its_morning(
    night: dict[str, Any], morning: dict[str, Any]
) -> None:
    """A night to 08:00 and a morning on the next day, one a holiday's: they overlap from 07:00, not at 08:00."""
    late = {"from": "20:00", "to": "08:00", "staff": 2} | night
    early = {"from": "07:00", "to": "13:00", "staff": 1} | morning
    assert lanes(late, early) == 2
    assert lanes(late, early | {"from": "08:00"}) == 1


def test_a_night_never_meets_a_holiday_outside_its_dates() -> None:
    """A weekday night of 9 July alone runs into a holiday of 10 July, not into holidays from 11 July on."""
    late = {"from": "20:00", "to": "08:00", "staff": 2, "days": WEEK_DAYS, "dates": JULY_9}
    early = {"from": "07:00", "to": "13:00", "staff": 1, "days": ["holiday"]}
    assert lanes(late, early | {"dates": {"from": "2025-07-10", "to": "2025-07-20"}}) == 2
    assert lanes(late, early | {"dates": {"from": "2025-07-11", "to": "2025-07-20"}}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"days": ["mon", "sun"]}, {"days": ["holiday"]}),
        ({"days": ["mon"]}, {"days": ["mon"], "dates": {"from": "2025-07-08", "to": "2025-07-13"}}),
        (
            {"dates": {"from": "2025-07-01", "to": "2025-07-08"}},
            {"dates": {"from": "2025-07-09", "to": "2025-07-31"}},
        ),
    ],
)
def test_shifts_of_different_days_do_not_overlap(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Shifts at the same time of day on days that never coincide follow one another."""
    assert lanes(DAYS | one, NIGHT | other) == 1


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        ({"shifts": [{**DAYS, "breaks": [{"at": "15:30", "lasts": "1h", "staff": 1}]}]}, "beyond its shift"),
        ({"shifts": [{**DAYS, "breaks": [{"at": "07:00", "lasts": "1h", "staff": 1}]}]}, "beyond its shift"),
        ({"shifts": [{**DAYS, "breaks": [{"at": "09:00", "lasts": "1h", "staff": 3}]}]}, "3 away at once"),
        (
            {"shifts": [{**DAYS, "breaks": [{"at": t, "lasts": "1h", "staff": n}
                                            for t, n in (("09:00", 2), ("09:30", 1))]}]},
            "3 away at once",
        ),
        ({"shifts": [{**DAYS, "dates": {"from": "2025-07-02", "to": "2025-07-01"}}]}, "before its from"),
        ({"staff": "unlimited", "absence": 0.1}, "absence: people who are absent from unlimited staff"),
        ({"staff": "unlimited", "surge": {"above": 1, "heads": 1, "after": 0, "lasts": "1h"}}, "surge: .*unlimited"),
        ({"staff": "unlimited", "shift_end": {"rule": "finish"}}, "shift_end: .*unlimited"),
        ({"staff": "unlimited", "hand_over": "1m"}, "hand_over: .*unlimited"),
        ({"shifts": [{**DAYS, "staff": 6000}, {**NIGHT, "staff": 6000}]}, "12,000 people in shifts that overlap"),
        ({"staff": 2, "skills": {"gold": 3}}, "skills.gold: 3 of a desk with 2; at most 2"),
        ({"staff": 2, "queue": "write_off"}, "write_off goes with queue: write_off"),
        ({"staff": 2, "write_off": {"above": 1, "least": "1 yuan"}}, "write_off goes with queue: write_off"),
    ],
)  # fmt: skip
def test_a_desk_that_makes_no_sense_is_refused(desk: dict[str, Any], said: str) -> None:
    """Breaks, dates and settings that cannot be meant are refused with the field and the reason."""
    with pytest.raises(ValueError, match=said):
        Desk.model_validate(desk)


def test_surge_adds_to_the_most_people_of_a_desk() -> None:
    """The most people ever there are the largest shift and those called in."""
    surge = {"above": 1, "heads": 5, "after": 0, "lasts": "1h"}
    desk = Desk.model_validate({"shifts": [DAYS], "absence": 0.5, "surge": surge})
    assert desk.most == 7
