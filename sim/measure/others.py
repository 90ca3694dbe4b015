"""Other people's money under holds: where every fen of it is, and what a run stopped of all money, own and others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.fraud.others import Others
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable
from sim.measure.money import Flags, Ints, sum_by
from sim.measure.numbers import ratio, yuan
from sim.response.run import Run


@dataclass(frozen=True)
class OthersFate:
    """By credit of `plan.others`: where it is at a time, what happens at that very instant included.

    A credit that came is in one of three places: there, held, gone.
    """

    came: Flags
    held: Flags
    """Under a hold."""
    frozen: Flags
    """Of these, under a freeze (without a law under any hold), and not another force's."""
    gone: Flags
    stopped: Flags
    """Was ever under a hold up to then."""
    amount: Ints

    @property
    def there(self) -> Flags:
        """On an account that is open."""
        return self.came & ~self.held & ~self.gone


def others_at(plan: Plan, holds: HoldTable, at: int, *, lapses: bool) -> OthersFate:
    """Where other people's money is at a time.

    Args:
        plan: the streams.
        holds: of all accounts.
        at: ms.
        lapses: a stop ends by itself unless a freeze is filed.
    """
    others = plan.others
    card = plan.accounts.card[others.account]
    leaves = leave(others, card, holds)
    came, gone = others.came <= at, leaves <= at
    row = holds.last(card, at)
    held = came & ~gone & (row >= 0) & (holds.end_of(row) > at)
    frozen = held.copy()
    if len(holds):
        frozen &= (holds.contested[row] > at) & ((holds.frozen[row] <= at) | (not lapses))
    stopped = came & (holds.touching(card, others.came, np.minimum(leaves, at)) >= 0)
    return OthersFate(came=came, held=held, frozen=frozen, gone=gone, stopped=stopped, amount=others.amount)


def leave(others: Others, card: Ints, holds: HoldTable) -> Ints:
    """ms at which each credit leaves, given all holds; NEVER where it does not. As `leaves_at`, for all at once."""
    time = others.due.copy()
    while True:  # each round one hold further
        row = holds.last(card, time)
        end = holds.end_of(row)
        blocked = (row >= 0) & (end > time) & (time < NEVER)  # before the start is below -1
        if not blocked.any():
            return time
        time = np.where(blocked, np.where(end >= NEVER, NEVER, end + others.retry), time)


def stopped_by_account(run: Run, fate: OthersFate) -> Ints:
    """By account, fen of other people that were ever under a stop on it."""
    plan = run.plan
    return sum_by(plan.accounts.card[plan.others.account[fate.stopped]], fate.amount[fate.stopped], len(plan.accounts))


def all_money(fate: OthersFate, metrics: dict[str, float]) -> Iterator[tuple[str, float]]:
    """What was stopped and is frozen of all money, the victims' own and others'; `stopped` and `frozen` are own only.

    Args:
        fate: of others' money at the end of a run.
        metrics: those of the own money.
    """
    stopped = metrics["stopped"] + yuan(fate.amount[fate.stopped])
    yield "stopped_all", stopped
    yield "frozen_all", metrics["frozen"] + yuan(fate.amount[fate.frozen])
    yield "stopped_per_account", ratio(metrics["stopped"], metrics["accounts_stopped"])
    yield "stopped_all_per_account", ratio(stopped, metrics["accounts_stopped"])
