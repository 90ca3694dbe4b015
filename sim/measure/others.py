"""Other people's money under holds: where every fen of it is, and what a run stopped of all money, own and others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine.run import Runs
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
    others, card = plan.others, plan.accounts.card
    begun = holds.begun(card).take(others.account)
    leaves = leave(plan, holds, begun)
    came, gone = others.came <= at, leaves <= at
    held, frozen, stopped = np.zeros((3, len(came)), dtype=bool)
    until = np.minimum(leaves, at)
    some = np.flatnonzero(came & (until >= begun))  # to the others no hold came before
    until, since = until.take(some), np.maximum(others.came.take(some), -1)
    row = holds.last(card.take(others.account.take(some)), until)
    end = holds.end_of(row)
    stopped[some] = (end > since) & (since <= until)
    under = np.flatnonzero((end > np.maximum(until, -1)) & ~gone.take(some))
    some, until, row = some.take(under), until.take(under), row.take(under)
    held[some] = True
    frozen[some] = (holds.contested.take(row) > until) & ((holds.frozen.take(row) <= until) | (not lapses))
    return OthersFate(came=came, held=held, frozen=frozen, gone=gone, stopped=stopped, amount=others.amount)


def leave(plan: Plan, holds: HoldTable, begun: Ints) -> Ints:
    """ms at which each credit leaves, given all holds; NEVER where it does not. As `leaves_at`, for all at once.

    Args:
        plan, holds: any.
        begun: by credit, ms at which the first hold of its account began; NEVER for none.
    """
    others, time = plan.others, plan.others.due.copy()
    left = np.flatnonzero(time >= begun)
    card = plan.accounts.card.take(others.account.take(left))
    while len(left):  # each round one hold further, for those that it held
        at = time.take(left)
        row = holds.last(card, at)
        end = holds.end_of(row)
        blocked = np.flatnonzero((row >= 0) & (end > at) & (at < NEVER))  # before the start is below -1
        left, end, card = left.take(blocked), end.take(blocked), card.take(blocked)
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
    account, n = runs.plan.others.account, len(runs)

    def some(flags: Flags) -> Values:
        mine = np.flatnonzero(flags)
        return yuan(runs.plans.of_account.take(account.take(mine)), fate.amount.take(mine), n)

    stopped = own["stopped"] + some(fate.stopped)
    yield Metric("stopped_all", stopped)
    yield Metric("frozen_all", own["frozen"] + some(fate.frozen))
    yield Metric("stopped_per_account", ratios(own["stopped"], own["accounts_stopped"]))
    yield Metric("stopped_all_per_account", ratios(stopped, own["accounts_stopped"]))
