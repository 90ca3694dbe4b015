"""All the physics of money: when does each transfer happen, given the holds?

A hold is an interval [start, end) on an account: a debit at `start` is blocked, at `end` it goes. A transfer happens
if its parent happened and its source is open at that moment; else its money waits until the hold ends and leaves
after its retry delay, and everything behind it shifts with it. Once a case had a transfer blocked, its criminals
notice after a delay, and what is then left of any dwell time runs faster.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Protocol

from sim.fraud.groups import filled
from sim.fraud.transfers import Forest

NEVER = 1 << 62
"""A time that does not come; also the end of a permanent hold."""

Hold = tuple[int, int]
"""[start, end) in milliseconds."""


class ByAccount(Protocol):
    """The holds of each account, sorted by start and not overlapping: a mapping will do."""

    def get(self, account: int, default: Sequence[Hold], /) -> Sequence[Hold]: ...


class Holds:
    """Holds as they come and go: eight bytes an account for the one in force, a list for those that ended."""

    def __init__(self, accounts: int) -> None:
        self.since = filled(NEVER, accounts)
        """By account: the start of the hold in force; NEVER where there is none."""
        self.ended: dict[int, list[Hold]] = {}

    def get(self, account: int, default: Sequence[Hold] = ()) -> Sequence[Hold]:
        """The holds of an account, the one in force last and without an end."""
        ended, since = self.ended.get(account, default), self.since[account]
        return ended if since == NEVER else [*ended, (since, NEVER)]

    def begin(self, account: int, now: int) -> bool:
        """Begin a hold; False where one is in force already."""
        if self.since[account] != NEVER:
            return False
        self.since[account] = now
        return True

    def end(self, account: int, now: int) -> bool:
        """End the hold in force; False where there is none."""
        start = self.since[account]
        if start == NEVER:
            return False
        if start < now:
            self.ended.setdefault(account, []).append((start, now))
        self.since[account] = NEVER
        return True


def settle(
    forest: Forest, holds: ByAccount, first: int, last: int, times: MutableSequence[int],
    speed: float = 1.0, notice: int = NEVER,
) -> int:  # fmt: skip
    """Settle transfers [first, last) into `times` and tell when the first of them was blocked.

    The range must hold whole subtrees; the times of parents before it are read from `times`.

    Args:
        forest: the transfers, in preorder: a parent stands before what hangs on it.
        holds: by account.
        first, last: the range of transfers.
        times: ms at which each transfer happens (NEVER where it does not); written in the range.
        speed: what is left of a dwell time after `notice` is multiplied by this.
        notice: ms at which the case's criminals notice a block.

    Returns:
        The earliest ms at which a transfer of the range was blocked, or NEVER.
    """
    parent, source, dwell, retry = forest.parent, forest.source, forest.dwell, forest.retry
    blocked = NEVER
    for i in range(first, last):
        above = parent[i]
        begin = times[above] if above >= 0 else 0
        if begin >= NEVER:
            times[i] = NEVER
            continue
        t = begin + dwell[i]
        if t > notice and above >= 0:  # a victim does not pay faster
            since = begin if begin > notice else notice
            t = since + int(speed * (t - since))
        for start, end in holds.get(source[i], ()):
            if t < start:
                break
            if t < end:
                if t < blocked:
                    blocked = t
                if end >= NEVER:
                    t = NEVER
                    break
                t = end + retry[i]
        times[i] = t
    return blocked


def settle_case(
    forest: Forest, holds: ByAccount, first: int, last: int, times: MutableSequence[int],
    speed: float = 1.0, notice_after: int = NEVER,
) -> int:  # fmt: skip
    """Settle one whole case, with the reaction of its criminals.

    Nothing before the notice depends on the reaction, so the first block is found without it.

    Args:
        notice_after: ms from the case's first blocked transfer until its criminals know; NEVER for no reaction.

    Returns:
        The earliest ms at which a transfer of the case was blocked, or NEVER.
    """
    blocked = settle(forest, holds, first, last, times)
    if blocked < NEVER and notice_after < NEVER:
        settle(forest, holds, first, last, times, speed, blocked + notice_after)
    return blocked
