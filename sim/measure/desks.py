"""What every desk had to do and did: waiting, answering, working hours and their cost. Times in seconds, money in yuan.

Work that is handed over at the end of a shift goes back to the queue: one piece of work that begins and ends twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import Floats, Ints
from sim.measure.numbers import count, mean, ratio
from sim.response.log import (
    AWAY,
    BEGIN,
    CALLED_IN,
    CANCELLED,
    FINISH,
    HANDED_OVER,
    NONE,
    OUTCOME,
    QUEUED,
    RENEGED,
    Rows,
)
from sim.response.rosters import UNLIMITED, Roster
from sim.response.routes import DeskSpec
from sim.response.run import Run
from sim.scenario.people import Desk
from sim.words.units import DAY, HOUR, YUAN

_SECOND = 1000
PART = 4 * HOUR
"""Of the day, over which it is said how busy people are."""


def waits_of(rows: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The log rows at which work began, and how long each had waited in the queue (ms). One row per piece of work.

    Work that was handed over began when it first began.
    """
    begin, queued = rows.of(BEGIN), rows.of(QUEUED)
    key, first = np.unique(rows.key[begin], return_index=True)  # a team begins with several rows
    queued = queued[np.argsort(rows.key[queued], kind="stable")]
    since = rows.time[queued[np.searchsorted(rows.key[queued], key)]]
    order = np.argsort(first)
    begin = begin[first[order]]
    return begin, rows.time[begin] - since[order]


def desk_metrics(run: Run) -> Iterator[tuple[str, float]]:
    """The numbers of every desk, and what all of them cost together (where some desk has a price)."""
    rows, end, desks = _of_cases(run), run.end, len(run.program.desks)
    begin, wait = waits_of(rows)
    begun = rows.at(begin)
    began = np.bincount(begun.desk, minlength=desks)
    waited = np.bincount(begun.desk, weights=wait, minlength=desks)
    joined, left, back = (rows.at(rows.of(kind)) for kind in (QUEUED, RENEGED, HANDED_OVER))
    queued, reneged = (np.bincount(some.desk, minlength=desks) for some in (joined, left))
    again = np.bincount(joined.desk[_with_patience(run)[joined.step] & (joined.attempt > 1)], minlength=desks)
    taken_out = [rows.at(rows.of(kind)) for kind in (CANCELLED, OUTCOME)]  # the desk is that whose queue it left
    taken_out = [some.at(np.flatnonzero(some.desk >= 0)) for some in taken_out]
    came, went = (joined, back), (_once(rows.at(rows.of(BEGIN))), left, *taken_out)
    in_queue = np.sum([_until(some, end, desks) for some in came], axis=0)
    in_queue = in_queue - np.sum([_until(some, end, desks) for some in went], axis=0)
    hours, duties = hours_of(run), _desks_with_duties(run)
    total, priced = 0.0, False
    for number, desk in enumerate(run.program.desks):
        mine = hours[number]
        yield f"wait.{desk.name}", ratio(waited[number], began[number]) / _SECOND
        yield f"queue_length.{desk.name}", ratio(in_queue[number], end)
        yield f"answered_share.{desk.name}", ratio(began[number], queued[number])
        yield f"abandoned.{desk.name}", float(reneged[number])
        yield f"utilisation.{desk.name}", ratio(mine.busy, mine.rostered)  # not the idle days of the follow-up
        if number in duties:
            yield f"duties.{desk.name}", ratio(mine.on_duties, mine.rostered)
        if desk.roster.staff != "unlimited" and number < len(run.scenario.desks):
            for part, share in enumerate(mine.by_hour):
                yield f"utilisation_by_hour.{desk.name}.{part * PART // HOUR:02d}", share
        if number in _patient_desks(run):
            yield f"redials.{desk.name}", float(again[number])
        if desk.roster.shifts is not None:
            yield f"overtime.{desk.name}", mine.overtime / _SECOND
        surges = isinstance(desk.roster, Desk) and desk.roster.surge is not None
        if surges or mine.called_in:
            yield f"called_in.{desk.name}", mine.called_in / _SECOND
        cost = _cost(desk, mine, run.scenario.horizon)
        if cost is not None:
            yield f"cost.{desk.name}", cost
            total, priced = total + cost, True
    if priced:
        yield "cost", total
    yield from _duties(run)


def _of_cases(run: Run) -> Rows:
    """The log without the work that is no case: waits and answers are those of cases."""
    rows = run.rows
    if run.program.duties == NONE:
        return rows
    return rows.at(np.flatnonzero((rows.case >= 0) | ~np.isin(rows.kind, _OF_WORK)))


_OF_WORK = (QUEUED, BEGIN, FINISH, RENEGED, HANDED_OVER)


def _desks_with_duties(run: Run) -> set[int]:
    """The desks whose people have duties."""
    names = [desk.name for desk in run.program.desks]
    return {names.index(desk) for duty in (run.scenario.duties or {}).values() for desk in duty.team}


def _duties(run: Run) -> Iterator[tuple[str, float]]:
    """How long each duty waited for its people, and what share of it was begun."""
    if run.program.duties == NONE:
        return
    rows = run.rows.at(np.flatnonzero((run.rows.case < 0) & np.isin(run.rows.kind, _OF_WORK)))
    begin, wait = waits_of(rows)
    begun, came, first = rows.at(begin).step, rows.at(rows.of(QUEUED)).step, run.program.first[run.program.duties]
    for number, name in enumerate(run.scenario.duties or {}, first):
        mine = begun == number
        yield f"duty_wait.{name}", mean(wait[mine]) / _SECOND
        yield f"duty_done_share.{name}", ratio(count(mine), count(came == number))


def _once(rows: Rows) -> Rows:
    """The first row of each piece of work at each time: a team has several."""
    order = np.argsort(rows.key, kind="stable")
    key, time = rows.key[order], rows.time[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (time[1:] != time[:-1])
    return rows.at(np.sort(order[new]))


def _with_patience(run: Run) -> NDArray[np.bool_]:
    """By step: whoever waits there may give up (the last for no step)."""
    return np.array([*(patience is not None for patience in run.program.patience), False])


def _patient_desks(run: Run) -> set[int]:
    """Desks with a queue that people may leave."""
    program = run.program
    return {desk for desk, patience in zip(program.desk, program.patience, strict=True) if patience is not None}


def _until(rows: Rows, end: int, desks: int) -> Floats:
    """Sum over rows of the time from each until `end`, by desk, in ms."""
    total: Floats = np.bincount(rows.desk, weights=end - rows.time, minlength=desks).astype(np.float64)
    return total


# -- hours -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """Person-milliseconds of a desk."""

    rostered: float
    """Up to the horizon: later no more victims pay. 0 where staff is unlimited."""
    busy: float
    """Up to the horizon, too."""
    on_duties: float
    """Of them on work that is no case."""
    by_hour: Sequence[float]
    """Shares of the rostered time worked in each part of the day (`PART` long), local time; NaN where nobody is
    rostered."""
    called_in: float
    overtime: float
    """At work beyond the heads rostered and called in."""


def hours_of(run: Run) -> list[Hours]:
    """The hours of each desk: all desks at once, each in a span of time of its own on one long line."""
    rows, desks, end, horizon = run.rows, len(run.program.desks), run.end, run.scenario.horizon
    working = rows.at(np.sort(np.concatenate([rows.of(BEGIN), rows.of(FINISH)])))
    away, called = (rows.at(rows.of(kind)) for kind in (AWAY, CALLED_IN))
    span = max(end, horizon, int(rows.time.max(initial=0))) + 2
    line = _Line(span, end)
    for number in range(desks):
        line.add_roster(run.calendar[number], max(0, end))
    into = run.scenario.week_offset % DAY
    edges = np.arange(PART - into % PART, horizon, PART)
    work, gone, came = (line.placed(some) for some in (working, away, called))
    starts = np.arange(desks) * span
    times = _merged(line.since, (starts[:, None] + edges).ravel(), work.at, gone.at, came.at)
    times = times[times % span <= end]
    desk, time = times // span, times % span
    lasts = np.where(np.append(desk[1:] != desk[:-1], True), end, np.append(time[1:], end)) - time
    change = np.where(work.rows.kind == BEGIN, 1, -1)
    at_work = work.level(times, work.summed(change))
    heads = np.asarray(line.heads[np.searchsorted(line.since, times, side="right") - 1])
    taken, surge = (some.level(times, some.rows.value) for some in (gone, came))
    endless = (heads == UNLIMITED) & (taken == 0)
    heads = np.where(heads == UNLIMITED, 0, np.maximum(0, heads - taken))
    over = np.where(endless, 0, np.maximum(0, at_work - heads - surge))
    for number in (number for number in range(desks) if run.calendar[number].lanes > 1):
        here = desk == number
        mine = working.at(np.flatnonzero(working.desk == number))
        over[here] = _beyond_own_shift(run.calendar[number], mine, time[here], heads[here])
    before = lasts - np.clip(time + lasts - horizon, 0, lasts)
    other = work.level(times, work.summed(np.where(work.rows.case < 0, change, 0)))
    first = np.searchsorted(times, starts)
    sums = [
        np.add.reduceat(level * weight, first).tolist() if desks else []
        for level, weight in ((heads, before), (at_work, before), (other, before), (surge, lasts), (over, lasts))
    ]
    part = desk * (DAY // PART) + (time + into) % DAY // PART
    parts = [np.bincount(part, level * before, desks * (DAY // PART)) for level in (heads, at_work)]
    there, active = (some.reshape(desks, -1) for some in parts)
    return [
        Hours(
            rostered=float(rostered), busy=float(busy), on_duties=float(on_duties), called_in=float(called_in),
            overtime=float(overtime), by_hour=[ratio(*two) for two in zip(active[number], there[number], strict=True)],
        )
        for number, (rostered, busy, on_duties, called_in, overtime) in enumerate(zip(*sums, strict=True))
    ]  # fmt: skip


class _Line:
    """One long line of time, on which each desk has a span of its own."""

    def __init__(self, span: int, end: int) -> None:
        self._span, self._end = span, end
        self._since: list[Ints] = []
        self._heads: list[Ints] = []

    def add_roster(self, roster: Roster, until: int) -> None:
        """Put the roster of the next desk on the line."""
        since, heads = roster.written_out(until)
        self._since.append(since + len(self._since) * self._span)
        self._heads.append(heads)

    @cached_property
    def since(self) -> Ints:
        """When heads change, desk after desk."""
        return np.concatenate(self._since)

    @cached_property
    def heads(self) -> Ints:
        """The heads from then on."""
        return np.concatenate(self._heads)

    def placed(self, rows: Rows) -> _Placed:
        """Rows about desks on the line."""
        at = rows.desk * np.int64(self._span) + rows.time
        order = np.argsort(at, kind="stable")
        return _Placed(rows.at(order), at[order], self._span)


@dataclass(frozen=True)
class _Placed:
    """Rows about desks in the order in which they stand on the line."""

    rows: Rows
    at: Ints
    span: int

    def summed(self, change: Ints) -> Ints:
        """The sum of the changes up to each row, for each desk from its first row on."""
        whole = np.cumsum(change)
        first = np.searchsorted(self.at, self.at // self.span * self.span)
        return np.asarray(whole - np.append(0, whole)[first])

    def level(self, times: Ints, levels: Ints) -> Ints:
        """A step function of each desk at some places of the line: the level after the last row; 0 before the first."""
        place = np.searchsorted(self.at, times, side="right")
        known = np.append(-1, self.at // self.span)[place] == times // self.span
        return np.where(known, np.append(0, levels)[place], 0)


def _beyond_own_shift(roster: Roster, working: Rows, times: Ints, heads: Ints) -> Ints:
    """At some times: people of a desk whose shifts overlap who are at work although their own shift has ended.

    Args:
        working: the rows of its people who begin and finish.
        heads: on duty at each time; where an order took some away, the last ones are missing.
    """
    lane = np.searchsorted(roster.firsts, working.person, side="left") - 1
    change = np.where(working.kind == BEGIN, 1, -1)
    levels = np.array([roster.levels(time) for time in times.tolist()], dtype=np.int64)
    over, left = np.zeros(len(times), dtype=np.int64), heads.copy()
    for number in range(roster.lanes):
        mine = lane == number
        at_work = _level(times, working.time[mine], np.cumsum(change[mine]))
        over += np.maximum(0, at_work - np.minimum(levels[:, number], left))
        left = np.maximum(0, left - levels[:, number])
    return over


def _by_desk(desk: NDArray[np.int16], desks: int) -> list[NDArray[np.intp]]:
    """For each desk its rows in the order of time (the rows are in that order)."""
    order = np.argsort(desk, kind="stable")
    return np.split(order, np.searchsorted(desk[order], np.arange(1, desks))) if desks else []


def _merged(*times: Ints) -> Ints:
    """Several sorted columns of times as one, without what is there twice."""
    whole = np.sort(np.concatenate(times), kind="stable")  # which merges what is sorted already
    new = np.ones(len(whole), dtype=bool)
    new[1:] = whole[1:] != whole[:-1]
    return whole[new]


def _level(times: Ints, changes: Ints, levels: Ints) -> Ints:
    """A step function at some times: the level after the last change up to each; 0 before the first."""
    place = np.searchsorted(changes, times, side="right")
    return np.asarray(np.concatenate([[0], levels])[place], dtype=np.int64)


def _cost(desk: DeskSpec, hours: Hours, lasts: int) -> float | None:
    """What a desk costs, in yuan; None where it has no price, or no end of people.

    Wages of the rosters up to the horizon: what comes after it serves the victims of later days as well. Of the set-up
    the part of its years of use that lies before the horizon, so that costs of two periods can be held together.
    """
    roster = desk.roster
    if not isinstance(roster, Desk) or roster.staff == "unlimited":
        return None
    if roster.wage is None and roster.overtime_wage is None and roster.set_up is None:
        return None
    wage = roster.wage or 0
    extra = wage if roster.overtime_wage is None else roster.overtime_wage
    paid = wage * hours.rostered + extra * (hours.overtime + hours.called_in)
    return (paid / HOUR + roster.set_up_for(lasts, roster.largest)) / YUAN
