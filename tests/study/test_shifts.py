"""A roster as it is drawn: lines of a scenario and back, a week of it, and who needs to be employed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sim.scenario.loader import load
from sim.scenario.people import EVERY_DAY
from sim.study.ask.shifts import Line, changed_desks, hours_each, lines_of, roster_of, settings_of, weeks_of
from sim.web.scenarios import set_values
from sim.words.units import DAY, HOUR


def test_a_roster_that_is_drawn_again_is_the_same() -> None:
    """Every desk of the city: its lines written as settings give a scenario with the same desks."""
    loaded = load("city")
    lines = lines_of(loaded.scenario)
    settings = [
        f"desks.{desk}.{field}={json.dumps(value)}"
        for desk in dict.fromkeys(one.desk for one in lines)
        for field, value in roster_of(desk, lines).items()
    ]
    again = set_values(loaded, settings).scenario
    assert lines_of(again) == lines
    assert again.desks == loaded.scenario.desks
    assert settings_of(lines, lines) == {}


def test_a_week_is_what_its_shifts_say() -> None:
    """Two by day, one by night, every day: 252 hours, 63 a person among four, at least seven at 40."""
    scenario = load("city").scenario
    desk = next(name for name, one in scenario.desks.items() if one.wage)
    lines = [Line(desk, tuple(EVERY_DAY), 8 * HOUR, 20 * HOUR, 2), Line(desk, tuple(EVERY_DAY), 20 * HOUR, 8 * HOUR, 1)]
    (week,) = weeks_of(scenario, lines)
    assert week.heads[:24] == tuple([1] * 8 + [2] * 12 + [1] * 4)
    assert week.hours == 252
    assert hours_each(week, 4) == 63
    assert week.needed == 7
    wage, places = scenario.desks[desk].wage, scenario.desks[desk].set_up_for(7 * DAY, 2)
    assert wage is not None
    assert week.cost == pytest.approx((252 * wage + places) / 100)
    assert changed_desks(lines, lines[:1]) == [desk]


def test_a_break_that_no_longer_fits_goes_with_the_hour_that_it_was_in() -> None:
    """A shorter shift loses the break beyond its end and keeps the other; one of two people cannot have three away."""
    breaks = [{"at": f"{at}:00", "lasts": "30m", "staff": 3} for at in ("12", "18")]
    line = Line("analyst", tuple(EVERY_DAY), 8 * HOUR, 20 * HOUR, 4, (("breaks", breaks),))
    assert line.settled() == line
    assert replace(line, end=17 * HOUR).settled().breaks == breaks[:1]
    assert replace(line, staff=2).settled().rest == ()


def test_a_night_shift_of_sunday_ends_on_monday() -> None:
    """What goes beyond the week stands at its beginning."""
    scenario = load("city").scenario
    desk = next(iter(scenario.desks))
    (week,) = weeks_of(scenario, [Line(desk, ("sun",), 20 * HOUR, 8 * HOUR, 3)])
    assert week.heads[:8] == (3,) * 8
    assert week.heads[-4:] == (3,) * 4
    assert sum(week.heads) == 36


def test_an_hour_in_which_one_shift_takes_over_from_another_is_not_empty() -> None:
    """At half past, five go as five come: five all day; a place for each who is there at once, for half an hour too."""
    scenario = load("city").scenario
    desk = next(name for name, one in scenario.desks.items() if one.wage and one.set_up)
    half = HOUR // 2
    day, night = 8 * HOUR + half, 20 * HOUR + half
    lines = [Line(desk, tuple(EVERY_DAY), day, night, 5), Line(desk, tuple(EVERY_DAY), night, day, 5)]
    (week,) = weeks_of(scenario, lines)
    assert set(week.heads) == {5}
    (short,) = weeks_of(scenario, [*lines, Line(desk, ("wed",), 12 * HOUR, 12 * HOUR + half, 40)])
    assert short.heads == week.heads  # the fewest of that hour
    assert short.needed == 45
    model = scenario.desks[desk]
    assert short.cost - week.cost == pytest.approx(
        ((model.wage or 0) * 20 + model.set_up_for(7 * DAY, 45) - model.set_up_for(7 * DAY, 5)) / 100
    )
