"""How long a study takes, told before it begins, and a smaller one where that is long."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from sim.study.ask.size import Size
from sim.words.units import DAY, SECOND

PER_RUN: Final = 0.04
"""Seconds of one run of a scenario without victims, on one core."""
PER_ITEM: Final = 1.1e-4
"""Seconds more for each victim and account of it. Both measured on one core of a common server; studies that were
finished here correct them (`Studies.pace`)."""
START: Final = 4.0
"""Seconds in which a study begins and its pictures are drawn."""
LONG: Final = 600.0
"""Seconds from which on a smaller study is offered."""
WANTED: Final = 180.0
"""Seconds that it then takes, about."""
FEWEST: Final = 10
"""Replications; with fewer an interval says little."""
SHORTEST: Final = 7 * DAY


@dataclass(frozen=True)
class Smaller:
    """A study that is done sooner."""

    replications: int
    horizon: int | None
    """ms; None for the scenario's own."""
    seconds: float


def cores() -> int:
    """How many runs are made at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def seconds_of(size: Size, arms: int, replications: int, pace: float = 1.0) -> float:
    """Seconds that a study takes on this machine.

    Args:
        size: of one arm.
        pace: seconds that studies took here for each that was foretold.
    """
    runs = arms * replications
    at_once = min(cores(), runs) or 1
    return START + pace * runs * (PER_RUN + PER_ITEM * size.items) / at_once


def smaller(size: Size, arms: int, replications: int, horizon: int, pace: float = 1.0) -> Smaller | None:
    """What to run in place of a long study: fewer replications; where even few are long, a shorter horizon as well."""
    if seconds_of(size, arms, replications, pace) < LONG:
        return None
    one = seconds_of(size, arms, cores(), pace) - START
    fewer = int((WANTED - START) / max(one, 1e-9) * cores())
    if fewer >= FEWEST or horizon <= SHORTEST:
        fewer = min(replications, max(_round(fewer), 1))
        return Smaller(fewer, None, seconds_of(size, arms, fewer, pace)) if fewer < replications else None
    few = min(replications, FEWEST)
    share = (WANTED - START) / (seconds_of(size, arms, few, pace) - START)
    days = max(SHORTEST, int(horizon * share) // DAY * DAY)
    part = Size(size.victims * days / horizon, size.accounts * days / horizon)
    return Smaller(few, days, seconds_of(part, arms, few, pace))


def ms_of(seconds: float) -> int:
    """Seconds as a person says an estimate: 5 s, 20 s, 4 min, 1 h 30 min; in ms."""
    steps = ((15, 1), (60, 5), (120, 10), (600, 60), (3600, 300), (86_400, 1800))
    step = next((by for below, by in steps if seconds < below), 3600)
    return max(step, round(seconds / step) * step) * SECOND


def _round(number: int) -> int:
    """A number of replications that a person would type."""
    for step in (100, 50, 10, 5):
        if number >= 4 * step:
            return number // step * step
    return number
