"""The holds that a log tells of, as columns: one row per hold of a card, and which of them an amount rested under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Hold
from sim.measure.numbers import in_order
from sim.workflow.log import CONTESTED, FREEZE, HOLD, HOLD_END, RETURNED, Rows

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TIME_BITS = 40
"""(subject, time) as one sortable number: a log's times are under 2**40 ms (34 years)."""
_LATEST = (1 << TIME_BITS) - 1


@dataclass(frozen=True)
class HoldTable:
    """Holds [start, end) in ms, sorted by card and start; those of one card do not overlap."""

    card: Ints
    """Row of the plan's accounts: the first that is the same account."""
    start: Ints
    end: Ints
    """NEVER where the hold is in force at the end of the log."""
    lapsed: Flags
    """Ended by itself (the others that ended were ended by a decision)."""
    frozen: Ints
    """ms from which it is no mere stop: a freeze was filed, or money was paid back, which closes the account for good.
    NEVER without either."""
    contested: Ints
    """ms from which it is another force's, which held the account first; NEVER where it is not."""

    def __len__(self) -> int:
        return len(self.card)

    def last(self, card: Ints, time: Ints | int) -> Ints:
        """The row of the last hold of each card that began at or before a time (ms); -1 where there is none.

        For most it is the very last hold of the card, or none, for all began later: only the others are searched for.
        """
        row = self._last_of_card.take(card, mode="clip")
        later = np.flatnonzero(self._start_or_never.take(row) > time)
        if len(later):
            of, at = card.take(later), np.broadcast_to(time, card.shape).take(later)
            row[later] = -1
            some = np.flatnonzero(self.begun(of) <= at)
            later, of, at = later.take(some), of.take(some), at.take(some)
            row[later] = np.searchsorted(self._key, (of << TIME_BITS) + np.minimum(at, _LATEST), side="right") - 1
        return row

    @cached_property
    def _key(self) -> Ints:
        """By hold: card and start as one number, rising."""
        key: Ints = (self.card << TIME_BITS) + self.start
        return key

    @cached_property
    def _last_of_card(self) -> Ints:
        """By card up to the last that was ever held, and for all behind it: the row of its last hold, -1 for none."""
        row = np.full(self.card.max(initial=0) + 2, -1)
        row[self.card] = np.arange(len(self))
        return row

    @cached_property
    def _begun(self) -> Ints:
        """By card, as many as above: ms at which its first hold began; NEVER for none."""
        begun = np.full(len(self._last_of_card), NEVER)
        begun[self.card[::-1]] = self.start[::-1]
        return begun

    @cached_property
    def _start_or_never(self) -> Ints:
        """The starts, and behind them what is before every time: what row -1 finds."""
        return np.append(self.start, -NEVER)

    def begun(self, card: Ints) -> Ints:
        """ms at which the first hold of each card began; NEVER where there is none."""
        return self._begun.take(card, mode="clip")

    def touching(self, card: Ints, since: Ints, until: Ints, begun: Ints | int = NEVER) -> Ints:
        """The row of the last hold in force on each card at some time of [since, until]; -1 where there is none.

        Only holds that began by the time `begun` count. A hold that ended as the time began does not touch it; a time
        that ends before it begins is touched by none.
        """
        row = self.last(card, np.minimum(until, begun))
        return np.where((self.end_of(row) > np.maximum(since, -1)) & (since <= until), row, -1)

    def end_of(self, row: Ints) -> Ints:
        """The ends of some rows; -1 for row -1."""
        return self._end_or_none.take(row)

    @cached_property
    def _end_or_none(self) -> Ints:
        """The ends, and -1 behind them: what row -1 finds."""
        return np.append(self.end, -1)


def holds_of(plan: Plan, rows: Rows) -> HoldTable:
    """Read the holds of a log. A shared account has a row for each case that uses it; they are one hold.

    A hold that ended at the instant at which it began is none.
    """
    told = np.sort(np.concatenate([rows.of(HOLD), rows.of(HOLD_END)]))
    card = cards(plan, rows.at(told))
    order = in_order(card)  # the log is in order of time: the holds of a card stay so
    card, mine = card.take(order), rows.at(told.take(order))
    begins, time, value = mine.kind == HOLD, mine.time, mine.value
    new = np.ones(len(order), dtype=bool)
    new[1:] = (card[1:] != card[:-1]) | (begins[1:] != begins[:-1])  # else it says again what is so already
    card, begins, time, value = card[new], begins[new], time[new], value[new]
    first = np.flatnonzero(begins)
    after = np.minimum(first + 1, max(0, len(card) - 1))
    ended = (after > first) & (card[after] == card[first])
    end = np.where(ended, time[after], NEVER)
    lasted = time[first] < end
    card, start, end = card[first][lasted], time[first][lasted], end[lasted]
    lapsed = (ended & (value[after] == 1))[lasted]
    table = HoldTable(card, start, end, lapsed, _never(len(card)), _never(len(card)))
    for since, kinds in ((table.frozen, (FREEZE, RETURNED)), (table.contested, (CONTESTED,))):
        filed = rows.at(np.sort(np.concatenate([rows.of(kind) for kind in kinds])))
        row = table.last(cards(plan, filed), filed.time)
        np.minimum.at(since, row[row >= 0], filed.time[row >= 0])
    return table


def _never(rows: int) -> Ints:
    """NEVER in every row."""
    return np.full(rows, NEVER, dtype=np.int64)


def holds_from(holds: Mapping[int, Sequence[Hold]]) -> HoldTable:
    """The table of holds given by card (sorted and apart from each other), none of them frozen, contested or lapsed."""
    rows = [(card, start, end) for card, several in sorted(holds.items()) for start, end in several]
    card, start, end = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return HoldTable(card, start, end, np.zeros(len(card), dtype=bool), _never(len(card)), _never(len(card)))


def cards(plan: Plan, rows: Rows) -> Ints:
    """The card of each of some log rows about accounts."""
    return plan.accounts.card.take(plan.account_first.take(rows.case) + rows.account)
