"""Why two runs of the same victims come out differently: what became of which money, at which account, at what time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.engine.run import Run
from sim.exercise.view import Numbers
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable
from sim.measure.money import PREVENTED, money_of
from sim.workflow.log import NONE


@dataclass(frozen=True)
class Why:
    """The account that makes most of the difference between two runs."""

    kind: Literal["kept", "lost", "unpaid", "paid"]
    """Money is kept in the other run, or lost; a victim's payments are not made there, or are made."""
    fen: int
    """Of the account."""
    rest: int
    """fen that all others make, in the same direction; below zero where they make it smaller."""
    others: int
    """Of these, how many there are."""
    case: int
    """Its number as people are shown it; NONE where nobody there knew of the case."""
    account: int
    """Likewise; NONE where nobody there knew of the account, and for a victim's own."""
    bank: str
    """Holder of the account; empty for a victim's own."""
    held_at: int | None
    """ms at which the hold began that keeps the money, in the run in which it is kept."""
    gone_at: int | None
    """ms at which it left the account in the other; None where it never came there, or never left."""


def why(run: Run, other: Run, numbers: Numbers) -> Why | None:
    """Why the other run saves more than a run, or less; None where it saves as much.

    Args:
        run, other: of one plan.
        numbers: as people of the session are shown cases and accounts.
    """
    kept, holds = _kept(run)
    kept_there, holds_there = _kept(other)
    more, plan = kept_there - kept, run.plan
    if not more.sum():
        return None
    sign = 1 if more.sum() > 0 else -1
    source = plan.transfers.source
    by_account = np.zeros(len(plan.accounts), dtype=np.int64)
    np.add.at(by_account, source, more)
    row = int(np.argmax(sign * by_account))
    mine = np.flatnonzero((source == row) & (sign * more > 0))
    keeps, loses, table = (other, run, holds_there) if sign > 0 else (run, other, holds)
    case, number = int(plan.accounts.case[row]), int(plan.accounts.number[row])
    own = number == 0
    gone = loses.times[mine]
    held = _held_at(table, int(plan.accounts.card[row]))
    return Why(
        kind=("unpaid" if own else "kept") if sign > 0 else ("paid" if own else "lost"),
        fen=abs(int(by_account[row])), rest=int(sign * more.sum()) - abs(int(by_account[row])),
        others=int(np.count_nonzero(by_account)) - 1, case=numbers.case.get(case, NONE),
        account=NONE if own else numbers.account.get((case, number), NONE),
        bank="" if own else keeps.scenario.holders[plan.accounts.bank[row]].name, held_at=held,
        gone_at=int(gone.min()) if gone.min() < NEVER else None,
    )  # fmt: skip


def _kept(run: Run) -> tuple[Ints, HoldTable]:
    """By transfer: fen that came back or were never paid; and the holds of the run."""
    fate, holds = money_of(run)
    return fate.recovered + fate.fen(PREVENTED), holds


def _held_at(holds: HoldTable, card: int) -> int | None:
    """ms at which the last hold of an account began; None where it has none."""
    row = int(holds.last(np.array([card]), NEVER)[0])
    return int(holds.start[row]) if row >= 0 else None
