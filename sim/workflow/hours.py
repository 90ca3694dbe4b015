"""Hours as they are written: on which days each shift begins, and when nobody is meant to be there.

Plain whole numbers without luck: who is absent and which bank is out is drawn in `rosters`. Nothing here needs numpy,
so that a scenario can be checked without loading it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sim.scenario.models import Scenario
from sim.scenario.people import WEEKDAYS, Rostered, Shift, worked_as
from sim.words.units import DAY


@dataclass(frozen=True)
class Dates:
    """All that rosters hang on besides the desk: when a run begins and ends, and which of its days are special."""

    start: int
    """Its day as an ordinal."""
    week_offset: int
    """ms from Monday 00:00, local time, to its start."""
    limit: int
    """ms after the start at which it is over, follow-up included."""
    days_off: frozenset[date]
    days_worked: frozenset[date]

    @classmethod
    def of(cls, scenario: Scenario) -> Dates:
        """Those of a scenario."""
        return cls(
            scenario.start.toordinal(), scenario.week_offset, scenario.horizon + scenario.follow_up,
            scenario.days_off, scenario.days_worked,
        )  # fmt: skip


def days_of(dates: Dates) -> range:
    """The days of a run as ordinals, from the one before it: a night shift that began then may still go on."""
    midnight = -(dates.week_offset % DAY)
    return range(dates.start - 1, dates.start + (dates.limit - midnight) // DAY + 1)


def begins(shifts: Sequence[Shift], dates: Dates) -> list[list[int]]:
    """By shift: the days (as ordinals) of a run on which it begins."""
    days = days_of(dates)
    with_holidays = any("holiday" in shift.days for shift in shifts)
    holidays = {day.toordinal() for day in dates.days_off} if with_holidays else set[int]()
    # A desk without shifts for holidays treats them like any other day.
    worked = {day.toordinal() for day in dates.days_worked}
    kinds = {}
    for day in days:
        weekday = (day - 1) % 7  # day 1 was a Monday
        kinds[day] = "holiday" if day in holidays else WEEKDAYS[worked_as(weekday) if day in worked else weekday]
    found = []
    for shift in shifts:
        first, last = (
            (shift.dates.first.toordinal(), shift.dates.last.toordinal()) if shift.dates else (days[0], days[-1])
        )
        found.append([day for day, kind in kinds.items() if kind in shift.days and first <= day <= last])
    return found


def begin_on(shift: Shift, days: Sequence[int], dates: Dates) -> list[int]:
    """When a shift begins on some days (ordinals), in ms since the run's start."""
    first = shift.start - dates.week_offset % DAY - dates.start * DAY
    return [day * DAY + first for day in days]


def spans_of(shift: Shift) -> list[tuple[int, int, int, int]]:
    """A shift and its breaks: (ms after its beginning, ms long, 1 or -1, how many come or, in a break, are away)."""
    breaks = shift.breaks or []
    return [(0, shift.length, 1, shift.staff), *((shift.into(one), one.lasts, -1, one.staff) for one in breaks)]


def closed_hours(rostered: Rostered, scenario: Scenario) -> list[tuple[int, int]]:
    """When nobody is meant to be on duty, as [start, end) within the period and its follow-up."""
    dates = Dates.of(scenario)
    limit, shifts = dates.limit, rostered.shifts
    if rostered.absence == 1:  # certain, and no luck
        return [(0, limit)]
    if shifts is None:
        return []
    more = Counter({0: 0, limit: 0})
    for shift, days in zip(shifts, begins(shifts, dates), strict=True):
        at = begin_on(shift, days, dates)
        for since, lasts, way, heads in spans_of(shift):
            for time in at:
                more[max(time + since, 0)] += way * heads  # what was before 0 is so at 0
                more[max(time + since + lasts, 0)] -= way * heads
    found: list[tuple[int, int]] = []
    there, since_when = 0, None
    for time in sorted(time for time in more if time <= limit):
        there += more[time]
        if time == limit or there:
            if since_when is not None:
                found.append((since_when, time))
            since_when = None
        elif since_when is None:
            since_when = time
    return found
