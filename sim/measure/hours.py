"""The hours of every desk: who was rostered, who was at work and who stayed on, from the calendar and the log.

Each desk of each replication is a cell, and every time of a cell stands on one long line on which a cell has a span
of its own. A sum over time of a number of people is a sum over its changes: each counts from its time to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.groups import Floats, Ints, counter
from sim.measure.numbers import Flags, Values, ratios
from sim.words.units import DAY, HOUR
from sim.workflow.log import AWAY, BEGIN, CALLED_IN, CASE_SHIFT, DESK_SHIFT, FINISH, PERSON_SHIFT
from sim.workflow.rosters import UNLIMITED, Roster

PART = 4 * HOUR
"""Of the day, over which it is said how busy people are."""
_PARTS = DAY // PART
WEEK_HOURS = 7 * DAY // HOUR


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


def hours_of(run: Run | Runs) -> list[Hours]:
    """The hours of each desk."""
    runs = runs_of(run)
    n, desks = len(runs), len(runs.program.desks)
    if not desks:
        return []
    line = _Line(runs)
    work, staff = line.work(), line.staff()
    until, into = np.minimum(line.end, runs.scenario.horizon), runs.scenario.week_offset % DAY
    heads, surge = (_Changes(staff.cell, staff.time, staff.changes(one)) for one in (staff.heads, staff.surge))
    busy = _Changes(work.cell, work.time, work.change).before(until)
    duties = _Changes(work.cell, work.time, work.change * work.duty)
    over = _overtime(work, staff, line)
    for number in (number for number in range(desks) if runs.calendars[0][number].lanes > 1):
        over[number * n : (number + 1) * n] = _beyond_own_shift(runs, number, work, staff, line)
    sums = (heads.summed(until), busy.summed(until), duties.summed(until), surge.summed(line.end), over)
    whole = [one.reshape(desks, n) for one in sums]
    there, active = (one.by_part(until, into).reshape(desks, n, _PARTS) for one in (heads.before(until), busy))
    return [
        Hours(
            rostered=whole[0][number],
            busy=whole[1][number],
            on_duties=whole[2][number],
            by_hour=[ratios(active[number, :, part], there[number, :, part]) for part in range(_PARTS)],
            called_in=whole[3][number],
            overtime=whole[4][number],
        )
        for number in range(desks)
    ]


def week_of(run: Run | Runs) -> tuple[Floats, Floats]:
    """Person-ms on duty and at work up to the horizon, [desk][hour of the week from Monday 00:00, local time].

    Of several runs the sum; on duty 0 where staff is unlimited.
    """
    runs = runs_of(run)
    n, desks = len(runs), len(runs.program.desks)
    if not desks:
        return np.zeros((0, WEEK_HOURS)), np.zeros((0, WEEK_HOURS))
    line = _Line(runs)
    staff = line.staff()
    until, into = np.minimum(line.end, runs.scenario.horizon), runs.scenario.week_offset
    there = _Changes(staff.cell, staff.time, staff.changes(staff.heads)).before(until)
    rostered, busy = (
        one.by_part(until, into, HOUR, WEEK_HOURS * HOUR).reshape(desks, n, WEEK_HOURS).sum(axis=1)
        for one in (there, line.work().before(until))
    )
    return rostered, busy


@dataclass(frozen=True)
class _Changes:
    """Changes of a number of people: one row each."""

    cell: Ints
    time: Ints
    """ms since the start."""
    change: Ints

    def before(self, until: Ints) -> Self:
        """Those before a time that is given by cell (ms)."""
        return self.of(self.time < until.take(self.cell))

    def of(self, chosen: Flags) -> Self:
        """Some of them."""
        return replace(self, **{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    def summed(self, until: Ints) -> Floats:
        """By cell: person-milliseconds up to a time that is given by cell (ms)."""
        rest = np.maximum(until.take(self.cell) - self.time, 0)
        return np.bincount(self.cell, self.change * rest, len(until)).astype(np.float64)

    def by_part(self, until: Ints, into: int, length: int = PART, period: int = DAY) -> Floats:
        """By cell and part of the day, or of another period: person-ms up to a time, which no change is after.

        Each change counts for as much of a part as passes from it to that time: what passes of the part from the first
        midnight to that time, less what passes of it from there to the change.

        Args:
            until: ms by cell.
            into: ms from the beginning of a period to the start.
            length, period: ms of a part, and of the period that has a whole number of them.
        """
        parts = period // length
        cells, part = len(until), np.arange(parts)
        begin = self.time + into  # quotients by one number are fast, remainders and `divmod` are not
        days, whole = begin // period, begin // length
        mine = self.cell * parts + (whole - days * parts)
        people = np.bincount(mine, self.change, cells * parts).reshape(cells, parts)
        begun = np.bincount(mine, self.change * (begin - whole * length), cells * parts).reshape(cells, parts)
        full = np.bincount(self.cell, self.change * days, cells)[:, np.newaxis]
        later = people.sum(axis=1, keepdims=True) - np.cumsum(people, axis=1)
        days, rest = np.divmod((until + into)[:, np.newaxis], period)
        passed = days * length + np.clip(rest - part * length, 0, length)
        found: Floats = people.sum(axis=1, keepdims=True) * passed - (length * (full + later) + begun)
        return found


@dataclass(frozen=True)
class _Work(_Changes):
    """People who begin (1) and finish (-1), cell after cell in the order of time."""

    at: Ints
    """The time on the line."""
    person: Ints
    duty: Flags
    """The work is no case."""

    @cached_property
    def level(self) -> Ints:
        """People at work from each row on."""
        whole = np.cumsum(self.change)
        new = np.flatnonzero(np.append(True, self.cell[1:] != self.cell[:-1])[: len(whole)])
        return np.asarray(whole - np.repeat((whole - self.change)[new], np.diff(np.append(new, len(whole)))))

    def level_at(self, place: Ints, cell: Ints) -> Ints:
        """People at work in some cells just before the rows at some places."""
        known = np.append(self.cell, -1)[place - 1] == cell
        return np.where(known, np.append(self.level, 0)[place - 1], 0)


@dataclass(frozen=True)
class _Staff:
    """Who is there to work: a row for each change in a cell, cell after cell in the order of time, the first at 0."""

    cell: Ints
    time: Ints
    at: Ints
    """The time on the line."""
    heads: Ints
    """On duty by roster, less those taken away by order; 0 where staff is unlimited."""
    endless: Flags
    """Staff is unlimited."""
    surge: Ints
    """Called in."""

    def changes(self, level: Ints) -> Ints:
        """By row: how much a level changes; the first of each cell from 0."""
        before = np.append(0, level[:-1])
        before[np.append(True, self.cell[1:] != self.cell[:-1])] = 0
        return np.asarray(level - before)


class _Line:
    """The long line of time of some runs: cells are numbered desk after desk, replication after replication."""

    def __init__(self, runs: Runs) -> None:
        self.runs, self.n, self.desks = runs, len(runs), len(runs.program.desks)
        last = max(int(runs.ends.max(initial=0)), runs.scenario.horizon, int(runs.rows.time.max(initial=0)))
        self.span = last + 2
        self.end = np.tile(runs.ends, self.desks)
        """By cell: ms of the end of its run."""

    def _rows(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], Ints, Ints]:
        """Some rows of the log about desks (their numbers in order) as they stand on the line, with cell and time."""
        log = self.runs.rows
        desk = ((log.doing.take(rows) >> DESK_SHIFT) & ((1 << (PERSON_SHIFT - DESK_SHIFT)) - 1)).astype(np.int16)
        cell = desk - np.int64(1)
        if self.n > 1:
            many = np.diff(np.searchsorted(rows, self.runs.row_first))
            cell = cell * self.n + np.repeat(np.arange(self.n), many)
        order = np.argsort(desk, kind="stable")  # of one desk they stand by replication and time already
        rows = rows.take(order)
        return rows, cell.take(order), log.time.take(rows)

    def work(self) -> _Work:
        """Who begins and finishes."""
        log = self.runs.rows
        rows, cell, time = self._rows(np.sort(np.concatenate([log.of(BEGIN), log.of(FINISH)]), kind="stable"))
        doing = log.doing.take(rows)
        change = np.where((doing & ((1 << DESK_SHIFT) - 1)) == BEGIN, 1, -1)
        person = (doing >> PERSON_SHIFT).astype(np.int64) - 1
        return _Work(cell, time, change, cell * self.span + time, person, log.key.take(rows) < 1 << CASE_SHIFT)

    def staff(self) -> _Staff:
        """Who is rostered, taken away and called in."""
        at, heads = self._rosters()
        taken, surge = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
        told = [self._rows(self.runs.rows.of(kind)) for kind in (AWAY, CALLED_IN)]
        if any(len(rows) for rows, _, _ in told):
            whole = _merged(at, *(cell * self.span + time for _, cell, time in told))
            heads = heads[np.searchsorted(at, whole, side="right") - 1]
            taken, surge = (self._level(whole, *one) for one in told)
            at = whole
        unlimited = heads == UNLIMITED
        level = np.where(unlimited, 0, np.maximum(0, heads - taken))
        cell = at // self.span
        return _Staff(cell, at - cell * self.span, at, level, unlimited & (taken == 0), surge)

    def _level(self, at: Ints, rows: NDArray[np.intp], cell: Ints, time: Ints) -> Ints:
        """At some places of the line: the value of the last of some rows of the cell; 0 before the first."""
        place = np.searchsorted(cell * self.span + time, at, side="right") - 1
        known = np.append(cell, -1)[place] == at // self.span
        return np.where(known, np.append(self.runs.rows.value[rows], 0)[place], 0)

    def _rosters(self) -> tuple[Ints, Ints]:
        """When heads change, on the line, and the heads from then on."""
        ends = np.maximum(0, self.runs.ends)
        since, heads = [], []
        for number in range(self.desks):
            rosters = [calendar[number] for calendar in self.runs.calendars]
            if all(one is rosters[0] for one in rosters):  # the same in every replication
                time, level = rosters[0].written_out(int(ends.max()))
                many = np.searchsorted(time, ends, side="right")
                place = counter(many)
                time, level = time[place], level[place]
            else:  # written out for the whole of each run
                time = np.concatenate([one.times for one in rosters])
                level = np.concatenate([one.heads.sum(axis=0) for one in rosters])
                of = np.repeat(np.arange(self.n), [len(one.times) for one in rosters])
                here = np.flatnonzero(time <= ends[of])
                time, level, many = time[here], level[here], np.bincount(of[here], minlength=self.n)
            since.append(time + np.repeat((number * self.n + np.arange(self.n)) * self.span, many))
            heads.append(level)
        return np.concatenate(since), np.concatenate(heads)


def _overtime(work: _Work, staff: _Staff, line: _Line) -> Floats:
    """By cell: person-milliseconds at work beyond all who are there."""
    own, called = np.append(work.at, _FAR), np.append(staff.at, _FAR)
    most = np.where(staff.endless, UNLIMITED, staff.heads + staff.surge)
    # from each row of work on, until something changes
    before = np.searchsorted(work.at, staff.at, side="left")  # few in many: those of work are not searched for
    after = np.repeat(np.arange(len(staff.at) + 1), np.diff(before, prepend=0, append=len(work.at)))
    over = work.level - most.take(after - 1)
    some = np.flatnonzero(over > 0)
    found = [(work.cell[some], work.time[some], over[some], np.minimum(own[some + 1], called[after[some]]))]
    # and from each change of who is there
    place = np.searchsorted(work.at, staff.at, side="right")
    over = work.level_at(place, staff.cell) - most
    over[np.append(own[:-1], -1)[place - 1] == staff.at] = 0  # counted already
    some = np.flatnonzero(over > 0)
    found.append((staff.cell[some], staff.time[some], over[some], np.minimum(own[place[some]], called[some + 1])))
    cell, time, over, following = (np.concatenate(column) for column in zip(*found, strict=True))
    end = np.minimum(line.end[cell], following - cell * line.span)
    return np.bincount(cell, over * np.maximum(0, end - time), len(line.end)).astype(np.float64)


_FAR = 1 << 62


def _beyond_own_shift(runs: Runs, desk: int, work: _Work, staff: _Staff, line: _Line) -> Floats:
    """By replication: person-ms of people of a desk whose shifts overlap who work although their own has ended."""
    first, n = desk * line.n, line.n
    mine = work.of((work.cell >= first) & (work.cell < first + n))
    here = np.flatnonzero((staff.cell >= first) & (staff.cell < first + n))
    at = _merged(mine.at, staff.at[here])
    at = at[at % line.span <= line.end[at // line.span]]
    cell = at // line.span
    time = at - cell * line.span
    following = np.where(np.append(cell[1:] != cell[:-1], True), line.end[cell], np.append(time[1:], 0))
    rosters = [calendar[desk] for calendar in runs.calendars]
    levels = _levels(rosters, cell - first, time)
    lane = np.searchsorted(rosters[0].firsts, mine.person, side="left") - 1
    left = staff.heads[np.searchsorted(staff.at, at, side="right") - 1]  # an order takes the last ones away
    over = np.zeros(len(at), dtype=np.int64)
    for number in range(rosters[0].lanes):
        of_lane = mine.of(lane == number)
        at_work = of_lane.level_at(np.searchsorted(of_lane.at, at, side="right"), cell)
        over += np.maximum(0, at_work - np.minimum(levels[number], left))
        left = np.maximum(0, left - levels[number])
    return np.bincount(cell - first, over * (following - time), n).astype(np.float64)


def _levels(rosters: Sequence[Roster], of: Ints, time: Ints) -> Ints:
    """By lane: heads on duty at some times (ms) in the rosters with some numbers, which do not fall."""
    found = np.zeros((rosters[0].lanes, len(time)), dtype=np.int64)
    cuts = np.searchsorted(of, np.arange(len(rosters) + 1)).tolist()
    for number, roster in enumerate(rosters):
        mine = slice(cuts[number], cuts[number + 1])
        found[:, mine] = roster.levels_at(time[mine])
    return found


def _merged(*times: Ints) -> Ints:
    """Several sorted columns of times as one, without what is there twice."""
    whole = np.sort(np.concatenate(times), kind="stable")  # which merges what is sorted already
    new = np.ones(len(whole), dtype=bool)
    new[1:] = whole[1:] != whole[:-1]
    return whole[new]
