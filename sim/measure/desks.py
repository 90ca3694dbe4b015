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
from sim.measure.numbers import Metric, Values, changes, firsts, ratios, running
from sim.scenario.people import Desk
from sim.words.units import HOUR, YUAN
from sim.workflow.log import (
    BEGIN,
    CANCELLED,
    CASE_SHIFT,
    HANDED_OVER,
    NONE,
    OUTCOME,
    QUEUED,
    RENEGED,
    Rows,
    account_of,
    step_of,
)
from sim.workflow.program import DeskSpec

_SECOND = 1000


def waits_of(rows: Rows) -> tuple[Rows, Ints]:
    """The log rows at which work began, and how long each had waited in the queue (ms). One row per piece of work.

    Work that was handed over began when it first began.
    """
    begun = _begun(rows)
    first, wait = _waits(begun, rows.only(QUEUED))
    return begun.at(first), wait


def _begun(rows: Rows) -> Rows:
    """The rows at which work began, of a team the first: those of its people stand one after the other."""
    begun = rows.only(BEGIN)
    return begun.at(np.flatnonzero(changes(begun.key) | changes(begun.time)))


def _waits(begun: Rows, queued: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The places of the rows at which each piece of work first began, and how long it had waited (ms)."""
    (first, key), (joined, keys) = firsts(begun.key), firsts(queued.key)
    since = np.zeros(len(begun), dtype=np.int64)
    since[first] = queued.time.take(joined.take(np.searchsorted(keys, key)))
    first = np.sort(first)
    return first, begun.time.take(first) - since.take(first)


def desk_metrics(runs: Runs) -> Iterator[Metric]:
    """The numbers of every desk, and what all of them cost together (where some desk has a price)."""
    rows, n, desks = runs.of_cases, len(runs), len(runs.program.desks)
    begun = _begun(rows)
    joined, left, back = (rows.only(kind) for kind in (QUEUED, RENEGED, HANDED_OVER))
    taken_out = [rows.only(kind) for kind in (CANCELLED, OUTCOME)]  # the desk is that whose queue it left
    taken_out = [some.at(np.flatnonzero(some.desk >= 0)) for some in taken_out]
    came, went = (
        [_cells(runs, some) for some in (joined, back)],
        [_cells(runs, some) for some in (begun, left, *taken_out)],
    )
    first, wait = _waits(begun, joined)
    patient = np.flatnonzero(_with_patience(runs).take(joined.step))
    patient = patient[joined.attempt[patient] > 1]

    def table(cell: Ints, weights: Ints | None = None) -> Floats:
        """By desk and replication: the number of rows, or the sum of their weights."""
        return np.bincount(cell, weights, desks * n).reshape(desks, n).astype(np.float64)

    of_joined, of_begun, of_left = came[0][0], went[0][0].take(first), went[1][0]
    began, waited, queued, reneged, again = (
        table(of_begun), table(of_begun, wait), table(of_joined), table(of_left), table(of_joined.take(patient)),
    )  # fmt: skip
    in_queue = np.sum([table(*some) for some in came], axis=0) - np.sum([table(*some) for some in went], axis=0)
    patients = _patient_desks(runs)
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
        if number in patients:
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


def _cells(runs: Runs, rows: Rows) -> tuple[Ints, Ints]:
    """By row about a case at a desk: the number of desk and replication, and ms from it to the end of the run."""
    of = runs.plans.of_case.take(rows.case)
    return rows.desk * np.int64(len(runs)) + of, runs.ends.take(of) - rows.time


def _desks_with_duties(runs: Runs) -> set[int]:
    """The desks whose people have duties."""
    names = [desk.name for desk in runs.program.desks]
    return {names.index(desk) for duty in (runs.scenario.duties or {}).values() for desk in duty.team}


def _duties(runs: Runs) -> Iterator[Metric]:
    """How long each duty waited for its people, and what share of it was begun."""
    if runs.program.duties == NONE:
        return
    names, n = list(runs.scenario.duties or {}), len(runs)
    no_case = runs.rows.key < 1 << CASE_SHIFT
    queued, begun = (_of_duties(runs, no_case & (runs.rows.kind == kind)) for kind in (QUEUED, BEGIN))
    pieces = np.zeros(len(names) * n, dtype=np.int64)  # by duty and replication; they are numbered as they come in
    np.maximum.at(pieces, queued[0], queued[1] + 1)
    last = np.cumsum(pieces)
    came, began = (np.full(pieces.sum(), NEVER) for _ in range(2))
    for found, (of, number, time) in ((came, queued), (began, begun)):
        place = (last - pieces).take(of) + number
        found[place[::-1]] = time[::-1]  # the log is in order of time: the first of each stays
    done = began < NEVER
    waited, dones = (
        one.take(last) - one.take(last - pieces) for one in map(running, (np.where(done, began - came, 0), done))
    )
    waits, shares = ratios(waited, dones), ratios(dones, pieces)
    for duty, name in enumerate(names):
        mine = slice(duty * n, (duty + 1) * n)
        yield Metric(f"duty_wait.{name}", waits[mine] / _SECOND)
        yield Metric(f"duty_done_share.{name}", shares[mine])


def _of_duties(runs: Runs, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Of some rows of the log, about work that is no case: duty and replication, the number of the work, and ms."""
    rows, mine = runs.rows, np.flatnonzero(chosen)
    key, first = rows.key.take(mine), runs.program.first[runs.program.duties]
    return (step_of(key) - first) * len(runs) - (key >> CASE_SHIFT), account_of(key), rows.time.take(mine)


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
