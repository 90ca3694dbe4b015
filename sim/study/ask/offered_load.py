"""How many people the work needs: the load that a pilot run offers to each desk by hour, and square-root staffing.

A load of R erlangs is the work that would keep R people busy. R + beta * sqrt(R) heads keep delays moderate whatever
the size of the desk: Halfin and Whitt, "Heavy-traffic limits for queues with many exponential servers", Operations
Research 29 (1981) 567-588. For each shift its busiest hour counts: the pointwise stationary approximation, Green,
Kolesar and Whitt, "Coping with time-varying demand when setting staffing requirements", Production and Operations
Management 16 (2007) 13-39.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np

from sim.engine.run import Run
from sim.fraud.groups import Floats
from sim.measure.diagnosis import DAY_HOURS, by_day, passed
from sim.measure.hours import week_of

HOURS = DAY_HOURS
BETA = 1.0
"""About one in four waits."""


def load_by_hour(run: Run, desk: int) -> Floats:
    """Erlangs by hour of the local day: people at work on average over the days of the horizon.

    Args:
        run: with ample people, so that work is done when it comes.
        desk: its number in the program.
    """
    there = by_day(passed(run.scenario.week_offset, run.scenario.horizon))
    return np.asarray(by_day(week_of(run)[1][desk]) / np.maximum(there, 1.0))


def square_root(load: float, beta: float = BETA) -> int:
    """Heads for a load in erlangs: the load and a margin of beta standard deviations, at least one."""
    return max(1, ceil(load + beta * sqrt(load)))


def of_hours(load: Floats, hours: Sequence[int]) -> float:
    """The load of the busiest of some hours of the day."""
    return float(load[list(hours)].max())
