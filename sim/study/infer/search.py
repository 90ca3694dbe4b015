"""The search for the best roster, over any evaluator: heads by shift in, cost, saved money and a measure out.

It climbs from given rosters under common random numbers, one head (or two) at a time, then settles with fresh luck by a
ranking-and-selection procedure which of the roster reached and its neighbours is best, and goes on from that one until
it stays: Boesel, Nelson and Kim, "Using ranking and selection to 'clean up' after simulation optimization", Operations
Research 51 (2003) 814-825; local optima as in Xu, Nelson and Hong, "Industrial strength COMPASS", ACM Transactions on
Modeling and Computer Simulation 20 (2010). The confidence is that of the last choice, among the roster and its
neighbours: that no better hill lies elsewhere is not proved, which is why it climbs from several starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import sqrt
from operator import lt
from typing import NamedTuple

import numpy as np

from sim.study.infer.selection import FIRST, Floats, Verdict, meets, select
from sim.study.infer.stats import NAN

Heads = tuple[int, ...]
"""Heads by variable: by shift, or of a desk that is staffed round the clock."""

CLIMB = 10
"""Replications of each roster while climbing."""
FRESH = 1_000_000
"""Number of the first replication of a choice; every choice has its own luck."""
_APART = 3.0
"""Standard errors by which a neighbour must be behind while climbing to be left out of a choice."""
_TESTS = 50
"""Among how many tests the error of meeting a target is divided; a search that needs more has less confidence."""


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
        return np.array([[self.known[one, r] for one in rosters] for r in replications], dtype=np.float64)

    def climbed(self) -> list[Heads]:
        """The rosters with the replications of a climb, in the order in which they were tried."""
        return [one for one, r in self.known if r == 0]


@dataclass(frozen=True)
class Found:
    """The roster that was chosen."""

    heads: Heads
    certain: bool
    """False where the budget ended before the choice was made."""
    met: bool = True
    """False where no roster meets the target; the heads are then those that come nearest to it."""
    mean: float = NAN
    """Of the measure, in the test of the target."""


def search(trials: Trials, space: Space, starts: Sequence[Heads], goal: Goal) -> Found:
    """Search the best roster.

    Args:
        trials: of the evaluator, with its budget.
        space: the rosters that are possible.
        starts: where to climb from.
        goal: what is wanted.
    """
    starts = list(dict.fromkeys(space.clip(one) for one in starts))
    return _most_net(trials, space, starts, goal) if goal.target is None else _least_cost(trials, space, starts, goal)


# -- saved less cost ---------------------------------------------------------------------------------------


def _most_net(trials: Trials, space: Space, starts: Sequence[Heads], goal: Goal) -> Found:
    best = starts[0]
    try:
        tops = [_climb(trials, space, start) for start in starts]
        best = tops[int(np.argmax(_net(trials, tops).mean(axis=0)))]
        rounds = 0
        while True:
            rounds += 1
            rivals = _rivals(trials, space, best, goal.zone)
            chosen = select(_fresh(trials, rivals, rounds), len(rivals), zone=goal.zone, alpha=goal.alpha)
            if rivals[chosen.best] == best or not chosen.certain:
                return Found(rivals[chosen.best], chosen.certain)
            best = rivals[chosen.best]
    except OutOfBudgetError:
        return Found(best, certain=False)


def _climb(trials: Trials, space: Space, heads: Heads) -> Heads:
    """Go to the best neighbour until none is better on the luck of the climb; pairs only where no single head helps."""
    while True:
        for around in (space.near, space.pairs):
            options = [heads, *around(heads)]
            best = options[int(np.argmax(_net(trials, options).mean(axis=0)))]
            if best != heads:
                break
        else:
            return heads
        heads = best


def _rivals(trials: Trials, space: Space, best: Heads, zone: float) -> list[Heads]:
    """The roster, and those of its neighbours and of all that were tried which may be better by the climb's luck."""
    others = dict.fromkeys([*space.near(best), *space.pairs(best), *trials.climbed()])
    others.pop(best, None)
    net = _net(trials, [best, *others])
    behind = net[:, :1] - net[:, 1:]
    error = behind.std(axis=0, ddof=1) / sqrt(len(net))
    return [best, *(one for one, hopeless in zip(others, behind.mean(axis=0) > _APART * error + zone, strict=True)
                    if not hopeless)]  # fmt: skip


def _net(trials: Trials, rosters: Sequence[Heads]) -> Floats:
    outcomes = trials.of(rosters, range(CLIMB))
    return np.asarray(outcomes[:, :, 1] - outcomes[:, :, 0])


def _fresh(trials: Trials, rosters: Sequence[Heads], round_: int) -> Callable[[Sequence[int], range], Floats | None]:
    """Net of some of the rosters, in replications that no other round has."""

    def sample(systems: Sequence[int], numbers: range) -> Floats | None:
        try:
            outcomes = trials.of([rosters[one] for one in systems], [round_ * FRESH + r for r in numbers])
        except OutOfBudgetError:
            return None
        return np.asarray(outcomes[:, :, 1] - outcomes[:, :, 0])

    return sample


# -- least cost for a target ---------------------------------------------------------------------------------


def _least_cost(trials: Trials, space: Space, starts: Sequence[Heads], goal: Goal) -> Found:
    """Wages hardly depend on luck, so costs are compared by their means in the climb; the target is tested."""
    assert goal.target is not None
    tests: dict[Heads, Verdict] = {}

    def test(heads: Heads) -> Verdict:
        if heads not in tests:
            tests[heads] = _test(trials, heads, goal)
        return tests[heads]

    most = test(space.high)
    if not most.met:
        return Found(space.high, most.certain, met=False, mean=most.mean)
    best = space.high
    try:
        reached = [_shed(trials, space, _reach(trials, space, start, goal.target), goal.target) for start in starts]
        for centre in dict.fromkeys(reached):
            good = centre
            while not test(good).met:
                good = _one_up(trials, space, good)
            better: Heads | None = good
            while better is not None:  # each is kept at once: the budget may end before the next
                good = better
                if _costs(trials, [good])[0] < _costs(trials, [best])[0]:
                    best = good
                better = _cheaper(trials, space, good, goal.target, test)
    except OutOfBudgetError:
        return Found(best, certain=False, mean=tests[best].mean)
    return Found(best, all(one.certain for one in tests.values()), mean=tests[best].mean)


def _test(trials: Trials, heads: Heads, goal: Goal) -> Verdict:
    def sample(numbers: range) -> Floats | None:
        try:
            return np.asarray(trials.of([heads], [FRESH + r for r in numbers])[:, 0, 2])
        except OutOfBudgetError:
            return None

    assert goal.target is not None
    return meets(sample, goal.target, zone=goal.zone, alpha=goal.alpha / _TESTS, first=FIRST)


def _reach(trials: Trials, space: Space, heads: Heads, target: float) -> Heads:
    """Add heads until the target is met on the luck of the climb."""
    while _measures(trials, [heads])[0][0] < target and heads != space.high:
        heads = _one_up(trials, space, heads)
    return heads


def _one_up(trials: Trials, space: Space, heads: Heads) -> Heads:
    """The roster with a head (or two) more that gains most of the measure for a yuan; where none helps, one more on
    every shift."""
    for around in (space.near, space.pairs):
        options = [heads, *(one for one in around(heads) if sum(one) > sum(heads))]
        means, costs = _measures(trials, options)[0], _costs(trials, options)
        gains = (means[1:] - means[0]) / np.maximum(costs[1:] - costs[0], 1.0)
        if len(gains) and gains.max() > 0:
            return options[1 + int(np.argmax(gains))]
    return space.clip(tuple(one + 1 for one in heads))


def _shed(trials: Trials, space: Space, heads: Heads, target: float) -> Heads:
    """Go to the cheapest neighbour that still meets the target on the luck of the climb, until there is none."""
    while True:
        cheaper = _cheaper_first(trials, space, heads)
        means, _ = _measures(trials, cheaper)
        kept = [one for one, mean in zip(cheaper, means, strict=True) if mean >= target]
        if not kept:
            return heads
        heads = kept[0]


def _cheaper(
    trials: Trials, space: Space, heads: Heads, target: float, test: Callable[[Heads], Verdict]
) -> Heads | None:
    """The cheapest cheaper neighbour that meets the target; those far below it in the climb are not tested."""
    cheaper = _cheaper_first(trials, space, heads)
    means, errors = _measures(trials, cheaper)
    hopeful = (one for one, high in zip(cheaper, means + _APART * errors, strict=True) if high >= target)
    return next((one for one in hopeful if test(one).met), None)


def _cheaper_first(trials: Trials, space: Space, heads: Heads) -> list[Heads]:
    """The neighbours that cost less, by cost."""
    around = [one for one in (*space.near(heads), *space.pairs(heads)) if any(map(lt, one, heads))]
    costs = _costs(trials, [heads, *around])
    order = np.argsort(costs[1:], kind="stable").tolist()
    return [around[place] for place in order if costs[1 + place] < costs[0]]


def _measures(trials: Trials, rosters: Sequence[Heads]) -> tuple[Floats, Floats]:
    """Means of the measure on the luck of the climb, and their standard errors; -inf where it has no meaning."""
    if not rosters:
        return np.empty(0), np.empty(0)
    values = np.ma.masked_invalid(trials.of(rosters, range(CLIMB))[:, :, 2])
    n = np.maximum(values.count(axis=0), 1)
    return values.mean(axis=0).filled(-np.inf), values.std(axis=0).filled(0.0) / np.sqrt(n)


def _costs(trials: Trials, rosters: Sequence[Heads]) -> Floats:
    return np.asarray(trials.of(rosters, range(CLIMB))[:, :, 0].mean(axis=0))
