"""What the response did to people who did nothing wrong: their own money on accounts that were stopped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable, cards
from sim.measure.numbers import yuan
from sim.response.log import BEGIN, CLEARED, FINISH, OBJECTION, Rows
from sim.response.run import Run
from sim.words.units import DAY


def wrongful_metrics(run: Run, holds: HoldTable) -> Iterator[tuple[str, float]]:
    """Innocent money held at the end, the accounts it was ever held on and for how long, and the objections.

    A hold is wrongful until the holder's own money is cleared or the hold ends. A card that several cases share
    counts once, and so does its holder's money.
    """
    accounts, end = run.plan.accounts, run.end
    mine = (accounts.innocent[holds.card] > 0) & (accounts.number[holds.card] > 0)
    card, start = holds.card[mine], holds.start[mine]
    until = np.minimum(np.minimum(holds.end[mine], _cleared(run, holds)[mine]), end + 1)
    still = until > end
    yield "wrongful_holds", yuan(accounts.innocent[card[still]])
    yield "wrongful_accounts", float(len(np.unique(card)))
    yield "wrongful_days", float((np.minimum(until, end) - start).sum()) / DAY
    objections = run.rows.at(run.rows.of(OBJECTION))
    yield "objections", float(distinct(cards(run.plan, objections), objections.time))
    if run.scenario.objections is not None:
        yield "objection_work", _work_on(run, run.scenario.objections.route)


def _cleared(run: Run, holds: HoldTable) -> Ints:
    """By hold: ms at which the holder's own money was free again; past everything where it was not."""
    never = np.full(len(holds), NEVER, dtype=np.int64)
    rows = run.rows.at(run.rows.of(CLEARED))
    row = holds.last(cards(run.plan, rows), rows.time)
    np.minimum.at(never, row[row >= 0], rows.time[row >= 0])
    return never


def distinct(card: Ints, time: Ints) -> int:
    """How many different events there are: an account that several cases share has a row for each."""
    return len(np.unique(np.stack([card, time]), axis=1).T)


def _work_on(run: Run, route: str) -> float:
    """Person-seconds of work on the steps of a route."""
    rows, program = run.rows, run.program
    steps = np.array([*(of == program.route_names.index(route) for of in program.route), False])

    def until_end(kind: int) -> float:
        some: Rows = rows.at(rows.of(kind))
        some = some.at(np.flatnonzero(steps[some.step]))
        return float((run.end - some.time).sum())

    return (until_end(BEGIN) - until_end(FINISH)) / 1000
