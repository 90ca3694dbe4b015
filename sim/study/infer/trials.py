"""What is tried in a search for a roster: the goal, the rosters that are possible, and all outcomes so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from sim.study.infer.selection import Floats
from sim.study.infer.stats import NAN

Heads = tuple[int, ...]
"""Heads by variable: by shift, or of a desk that is staffed round the clock."""

CLIMB = 10
"""Replications of each roster while climbing."""
FRESH = 1_000_000
"""Number of the first replication of a choice; every choice has its own luck."""
COSTED = 3
"""Replications that tell what a roster costs, which hardly depends on luck."""
APART = 3.0
"""Standard errors by which a roster must be behind while climbing to be left out of a choice or a test."""


COST, SAVED, MEASURE = range(3)
"""Columns of outcomes."""


class Outcome(NamedTuple):
    """What one replication of a roster gave."""

    cost: float
    """Yuan."""
    saved: float
    """Yuan recovered and prevented."""
    measure: float = NAN
    """Of the goal, larger is better; NaN where it has no meaning."""


Evaluate = Callable[[Sequence[Heads], Sequence[int]], Sequence[Sequence[Outcome]]]
"""(rosters, numbers of replications) -> [replication][roster]; the same number is the same luck for every roster."""


@dataclass(frozen=True)
class Goal:
    """What is wanted of a roster: the most saved less cost; with a target, the least cost that meets it."""

    zone: float
    """The indifference zone: in yuan of net, or in units of the measure above the target."""
    target: float | None = None
    """The mean of the measure is to be at least this."""
    alpha: float = 0.05
    """Probability of a wrong choice."""
    than: Heads | None = None
    """The target is told from the measure of this roster, on the same luck, and is at most 0: it meets it itself."""


@dataclass(frozen=True)
class Space:
    """The rosters to search: all heads from `low` to `high`, variable by variable."""

    low: Heads
    high: Heads

    def __contains__(self, heads: Heads) -> bool:
        return all(low <= one <= high for low, one, high in zip(self.low, heads, self.high, strict=True))

    def __len__(self) -> int:
        size = 1
        for low, high in zip(self.low, self.high, strict=True):
            size *= high - low + 1
        return size

    def clip(self, heads: Heads) -> Heads:
        """The nearest roster inside."""
        return tuple(min(max(low, one), high) for low, one, high in zip(self.low, heads, self.high, strict=True))

    def near(self, heads: Heads) -> list[Heads]:
        """Rosters with one head more or less on one shift."""
        return self._moved(heads, ({place: by} for place in range(len(heads)) for by in (1, -1)))

    def pairs(self, heads: Heads) -> list[Heads]:
        """Rosters with one head more or less on two shifts each: swaps, and shifts that only help together."""
        signs = list(product((1, -1), repeat=2))
        places = combinations(range(len(heads)), 2)
        return self._moved(heads, ({i: a, j: b} for i, j in places for a, b in signs))

    def _moved(self, heads: Heads, moves: Iterator[dict[int, int]]) -> list[Heads]:
        found = (tuple(one + move.get(place, 0) for place, one in enumerate(heads)) for move in moves)
        return [heads for heads in found if heads in self]


class OutOfBudgetError(Exception):
    """The next runs would exceed the budget."""


@dataclass
class Trials:
    """Every outcome so far, so that nothing is run twice."""

    evaluate: Evaluate
    budget: int
    """Runs (one roster, one replication) that may be done."""
    runs: int = 0
    known: dict[tuple[Heads, int], Outcome] = field(default_factory=dict)

    def of(self, rosters: Sequence[Heads], replications: Sequence[int]) -> Floats:
        """Outcomes as an array [replication][roster][cost, saved, measure].

        Raises:
            OutOfBudgetError: instead of doing more runs than allowed.
        """
        missing = [one for one in dict.fromkeys(rosters) if any((one, r) not in self.known for r in replications)]
        if missing:
            wanted = [r for r in replications if any((one, r) not in self.known for one in missing)]
            if self.runs + len(missing) * len(wanted) > self.budget:
                raise OutOfBudgetError
            self.runs += len(missing) * len(wanted)
            for r, row in zip(wanted, self.evaluate(missing, wanted), strict=True):
                self.known.update({(one, r): outcome for one, outcome in zip(missing, row, strict=True)})
        known = np.array([[self.known[one, r] for one in rosters] for r in replications], dtype=np.float64)
        return known.reshape(len(replications), len(rosters), len(Outcome._fields))  # also where there are none

    def climbed(self) -> list[Heads]:
        """The rosters with all replications of a climb, in the order in which they were tried: the rest was priced."""
        return [one for one, r in self.known if r == CLIMB - 1]
