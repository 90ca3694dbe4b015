"""Work that is handed over at the end of a shift: what is in hand, what was left, and the briefing for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.engine.tokens import Token
from sim.scenario import people
from sim.workflow.program import Program
from sim.workflow.teams import handed_over
from sim.workflow.times import Times


class HandOver:
    """The work at all desks of a run that can be handed over."""

    def __init__(
        self, program: Program, times: Times, rules: Sequence[people.Desk | None], hands_over: Sequence[bool]
    ) -> None:
        """
        Args:
            rules: by desk; None for a bank's.
            hands_over: by desk, whether its people hand over.
        """
        self._program, self._times, self._rules = program, times, rules
        self.can = handed_over(program, hands_over)
        """By step: whether its work can be handed over."""
        self.in_hand: dict[Token, tuple[int, int]] = {}
        """(ms at which it will be done, how often it was handed over)"""
        self.left: dict[Token, tuple[int, int]] = {}
        """Of work handed over that waits: (ms of work left, how often it was handed over)."""

    def take_up(self, token: Token, now: int, anew: Callable[[Token, int], int]) -> int:
        """Take a token in hand; ms until it is done.

        Args:
            anew: ms of work that nobody has begun.
        """
        left, times = self.left.pop(token, (0, 0))
        lasts = left + self._briefing(token, times) if times else anew(token, now)
        self.in_hand[token] = now + lasts, times
        return lasts

    def of(self, number: int, leaves: Callable[[int], bool]) -> list[Token]:
        """What the people of a desk who leave have in hand, in order."""
        mine = (
            token
            for token in self.in_hand
            if any(d == number and leaves(one) for d, one in token.people or [(token.desk, token.person)])
        )
        return sorted(mine, key=lambda token: token.key)

    def put_down(self, token: Token, now: int) -> int:
        """Leave a token to whoever comes; ms of work left."""
        due, times = self.in_hand.pop(token)
        self.left[token] = due - now, times + 1
        return due - now

    def _briefing(self, token: Token, times: int) -> int:
        """ms for whoever takes a token over, for the so-manieth time: the longest that a desk of its team needs."""
        members = self._program.team[token.step] or ((token.desk, 1),)
        rules = [self._rules[d] for d, _ in members]
        laws = [rule.shift_end.briefing for rule in rules if rule and rule.shift_end and rule.shift_end.briefing]
        return max(self._times.drawn(token, law, f"briefing {times}") for law in laws)
