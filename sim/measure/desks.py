"""What every desk had to do and did: waiting, answering, working hours and their cost. Times in seconds, money in yuan.

Work that is handed over at the end of a shift goes back to the queue: one piece of work that begins and ends twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from sim.scenario.units import DAY, HOUR, YUAN

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
    """The hours of each desk."""
    rows, desks = run.rows, len(run.program.desks)
    working = rows.at(np.sort(np.concatenate([rows.of(BEGIN), rows.of(FINISH)])))
    away, called = (rows.at(rows.of(kind)) for kind in (AWAY, CALLED_IN))
    busy, less, more = (_by_desk(some.desk, desks) for some in (working, away, called))
    edges = np.arange(PART - run.scenario.week_offset % DAY % PART, run.scenario.horizon, PART)
    return [
        _hours(
            run, run.calendar[number], working.at(busy[number]), away.at(less[number]), called.at(more[number]), edges
        )
        for number in range(desks)
    ]


def _hours(run: Run, roster: Roster, working: Rows, away: Rows, called: Rows, edges: Ints) -> Hours:
    """The hours of one desk.

    Args:
        working: its rows of work that begins and ends.
        away, called: its rows of heads taken away and called in.
        edges: ms at which a new part of the day begins, up to the horizon.
    """
    horizon, into = run.scenario.horizon, run.scenario.week_offset % DAY
    idle = not (len(working) or len(away) or len(called))
    since, rostered = roster.written_out(min(run.end, horizon) if idle else run.end)
    times = _merged(since, edges, working.time, away.time, called.time)
    times = times[times <= run.end]
    lasts = np.diff(np.append(times, run.end))
    nothing = np.zeros(len(times), dtype=np.int64)
    change = np.where(working.kind == BEGIN, 1, -1)
    at_work = _level(times, working.time, np.cumsum(change)) if len(working) else nothing
    heads = _level(times, since, rostered)
    taken = _level(times, away.time, away.value) if len(away) else nothing
    endless = (heads == UNLIMITED) & (taken == 0)
    heads = np.where(heads == UNLIMITED, 0, np.maximum(0, heads - taken))
    surge = _level(times, called.time, called.value) if len(called) else nothing
    over = nothing
    if len(working):
        over = np.where(endless, 0, np.maximum(0, at_work - heads - surge))
        if roster.lanes > 1:
            over = _beyond_own_shift(roster, working, times, heads)
    before = lasts - np.clip(times + lasts - horizon, 0, lasts)
    no_case = working.case < 0
    other = _level(times, working.time, np.cumsum(np.where(no_case, change, 0))) if no_case.any() else nothing
    part = (times + into) % DAY // PART
    there, active = (np.bincount(part, level * before, DAY // PART) for level in (heads, at_work))
    return Hours(
        rostered=float((heads * before).sum()),
        busy=float((at_work * before).sum()),
        on_duties=float((other * before).sum()),
        by_hour=[ratio(*two) for two in zip(active, there, strict=True)],
        called_in=float((surge * lasts).sum()),
        overtime=float((over * lasts).sum()),
    )


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
