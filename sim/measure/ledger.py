"""The settled money of a run as a ledger: one entry for each movement of fen, and at the end where every fen then is.

Entries of the kinds payment, transfer, exit and return are movements, in the order of time. Those that close are no
movements: they say, account by account, in which place the money lies that is left there, so that what came to an
account is what left it and what closes it. A payment that a hold prevented moves nothing and has an entry of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.run import Run
from sim.fraud.groups import Ints
from sim.fraud.plan import Plan
from sim.measure.metrics import Measured
from sim.measure.money import FROZEN, HELD_ELSEWHERE, INTERCEPTED, MOVING, PREVENTED, UNDER_STOP
from sim.words.language import key
from sim.workflow.log import NONE, RETURNED

PAYMENT, TRANSFER, EXIT, RETURN, CLOSING, PREVENTION = range(6)
KINDS: Final = (key("payment"), key("transfer"), key("exit"), key("return"), key("balance"), key("prevented"))
"""What an entry is, by its number."""
PLACES: Final = {
    FROZEN: "frozen", INTERCEPTED: "intercepted", UNDER_STOP: "under_stop", MOVING: "still_moving",
    HELD_ELSEWHERE: "held_elsewhere",
}  # fmt: skip
"""Where money is that has not left by the end, as the metrics call it (`under_stop` counts as still moving there)."""


@dataclass(frozen=True)
class Ledger:
    """One row for each entry."""

    kind: Ints
    """Index into KINDS."""
    time: Ints
    """ms since the start; of entries that close and of prevented payments the end of the run."""
    case: Ints
    """Row of the plan's victims."""
    source: Ints
    """Row of the plan's accounts (the first that is the same account)."""
    target: Ints
    """Likewise; NONE for an exit and for what closes."""
    fen: Ints
    what: Ints
    """Of an exit its cause, of what closes its place: an index into the causes of the run or a key of PLACES."""
    transfer: Ints
    """Row of the plan's transfers; NONE for a return."""

    def __len__(self) -> int:
        return len(self.kind)


def ledger_of(run: Run, measured: Measured) -> Ledger:
    """The ledger of a run at its end.

    Args:
        run: any run.
        measured: the same run measured.
    """
    plan, t, fate = run.plan, run.plan.transfers, measured.fate
    cause = np.full(len(t), NONE)
    cause[measured.leaks.transfer] = measured.leaks.cause
    moved = np.flatnonzero(run.times <= run.end)
    kind = np.where(t.parent[moved] < 0, PAYMENT, np.where(t.exit[moved] >= 0, EXIT, TRANSFER))
    parts = [_of_transfers(plan, moved, kind, run.times[moved], t.amount[moved], cause[moved]), _returns(run)]
    lies = np.flatnonzero(np.isin(fate.place, tuple(PLACES)) & (fate.amount > fate.returned))
    prevented = np.flatnonzero(fate.place == PREVENTED)
    for rows, closes in ((lies, CLOSING), (prevented, PREVENTION)):
        ended, fen = np.full(len(rows), run.end), (fate.amount - fate.returned)[rows]
        what = fate.place[rows].astype(np.int64)
        parts.append(_of_transfers(plan, rows, np.full(len(rows), closes), ended, fen, what))
    columns = [np.concatenate(some) for some in zip(*parts, strict=True)]
    order = np.lexsort((columns[-1], columns[0], columns[1], np.isin(columns[0], (CLOSING, PREVENTION))))
    return Ledger(*(column[order] for column in columns))


def _of_transfers(plan: Plan, rows: Ints, kind: Ints, time: Ints, fen: Ints, what: Ints) -> list[Ints]:
    """The columns of entries about transfers."""
    t, card = plan.transfers, plan.accounts.card
    target = np.where(t.target[rows] >= 0, card[t.target[rows]], NONE)
    target = np.where(kind == CLOSING, NONE, np.where(kind == PREVENTION, card[t.source[rows]], target))
    return [kind, time, t.case[rows], card[t.source[rows]], target, fen, what, rows]


def _returns(run: Run) -> list[Ints]:
    """The columns of entries about money that left an account for its victim, whose own account takes it."""
    plan, told = run.plan, run.rows.at(run.rows.of(RETURNED))
    told = told.at(np.flatnonzero(told.value > 0))
    case, none = told.case.astype(np.int64), np.full(len(told), NONE)
    source = plan.accounts.card[plan.account_first[case] + told.account]
    return [np.full(len(told), RETURN), told.time, case, source, plan.account_first[case], told.value, none, none]
