"""Other people's money under holds: where every fen of it is, and what a run stopped of all money, own and others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine.run import Runs
from sim.fraud.others import Others
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable
from sim.measure.money import Flags, Ints
from sim.measure.numbers import Metric, Values, ratios, sum_by, yuan


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


def others_at(plan: Plan, holds: HoldTable, at: Ints | int, *, lapses: bool) -> OthersFate:
    """Where other people's money is at a time.

    Args:
        plan: the streams.
        holds: of all accounts.
        at: ms; one for all, or by credit.
        lapses: a stop ends by itself unless a freeze is filed.
    """
    others = plan.others
    card = plan.accounts.card.take(others.account)
    leaves = leave(others, card, holds)
    came, gone = others.came <= at, leaves <= at
    held, frozen = np.zeros((2, len(card)), dtype=bool)
    if len(holds):
        rests = np.flatnonzero(came & ~gone)
        until = np.broadcast_to(at, card.shape).take(rests)
        row = holds.last(card.take(rests), until)
        under = np.flatnonzero(holds.end_of(row) > np.maximum(until, -1))
        rests, until, row = rests.take(under), until.take(under), row.take(under)
        held[rests] = True
        frozen[rests] = (holds.contested.take(row) > until) & ((holds.frozen.take(row) <= until) | (not lapses))
    until = np.minimum(leaves, at)
    some, stopped = np.flatnonzero(came & (until >= holds.begun(card))), np.zeros(len(card), dtype=bool)
    stopped[some] = holds.touching(card.take(some), others.came.take(some), until.take(some)) >= 0
    return OthersFate(came=came, held=held, frozen=frozen, gone=gone, stopped=stopped, amount=others.amount)


def leave(others: Others, card: Ints, holds: HoldTable) -> Ints:
    """ms at which each credit leaves, given all holds; NEVER where it does not. As `leaves_at`, for all at once."""
    time = others.due.copy()
    left = np.flatnonzero(time >= holds.begun(card))
    while len(left):  # each round one hold further, for those that it held
        at = time.take(left)
        row = holds.last(card.take(left), at)
        end = holds.end_of(row)
        blocked = np.flatnonzero((row >= 0) & (end > at) & (at < NEVER))  # before the start is below -1
        left, end = left.take(blocked), end.take(blocked)
        time[left] = np.where(end >= NEVER, NEVER, end + others.retry.take(left))
    return time


def stopped_by_account(plan: Plan, fate: OthersFate) -> Ints:
    """By account, fen of other people that were ever under a stop on it."""
    mine = np.flatnonzero(fate.stopped)
    card = plan.accounts.card.take(plan.others.account.take(mine))
    return sum_by(card, fate.amount.take(mine), len(plan.accounts))


def all_money(runs: Runs, fate: OthersFate, own: dict[str, Values]) -> Iterator[Metric]:
    """What was stopped and is frozen of all money, the victims' own and others'; `stopped` and `frozen` are own only.

    Args:
        runs: any.
        fate: of others' money at their ends.
        own: metrics of the own money.
    """
    of, n = runs.plans.of_account.take(runs.plan.others.account), len(runs)
    stopped = own["stopped"] + yuan(of[fate.stopped], fate.amount[fate.stopped], n)
    yield Metric("stopped_all", stopped)
    yield Metric("frozen_all", own["frozen"] + yuan(of[fate.frozen], fate.amount[fate.frozen], n))
    yield Metric("stopped_per_account", ratios(own["stopped"], own["accounts_stopped"]))
    yield Metric("stopped_all_per_account", ratios(stopped, own["accounts_stopped"]))
