"""The ceiling: what could be recovered from the report on, and what was held too early to be compared with it.

Holds before the report (prevention, leads, the banks' own monitoring) save money that no response to reports could,
and change when everything behind them happens. So whatever they touched is left out of both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.run import Runs
from sim.fraud.groups import counter
from sim.fraud.plan import Plan, Plans
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable
from sim.measure.money import Flags, Ints, by_case, credited_of, on_path
from sim.measure.numbers import in_order
from sim.scenario.models import Scenario


@dataclass(frozen=True)
class Ceiling:
    """What permanent holds on every account within reach, from the first report on, would keep.

    It depends on the plan and on who can be asked, not on the response.
    """

    since: Ints
    """By account: ms of the first report of a case that uses its card; NEVER without one, or out of reach."""
    kept: Flags
    """By transfer: its amount would be kept where it rests."""
    recoverable: Ints
    """fen by case, nothing left out."""

    def part(self, plans: Plans, first: int, last: int) -> Ceiling:
        """The ceiling of the plans at places `first` to `last` - 1 of those that it is of."""
        if (first, last) == (0, len(plans)):
            return self
        accounts, transfers, cases = (
            slice(*some[[first, last]]) for some in (plans.account_first, plans.transfer_first, plans.case_first)
        )
        return Ceiling(self.since[accounts], self.kept[transfers], self.recoverable[cases])


def ceiling_of(scenario: Scenario, plan: Plan) -> Ceiling:
    """The ceiling of a plan: all cases settled together, reaction off, nothing held on victims' own accounts.

    A place is within reach when a bank profile or a field team can be asked to hold money there. Only reports within
    the limit of the follow-up count.
    """
    accounts, limit = plan.accounts, scenario.horizon + scenario.follow_up
    reach = np.array([*(holder.field or holder.profile is not None for holder in scenario.holders), False])
    reported = plan.victims.reported[accounts.case]
    mine = np.flatnonzero((accounts.number > 0) & reach[accounts.bank] & (reported < limit))
    by_card = np.full(len(accounts), NEVER, dtype=np.int64)
    np.minimum.at(by_card, accounts.card[mine], reported[mine])
    since = by_card[accounts.card]
    times = _under_permanent(plan, since)
    kept = (credited_of(plan, times) < NEVER) & (times >= NEVER)
    return Ceiling(since=since, kept=kept, recoverable=by_case(plan, np.where(kept, plan.transfers.amount, 0)))


def _under_permanent(plan: Plan, since: Ints) -> Ints:
    """By transfer: ms at which it happens under holds without an end, as `settle` has it; NEVER where it does not.

    Args:
        since: ms by account: the begin of its hold; NEVER where there is none.
    """
    t = plan.transfers
    times, due = np.full(len(t), NEVER), np.flatnonzero(t.parent < 0)
    order = in_order(t.parent)[len(due) :]  # what hangs on each, one after the other
    begin = np.append(0, np.cumsum(np.bincount(t.parent[order], minlength=len(t))))
    at = t.dwell[due]
    while len(due):  # each round one transfer further down
        goes = at < since[t.source[due]]
        due, at = due[goes], at[goes]
        times[due] = at
        many = begin[due + 1] - begin[due]
        at = np.repeat(at, many)
        due = order[np.repeat(begin[due], many) + counter(many)]
        at = at + t.dwell[due]
    return times


def held_early(runs: Runs, ceiling: Ceiling, holds: HoldTable) -> Flags:
    """By transfer: on its path (itself included) money rested under an early hold, released since or not.

    Early is any hold on a victim's own account that delayed a payment, and any hold on another account that began
    before the ceiling's.
    """
    plan, t = runs.plan, runs.plan.transfers
    root = t.parent < 0
    delayed = root & (runs.times < NEVER) & (runs.times > t.dwell)
    until = np.minimum(runs.times, runs.end_by_transfer)
    early = holds.touching(
        plan.accounts.card[t.source], credited_of(plan, runs.times), until, ceiling.since[t.source] - 1
    )
    return on_path(plan, delayed | (~root & (early >= 0)))


def compared(runs: Runs, ceiling: Ceiling, early: Flags) -> Ints:
    """fen by transfer of the ceiling that the response is held against: of payments that happened, nothing early."""
    plan = runs.plan
    paid = runs.times <= runs.end_by_transfer
    unpaid = on_path(plan, (plan.transfers.parent < 0) & ~paid)
    return np.where(ceiling.kept & ~early & ~unpaid, plan.transfers.amount, 0)
