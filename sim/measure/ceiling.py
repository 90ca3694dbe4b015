"""The ceiling: what could be recovered from the report on, and what was held too early to be compared with it.

Holds before the report (prevention, leads, the banks' own monitoring) save money that no response to reports could,
and change when everything behind them happens. So whatever they touched is left out of both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.fraud.groups import Column, column, filled
from sim.fraud.plan import Plan, Plans
from sim.fraud.settle import NEVER, Hold, settle
from sim.measure.holds import HoldTable
from sim.measure.money import Flags, Ints, by_case, credited_of, on_path
from sim.response.run import Run
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


class _Permanent:
    """A hold without an end on each account, from a time of its own (ms)."""

    def __init__(self, since: Column) -> None:
        self._since = since

    def get(self, account: int, default: Sequence[Hold] = ()) -> Sequence[Hold]:
        since = self._since[account]
        return ((since, NEVER),) if since < NEVER else default


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
    settled = filled(NEVER, len(plan.transfers))
    settle(plan.columns, _Permanent(column(since)), 0, len(settled), settled)
    times = np.array(settled, dtype=np.int64)
    kept = (credited_of(plan, times) < NEVER) & (times >= NEVER)
    return Ceiling(since=since, kept=kept, recoverable=by_case(plan, np.where(kept, plan.transfers.amount, 0)))


def held_early(run: Run, ceiling: Ceiling, holds: HoldTable) -> Flags:
    """By transfer: on its path (itself included) money rested under an early hold, released since or not.

    Early is any hold on a victim's own account that delayed a payment, and any hold on another account that began
    before the ceiling's.
    """
    plan, t = run.plan, run.plan.transfers
    root = t.parent < 0
    delayed = root & (run.times < NEVER) & (run.times > t.dwell)
    until = np.minimum(run.times, run.end)
    early = holds.touching(
        plan.accounts.card[t.source], credited_of(plan, run.times), until, ceiling.since[t.source] - 1
    )
    return on_path(plan, delayed | (~root & (early >= 0)))


def compared(run: Run, ceiling: Ceiling, early: Flags) -> Ints:
    """fen by transfer of the ceiling that the response is held against: of payments that happened, nothing early."""
    plan = run.plan
    paid = run.times <= run.end
    unpaid = on_path(plan, (plan.transfers.parent < 0) & ~paid)
    return np.where(ceiling.kept & ~early & ~unpaid, plan.transfers.amount, 0)
