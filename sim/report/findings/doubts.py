"""Doubts: what a valid scenario says that its author can hardly have meant, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.scenario.calendars import calendar_of
from sim.scenario.models import Scenario
from sim.words.language import listed, say


def doubts_of(scenario: Scenario) -> list[str]:
    """What a planner should know before believing a result."""
    from sim.workflow.cautions import cautions

    return [*_years_unknown(scenario), *(one.said() for one in cautions(scenario))]


def _years_unknown(scenario: Scenario) -> Iterator[str]:
    """Years of the period of which neither the calendar nor the scenario knows a day."""
    if scenario.calendar is None:
        return
    known = set(calendar_of(scenario.calendar).years)
    own = {day.year for day in (*(scenario.holidays or ()), *(scenario.workdays or ()))}
    first, last = scenario.start.year, scenario.when(scenario.horizon + scenario.follow_up).year
    missing = sorted(set(range(first, min(last, date.max.year) + 1)) - known - own)
    if missing:
        yield say(
            "The calendar {calendar} knows {years}, not {missing}: there every holiday is an ordinary day.",
            calendar=scenario.calendar,
            years=listed([str(year) for year in sorted(known)]),
            missing=listed([str(year) for year in missing[:3]]),
        )
