"""Where every fen is at the end of a run: held, out, or still moving; and the ceiling of what could be held.

A transfer's amount rests on the transfer's source account from the moment its parent was credited until the
transfer happens; so the amounts of all transfers cut each loss into portions with one place each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import filled
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Hold, settle
from sim.response.log import HOLD, HOLD_END, Rows
from sim.response.run import Run
from sim.scenario.models import Scenario

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def holds_of(plan: Plan, rows: Rows) -> dict[int, list[Hold]]:
    """The holds that a log tells of, by account (row of the plan's accounts), as [start, end) in ms."""
    holds: dict[int, list[Hold]] = {}
    for row in (begun := rows.at(rows.of(HOLD)), ended := rows.at(rows.of(HOLD_END))):
        accounts = plan.account_first[row.case] + row.account
        for account, time in zip(accounts.tolist(), row.time.tolist(), strict=True):
            if row is begun:
                holds.setdefault(account, []).append((time, NEVER))
                continue
            open_ = holds[account]
            place = max(i for i, (start, end) in enumerate(open_) if start <= time and end == NEVER)
            open_[place] = (open_[place][0], time)
    if not len(ended):
        return holds
    return {account: [hold for hold in open_ if hold[0] < hold[1]] for account, open_ in holds.items()}


@dataclass(frozen=True)
class Fate:
    """By transfer, flags that tell the place of its amount at a time; payments not made are in none of them."""

    paid: Flags
    """A payment that happened: part of the loss."""
    held: Flags
    """On an account under a hold."""
    moving: Flags
    """On an account that is open."""
    out: Flags
    """Exited: lost."""
    stopped: Flags
    """Rested on an account while it was under a hold, at any time up to then."""


def fate_of(plan: Plan, times: Ints, holds: Mapping[int, list[Hold]], at: int) -> Fate:
    """Where the amount of each transfer is at a time (ms), what happens at that very instant included."""
    t = plan.transfers
    happened = times <= at
    root = t.parent < 0
    credited = np.where(root, NEVER, times[t.parent])
    resting = ~root & (credited <= at) & ~happened
    under, touched = _under_hold(plan, holds, credited, times, at)
    return Fate(
        paid=root & happened,
        held=resting & under,
        moving=resting & ~under,
        out=(t.exit >= 0) & happened,
        stopped=~root & (credited <= at) & touched,
    )


def _under_hold(
    plan: Plan, holds: Mapping[int, list[Hold]], credited: Ints, left: Ints, at: int
) -> tuple[Flags, Flags]:
    """By transfer: its source is under a hold at `at`; it was under one while the amount rested there."""
    pairs = [(account, start, end) for account, several in holds.items() for start, end in several if start <= at]
    under = np.zeros(len(plan.accounts), dtype=bool)
    touched = np.zeros(len(plan.transfers), dtype=bool)
    source = plan.transfers.source
    # Holds of one account one after the other: nearly all accounts have one or none.
    rank: dict[int, int] = {}
    rounds: list[list[tuple[int, int, int]]] = []
    for pair in pairs:
        number = rank[pair[0]] = rank.get(pair[0], -1) + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(pair)
    for several in rounds:
        accounts, starts, ends = (np.array(column, dtype=np.int64) for column in zip(*several, strict=True))
        start = np.full(len(plan.accounts), NEVER, dtype=np.int64)
        end = np.full(len(plan.accounts), NEVER, dtype=np.int64)
        start[accounts], end[accounts] = starts, ends
        under[accounts] |= ends > at
        # The amount rested there in [credited, left]; a debit that went at the end of a hold had waited for it.
        touched |= (start[source] < NEVER) & (start[source] <= np.minimum(left, at)) & (credited < end[source])
    return under[source], touched


def distinct_stopped(plan: Plan, fate: Fate) -> Ints:
    """Fen by case that were ever under a stop; an amount stopped again further on counts once."""
    parent, amount = plan.columns.parent, plan.columns.amount
    stopped = fate.stopped.tolist()
    below = [0] * len(amount)
    by_case = np.zeros(len(plan.victims), dtype=np.int64)
    case = plan.transfers.case
    for i in range(len(amount) - 1, -1, -1):
        value = amount[i] if stopped[i] else below[i]
        if parent[i] >= 0:
            below[parent[i]] += value
        else:
            by_case[case[i]] += value
    return by_case


def by_case(plan: Plan, flags: Flags) -> Ints:
    """Fen by case of the transfers flagged."""
    return _sum(plan.transfers.case[flags], plan.transfers.amount[flags], len(plan.victims))


def _sum(group: Ints, amounts: Ints, groups: int) -> Ints:
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, group, amounts)
    return total


@dataclass(frozen=True)
class Ceiling:
    """What permanent holds on every account within reach, from the report on, would keep."""

    recoverable: Ints
    """Fen by case; of a victim who never reports, only what rests on accounts that other cases report."""


def ceiling_of(scenario: Scenario, plan: Plan) -> Ceiling:
    """The ceiling `recoverable_at_report` of a plan, all cases settled together and reaction off.

    An account is within reach when its holder can be asked, or a field team can go there. It is held for all cases
    that use it from the first report of any of them; only reports within the limit of the follow-up count.
    """
    accounts, limit = plan.accounts, scenario.horizon + scenario.follow_up
    reach = np.array([*(holder.profile is not None or holder.field for holder in scenario.holders), False])
    since = np.full(len(accounts), NEVER, dtype=np.int64)
    np.minimum.at(since, accounts.card, plan.victims.reported[accounts.case])
    since = since[accounts.card]
    mine = np.flatnonzero(reach[accounts.bank] & (since < limit))
    holds = {a: [(t, NEVER)] for a, t in zip(mine.tolist(), since[mine].tolist(), strict=True)}
    times = filled(NEVER, len(plan.transfers))
    settle(plan.columns, holds, 0, len(times), times)
    settled = np.array(times, dtype=np.int64)
    fate = fate_of(plan, settled, holds, NEVER - 1)
    return Ceiling(recoverable=by_case(plan, fate.held))


def money_of(run: Run) -> tuple[Fate, Mapping[int, list[Hold]]]:
    """The fate of every amount at the end of a run, and the holds that made it."""
    holds = holds_of(run.plan, run.rows)
    return fate_of(run.plan, run.times, holds, run.end), holds
