"""The hours of every desk: who was rostered, who was at work and who stayed on, from the calendar and the log.

Each desk of each replication is a cell, and every time of a cell stands on one long line on which a cell has a stretch
of its own. A sum over time of a number of people is a sum over its changes: each counts from its time to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.groups import Floats, Ints, counter
from sim.measure.numbers import Flags, Values, changes, ratios, running, sum_by
from sim.words.units import DAY, HOUR
from sim.workflow.log import AWAY, BEGIN, CALLED_IN, FINISH, desk_of, person_of
from sim.workflow.rosters import UNLIMITED, WEEK, Roster

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
    over = _overtime(work, staff, line)
    for number in (number for number in range(desks) if runs.calendars[0][number].lanes > 1):
        over[number * n : (number + 1) * n] = _beyond_own_shift(runs, number, work, staff, line)
    rostered, busy = (
        one.by_part(line.until).reshape(desks, n, _PARTS) for one in (line.changes(staff.at, staff.heads), work)
    )
    called_in = line.changes(staff.at, staff.surge).by_part(line.end, DAY)
    whole = busy.sum(axis=2)
    on_duties = whole - line.on_cases().reshape(desks, n)
    called_in, over = called_in.reshape(desks, n), over.reshape(desks, n)
    return [
        Hours(
            rostered=rostered[number].sum(axis=1),
            busy=whole[number],
            on_duties=on_duties[number],
            by_hour=[ratios(busy[number, :, part], rostered[number, :, part]) for part in range(_PARTS)],
            called_in=called_in[number],
            overtime=over[number],
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
    rostered, busy = (
        one.by_part(line.until, HOUR, WEEK).reshape(desks, n, WEEK_HOURS).sum(axis=1)
        for one in (line.changes(staff.at, staff.heads), line.work())
    )
    return rostered, busy


@dataclass(frozen=True)
class _Changes:
    """Changes of a number of people: one row each, in the order of the line."""

    span: int
    """ms of a cell's stretch of the line: whole weeks from a Monday 00:00."""
    at: Ints
    """The time on the line."""
    change: Ints

    def by_part(self, until: Ints, length: int = PART, period: int = DAY) -> Floats:
        """By cell and part of the day, or of another period: person-ms up to a time.

        Each change counts for as much of a part as passes from it to that time: what passes of the part from the first
        midnight to that time, less what passes of it from there to the change. Of all changes in one part of one period
        only the sums are needed, and these are few.

        Args:
            until: by cell, a time on the line; changes from then on count for nothing.
            length, period: ms of a part, and of the period that has a whole number of them.
        """
        parts, cells, part = period // length, len(until), np.arange(period // length)
        begin = np.arange(cells) * self.span
        at = np.minimum(self.at, np.repeat(until, np.diff(np.searchsorted(self.at, begin), append=len(self.at))))
        whole = at // length  # quotients by one number are fast, remainders and `divmod` are not
        first = np.flatnonzero(changes(whole))
        people, into = (np.add.reduceat(one, first) for one in (self.change, self.change * at))
        whole = whole.take(first)
        into -= people * whole * length
        days = whole // parts
        cell = days // (self.span // period)
        mine, days = (cell - days) * parts + whole, days - cell * (self.span // period)
        begun = np.bincount(mine, into, cells * parts).reshape(cells, parts)
        full = np.bincount(cell, people * days, cells)[:, np.newaxis]
        people = np.bincount(mine, people, cells * parts).reshape(cells, parts)
        later = people.sum(axis=1, keepdims=True) - np.cumsum(people, axis=1)
        days, rest = np.divmod((until - begin)[:, np.newaxis], period)
        passed = days * length + np.clip(rest - part * length, 0, length)
        found = people.sum(axis=1, keepdims=True) * passed - (length * (full + later) + begun)
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class _Work(_Changes):
    """People who begin (1) and finish (-1)."""

    row: NDArray[np.intp]
    """Of the log."""


@dataclass(frozen=True)
class _Staff:
    """Who is there to work: a row for each change in a cell, in the order of the line, the first at its start."""

    at: Ints
    """The time on the line."""
    heads: Ints
    """On duty by roster, less those taken away by order; 0 where staff is unlimited."""
    endless: Flags
    """Staff is unlimited."""
    surge: Ints
    """Called in."""


class _Line:
    """The long line of time of some runs: cells are numbered desk after desk, replication after replication.

    The stretch of a cell is whole weeks from a Monday 00:00, local time: no part of a day or of a week is two cells'.
    """

    def __init__(self, runs: Runs) -> None:
        self.runs, self.n, self.desks = runs, len(runs), len(runs.program.desks)
        into, horizon = runs.scenario.week_offset, runs.scenario.horizon
        last = max(int(runs.ends.max(initial=0)), horizon, int(runs.rows.time.max(initial=0)))
        self.span = ((into + last) // WEEK + 1) * WEEK
        self.start = np.arange(self.desks * self.n) * self.span + into
        """By cell, the start of the runs."""
        self.end = self.start + np.tile(np.maximum(0, runs.ends), self.desks)
        """By cell, the end of its run."""
        self.until = np.minimum(self.end, self.start + horizon)
        """By cell, the horizon, or the end of its run if sooner."""

    def _rows(self, chosen: Flags) -> tuple[NDArray[np.intp], Ints]:
        """Some rows of the log, all about desks, as they stand on the line."""
        log, rows = self.runs.rows, np.flatnonzero(chosen)
        desk = desk_of(log.doing.take(rows))
        of_run = np.arange(self.n).repeat(np.diff(np.searchsorted(rows, self.runs.row_first))) if self.n > 1 else 0
        many = np.bincount(desk * np.int64(self.n) + of_run, minlength=len(self.start))
        rows = rows.take(np.argsort(desk, kind="stable"))  # of one desk they stand by replication and time already
        return rows, log.time.take(rows) + np.repeat(self.start, many)

    def work(self) -> _Work:
        """Who begins and finishes."""
        kind = self.runs.rows.kind
        row, at = self._rows((kind == BEGIN) | (kind == FINISH))
        return _Work(self.span, at, np.where(kind.take(row) == BEGIN, 1, -1), row)

    def on_cases(self) -> Ints:
        """By cell: person-ms at work on cases up to the horizon."""
        cells, found = len(self.start), []
        for kind in (BEGIN, FINISH):
            some = self.runs.of_cases.only(kind)
            cell = some.desk * np.int64(self.n) + self.runs.plans.of_case.take(some.case)
            rest = np.maximum((self.until - self.start).take(cell) - some.time, 0)
            found.append(sum_by(cell, rest, cells))
        return found[0] - found[1]

    def staff(self) -> _Staff:
        """Who is rostered, taken away and called in."""
        at, heads = self._rosters()
        told = [self._rows(self.runs.rows.kind == kind) for kind in (AWAY, CALLED_IN)]
        between = _merged(*(times for _, times in told))
        between = between[at[np.searchsorted(at, between, side="right") - 1] != between]
        place = np.searchsorted(at, between)
        at, heads = np.insert(at, place, between), np.insert(heads, place, heads[place - 1])
        taken, surge = (self._level(at, *one) for one in told)
        unlimited = heads == UNLIMITED
        level = np.where(unlimited, 0, np.maximum(0, heads - taken))
        return _Staff(at, level, unlimited & (taken == 0), surge)

    def changes(self, at: Ints, level: Ints) -> _Changes:
        """The changes of a level that is known by place of the line, in each cell from 0 and from its start on."""
        change, first = np.diff(level, prepend=0), np.searchsorted(at, self.start)
        change[first] = level[first]
        some = np.flatnonzero(change)
        return _Changes(self.span, at.take(some), change.take(some))

    def _level(self, at: Ints, rows: NDArray[np.intp], told: Ints) -> Ints:
        """At some places of the line: the value of the last of some rows of the cell; 0 before the first."""
        first, level = np.searchsorted(at, told), np.zeros(len(at), dtype=np.int64)
        behind = np.searchsorted(at, (told // self.span + 1) * self.span)
        many = np.minimum(np.append(first[1:], len(at)), behind) - first
        level[np.repeat(first, many) + counter(many)] = np.repeat(self.runs.rows.value[rows], many)
        return level

    def _rosters(self) -> tuple[Ints, Ints]:
        """When heads change, on the line, and the heads from then on."""
        ends = np.maximum(0, self.runs.ends)
        since: list[Ints] = []
        heads: list[Ints] = []
        for start in self.start.reshape(self.desks, self.n):
            rosters = [calendar[len(since)] for calendar in self.runs.calendars]
            if all(one is rosters[0] for one in rosters):  # the same in every replication
                time, level = rosters[0].written_out(int(ends.max()))
                many = np.searchsorted(time, ends, side="right")
                place = counter(many)
                time, level = time[place], level[place]
            else:  # written out for the whole of each run
                time = np.concatenate([one.times for one in rosters])
                level = np.concatenate([one.heads for one in rosters], axis=1).sum(axis=0)
                of = np.repeat(np.arange(self.n), [len(one.times) for one in rosters])
                here = np.flatnonzero(time <= ends[of])
                time, level, many = time[here], level[here], np.bincount(of[here], minlength=self.n)
            since.append(time + np.repeat(start, many))
            heads.append(level)
        return np.concatenate(since), np.concatenate(heads)


def _overtime(work: _Work, staff: _Staff, line: _Line) -> Floats:
    """By cell: person-milliseconds at work beyond all who are there."""
    own, called = np.append(work.at, _FAR), np.append(staff.at, _FAR)
    level = running(work.change)  # with those of the cells before who never finish
    before = np.searchsorted(work.at, staff.at)  # few in many: those of work are not searched for
    first = np.searchsorted(staff.at, line.start)
    never = np.repeat(level.take(before.take(first)), np.diff(first, append=len(staff.at)))
    most = np.where(staff.endless, UNLIMITED, staff.heads + staff.surge) + never
    # from each row of work on, until something changes
    over = level[1:] - np.repeat(most, np.diff(before, append=len(work.at)))
    some = np.flatnonzero(over > 0)
    after = np.searchsorted(before, some, side="right")
    found = [(own[some], over[some], np.minimum(own[some + 1], called[after]))]
    # and from each change of who is there
    over = level.take(before) - most
    over[own.take(before) == staff.at] = 0  # counted already
    some = np.flatnonzero(over > 0)
    found.append((staff.at[some], over[some], np.minimum(own[before[some]], called[some + 1])))
    at, over, following = (np.concatenate(column) for column in zip(*found, strict=True))
    cell = at // line.span
    lasts = np.maximum(0, np.minimum(line.end[cell], following) - at)
    return np.bincount(cell, over * lasts, len(line.end)).astype(np.float64)


_FAR = 1 << 62


def _beyond_own_shift(runs: Runs, desk: int, work: _Work, staff: _Staff, line: _Line) -> Floats:
    """By replication: person-ms of people of a desk whose shifts overlap who work although their own has ended."""
    first, n = desk * line.n, line.n
    mine, here = (
        slice(*np.searchsorted(one.at, (first * line.span, (first + n) * line.span))) for one in (work, staff)
    )
    begun, change = work.at[mine], work.change[mine]
    at = _merged(begun, staff.at[here])
    at = at[at <= line.end[at // line.span]]
    cell = at // line.span
    following = np.where(np.append(cell[1:] != cell[:-1], True), line.end[cell], np.append(at[1:], 0))
    rosters = [calendar[desk] for calendar in runs.calendars]
    levels = _levels(rosters, cell - first, at - line.start[cell])
    person = person_of(runs.rows.doing.take(work.row[mine]))
    lane = np.searchsorted(rosters[0].firsts, person, side="left") - 1
    left = staff.heads[np.searchsorted(staff.at, at, side="right") - 1]  # an order takes the last ones away
    over = np.zeros(len(at), dtype=np.int64)
    for number in range(rosters[0].lanes):
        of_lane = np.flatnonzero(lane == number)
        changed, level = begun.take(of_lane), running(change.take(of_lane))
        since = np.searchsorted(changed, cell * line.span)
        at_work = level.take(np.searchsorted(changed, at, side="right")) - level.take(since)
        over += np.maximum(0, at_work - np.minimum(levels[number], left))
        left = np.maximum(0, left - levels[number])
    return np.bincount(cell - first, over * (following - at), n).astype(np.float64)


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
    return whole[changes(whole)]
