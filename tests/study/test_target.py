"""Whether rosters meet a target is told with the stated error, and common luck saves runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from sim.study.infer.target import _TESTS, LONG, NoWorse, Target
from sim.study.infer.trials import Goal, Heads, Outcome, Trials

ANCHOR, OTHER = (5,), (4,)
ZONE = 0.5
ALPHA = 0.05


def trials_of(seed: int, means: Mapping[Heads, float], shared: float) -> Trials:
    """Rosters whose measure is normal, standard deviation 1, with a part of its variance in common."""

    def outcome(heads: Heads, replication: int) -> Outcome:
        common = np.random.default_rng([7, seed, replication]).standard_normal()
        own = np.random.default_rng([8, seed, replication, *heads]).standard_normal()
        return Outcome(1.0, 0.0, means[heads] + sqrt(shared) * common + sqrt(1 - shared) * own)

    def evaluate(rosters: Sequence[Heads], replications: Sequence[int]) -> list[list[Outcome]]:
        return [[outcome(heads, one) for heads in rosters] for one in replications]

    return Trials(evaluate, 1_000_000)


def judged(seed: int, mean: float, shared: float, alpha: float = ALPHA) -> tuple[bool, int]:
    """Whether a roster is said to meet a target of 0 after one in the middle of the zone, and the runs this took."""
    trials = trials_of(seed, {ANCHOR: ZONE / 2, OTHER: mean}, shared)
    target = Target(trials, Goal(ZONE, 0.0, alpha * _TESTS))
    while target.test(ANCHOR).replications < LONG:  # by luck told at once: another anchor
        seed += 1_000
        trials = trials_of(seed, {ANCHOR: ZONE / 2, OTHER: mean}, shared)
        target = Target(trials, Goal(ZONE, 0.0, alpha * _TESTS))
    runs = trials.runs
    met = target.test(OTHER).met
    return met, trials.runs - runs


def test_a_roster_beside_the_anchor_is_judged_with_the_stated_error() -> None:
    """One at the target is called met in at most 5% of 200 trials and luck, one a zone above it as seldom not; the
    error of the anchor's mean is another 5% at most."""
    wrong = sum(judged(seed, 0.0, 0.95)[0] for seed in range(100)) + sum(
        not judged(seed, ZONE, 0.95)[0] for seed in range(100, 200)
    )
    assert wrong <= 31  # binomial(200, 0.1): beyond with probability 1%


def test_common_luck_saves_runs() -> None:
    """With most luck in common a third roster takes a fraction of the runs, once the anchor is known; with none as many
    as alone."""
    third = (3,)

    def runs(shared: float) -> float:
        each = []
        for seed in range(12):
            trials = trials_of(seed, {ANCHOR: ZONE / 2, OTHER: ZONE / 2, third: ZONE / 2}, shared)
            target = Target(trials, Goal(ZONE, 0.0))
            for heads in (ANCHOR, OTHER):
                target.test(heads)
            before = trials.runs
            target.test(third)
            each.append(trials.runs - before)
        return float(np.mean(each))

    assert runs(0.97) < runs(0.0) / 2


def test_the_target_on_the_luck_of_the_climb() -> None:
    """It is higher where that luck is better than the tests'."""
    trials = trials_of(3, {ANCHOR: ZONE / 2}, 1.0)
    target = Target(trials, Goal(ZONE, 0.0))
    mean = target.test(ANCHOR).mean
    lucky = float(trials.of([ANCHOR], range(10))[:, 0, 2].mean())
    assert target.on_the_climb == lucky - mean


def test_no_worse_than_another_is_judged_with_the_stated_error() -> None:
    """One that is worse by all that is accepted is called met in at most 5% of 200 trials, one as good as seldom not:
    whatever the mean of both is, which nobody finds out."""

    def met(seed: int, behind: float) -> bool:
        trials = trials_of(seed, {ANCHOR: 7.0, OTHER: 7.0 - behind}, 0.95)
        return NoWorse(trials, Goal(ZONE, -ZONE, ALPHA * _TESTS, ANCHOR)).test(OTHER).met

    wrong = sum(met(seed, ZONE) for seed in range(100)) + sum(not met(seed, 0.0) for seed in range(100, 200))
    assert wrong <= 17  # binomial(200, 0.05): beyond with probability 1%


def test_distance_takes_a_fraction_of_the_runs() -> None:
    """Of the same error: with most luck in common a roster is told by its distance in a few runs."""

    def runs(beside: bool) -> float:
        each = []
        for seed in range(12):
            trials = trials_of(seed, {ANCHOR: 0.0, OTHER: 0.0}, 0.97)
            goal = Goal(ZONE, -ZONE, than=ANCHOR)
            target = NoWorse(trials, goal) if beside else Target(trials, goal)
            target.test(OTHER)
            each.append(trials.runs)
        return float(np.mean(each))

    assert runs(True) < runs(False) / 2


def test_the_roster_that_others_are_told_from_meets_its_own_target() -> None:
    """Without a run; and on the luck of the climb the target is that roster's, less what is accepted."""
    trials = trials_of(3, {ANCHOR: 1.0, OTHER: 0.0}, 0.5)
    target = NoWorse(trials, Goal(ZONE, -ZONE, than=ANCHOR))
    assert target.test(ANCHOR).met
    assert target.soon_met(ANCHOR)
    assert trials.runs == 0
    assert target.on_the_climb == float(trials.of([ANCHOR], range(10))[:, 0, 2].mean()) - ZONE
    assert list(target.hopeful([ANCHOR, OTHER])) == [ANCHOR, OTHER]
