"""When people come that no list names: victims, and those whom an alert names falsely."""

from __future__ import annotations

import numpy as np
from scipy.special import pdtr

from sim.fraud.draws import Keys, key_of, root, uniform
from sim.fraud.groups import Floats, Ints, counter
from sim.scenario.base import MOST_AN_HOUR
from sim.scenario.models import Scenario
from sim.scenario.units import HOUR

_SOURCE_BITS = 40  # a case id is (number of its source, number within the source)
_BANDS = MOST_AN_HOUR.bit_length() - 1
_POISSON_1 = pdtr(np.arange(31), 1.0)  # P(N <= k) of a Poisson number with mean 1


def id_of(source: int, number: Ints) -> Ints:
    """Ids of cases by the number of their source and their number within it (from 0)."""
    return (source << _SOURCE_BITS) + 1 + number


def arrivals(scenario: Scenario, source: int, rate: Floats, seed: int, replication: int) -> tuple[Ints, Ints]:
    """Thinning of a Poisson process of rate 1 in the plane of time and level (Lewis and Shedler, 1979).

    The plane is cut in cells of one local hour by one arrival an hour; a point of a cell arrives where its level
    lies under the rate. A higher rate uncovers more points and moves none, so it adds arrivals and renumbers nobody.

    Args:
        scenario: its horizon and the weekday and hour of its start are read.
        source: number of the source of cases.
        rate: arrivals an hour, for each of the 168 hours of the week from Monday 00:00 local time; at most
            `MOST_AN_HOUR`.
        seed, replication: of the study.

    Returns:
        The ids of those who come, and when (ms since the start, within the horizon).
    """
    owner = int(key_of(root(seed, replication), np.array([source]))[0])
    point, _, at = points(scenario, owner, rate, scenario.horizon)
    return id_of(source, point), at


def points(scenario: Scenario, owner: int, rate: Floats, until: int) -> tuple[Ints, Keys, Ints]:
    """As `arrivals` within [0, until) of whatever has a key (`owner`): numbers of who comes, their keys, and when."""
    into_hour = scenario.week_offset % HOUR
    hours = np.arange(-(-(until + into_hour) // HOUR), dtype=np.int64)
    by_hour = rate[(scenario.week_offset // HOUR + hours) % 168]
    bands = np.ceil(by_hour).astype(np.int64)
    hour = np.repeat(hours, bands)
    cell = (hour << _BANDS) + counter(bands)
    count = np.searchsorted(_POISSON_1, uniform(key_of(owner, cell), "victims-in-cell"))
    hour, point = np.repeat(hour, count), (np.repeat(cell, count) << 5) + counter(count)
    key = key_of(owner, point)
    level = ((point >> 5) & (MOST_AN_HOUR - 1)) + uniform(key, "level")
    at = hour * HOUR - into_hour + (uniform(key, "moment") * HOUR).astype(np.int64)
    kept = (level < by_hour[hour]) & (at >= 0) & (at < until)
    return point[kept], key[kept], at[kept]
