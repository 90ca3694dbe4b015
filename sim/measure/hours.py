"""The hours of every desk: who was rostered, who was at work and who stayed on, from the calendar and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.fraud.groups import Floats, Ints, counter
from sim.measure.numbers import Values, ratio
from sim.response.log import AWAY, BEGIN, CALLED_IN, FINISH, NONE, Rows
from sim.response.rosters import UNLIMITED, Roster
from sim.response.run import Run, Runs, runs_of
from sim.words.units import DAY, HOUR

PART = 4 * HOUR
"""Of the day, over which it is said how busy people are."""


@dataclass(frozen=True)
class Hours:
    """Person-milliseconds of a desk, by replication."""

    rostered: Values
    """Up to the horizon: later no more victims pay. 0 where staff is unlimited."""
    busy: Values
    """Up to the horizon, too."""
    on_duties: Values
    """Of them on work that is no case."""
    by_hour: Sequence[Values]
    """Shares of the rostered time worked in each part of the day (`PART` long), local time; NaN where nobody is
    rostered."""
    called_in: Values
    overtime: Values
    """At work beyond the heads rostered and called in."""


def replication_of(runs: Runs, rows: Rows) -> Ints:
    """By row of the log: the place of its replication."""
    if len(runs) == 1:
        return np.zeros(len(rows), dtype=np.int64)
    case = rows.case
    of = NONE - case.astype(np.int64)  # of rows about no case (see `log.numbered_through`)
    mine = case >= 0
    of[mine] = runs.plans.of_case[case[mine]]
    return of


def hours_of(run: Run | Runs) -> list[Hours]:
    """The hours of each desk: all at once, each desk of each replication in a span of its own on one long line."""
    runs = runs_of(run)
    n, rows, desks, horizon = len(runs), runs.rows, len(runs.program.desks), runs.scenario.horizon
    if not desks:
        return []
    working = rows.at(np.sort(np.concatenate([rows.of(BEGIN), rows.of(FINISH)])))
    away, called = (rows.at(rows.of(kind)) for kind in (AWAY, CALLED_IN))
    span = max(int(runs.ends.max(initial=0)), horizon, int(rows.time.max(initial=0))) + 2
    since, rostered = _rosters(runs, span)
    into = runs.scenario.week_offset % DAY
    edges = np.arange(PART - into % PART, horizon, PART)
    work, gone, came = (_placed(runs, some, span) for some in (working, away, called))
    starts = np.arange(desks * n) * span
    times = _merged(since, (starts[:, None] + edges).ravel(), work.at, gone.at, came.at)
    end_of = np.tile(runs.ends, desks)  # by cell: all replications of a desk, desk after desk
    times = times[times % span <= end_of[times // span]]
    cell, time = times // span, times % span
    end = end_of[cell]
    lasts = np.where(np.append(cell[1:] != cell[:-1], True), end, np.append(time[1:], 0)) - time
    change = np.where(work.rows.kind == BEGIN, 1, -1)
    at_work = work.level(times, work.summed(change))
    heads = rostered[np.searchsorted(since, times, side="right") - 1]
    taken, surge = (some.level(times, some.rows.value) for some in (gone, came))
    endless = (heads == UNLIMITED) & (taken == 0)
    heads = np.where(heads == UNLIMITED, 0, np.maximum(0, heads - taken))
    over = np.where(endless, 0, np.maximum(0, at_work - heads - surge))
    for number in (number for number in range(desks) if runs.calendars[0][number].lanes > 1):
        here = np.flatnonzero(cell // n == number)
        mine = np.flatnonzero(work.rows.desk == number)
        over[here] = _beyond_own_shift(runs, number, work.part(mine), times[here], heads[here])
    before = lasts - np.clip(time + lasts - horizon, 0, lasts)
    other = work.level(times, work.summed(np.where(work.rows.case < 0, change, 0)))
    first = np.searchsorted(times, starts)
    weighed = ((heads, before), (at_work, before), (other, before), (surge, lasts), (over, lasts))
    sums = [np.add.reduceat(level * weight, first).reshape(desks, n).astype(np.float64) for level, weight in weighed]
    part = cell * (DAY // PART) + (time + into) % DAY // PART
    there, active = (_by_part(part, level * before, desks, n) for level in (heads, at_work))
    return [
        Hours(
            rostered=sums[0][number], busy=sums[1][number], on_duties=sums[2][number], called_in=sums[3][number],
            overtime=sums[4][number],
            by_hour=[ratio(*two) for two in zip(active[number], there[number], strict=True)],
        )
        for number in range(desks)
    ]  # fmt: skip


def _by_part(part: Ints, weight: Ints, desks: int, n: int) -> Floats:
    """Sums by desk, part of the day and replication."""
    parts = DAY // PART
    return np.bincount(part, weight, desks * n * parts).reshape(desks, n, parts).transpose(0, 2, 1)


def _rosters(runs: Runs, span: int) -> tuple[Ints, Ints]:
    """When heads change, and the heads from then on, desk after desk and replication after replication on the line."""
    n, ends = len(runs), np.maximum(0, runs.ends)
    since, heads = [], []
    for number in range(len(runs.program.desks)):
        rosters = [calendar[number] for calendar in runs.calendars]
        if all(one is rosters[0] for one in rosters):  # the same in every replication
            time, level = rosters[0].written_out(int(ends.max()))
            many = np.searchsorted(time, ends, side="right")
            place = counter(many)
            time, level = time[place], level[place]
        else:
            written = [one.written_out(end) for one, end in zip(rosters, ends.tolist(), strict=True)]
            many = np.array([len(one) for one, _ in written])
            time, level = (np.concatenate(some) for some in zip(*written, strict=True))
        since.append(time + np.repeat((number * n + np.arange(n)) * span, many))
        heads.append(level)
    return np.concatenate(since), np.concatenate(heads)


def _placed(runs: Runs, rows: Rows, span: int) -> _Placed:
    """Rows about desks on the line."""
    at = (rows.desk * np.int64(len(runs)) + replication_of(runs, rows)) * span + rows.time
    order = np.argsort(rows.desk, kind="stable")  # of one desk they stand by replication and time already
    return _Placed(rows.at(order), at[order], span)


@dataclass(frozen=True)
class _Placed:
    """Rows about desks in the order in which they stand on the line."""

    rows: Rows
    at: Ints
    span: int

    def part(self, chosen: Ints) -> _Placed:
        """Some of the rows."""
        return _Placed(self.rows.at(chosen), self.at[chosen], self.span)

    def summed(self, change: Ints) -> Ints:
        """The sum of the changes up to each row, for each span from its first row on."""
        whole = np.cumsum(change)
        cell = self.at // self.span
        new = np.flatnonzero(np.append(True, cell[1:] != cell[:-1])) if len(cell) else np.zeros(0, dtype=np.int64)
        before = np.append(0, whole)[new]
        return np.asarray(whole - np.repeat(before, np.diff(np.append(new, len(cell)))))

    def level(self, times: Ints, levels: Ints) -> Ints:
        """A step function of each span at some places of the line: the level after the last row; 0 before the first."""
        place = np.searchsorted(self.at, times, side="right")
        known = np.append(-1, self.at // self.span)[place] == times // self.span
        return np.where(known, np.append(0, levels)[place], 0)


def _beyond_own_shift(runs: Runs, desk: int, work: _Placed, times: Ints, heads: Ints) -> Ints:
    """At some places of the line: people of a desk whose shifts overlap who are at work although their own has ended.

    Args:
        runs: whose calendars are asked.
        desk: its number.
        work: the rows of its people who begin and finish.
        times: on the line, all of this desk.
        heads: on duty at each time; where an order took some away, the last ones are missing.
    """
    rosters = [calendar[desk] for calendar in runs.calendars]
    lane = np.searchsorted(rosters[0].firsts, work.rows.person, side="left") - 1
    change = np.where(work.rows.kind == BEGIN, 1, -1)
    levels = _levels(rosters, times, desk * len(runs), work.span)
    over, left = np.zeros(len(times), dtype=np.int64), heads.copy()
    for number in range(rosters[0].lanes):
        mine = np.flatnonzero(lane == number)
        of_lane = work.part(mine)
        at_work = of_lane.level(times, of_lane.summed(change[mine]))
        over += np.maximum(0, at_work - np.minimum(levels[number], left))
        left = np.maximum(0, left - levels[number])
    return over


def _levels(rosters: Sequence[Roster], times: Ints, first: int, span: int) -> Ints:
    """By lane and place of the line: heads on duty. `first` is the span of the first roster."""
    found = np.zeros((rosters[0].lanes, len(times)), dtype=np.int64)
    cuts = np.searchsorted(times, (first + np.arange(len(rosters) + 1)) * span).tolist()
    for number, roster in enumerate(rosters):
        mine = slice(cuts[number], cuts[number + 1])
        found[:, mine] = roster.levels_at(times[mine] - (first + number) * span)
    return found


def _merged(*times: Ints) -> Ints:
    """Several sorted columns of times as one, without what is there twice."""
    whole = np.sort(np.concatenate(times), kind="stable")  # which merges what is sorted already
    new = np.ones(len(whole), dtype=bool)
    new[1:] = whole[1:] != whole[:-1]
    return whole[new]
