"""Kind: the days that people really work. Holidays and make-up working days, shipped for the years that are known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.scenario import calendars
from sim.scenario.calendars import Calendar, calendar_of
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.people import EVERY_DAY
from sim.words.units import DAY, HOUR
from sim.workflow.program import compile_routes
from sim.workflow.rosters import roster_of
from tests.worlds import CASES, world

OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00", "staff": 4}
WEEKEND = {"days": ["sat", "sun", "holiday"], "from": "09:00", "to": "17:00", "staff": 1}


def noons(scenario: Scenario, desk: int = 0) -> list[int]:
    """Heads of a desk at noon of each day of a week from the start."""
    roster = roster_of(compile_routes(scenario).desks[desk], scenario, 1, 0)
    return [roster.at(day * DAY + 12 * HOUR) for day in range(7)]


def centre(*shifts: dict[str, Any], **more: Any) -> Scenario:
    """A desk from Monday 2025-07-07 on, for a week."""
    return world(desks={"desk": {"shifts": list(shifts)}}, follow_up="6d", **more)


def test_the_case_reads_and_the_office_works_on_the_make_up_sunday() -> None:
    """Freezes are written on Sunday 26 January 2025 by the people of a weekday."""
    scenario = load(CASES / "makeup-days.yaml").scenario
    legal = [spec.name for spec in compile_routes(scenario).desks].index("legal")
    without = scenario.model_copy(update={"desks": {n: d.model_copy(update={"absence": None})
                                                    for n, d in scenario.desks.items()}})  # fmt: skip
    at_eleven = roster_of(compile_routes(without).desks[legal], without, 1, 0)
    # Friday 24 January, the weekend, and from Tuesday 28 January the Spring Festival
    assert [at_eleven.at(day * DAY + 11 * HOUR) for day in range(6)] == [11, 8, 11, 11, 8, 8]


def test_a_make_up_saturday_is_a_friday_and_a_sunday_a_monday() -> None:
    """Saturday has the shifts of Friday, Sunday those of Monday, and those of the weekend do not begin."""
    monday, friday = ({**OFFICE, "days": [day], "staff": staff} for day, staff in (("mon", 2), ("fri", 5)))
    weekend = ["2025-07-12", "2025-07-13"]
    assert noons(centre(monday, friday, WEEKEND)) == [2, 0, 0, 0, 5, 1, 1]
    assert noons(centre(monday, friday, WEEKEND, workdays=weekend)) == [2, 0, 0, 0, 5, 5, 2]
    every_day = {**OFFICE, "days": EVERY_DAY}
    assert noons(centre(every_day, workdays=weekend)) == noons(centre(every_day))


def test_both_directions_together() -> None:
    """A holiday in the week has the weekend's shift, the Saturday that makes up for it the office's."""
    scenario = centre(OFFICE, WEEKEND, holidays=["2025-07-09"], workdays=["2025-07-12"])
    assert noons(scenario) == [4, 4, 1, 4, 4, 4, 1]


def test_a_night_into_a_make_up_day_meets_people_of_their_own() -> None:
    """A night that ends when no Sunday's shift has begun overlaps the early shift of a Sunday that is worked."""
    night = {"days": ["sat"], "from": "20:00", "to": "08:00", "staff": 1}
    early = {"days": ["mon"], "from": "06:00", "to": "14:00", "staff": 2}
    scenario = centre(night, early, workdays=["2025-07-13"])
    roster = roster_of(compile_routes(scenario).desks[0], scenario, 1, 0)
    sunday = [roster.at(6 * DAY + hour * HOUR) for hour in (5, 7, 9)]
    assert sunday == [1, 3, 2]
    assert roster.levels(6 * DAY + 7 * HOUR) == (1, 2)


@pytest.mark.parametrize(
    ("year", "off", "worked", "some"),
    [
        (2025, 28, 5, {"2025-01-26": "worked", "2025-02-04": "off", "2025-10-08": "off", "2025-09-28": "worked"}),
        (2026, 33, 6, {"2026-02-23": "off", "2026-02-14": "worked", "2026-05-09": "worked", "2026-09-27": "off"}),
    ],
)
def test_the_shipped_calendar_knows_both_years(year: int, off: int, worked: int, some: dict[str, str]) -> None:
    """As many days off and worked as were announced; all days worked are of a weekend."""
    days = calendar_of("china").years[year]
    assert (len(set(days.holidays)), len(set(days.workdays))) == (off, worked)
    assert all(day.weekday() > 4 for day in days.workdays)
    for day, kind in some.items():
        assert date.fromisoformat(day) in (days.workdays if kind == "worked" else days.holidays)


def test_the_base_and_the_city_have_the_calendar() -> None:
    """What extends china knows the holidays of whatever year it is moved to."""
    for settings in ((), ("start=2026-02-13T00:00", "horizon=7d")):
        scenario = load("city", settings).scenario
        assert date(2026, 2, 17) in scenario.days_off
        assert date(2026, 2, 14) in scenario.days_worked


def test_the_scenario_prevails_over_its_calendar() -> None:
    """A day of one's own list is what that list says, whatever was announced."""
    own = {"calendar": "china", "holidays": ["2025-01-26"], "workdays": ["2025-01-28"]}
    scenario = centre(OFFICE, WEEKEND, **own)
    assert date(2025, 1, 26) in scenario.days_off - scenario.days_worked
    assert date(2025, 1, 28) in scenario.days_worked - scenario.days_off


def test_a_day_that_is_both_is_refused_in_one_line() -> None:
    """The line names the day and the list."""
    with pytest.raises(ScenarioError, match=r"makeup-days.yaml:8:1: workdays: read 2025-01-26, which is a holiday too"):
        load(CASES / "makeup-days.yaml", ["holidays=[2025-01-26]"])
    with pytest.raises(ValueError, match="which is a holiday too"):
        Calendar.model_validate(
            {"name": "x", "title": "x", "years": {2025: {"holidays": ["2025-01-26"], "workdays": ["2025-01-26"]}}}
        )


def test_an_unknown_calendar_is_refused_with_the_known_ones() -> None:
    """A slip in the name is said with what is there."""
    with pytest.raises(ScenarioError, match="calendar: read 'chna', accepted: the name of a calendar: china"):
        load("china", ["calendar=chna"])


def test_every_shipped_calendar_is_read() -> None:
    """No calendar is broken."""
    assert calendars.names() == ["china"]
    assert all(calendar_of(name).years for name in calendars.names())


@pytest.mark.parametrize(("start", "noted"), [("2026-10-02", ""), ("2026-12-20", "2027"), ("2031-01-01", "2031")])
def test_a_year_that_the_calendar_does_not_know_is_one_line(start: str, noted: str) -> None:
    """`validate` says which year is missing, on one line of the error stream, and the file stays valid."""
    settings = [f"start={start}T00:00", "horizon=7d", "follow_up=20d"]
    done = CliRunner().invoke(app, ["validate", "china", *(part for one in settings for part in ("--set", one))])
    assert done.exit_code == 0
    lines = done.stderr.splitlines()
    assert [noted in line and "2025 and 2026" in line for line in lines] == ([True] if noted else [])


def test_own_days_of_a_year_are_knowledge_of_it() -> None:
    """Whoever lists the holidays of 2027 is not told that they are missing."""
    settings = ["--set", "start=2027-02-01T00:00", "--set", "follow_up=1d"]
    assert CliRunner().invoke(app, ["validate", "china", *settings]).stderr
    assert not CliRunner().invoke(app, ["validate", "china", *settings, "--set", "holidays=[2027-02-06]"]).stderr


def test_the_week_that_stands_for_a_scenario_has_no_special_day() -> None:
    """Studies that look at one week pass over weeks with holidays and with make-up working days."""
    from sim.study.ask.week import representative_week

    start = date.fromisoformat(representative_week(load("city").scenario)[0].removeprefix("start=")[:10])
    scenario = load("city").scenario
    assert not {start + timedelta(days=n) for n in range(7)} & (scenario.days_off | scenario.days_worked)
