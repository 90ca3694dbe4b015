"""How far a study is, and how long all of it will take.

A study has phases, each of some runs. Its time is one for the whole: from the pace since the first runs (before that
the workers started) and what all phases have to do. What passes between the last run of a phase and the next phase is
no pace of runs: a study that is thinking for half a minute would seem to go slower from then on. Where nobody knows how
many runs there will be, the time so far is told and none that is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sim.words.language import duration, key, say

_LISTEN: Final = 3.0
"""Seconds of runs after which the pace is known."""


@dataclass
class Whole:
    """A study under way, in runs."""

    name: str
    """Of the phase."""
    clock: Callable[[], float] = time.monotonic
    expected: float = 0
    """Runs of all phases; 0 where nobody has said."""
    open: bool = False
    """Whether there are phases whose runs nobody knows yet."""
    at_most: bool = False
    """Whether `expected` is a bound: a search may end sooner."""
    _earlier: float = 0
    _done: float = 0
    _total: float = 0
    _began: float = -1.0
    _first: tuple[float, float] | None = None
    _last: float = 0
    """When runs were told of last."""
    _between: float = 0
    """Seconds since the first runs in which none was made: between phases."""

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def done(self) -> float:
        """Runs done in all phases."""
        return self._earlier + self._done

    @property
    def total(self) -> float:
        """Runs of all phases, as far as they are known."""
        return max(self.expected, self._earlier + self._total)

    def expect(self, runs: float, *, at_most: bool = False) -> None:
        """From here on at least so many runs are to do, or at most; a bound gives way to whatever is said after it."""
        if self.at_most:
            self.expected, self.at_most = self.done + runs, at_most
        elif self.done + runs > self.expected:
            self.at_most = at_most
            self.expected, self._first = self.done + runs, None

    def begin(self, name: str) -> None:
        """A phase begins: its name, said."""
        self._close()
        self.name, self.open = name, not self.expected
        if self._first is not None:
            now = self.clock()
            self._between, self._last = self._between + now - self._last, now

    def tell(self, done: float, total: float) -> None:
        """So many runs of a part of the phase are done; fewer than before, or of another total: the next part."""
        if done < self._done or total != self._total:
            self._close()
        self._done, self._total = done, total
        self._last = self.clock()
        if self._first is None:
            self._first, self._between = (self._last, self.done), 0

    def _close(self) -> None:
        self._earlier, self._done, self._total = self._earlier + self._done, 0, 0

    @property
    def left(self) -> float | None:
        """Seconds until the whole is done; None where that cannot be told."""
        if self._first is None or self.open or self.done >= self.total:
            return None
        since, done = self._last - self._first[0] - self._between, self.done - self._first[1]
        return since / done * (self.total - self.done) if since >= _LISTEN and done > 0 else None

    def said(self) -> str:
        """``about 4 min left``; the time so far where nothing is known of the rest."""
        left = self.left
        if left is not None:
            said = key("at most about {time} left") if self.at_most else key("about {time} left")
            return say(said, time=_rough(left))
        return say("{time} so far", time=_rough(self.clock() - self._began))

    def line(self) -> str:
        """All of it in one plain line."""
        of = key("{done:,} of at most {total:,} runs") if self.at_most else key("{done:,} of {total:,} runs")
        counted = say(of, done=int(self.done), total=int(self.total))
        if self.open or not self.total:
            counted = say("{done:,} runs", done=int(self.done))
        return say("{phase}: {counted}, {time}", phase=self.name, counted=counted, time=self.said())


def _rough(seconds: float) -> str:
    """A time as people say it: to the second below a minute, to ten seconds below ten minutes, else to the minute."""
    step = 1 if seconds < 60 else 10 if seconds < 600 else 60
    return duration(1000 * step * max(1, round(seconds / step)))
