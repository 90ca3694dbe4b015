"""Transfers: one type, from a victim's first payment to the ledger.

A payment is a transfer without a parent; a hop forwards one earlier credit in part; an exit takes it out. Each room
adds what it knows: `victims` draws the payments, `forest` what the criminals mean to do with each, `accounts` between
which accounts it goes, and `plan` keeps the table. `settle` says when each happens, `measure/money` where its amount
then is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.fraud.draws import Keys
from sim.fraud.groups import Column, Ints, column

UNPLACED = -1
"""In `source` and `target` while the accounts are not drawn yet."""


@dataclass(frozen=True)
class Transfers:
    """One row per transfer; in a plan case by case, each case in preorder: a subtree is a contiguous range."""

    case: Ints
    key: Keys
    """What everything drawn for the transfer hangs on."""
    parent: Ints
    """The transfer whose credit is forwarded; -1 for a payment."""
    exit: Ints
    """Index into the scenario's exits; -1 for a transfer that credits an account."""
    amount: Ints
    """fen."""
    dwell: Ints
    """ms after the parent; for a payment, ms after the scenario's start."""
    retry: Ints
    """ms from the end of a hold until it leaves, if it waited there; drawn when the forest is laid out."""
    size: Ints
    """Transfers in the subtree, this one included; known when the forest is laid out."""
    source: Ints
    """Account debited; UNPLACED until the accounts are drawn."""
    target: Ints
    """Account credited; -1 for an exit, and UNPLACED until the accounts are drawn."""

    def __len__(self) -> int:
        return len(self.case)

    def by_source(self, accounts: int) -> tuple[Ints, Ints]:
        """The transfers that debit each account, account by account; and by account the first of them, then the end.

        Args:
            accounts: how many there are.
        """
        order = np.argsort(self.source, kind="stable")
        return order, np.concatenate([[0], np.cumsum(np.bincount(self.source, minlength=accounts))])

    def forest(self, outgoing: Ints, first: Ints) -> Forest:
        """The columns that are walked one by one.

        Args:
            outgoing, first: as `by_source` has them.
        """
        return Forest(
            parent=column(self.parent), source=column(self.source), target=column(self.target),
            amount=column(self.amount), dwell=column(self.dwell), retry=column(self.retry), size=column(self.size),
            _outgoing=column(outgoing), _outgoing_first=column(first),
        )  # fmt: skip


@dataclass(frozen=True)
class Forest:
    """The same transfers as views that Python walks one by one (numpy's own scalars are slow)."""

    parent: Column
    source: Column
    target: Column
    amount: Column
    dwell: Column
    retry: Column
    size: Column
    _outgoing: Column
    _outgoing_first: Column

    def outgoing(self, account: int) -> Sequence[int]:
        """The transfers that debit an account."""
        return self._outgoing[self._outgoing_first[account] : self._outgoing_first[account + 1]]


def drawn(
    case: Ints, key: Keys, amount: Ints, dwell: Ints, parent: Ints | int = -1, exit_: Ints | int = -1
) -> Transfers:
    """Transfers of which nobody knows yet what follows them, nor between which accounts they go.

    Args:
        case, key, amount, dwell: as the columns.
        parent: -1 for payments.
        exit_: the column `exit`.
    """
    like = (len(case),)
    none = np.broadcast_to(np.int64(UNPLACED), like)
    return Transfers(
        case=case, key=key, parent=np.broadcast_to(parent, like), exit=np.broadcast_to(exit_, like), amount=amount,
        dwell=dwell, retry=np.broadcast_to(np.int64(0), like), size=np.broadcast_to(np.int64(1), like), source=none,
        target=none,
    )  # fmt: skip
