"""Where every fen is at a time: paid and passed on, held, returned, out, or still moving.

A transfer's amount rests on the transfer's source account from the moment its parent was credited until the
transfer happens; so the amounts of all transfers cut each loss into portions with one place each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable, holds_of
from sim.measure.numbers import sum_by
from sim.scenario.models import Scenario
from sim.workflow.log import RETURNED, Rows

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ABSENT, PREVENTED, PASSED, FROZEN, INTERCEPTED, UNDER_STOP, MOVING, OUT, HELD_ELSEWHERE = range(9)
"""Place of a transfer's amount:

absent       not there yet: the payment is not due, or no money has come as far as the account it leaves
prevented    a payment that never happens, thanks to a hold on the victim's own account
passed       paid or sent on: in another place below
frozen       under a judicial freeze, or on an account closed after a return; without a law under any hold
intercepted  held on its way out, where only a field team comes
under_stop   under a stop payment that is no freeze: may yet move
moving       on an account that is open
out          exited: lost
held elsewhere  held by another force, which held the account first: neither recovered nor gone
"""


@dataclass(frozen=True)
class Fate:
    """By transfer: where its amount is at a time."""

    place: NDArray[np.int8]
    made: Flags
    """A payment that was made: its amount is part of the loss."""
    amount: Ints
    """fen."""
    returned: Ints
    """fen of the amount that were paid back to victims: they are in no place any more."""
    stopped: Flags
    """Rested on an account (not the victim's own) while it was under a hold, at any time up to then."""

    def fen(self, *places: int) -> Ints:
        """fen by transfer in some places, 0 for what is elsewhere."""
        there = np.zeros(HELD_ELSEWHERE + 1, dtype=bool)
        there[list(places)] = True
        return np.where(there.take(self.place), self.amount - self.returned, 0)

    @property
    def paid(self) -> Ints:
        """The loss."""
        return np.where(self.made, self.amount, 0)

    @property
    def held(self) -> Ints:
        """Under any hold."""
        return self.fen(FROZEN, INTERCEPTED, UNDER_STOP, HELD_ELSEWHERE)

    @property
    def moving(self) -> Ints:
        """On accounts that are open."""
        return self.fen(MOVING)

    @property
    def out(self) -> Ints:
        """Lost."""
        return self.fen(OUT)

    @property
    def recovered(self) -> Ints:
        """Frozen, intercepted or paid back."""
        return self.fen(FROZEN, INTERCEPTED) + self.returned


def fate_of(
    plan: Plan, times: Ints, holds: HoldTable, at: Ints | int, *,
    field: Flags | None = None, lapses: bool = False, back: Ints | None = None,
) -> Fate:  # fmt: skip
    """Where the amount of each transfer is at a time, what happens at that very instant included.

    Args:
        plan: the transfers.
        times: ms at which each happens; NEVER where it does not.
        holds: of all accounts.
        at: ms; one for all, or by transfer.
        field: by account: only a field team can hold money there; None for nowhere.
        lapses: a stop ends by itself unless a freeze is filed.
        back: by account, fen paid back up to `at`; None for nothing.
    """
    t = plan.transfers
    root = t.parent < 0
    happened, credited = times <= at, credited_of(plan, times)
    resting = ~root & (credited <= at) & ~happened
    card = plan.accounts.card.take(t.source)
    row = np.where(resting, holds.last(card, at), -1)
    under = holds.end_of(row) > at
    frozen, contested = np.full(len(t), not lapses), np.zeros(len(t), dtype=bool)
    if len(holds):
        frozen |= holds.frozen.take(row) <= at
        contested = holds.contested.take(row) <= at
    caught = np.zeros(len(t), dtype=bool) if field is None else field.take(t.source)
    place = np.select(
        [
            happened & (t.exit >= 0), happened, root & (times >= NEVER), ~resting, ~under, contested, caught,
            frozen,
        ],
        [OUT, PASSED, PREVENTED, ABSENT, MOVING, HELD_ELSEWHERE, INTERCEPTED, FROZEN],
        UNDER_STOP,
    ).astype(np.int8)  # fmt: skip
    return Fate(
        place=place,
        made=root & happened,
        amount=t.amount,
        returned=_paid_back(plan, credited, resting, back),
        stopped=~root & (holds.touching(card, credited, np.minimum(times, at)) >= 0),
    )


def credited_of(plan: Plan, times: Ints) -> Ints:
    """By transfer: ms at which its amount came to the account it leaves; NEVER for a payment."""
    parent = plan.transfers.parent
    return np.where(parent < 0, NEVER, times.take(parent))


def _paid_back(plan: Plan, credited: Ints, resting: Flags, back: Ints | None) -> Ints:
    """By transfer: fen paid back of what rests on its account, in the order in which it came."""
    paid = np.zeros(len(credited), dtype=np.int64)
    if back is None or not back.any():
        return paid
    source, amount = plan.transfers.source, plan.transfers.amount
    mine = np.flatnonzero(resting & (back[source] > 0))
    mine = mine[np.lexsort((mine, credited[mine], source[mine]))]
    total = np.cumsum(amount[mine])
    new = np.ones(len(mine), dtype=bool)
    new[1:] = source[mine][1:] != source[mine][:-1]
    first = np.maximum.accumulate(np.where(new, np.arange(len(mine)), 0))
    before = total - amount[mine] - (total - amount[mine])[first]
    paid[mine] = np.clip(back[source[mine]] - before, 0, amount[mine])
    return paid


def returned_of(plan: Plan, rows: Rows, at: Ints | int) -> Ints:
    """By account: fen that left it for victims up to a time (ms), one for all or by case."""
    told = rows.only(RETURNED)
    told = told.at(np.flatnonzero(told.time <= (at if isinstance(at, int) else at[told.case])))
    back = np.zeros(len(plan.accounts), dtype=np.int64)
    np.add.at(back, plan.account_first[told.case] + told.account, told.value)
    return back


def field_of(scenario: Scenario, plan: Plan) -> Flags:
    """By account: it is a place on the way out that only a field team can reach."""
    return np.array([*(holder.field for holder in scenario.holders), False])[plan.accounts.bank]


def money_of(run: Run | Runs, at: int | None = None) -> tuple[Fate, HoldTable]:
    """The fate of every amount at a time of a run (its end where none is given), and all holds of the run."""
    runs = runs_of(run)
    plan, plans = runs.plan, runs.plans
    ends = runs.ends if at is None else np.full(len(runs), at)
    holds = holds_of(plan, runs.of_cases)
    fate = fate_of(
        plan, runs.times, holds, ends[plans.of_transfer], field=field_of(runs.scenario, plan),
        lapses=runs.scenario.law is not None, back=returned_of(plan, runs.of_cases, ends[plans.of_case]),
    )  # fmt: skip
    return fate, holds


def ends_of(fate: Fate) -> Ints:
    """fen by transfer of the loss where they ended: all places but those from which they went on."""
    return fate.fen(FROZEN, INTERCEPTED, UNDER_STOP, MOVING, OUT, HELD_ELSEWHERE) + fate.returned


def distinct_stopped(plan: Plan, fate: Fate) -> Ints:
    """fen by transfer, where they ended, that were ever under a stop; an amount stopped twice counts once."""
    return np.where(on_path(plan, fate.stopped), ends_of(fate), 0)


def on_path(plan: Plan, flags: Flags) -> Flags:
    """By transfer: it or any transfer above it has the flag."""
    found, above = np.append(flags, False), np.append(plan.transfers.parent, -1)  # what is above a payment stands last
    while (above >= 0).any():  # each round looks twice as far up
        found |= found.take(above)
        above = above.take(above)
    return found[:-1]


def by_case(plan: Plan, fen: Ints) -> Ints:
    """Sum by case of an amount given by transfer."""
    return sum_by(plan.transfers.case, fen, len(plan.victims))
