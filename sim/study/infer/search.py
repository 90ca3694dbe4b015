"""The search for the best roster, over any evaluator: heads by shift in, cost, saved money and a measure out.

It climbs from given rosters under common random numbers, one head (or two) at a time, then settles with fresh luck by a
ranking-and-selection procedure which of the roster reached and its neighbours is best, and goes on from that one until
it stays: Boesel, Nelson and Kim, "Using ranking and selection to 'clean up' after simulation optimization", Operations
Research 51 (2003) 814-825; local optima as in Xu, Nelson and Hong, "Industrial strength COMPASS", ACM Transactions on
Modeling and Computer Simulation 20 (2010). The confidence is that of the last choice, among the roster and its
neighbours: that no better hill lies elsewhere is not proved, which is why it climbs from several starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from operator import lt

import numpy as np

from sim.study.infer.selection import Floats, select
from sim.study.infer.target import NoWorse, Target, measures
from sim.study.infer.trials import (
    APART,
    CLIMB,
    COST,
    COSTED,
    FRESH,
    SAVED,
    Goal,
    Heads,
    OutOfBudgetError,
    Space,
    Trials,
)


@dataclass(frozen=True)
class Found:
    """The roster that was chosen."""

    heads: Heads
    certain: bool
    """False where the budget ended before the choice was made."""
    met: bool = True
    """False where no roster meets the target; the heads are then those that come nearest to it."""
    tested: int = 0
    """Of a target that no roster meets: replications of the test of these heads, the first of which is `FRESH`."""


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
    return [best, *(one for one, hopeless in zip(others, behind.mean(axis=0) > APART * error + zone, strict=True)
                    if not hopeless)]  # fmt: skip


def _net(trials: Trials, rosters: Sequence[Heads]) -> Floats:
    outcomes = trials.of(rosters, range(CLIMB))
    return np.asarray(outcomes[:, :, SAVED] - outcomes[:, :, COST])


def _fresh(trials: Trials, rosters: Sequence[Heads], round_: int) -> Callable[[Sequence[int], range], Floats | None]:
    """Net of some of the rosters, in replications that no other round has."""

    def sample(systems: Sequence[int], numbers: range) -> Floats | None:
        try:
            outcomes = trials.of([rosters[one] for one in systems], [round_ * FRESH + r for r in numbers])
        except OutOfBudgetError:
            return None
        return np.asarray(outcomes[:, :, SAVED] - outcomes[:, :, COST])

    return sample


# -- least cost for a target ---------------------------------------------------------------------------------


def _least_cost(trials: Trials, space: Space, starts: Sequence[Heads], goal: Goal) -> Found:
    """Wages hardly depend on luck, so costs are compared by their means in the climb; the target is tested."""
    target = Target(trials, goal) if goal.than is None else NoWorse(trials, goal)
    if goal.than is None:
        most = target.test(space.high)
        if not most.met:
            return Found(space.high, most.certain, met=False, tested=most.replications)
    best = goal.than or space.high
    try:
        for start in starts:  # what is there now may do: the search need not end to say so
            if _costs(trials, [start])[0] < _costs(trials, [best])[0] and target.soon_met(start):
                best = start
        reached = [_climbed(trials, space, start, target.on_the_climb) for start in starts]
        for start in dict.fromkeys(reached):
            good = start
            while not target.test(good).met:
                good = _one_up(trials, space, good)
            if _costs(trials, [good])[0] < _costs(trials, [best])[0]:
                best = good
        better: Heads | None = best
        while better is not None:
            best = better  # each is kept at once: the budget may end before the next
            better = _cheaper(trials, space, best, target)
    except OutOfBudgetError:
        return Found(best, certain=False)
    return Found(best, target.certain)


def _climbed(trials: Trials, space: Space, heads: Heads, target: float) -> Heads:
    """The roster reached from a start: up to the target, then down to the least cost."""
    return _shed(trials, space, _reach(trials, space, heads, target), target)


def _reach(trials: Trials, space: Space, heads: Heads, target: float) -> Heads:
    """Add heads until the target is met on the luck of the climb."""
    while measures(trials, [heads])[0][0] < target and heads != space.high:
        heads = _one_up(trials, space, heads)
    return heads


def _one_up(trials: Trials, space: Space, heads: Heads) -> Heads:
    """The roster with a head (or two) more that gains most of the measure for a yuan; where none helps, one more on
    every shift."""
    for around in (space.near, space.pairs):
        options = [heads, *(one for one in around(heads) if sum(one) > sum(heads))]
        means, costs = measures(trials, options)[0], _costs(trials, options)
        gains = (means[1:] - means[0]) / np.maximum(costs[1:] - costs[0], 1.0)
        if len(gains) and gains.max() > 0:
            return options[1 + int(np.argmax(gains))]
    return space.clip(tuple(one + 1 for one in heads))


def _shed(trials: Trials, space: Space, heads: Heads, target: float) -> Heads:
    """Go to the cheapest neighbour that still meets the target on the luck of the climb, until there is none."""
    while True:
        kept = (one for one in _cheaper_first(trials, space, heads) if measures(trials, [one])[0][0] >= target)
        cheaper = next(kept, None)
        if cheaper is None:
            return heads
        heads = cheaper


def _cheaper(trials: Trials, space: Space, heads: Heads, target: Target) -> Heads | None:
    """The cheapest cheaper neighbour that meets the target; those far below it in the climb are not tested."""
    cheaper = _cheaper_first(trials, space, heads)
    return next((one for one in target.hopeful(cheaper) if target.test(one).met), None)


def _cheaper_first(trials: Trials, space: Space, heads: Heads) -> list[Heads]:
    """The neighbours that cost less, by cost."""
    around = [one for one in (*space.near(heads), *space.pairs(heads)) if any(map(lt, one, heads))]
    costs = trials.of([heads, *around], range(COSTED))[:, :, COST].mean(axis=0)
    order = np.argsort(costs[1:], kind="stable").tolist()
    return [around[place] for place in order if costs[1 + place] < costs[0]]


def _costs(trials: Trials, rosters: Sequence[Heads]) -> Floats:
    return np.asarray(trials.of(rosters, range(CLIMB))[:, :, COST].mean(axis=0))
