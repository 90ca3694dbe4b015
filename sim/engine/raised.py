"""Signals that were raised, kept until they are contradicted, and the tokens that wait for one."""

from __future__ import annotations

from collections.abc import Callable

from sim.engine.tokens import Token
from sim.workflow.program import Program
from sim.workflow.signals import CLEARS, matters

Subject = tuple[bool, int]
"""(whether it is an account, its row)"""


class Signals:
    """Raised signals by subject, and who awaits them."""

    def __init__(self, program: Program, wake: Callable[[Token], None]) -> None:
        """
        Args:
            program: its awaits.
            wake: told of each token whose signal has come.
        """
        self._program = program
        self._wake = wake
        self._awaited, self.matter, self.matter_to_cases, self._of_case = matters(program)
        self._raised: dict[Subject, int] = {}
        self._awaiting: dict[Subject, list[Token]] = {}

    def raise_(self, signals: int, subject: Subject) -> None:
        """Latch signals (bits) on a subject and wake the tokens that awaited them.

        What happened to an account contradicts what was so of it. A case keeps what it has: what was so of another of
        its accounts may still be so.
        """
        kept = self._raised.get(subject, 0)
        if not kept and not signals & self._awaited:
            return  # there is nothing that it could contradict
        if subject[0]:
            kept &= ~CLEARS.get(signals, 0)
        self._raised[subject] = kept | signals
        waiting = self._awaiting.get(subject)
        if waiting:
            for token in [token for token in waiting if token.alive and self.met(token)]:
                self.leave(token)
                token.timer = None
                self._wake(token)

    def withdraw(self, signals: int, subject: Subject) -> None:
        """Take signals back: what they said begins anew."""
        if subject in self._raised:
            self._raised[subject] &= ~signals

    def met(self, token: Token) -> bool:
        """Whether the signals that a token's step awaits are there."""
        mask, every = self._program.signals[token.step]
        have = self._raised.get((token.account >= 0, token.subject), 0)
        if token.account >= 0:
            have |= self._raised.get((False, token.case), 0) & self._of_case
        have &= mask
        return have == mask if every else bool(have)

    def wait(self, token: Token) -> None:
        """Let a token wait for the signals of its step."""
        for subject in self._told_by(token):
            self._awaiting.setdefault(subject, []).append(token)

    def leave(self, token: Token) -> None:
        """Let a token wait no more."""
        for subject in self._told_by(token):
            self._awaiting[subject].remove(token)

    def _told_by(self, token: Token) -> list[Subject]:
        """Whose signals the step of a token awaits."""
        own = (token.account >= 0, token.subject)
        of_case = token.account >= 0 and self._program.signals[token.step][0] & self._of_case
        return [own, (False, token.case)] if of_case else [own]
