"""When people come that no list names: victims, and those whom an alert names falsely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import pdtr

from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.groups import Floats, Ints, counter
from sim.scenario.base import MOST_AN_HOUR
from sim.scenario.models import Scenario
from sim.scenario.people import worked_as
from sim.scenario.profiles import HOLIDAY, AnyProfile, days_of, minds_days
from sim.words.units import HOUR

_SOURCE_BITS = 40  # a case id is (number of its source, number within the source)
BANDS = MOST_AN_HOUR.bit_length() - 1
WITHIN_CELL, MOST_IN_CELL = 5, 31
"""Bits of a point's number in its cell, and how many points are told apart there."""
POISSON_1 = pdtr(np.arange(MOST_IN_CELL), 1.0)
"""By number: the probability that no more points lie in a cell."""
IN_CELL, LEVEL, MOMENT = "victims-in-cell", "level", "moment"
"""What is drawn of a cell and of a point of it."""


def id_of(source: int, number: Ints) -> Ints:
    """Ids of cases by the number of their source and their number within it (from 0)."""
    return (source << _SOURCE_BITS) + 1 + number


def rate_of(
    scenario: Scenario, per_day: float, by_hour: AnyProfile | None, by_weekday: Sequence[float] | None = None,
    until: int | None = None,
) -> Floats:  # fmt: skip
    """Arrivals an hour at each time: a row for each local hour, and in it equal parts by the values of the profile.

    Args:
        scenario: its start and its days off and worked are read.
        per_day: mean over an ordinary week.
        by_hour, by_weekday: relative rates; None: the same always.
        until: ms after the start that are needed; None: up to the horizon.
    """
    first, into_hour = divmod(scenario.week_offset, HOUR)
    hours = -(-((scenario.horizon if until is None else until) + into_hour) // HOUR)
    day, hour = np.divmod(first % 24 + np.arange(hours), 24)
    days = np.array(days_of([1.0] * 24 if by_hour is None else by_hour))
    means = days / np.mean(days[0] if not isinstance(by_hour, Mapping) else days[:HOLIDAY])
    weights = np.ones(HOLIDAY) if by_weekday is None else np.array(by_weekday) / np.mean(by_weekday)
    kind = first // 24 + day
    kind %= HOLIDAY
    if minds_days(by_hour, by_weekday):
        kind = _as_worked(scenario, day, kind, holidays=len(days) > HOLIDAY)
    level = np.append(weights, 1.0)[kind]
    return np.asarray(per_day / 24 * means.reshape(len(days), 24, -1)[kind, hour] * level[:, np.newaxis])


def _as_worked(scenario: Scenario, day: Ints, weekday: Ints, holidays: bool) -> Ints:
    """The weekday whose rates each day since the start has: that of a make-up working day, and that of a holiday."""
    date = scenario.start.toordinal() + day
    worked, off = (
        np.isin(date, [one.toordinal() for one in days]) for days in (scenario.days_worked, scenario.days_off)
    )
    kind = np.where(worked, np.array([worked_as(one) for one in range(HOLIDAY)])[weekday], weekday)
    return np.where(off, HOLIDAY, kind) if holidays else kind


def arrivals(scenario: Scenario, source: int, rate: Floats, roots: Keys) -> tuple[Ints, Ints, Ints]:
    """Thinning of a Poisson process of rate 1 in the plane of time and level (Lewis and Shedler, 1979).

    The plane is cut in cells of one local hour by one arrival an hour; a point of a cell arrives where its level
    lies under the rate. A higher rate uncovers more points and moves none, so it adds arrivals and renumbers nobody.

    Args:
        scenario: its horizon and the hour of its start are read.
        source: number of the source of cases.
        rate: arrivals an hour, as `rate_of` has them; at most `MOST_AN_HOUR`.
        roots: what all draws of each replication hang on.

    Returns:
        One row per arrival, replication after replication: the place of its replication among the roots, the id of
        who comes, and when (ms since the start, within the horizon).
    """
    of, point, _, at = points(scenario, key_of(roots, np.full(len(roots), source)), rate, scenario.horizon)
    return of, id_of(source, point), at


def points(scenario: Scenario, owners: Keys, rate: Floats, until: int) -> tuple[Ints, Ints, Keys, Ints]:
    """As `arrivals` within [0, until) of things that have each a key.

    The compiled engine draws other work by a rule that does the same, point for point (`rules_duties.draw_hour`).

    Args:
        scenario: the hour of its start is read.
        owners: the keys, one in each replication.
        rate: arrivals an hour, the same for all.
        until: ms.

    Returns:
        One row per arrival: the place of its owner, number of who comes, its key, and when.
    """
    bands = np.ceil(rate.max(axis=1)).astype(np.int64)
    hour = np.repeat(np.arange(len(rate), dtype=np.int64), bands)
    cell = (hour << BANDS) + counter(bands)
    some = max(1, _CELLS // max(1, len(cell)))
    parts = [
        _points(scenario, owners[first : first + some], first, rate, until, hour, cell)
        for first in range(0, max(1, len(owners)), some)
    ]
    of, point, key, at = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return of, point, key, at


def _points(
    scenario: Scenario, owners: Keys, first: int, rate: Floats, until: int, hour: Ints, cell: Ints
) -> tuple[Ints, Ints, Keys, Ints]:
    """The points of some owners, the first of which has the place `first`, in cells of their hours."""
    own = key_of(owners[:, np.newaxis], cell[np.newaxis, :]).ravel()
    count = np.searchsorted(POISSON_1, uniform(own, IN_CELL))
    row = np.repeat(np.arange(len(own)), count)  # owner after owner, cell after cell
    of, place = np.divmod(row, max(1, len(cell)))
    point = (cell[place] << WITHIN_CELL) + counter(count)
    key = key_of(owners[of], point)
    level = ((point >> WITHIN_CELL) & (MOST_AN_HOUR - 1)) + uniform(key, LEVEL)
    low = np.flatnonzero(level < rate.max(axis=1)[hour[place]])  # the others come at no moment of their hour
    of, point, key, level, hour = of[low], point[low], key[low], level[low], hour[place[low]]
    moment = uniform(key, MOMENT)
    at = hour * HOUR - scenario.week_offset % HOUR + (moment * HOUR).astype(np.int64)
    part = (moment * rate.shape[1]).astype(np.int64)
    kept = (level < rate[hour, part]) & (at >= 0) & (at < until)
    return of[kept] + first, point[kept], key[kept], at[kept]


_CELLS = 1 << 18
"""Of which the points are drawn at once: more would only take memory."""
