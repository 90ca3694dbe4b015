"""Other people's money on the accounts: that of victims elsewhere and of the holder, as flows that come and go.

Each use of an account by a case brings a stream of credits of its own around the time at which the case's money comes
there. A credit leaves after its dwell; under a hold it waits and leaves a retry delay after the hold's end, as in
`settle`; what comes meanwhile is trapped too. So at every instant: came = there + held + gone, to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.fraud.accounts import Accounts
from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER, Hold
from sim.fraud.transfers import Transfers
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_fen, sample_ms

_STREAM = -2  # no debit and no account of a key has this number


@dataclass(frozen=True)
class Others:
    """One row per credit, account by account in the order of time. All times in ms, money in fen."""

    account: Ints
    """Row of the plan's accounts; rows of one card have streams of their own."""
    came: Ints
    """Negative where it was there before the start."""
    amount: Ints
    due: Ints
    """When it leaves unless a hold is in force then."""
    retry: Ints
    """From the end of a hold until it leaves."""
    first: Ints
    """By account: its first row, and the number of rows at the end."""

    def __len__(self) -> int:
        return len(self.account)


def no_others(accounts: int) -> Others:
    """No money but that of the plan's own cases on so many accounts."""
    none = np.zeros(0, dtype=np.int64)
    return Others(none, none, none, none, none, np.zeros(accounts + 1, dtype=np.int64))


def draw_others(scenario: Scenario, accounts: Accounts, transfers: Transfers) -> Others:
    """Draw the streams of a plan.

    Args:
        scenario: its criminals and banks are read.
        accounts, transfers: of the plan.
    """
    others, key = scenario.criminals.others, accounts.key
    if others is None:
        return no_others(len(key))
    mule = (accounts.number > 0) & (accounts.bank < len(scenario.banks))
    into = np.flatnonzero(transfers.target >= 0)
    row, credited = transfers.target[into], _intended(transfers.parent, transfers.dwell)[into]
    mine = mule[row] & (uniform(key[row], "others") < others.share)
    row, credited = row[mine], credited[mine]
    owner, end = key_of(key[row], np.full(len(row), _STREAM)), credited + others.after
    time = credited - others.before
    found: list[tuple[Ints, Ints, Keys]] = []
    for number in range(others.most):
        credit = key_of(owner, np.full(len(owner), number))
        time = time + sample_ms(others.gap, uniform(credit, "others-gap"))
        goes_on = time <= end
        if not goes_on.any():
            break
        row, owner, end, time = row[goes_on], owner[goes_on], end[goes_on], time[goes_on]
        found.append((row, time, credit[goes_on]))
    account, came, credit = (
        np.concatenate(columns) if found else np.zeros(0, dtype=kind)
        for columns, kind in zip(zip(*found, strict=True) if found else ((), (), ()), _KINDS, strict=True)
    )
    order = np.argsort(account, kind="stable")  # each stream is in the order of time already
    same = (account[order[1:]] == account[order[:-1]]) & (came[order[1:]] <= came[order[:-1]])
    if same.any():  # at one time by key
        order = np.lexsort((credit, came, account))
    account, came, credit = account[order], came[order], credit[order]
    return Others(
        account=account,
        came=came,
        amount=sample_fen(others.amount, uniform(credit, "others-amount")),
        due=came + sample_ms(others.dwell, uniform(credit, "others-dwell")),
        retry=sample_ms(scenario.criminals.retry, uniform(credit, "others-retry")),
        first=np.searchsorted(account, np.arange(len(key) + 1)),
    )


_KINDS = (np.int64, np.int64, np.uint64)


def leaves_at(due: int, retry: int, holds: Sequence[Hold]) -> int:
    """When a credit leaves, as `settle` has it.

    Args:
        due: ms.
        retry: ms.
        holds: of the account, sorted and apart.
    """
    for start, end in holds:
        if due < start:
            break
        if due < end:
            if end >= NEVER:
                return NEVER
            due = end + retry
    return due


def _intended(parent: Ints, dwell: Ints) -> Ints:
    """When each transfer would happen if nothing were ever held (ms)."""
    time, above = dwell.copy(), parent.copy()
    while (below := above >= 0).any():  # each round looks twice as far up
        time = time + np.where(below, time[above], 0)
        above = np.where(below, above[above], -1)
    return time
