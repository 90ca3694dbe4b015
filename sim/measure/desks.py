"""What every desk had to do and did: waiting, answering, working hours and their cost. Times in seconds, money in yuan.

Work that is handed over at the end of a shift goes back to the queue: one piece of work that begins and ends twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Runs
from sim.fraud.groups import Floats, Ints
from sim.fraud.settle import NEVER
from sim.measure.hours import PART, Hours, hours_of
from sim.measure.numbers import Metric, Values, changes, mean, ratios
from sim.scenario.people import Desk
from sim.words.units import HOUR, YUAN
from sim.workflow.log import BEGIN, CANCELLED, CASE_SHIFT, HANDED_OVER, NONE, OUTCOME, QUEUED, RENEGED, Rows
from sim.workflow.program import DeskSpec

_SECOND = 1000


def waits_of(rows: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The log rows at which work began, and how long each had waited in the queue (ms). One row per piece of work.

    Work that was handed over began when it first began.
    """
    begun, queued = rows.only(BEGIN), rows.only(QUEUED)
    first, key = _by_piece(begun)
    new = changes(key)  # a team begins with several rows
    first, key = first[new], key[new]
    joined, keys = _by_piece(queued)
    since = queued.time.take(joined.take(np.searchsorted(keys, key)))
    order = np.argsort(first)
    first = first.take(order)
    return rows.of(BEGIN).take(first), begun.time.take(first) - since.take(order)


def _by_piece(rows: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The places of some rows piece of work by piece of work, each in the order of the log; and the keys so ordered."""
    order = np.argsort(rows.key, kind="stable")
    return order, rows.key.take(order)


def desk_metrics(runs: Runs) -> Iterator[Metric]:
    """The numbers of every desk, and what all of them cost together (where some desk has a price)."""
    rows, n, desks = runs.of_cases, len(runs), len(runs.program.desks)
    begin, wait = waits_of(rows)
    begun = rows.at(begin)
    joined, left, back = (rows.only(kind) for kind in (QUEUED, RENEGED, HANDED_OVER))
    taken_out = [rows.only(kind) for kind in (CANCELLED, OUTCOME)]  # the desk is that whose queue it left
    taken_out = [some.at(np.flatnonzero(some.desk >= 0)) for some in taken_out]
    patient = np.flatnonzero(_with_patience(runs).take(joined.step) & (joined.attempt > 1))

    def table(some: Rows, weights: Ints | None = None) -> Floats:
        """By desk and replication: the number of rows, or the sum of their weights."""
        cells = np.bincount(_cell(runs, some), weights, desks * n)
        return cells.reshape(desks, n).astype(np.float64)

    def until_end(some: Rows) -> Floats:
        """By desk and replication: the sum over rows of the time from each to the end, in ms."""
        return table(some, runs.end_by_case.take(some.case) - some.time)

    began, waited, queued, reneged, again = (
        table(begun), table(begun, wait), table(joined), table(left), table(joined.at(patient)),
    )  # fmt: skip
    came, went = (joined, back), (_once(rows.only(BEGIN)), left, *taken_out)
    in_queue = np.sum([until_end(some) for some in came], axis=0) - np.sum([until_end(some) for some in went], axis=0)
    hours, duties = hours_of(runs), _desks_with_duties(runs)
    total, priced = np.zeros(n), False
    for number, desk in enumerate(runs.program.desks):
        mine = hours[number]
        yield Metric(f"wait.{desk.name}", ratios(waited[number], began[number]) / _SECOND)
        yield Metric(f"queue_length.{desk.name}", ratios(in_queue[number], runs.ends))
        yield Metric(f"answered_share.{desk.name}", ratios(began[number], queued[number]))
        yield Metric(f"abandoned.{desk.name}", reneged[number])
        yield Metric(f"utilisation.{desk.name}", ratios(mine.busy, mine.rostered))  # not the idle days of the follow-up
        if number in duties:
            yield Metric(f"duties.{desk.name}", ratios(mine.on_duties, mine.rostered))
        if desk.roster.staff != "unlimited" and number < len(runs.scenario.desks):
            for part, share in enumerate(mine.by_hour):
                yield Metric(f"utilisation_by_hour.{desk.name}.{part * PART // HOUR:02d}", share)
        if number in _patient_desks(runs):
            yield Metric(f"redials.{desk.name}", again[number])
        if desk.roster.shifts is not None:
            yield Metric(f"overtime.{desk.name}", mine.overtime / _SECOND)
        surges = isinstance(desk.roster, Desk) and desk.roster.surge is not None
        yield Metric(f"called_in.{desk.name}", mine.called_in / _SECOND, None if surges else mine.called_in != 0)
        cost = _cost(desk, mine, runs.scenario.horizon)
        if cost is not None:
            yield Metric(f"cost.{desk.name}", cost)
            total, priced = total + cost, True
    if priced:
        yield Metric("cost", total)
    yield from _duties(runs)


def _cell(runs: Runs, rows: Rows) -> Ints:
    """By row about a case at a desk: the number of desk and replication."""
    return rows.desk * np.int64(len(runs)) + runs.plans.of_case.take(rows.case)


def _desks_with_duties(runs: Runs) -> set[int]:
    """The desks whose people have duties."""
    names = [desk.name for desk in runs.program.desks]
    return {names.index(desk) for duty in (runs.scenario.duties or {}).values() for desk in duty.team}


def _duties(runs: Runs) -> Iterator[Metric]:
    """How long each duty waited for its people, and what share of it was begun."""
    if runs.program.duties == NONE:
        return
    names, first, n = list(runs.scenario.duties or {}), runs.program.first[runs.program.duties], len(runs)
    queued, begun = (_of_duties(runs, kind) for kind in (QUEUED, BEGIN))
    most = 1 + max(int(queued.account.max(initial=0)), int(begun.account.max(initial=0)))
    cells = len(names) * n * most  # by duty, replication and piece of work
    came, began = (np.full(cells, NEVER) for _ in range(2))
    for found, some in ((came, queued), (began, begun)):
        piece = ((some.step - np.int64(first)) * n + (NONE - some.case.astype(np.int64))) * most + some.account
        found[piece[::-1]] = some.time[::-1]  # the log is in order of time: the first of each stays
    done = np.flatnonzero(began < NEVER)
    of, wait = done // most, began.take(done) - came.take(done)
    waits, dones, all_ = mean(of, wait, len(names) * n), np.bincount(of, minlength=len(names) * n), came < NEVER
    shares = ratios(dones, all_.reshape(-1, most).sum(axis=1))
    for number, name in enumerate(names):
        mine = slice(number * n, (number + 1) * n)
        yield Metric(f"duty_wait.{name}", waits[mine] / _SECOND)
        yield Metric(f"duty_done_share.{name}", shares[mine])


def _of_duties(runs: Runs, kind: int) -> Rows:
    """The rows of a kind about work that is no case."""
    mine = runs.rows.of(kind)
    return runs.rows.at(mine[runs.rows.key.take(mine) < 1 << CASE_SHIFT])


def _once(rows: Rows) -> Rows:
    """The first row of each piece of work at each time: a team has several."""
    order, key = _by_piece(rows)
    return rows.at(np.sort(order[changes(key) | changes(rows.time.take(order))]))


def _with_patience(runs: Runs) -> NDArray[np.bool_]:
    """By step: whoever waits there may give up (the last for no step)."""
    return np.array([*(patience is not None for patience in runs.program.patience), False])


def _patient_desks(runs: Runs) -> set[int]:
    """Desks with a queue that people may leave."""
    program = runs.program
    return {desk for desk, patience in zip(program.desk, program.patience, strict=True) if patience is not None}


def _cost(desk: DeskSpec, hours: Hours, lasts: int) -> Values | None:
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
    return np.asarray((paid / HOUR + roster.set_up_for(lasts, roster.largest)) / YUAN)
