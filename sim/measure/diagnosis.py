"""Where a centre is pressed: load, people and waits of every desk by hour of the week, and which desks stand idle.

One run or a few say where to look. What more people, open doors or faster banks are worth only pairs of runs can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.groups import Floats
from sim.measure.desks import waits_of
from sim.measure.hours import WEEK_HOURS, week_of
from sim.words.units import DAY, HOUR

DAY_HOURS = DAY // HOUR
SHORT = 60.0
"""Seconds: who waits no longer on average is not kept waiting."""
BUSY = 0.5
"""Of the people on duty in some hour of the day: from here on some wait now and then, and more people may help."""
IDLE = 0.3
"""Of the people on duty in the busiest hour of the day: a desk that is never busier, and lets nobody wait, is idle."""

RARE: Final = 0.25
"""People on duty on average: of fewer nobody is there in most weeks."""


@dataclass(frozen=True)
class Week:
    """A desk by hour of the week, from Monday 00:00 local time: [168], means over weeks and runs."""

    desk: str
    heads: Floats
    """People on duty; 0 where nobody is, or where staff is unlimited."""
    work: Floats
    """People at work."""
    came: Floats
    """Pieces of work about cases that came to the queue in the hour, and were begun one day."""
    wait: Floats
    """Seconds that those waited on average; NaN where none came."""

    @property
    def load(self) -> Floats:
        """Share of the people on duty who were at work; NaN where in most weeks nobody is, for an hour of make-up days
        alone holds the overtime of all other weeks."""
        return np.where(self.heads < RARE, np.nan, _shares(self.work, self.heads))

    @property
    def load_by_day_hour(self) -> Floats:
        """The same by hour of the day: [24]."""
        return _shares(by_day(self.work), by_day(self.heads))

    @property
    def busiest(self) -> float:
        """The largest share of the people on duty at work in an hour of the day; NaN where nobody ever is on duty."""
        load = self.load_by_day_hour
        return float("nan") if np.isnan(load).all() else float(np.nanmax(load))

    @property
    def mean_wait(self) -> float:
        """Seconds; 0 where nothing came."""
        came = self.came.sum()
        return float(np.nansum(self.wait * self.came) / came) if came else 0.0

    @property
    def used(self) -> bool:
        """Whether anybody worked there."""
        return bool(self.work.any())

    @property
    def pressed(self) -> bool:
        """Whether more people may change something: some wait, or most are at work in some hour of the day."""
        return bool(self.heads.any()) and (self.mean_wait > SHORT or self.busiest > BUSY)

    @property
    def idle(self) -> bool:
        """Whether people are on duty of whom few are ever at work, and nobody waits for them."""
        return bool(self.heads.any()) and self.mean_wait <= SHORT and not self.busiest > IDLE


def by_day(of_week: Floats) -> Floats:
    """Sums over the days of the week: [168] to [24]."""
    return np.asarray(of_week.reshape(-1, DAY_HOURS).sum(axis=0))


def weeks_of(run: Run | Runs) -> list[Week]:
    """Each desk by hour of the week, in the order of the program's desks. Times after the horizon do not count."""
    runs = runs_of(run)
    desks, horizon, into = len(runs.program.desks), runs.scenario.horizon, runs.scenario.week_offset
    heads, work = week_of(runs)
    there = np.maximum(passed(into, horizon) * len(runs), 1)
    begun, wait = waits_of(runs.of_cases)
    queued = begun.time - wait
    counted = queued < horizon
    hour = ((queued + into) // HOUR) % WEEK_HOURS
    cell = (begun.desk * np.int64(WEEK_HOURS) + hour)[counted]
    came = np.bincount(cell, minlength=desks * WEEK_HOURS).reshape(desks, WEEK_HOURS)
    waited = np.bincount(cell, wait[counted] / 1000, desks * WEEK_HOURS).reshape(desks, WEEK_HOURS)
    return [
        Week(desk.name, heads[n] / there, work[n] / there, came[n] * HOUR / there, _shares(waited[n], came[n]))
        for n, desk in enumerate(runs.program.desks)
    ]


def passed(into: int, lasts: int) -> Floats:
    """ms of each hour of the week that a period has: [168].

    Args:
        into: ms from a Monday 00:00 to its beginning.
        lasts: ms.
    """
    first = np.arange(WEEK_HOURS) * HOUR

    def until(at: int) -> Floats:
        weeks, rest = divmod(at, WEEK_HOURS * HOUR)
        return np.asarray(weeks * HOUR + np.clip(rest - first, 0, HOUR), dtype=np.float64)

    return until(into + lasts) - until(into)


def idle_desks(weeks: Sequence[Week], among: Sequence[str]) -> list[str]:
    """Those of some desks that stand idle, the idlest first."""
    found = [one for one in weeks if one.desk in among and one.idle]
    return [one.desk for one in sorted(found, key=lambda one: one.busiest)]


def _shares(part: Floats, whole: Floats) -> Floats:
    found = np.full(len(whole), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
