"""What the response did to people who did nothing wrong: their own money on accounts that were stopped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.run import Runs
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.holds import TIME_BITS, HoldTable, cards
from sim.measure.numbers import Metric, Values, changes, count, sum_by, there, yuan
from sim.words.units import DAY
from sim.workflow.log import BEGIN, CLEARED, FINISH, OBJECTION, Rows


def wrongful_metrics(runs: Runs, holds: HoldTable) -> Iterator[Metric]:
    """Innocent money held at the end, the accounts it was ever held on and for how long, and the objections.

    A hold is wrongful until the holder's own money is cleared or the hold ends. A card that several cases share
    counts once, and so does its holder's money.
    """
    accounts, n, of_account = runs.plan.accounts, len(runs), runs.plans.of_account
    mine = (accounts.innocent[holds.card] > 0) & (accounts.number[holds.card] > 0)
    card, start = holds.card[mine], holds.start[mine]
    of = of_account[card]
    end = runs.ends[of]
    until = np.minimum(np.minimum(holds.end[mine], _cleared(runs, holds)[mine]), end + 1)
    still = until > end
    yield Metric("wrongful_holds", yuan(of[still], accounts.innocent[card[still]], n))
    yield Metric("wrongful_accounts", count(of_account, there(card, len(accounts)), n))
    yield Metric("wrongful_days", sum_by(of, np.minimum(until, end) - start, n).astype(np.float64) / DAY)
    objections = runs.of_cases.only(OBJECTION)
    about = of_account[distinct(cards(runs.plan, objections), objections.time)]
    yield Metric("objections", np.bincount(about, minlength=n).astype(np.float64))
    if runs.scenario.objections is not None:
        yield Metric("objection_work", _work_on(runs, runs.scenario.objections.route))


def _cleared(runs: Runs, holds: HoldTable) -> Ints:
    """By hold: ms at which the holder's own money was free again; past everything where it was not."""
    never = np.full(len(holds), NEVER, dtype=np.int64)
    rows = runs.of_cases.only(CLEARED)
    row = holds.last(cards(runs.plan, rows), rows.time)
    np.minimum.at(never, row[row >= 0], rows.time[row >= 0])
    return never


def distinct(card: Ints, time: Ints) -> Ints:
    """The cards of different events: an account that several cases share has a row for each."""
    event = np.sort((card << TIME_BITS) + time)  # many times as fast as `np.unique`
    return event[changes(event)] >> TIME_BITS


def _work_on(runs: Runs, route: str) -> Values:
    """Person-seconds of work on the steps of a route."""
    rows, program = runs.of_cases, runs.program
    steps = np.array([*(of == program.route_names.index(route) for of in program.route), False])

    def until_end(kind: int) -> Ints:
        some: Rows = rows.only(kind)
        some = some.at(np.flatnonzero(steps[some.step]))
        return sum_by(runs.plans.of_case[some.case], runs.end_by_case[some.case] - some.time, len(runs))

    return (until_end(BEGIN) - until_end(FINISH)).astype(np.float64) / 1000
