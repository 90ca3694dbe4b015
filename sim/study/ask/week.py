"""One week that stands for a longer scenario."""

from __future__ import annotations

from datetime import datetime, timedelta

from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.words.units import DAY, format_duration


def representative_week(scenario: Scenario) -> list[str]:
    """Overrides that leave one week of a longer scenario: the first from Monday to Sunday without a
    holiday or a make-up working day.

    A scenario of a week or less, or with listed victims, stays as it is.
    """
    if not goes_on(scenario) or scenario.horizon <= 7 * DAY:
        return []
    start = datetime.combine(scenario.start.date(), datetime.min.time())
    monday = start + timedelta(days=(7 - start.weekday()) % 7 if scenario.start > start or start.weekday() else 0)
    weeks = [monday + timedelta(weeks=n) for n in range(max(1, scenario.horizon // (7 * DAY) - 1))]
    special = scenario.days_off | scenario.days_worked
    free = (week for week in weeks if not any((week + timedelta(days=d)).date() in special for d in range(7)))
    return [f"start={next(free, weeks[0]).isoformat(timespec='minutes')}", "horizon=7d"]


def frame(scenario: Scenario) -> list[str]:
    """Overrides that give another scenario the same time: two arms must meet the same week."""
    return [f"start={scenario.start.isoformat()}", f"horizon={format_duration(scenario.horizon)}"]


def goes_on(scenario: Scenario) -> bool:
    """Whether victims come at a rate: then a year has so many periods. Listed cases happen once."""
    return not any(isinstance(one, ListedArrivals) for one in scenario.victims.arrivals.values())
