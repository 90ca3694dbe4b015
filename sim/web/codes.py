"""Join codes: six letters and digits with which somebody comes into a room, and how fast they may be tried.

A code is derived from the server's key, so that none stands in a file. Wrong ones use tries up, which come back one by
one; where none is left, the next code waits for one before it is looked at. So whoever guesses finds nothing (of 31 to
the sixth codes one is a room's, and an address has one try in two seconds: 56 years), and a right code from the same
address is looked at in its turn, and taken, unless so many wait that it would take longer than `LONGEST`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Final

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are made of: nothing that looks like something else (0 and O, 1, I and L)."""
LENGTH: Final = 6
AT_ONCE: Final = 20
"""Wrong codes from one address that are looked at one after the other: a class that types all at once."""
EVERY: Final = 2.0
"""Seconds after which an address has a try back."""
LONGEST: Final = 10.0
"""Seconds that a code waits at most to be looked at; where it would wait longer, it is refused."""
TOGETHER: Final = 10
"""All addresses together have so many times the tries of one; one that has typed nothing wrong always has its own."""
MANY: Final = 100
"""Addresses from which on those are forgotten that have all their tries back."""


def code_of(digest: bytes) -> str:
    """A code from a digest of at least eight bytes."""
    number, letters = int.from_bytes(digest, "big"), ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return letters


def shown(code: str) -> str:
    """A code as people read it aloud: in two halves."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"


def plain(typed: str) -> str:
    """What was typed, as a code: without blanks, hyphens and small letters."""
    wide = {ord("\N{FULLWIDTH DIGIT ZERO}") + n: f"{n}" for n in range(10)}
    kept = [one for one in typed[:40].translate(wide).upper() if one.isascii() and one.isalnum()]
    return "".join(kept)


class TooManyCodesError(Exception):
    """Too many wrong codes; the next one is looked at in its turn after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many codes, the next one is looked at in {seconds} s")
        self.seconds = seconds


@dataclass
class _Tries:
    """Tries that are used up, which come back with time."""

    most: int
    every: float
    used: float = 0.0
    since: float = 0.0

    def at(self, now: float) -> float:
        """How many are used up now."""
        self.used = max(0.0, self.used - (now - self.since) / self.every)
        self.since = now
        return self.used

    def wait(self, now: float) -> float:
        """Seconds until there is one more; 0 where there is one."""
        return max(0.0, self.at(now) - (self.most - 1)) * self.every


@dataclass
class Doorkeeper:
    """Looks at the codes that are typed.

    Attributes:
        clock: seconds, monotonic.
        sleep: waits so many of them.
    """

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _of: dict[str, _Tries] = field(default_factory=dict)
    _all: _Tries = field(default_factory=lambda: _Tries(TOGETHER * AT_ONCE, EVERY / TOGETHER))

    async def look(self, right: Callable[[], bool], address: str) -> bool:
        """Whether a code is right; waits for its turn where wrong ones have used the tries up.

        Args:
            right: whether it is.
            address: whoever typed it, as `access.whose` counts them.

        Raises:
            TooManyCodesError: so many wait already that this one would wait for longer than `LONGEST`.
        """
        now = self.clock()
        mine = self._of.get(address)
        wait = 0.0 if mine is None else max(mine.wait(now), self._all.wait(now))
        if wait > LONGEST:
            raise TooManyCodesError(ceil(wait - LONGEST))
        both = self._of.setdefault(address, _Tries(AT_ONCE, EVERY)), self._all
        for one in both:
            one.used = one.at(now) + 1
        if wait > 0:
            await self.sleep(wait)
        found = right()
        for one in both:
            one.used -= found  # a right one uses none up
        if len(self._of) > MANY:
            self._of = {name: one for name, one in self._of.items() if one.at(self.clock()) > 0}
        return found
