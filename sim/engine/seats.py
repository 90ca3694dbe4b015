"""Seats: desks at which a person decides what is next, and the tasks on which nobody has decided yet.

A task that joins the queue of a desk with a deadline is undecided: it waits until an order takes it or its deadline has
passed; then the desk's own policy has it. With a deadline of 0 there is nothing to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sim.engine.floor import Floor
from sim.engine.orders import FRONT
from sim.engine.tokens import Due, Token
from sim.workflow.log import DESK_SHIFT, NONE, OVERDUE
from sim.workflow.ranks import Ranks


class Undecided(NamedTuple):
    """A task that waits for somebody to decide. Times are ms since the start."""

    opened: int
    deadline: int
    case: int
    """Row of the case."""
    account: int
    """Number of the account in its case; NONE for the case itself."""
    desk: str
    step: str
    """`route.step`"""
    attempt: int


class Seats:
    """The undecided tasks of a run, between the routes and the queues of the floor."""

    def __init__(self, floor: Floor, deadlines: list[int], rows: list[int], at: Callable[..., None]) -> None:
        """
        Args:
            floor: whose desks the tasks wait for.
            deadlines: by desk, ms that somebody has to decide; 0: nobody sits there.
            rows: of the log.
            at: (ms, key, call, subject): schedules an event.
        """
        self.deadlines = deadlines
        self._floor = floor
        self._rows = rows
        self._at = at
        self._waiting: dict[Token, tuple[int, int]] = {}
        self._taken = 0

    def hold(self, token: Token, number: int, now: int) -> bool:
        """Keep a task that arrives at a desk until somebody decides; False where nobody sits there."""
        deadline = self.deadlines[number]
        if not deadline:
            return False
        token.desk = number
        opened = (now, now + deadline)
        self._waiting[token] = opened
        self._floor.expect(number, now)
        self._at(now + deadline, Ranks.OVERDUE + token.key, self._overdue, (token, opened))
        return True

    def _overdue(self, event: Due) -> None:
        token: Token = event.subject[0]
        opened: tuple[int, int] = event.subject[1]
        if self._waiting.get(token) is opened:  # not decided on, nor here again since
            self._rows += (opened[1], token.key, OVERDUE + ((token.desk + 1) << DESK_SHIFT), NONE)
            self._to_queue(token)

    def _to_queue(self, token: Token, before: int = 0) -> None:
        opened, _ = self._waiting.pop(token)
        self._floor.desks[token.desk].waiting -= 1
        self._floor.join(token, token.desk, opened, before)

    def __contains__(self, token: Token) -> bool:
        return token in self._waiting

    def __iter__(self) -> Iterator[tuple[Token, int, int]]:
        """(token, ms at which it opened, ms of its deadline) of each undecided task, in the order of their opening."""
        return ((token, *times) for token, times in sorted(self._waiting.items(), key=lambda it: (it[1], it[0].key)))

    def take(self, token: Token) -> bool:
        """Let a task be next, after those taken before; False where it does not wait."""
        before = FRONT - self._taken
        if token in self._waiting:
            self._to_queue(token, before)
        elif not self._floor.move(token, before):
            return False
        self._taken += 1
        return True

    def rank(self, token: Token, rank: int) -> bool:
        """Give a task another rank for when it is decided on; False where it is decided."""
        if token not in self._waiting:
            return False
        token.rank = rank
        return True

    def give_up(self, token: Token) -> bool:
        """Take a task away undecided; False where it is decided."""
        if self._waiting.pop(token, None) is None:
            return False
        self._floor.desks[token.desk].waiting -= 1
        return True

    def set_deadline(self, number: int, deadline: int) -> None:
        """From now on there are so many ms to decide at a desk; 0: nobody sits there any more, its policy decides."""
        self.deadlines[number] = deadline
        if not deadline:
            for token in [token for token, _, _ in self if token.desk == number]:
                self._to_queue(token)
