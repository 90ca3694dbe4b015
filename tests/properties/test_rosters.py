"""Rosters: the step function of heads on duty, against reading the shifts by the clock."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.people import WEEKDAYS, Desk, Rostered, lanes_of
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.rosters import UNLIMITED, weekly
from tests.examples import some

SLOT = 30 * MINUTE
WEEK_OF_SLOTS = 7 * DAY // SLOT


def clock(slot: int) -> str:
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


@st.composite
def shifts_of_a_week(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Shifts that never overlap: cuts through the day, a night shift over midnight, on all days or on some."""
    cuts = sorted(draw(st.sets(st.integers(0, 47), min_size=2, max_size=6)))
    staff = st.integers(1, 4)
    days = st.one_of(st.none(), st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True))
    night = draw(st.booleans())
    shifts: list[dict[str, Any]] = []
    for start, end in [*pairwise(cuts), *([(cuts[-1], cuts[0])] if night else [])]:
        if draw(st.booleans()) or not shifts:
            shift = {"from": clock(start), "to": clock(end), "staff": draw(staff)}
            chosen = draw(days)
            shifts.append(shift if chosen is None else {**shift, "days": chosen})
    return shifts


def heads_by_the_clock(roster: Rostered, into_weeks: int) -> int:
    """Heads on duty so many ms after a Monday 00:00: look at every shift of today and of last night."""
    if roster.shifts is None:
        return UNLIMITED if roster.staff == "unlimited" else int(roster.staff or 0)
    day, time = divmod(into_weeks % (7 * DAY), DAY)
    today, yesterday = WEEKDAYS[day], WEEKDAYS[day - 1]
    heads = 0
    for shift in roster.shifts:
        over_midnight = shift.end <= shift.start
        if today in shift.days and shift.start <= time and (time < shift.end or over_midnight):
            heads += shift.staff
        if yesterday in shift.days and over_midnight and time < shift.end:
            heads += shift.staff
    return heads


@settings(max_examples=some(200))
@given(shifts=shifts_of_a_week(), offset=st.integers(0, 7 * DAY - 1), now=st.integers(0, 20 * DAY))
def test_a_roster_equals_its_shifts_read_by_the_clock(shifts: list[dict[str, Any]], offset: int, now: int) -> None:
    """Heads on duty, the next change and the next opening are those of the shifts, from any start of the week."""
    desk = Desk.model_validate({"shifts": shifts})
    roster = weekly(desk, offset)

    def heads(time: int) -> int:
        return heads_by_the_clock(desk, time + offset)

    slots = [slot * SLOT - (now + offset) % SLOT for slot in range(1, WEEK_OF_SLOTS + 2)]
    assert roster.at(now) == heads(now)
    assert [roster.at(now + s) for s in slots] == [heads(now + s) for s in slots]
    assert [roster.at(now + s - 1) for s in slots] == [heads(now + s - 1) for s in slots]
    assert roster.next_change(now) == next((now + s for s in slots if heads(now + s) != heads(now)), None)
    assert roster.next_open(now) == next(now + s for s in [0, *slots] if heads(now + s) > 0)


@given(st.one_of(st.integers(1, 10_000), st.just("unlimited")), st.integers(0, 10 * DAY))
def test_the_same_staff_round_the_clock_never_changes(staff: Any, now: int) -> None:
    """A desk without shifts has its staff at every moment and no change ever."""
    roster = weekly(Desk(staff=staff), 3 * HOUR)
    assert roster.at(now) == (UNLIMITED if staff == "unlimited" else staff)
    assert roster.next_change(now) is None
    assert roster.next_open(now) == now


@pytest.mark.parametrize(
    "other",
    [
        {"from": "15:59", "to": "17:00", "staff": 1},
        {"from": "23:00", "to": "08:30", "staff": 1},
        {"days": ["sun"], "from": "20:00", "to": "08:01", "staff": 1},
    ],
)
def test_shifts_that_overlap_are_in_different_lanes(other: dict[str, Any]) -> None:
    """Overlapping shifts are told apart, also across midnight and across the end of the week; others share a lane."""
    good = {"from": "08:00", "to": "16:00", "staff": 1}
    desk = Desk.model_validate({"shifts": [good, other]})
    assert lanes_of(desk.shifts or []) == [0, 1]
    assert desk.largest == 2
    apart = Desk.model_validate({"shifts": [good, {"from": "16:00", "to": "08:00", "staff": 1}]})
    assert lanes_of(apart.shifts or []) == [0, 0]
    assert apart.largest == 1


@settings(max_examples=some(100))
@given(one=shifts_of_a_week(), other=shifts_of_a_week(), offset=st.integers(0, 7 * DAY - 1))
def test_the_heads_of_shifts_that_overlap_add_up(
    one: list[dict[str, Any]], other: list[dict[str, Any]], offset: int
) -> None:
    """Two rosters on one desk give at each moment the heads of both, and its openings are those of either."""
    both = weekly(Desk.model_validate({"shifts": [*one, *other]}), offset)
    parts = [weekly(Desk.model_validate({"shifts": shifts}), offset) for shifts in (one, other)]
    for time in range(-(offset % SLOT) + SLOT, 8 * DAY, SLOT):
        assert both.at(time) == sum(both.levels(time)) == sum(part.at(time) for part in parts)
        assert both.next_open(time) == min(part.next_open(time) or 0 for part in parts)


@settings(max_examples=some(60))
@given(one=shifts_of_a_week(), other=shifts_of_a_week())
def test_the_most_people_at_once_are_those_of_the_busiest_moment(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    """What set-up is paid for is the largest number of heads that the roster ever has."""
    desk = Desk.model_validate({"shifts": [*one, *other]})
    roster = weekly(desk, 0)
    assert desk.largest == max(roster.at(slot * SLOT) for slot in range(WEEK_OF_SLOTS))
