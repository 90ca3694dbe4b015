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
from numpy.typing import NDArray

from sim.engine.run import Run
from sim.fraud.groups import Floats, Ints
from sim.words.units import DAY, HOUR
from sim.workflow.log import BEGIN, FINISH, Rows

HOURS = 24
BETA = 1.0
"""About one in four waits."""


def load_by_hour(run: Run, desk: int) -> Floats:
    """Erlangs by hour of the local day: people at work on average over the days of the horizon.

    Args:
        run: with ample people, so that work is done when it comes.
        desk: its number in the program.
    """
    rows, horizon, midnight = run.rows, run.scenario.horizon, run.scenario.week_offset % DAY
    begun, ended = (rows.time[_at(rows, kind, desk)] for kind in (BEGIN, FINISH))
    still = np.full(len(begun) - len(ended), horizon)
    until, since = (_passed(np.minimum(times, horizon), midnight).sum(axis=0) for times in (ended, begun))
    until = until + _passed(still, midnight).sum(axis=0)
    whole = _passed(np.array([horizon]), midnight)[0]
    return np.asarray((until - since) / np.maximum(whole, 1.0))


def _at(rows: Rows, kind: int, desk: int) -> NDArray[np.intp]:
    """Numbers of the rows of a kind at a desk."""
    mine = rows.of(kind)
    return np.asarray(mine[rows.at(mine).desk == desk])


def _passed(times: Ints, midnight: int) -> Floats:
    """ms of each hour of the local day that have passed from instant 0 until each of some times: [time][hour].

    Args:
        times: ms since the start.
        midnight: ms from the last midnight to the start.
    """
    hour = np.arange(HOURS) * HOUR

    def since_midnight(at: Ints) -> Floats:
        days, into = np.divmod(at, DAY)
        return np.asarray(days[:, None] * HOUR + np.clip(into[:, None] - hour, 0, HOUR), dtype=np.float64)

    return np.asarray(since_midnight(times + midnight) - since_midnight(np.array([midnight])))


def square_root(load: float, beta: float = BETA) -> int:
    """Heads for a load in erlangs: the load and a margin of beta standard deviations, at least one."""
    return max(1, ceil(load + beta * sqrt(load)))


def of_hours(load: Floats, hours: Sequence[int]) -> float:
    """The load of the busiest of some hours of the day."""
    return float(load[list(hours)].max())
