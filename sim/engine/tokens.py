"""A token: one subject on its way along one route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from sim.workflow.log import ATTEMPTS, NONE, STEP_SHIFT, content
from sim.workflow.program import Program

Place = tuple[int, float, int, int, "Token"]
"""In a queue: (rank by order, key of the policy, ms of joining, key, token); the smallest is served first."""


class Due(simpy.Event):
    """An event with a subject, triggered from the start."""

    def __init__(self, env: simpy.Environment, call: Callable[[Any], None], subject: Any) -> None:
        self.env = env
        self.callbacks = [call]
        self._value = None
        self._ok = True
        self.subject = subject


class Token(simpy.Event):
    """One subject on its way along one route: itself the event of the end of what it is doing.

    It is scheduled once at a time: when its work is over, its wait has passed or its signal has come. What may
    come before that (patience, a time limit) is an event of its own, its `timer`.
    """

    __slots__ = (
        "_ok", "_value", "account", "alive", "attempts", "before", "callbacks", "case", "content", "desk", "key",
        "people", "person", "place", "rank", "revealed", "route", "step", "subject", "timer",
    )  # fmt: skip

    def __init__(self, route: int, subject: int, case: int, account: int, content: int, before: int) -> None:
        self._ok = True
        self._value = None
        self.callbacks = []
        self.route = route
        self.subject = subject
        """Row of the account or the case."""
        self.case = case
        self.account = account
        """Number of the account in its case; NONE for a case."""
        self.content = content
        self.before = before
        """Attempts that earlier tokens of the subject on this route have used."""
        self.attempts: dict[int, int] | None = None
        """By step: how often it came there, where the route lets it come again."""
        self.step = NONE
        self.key = content
        """(case, account, step, attempt) as one number: what the log says and events of one instant are ordered by."""
        self.alive = True
        self.place: Place | None = None
        """Its place in a desk's queue, while it waits there; a place it has left counts no more."""
        self.rank = 0
        """Lower goes first in any queue: set by orders."""
        self.desk = NONE
        """Whose queue it is or was in."""
        self.person = NONE
        """Of that desk, at work on it."""
        self.people: list[tuple[int, int]] | None = None
        """(desk, person) of a team at work on it."""
        self.timer: Due | None = None
        self.revealed: list[int] | None = None
        """Accounts newly known through it, for which no route was started yet."""

    @classmethod
    def of_duty(cls, program: Program, number: int, item: int, rank: int) -> Token:
        """A piece of work that is no case, at the step that is its duty.

        Args:
            program: its duties are a route of their own.
            number: of the duty.
            item: which of its pieces of work.
            rank: by which it waits.
        """
        token = cls(program.duties, item, NONE, NONE, content(NONE, item), 0)
        token.step = program.first[program.duties] + number
        token.key = token.content + ((token.step + 1) << STEP_SHIFT) + 1
        token.desk = program.desk[token.step]
        token.rank = rank
        return token

    @property
    def attempt(self) -> int:
        """How often its subject came to this step."""
        return self.key & ATTEMPTS

    def __lt__(self, other: Token) -> bool:
        return False  # two places in a heap differ before they come to their tokens
