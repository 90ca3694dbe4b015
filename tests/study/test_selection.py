"""Ranking and selection keeps its promise on normal systems whose means are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.study.infer.selection import FIRST, Floats, meets, select


def systems(seed: int, means: Sequence[float], shared: float) -> Floats:
    """[replication][system]: normal, standard deviation 1, correlated by the luck that they share."""
    rng = np.random.default_rng([5, seed])
    own, common = rng.standard_normal((5_000, len(means))), rng.standard_normal((5_000, 1))
    return np.asarray(means) + np.sqrt(shared) * common + np.sqrt(1 - shared) * own


def chosen(seed: int, means: Sequence[float], shared: float, zone: float) -> tuple[int, int]:
    """(system chosen, replications)."""
    data = systems(seed, means, shared)
    found = select(lambda alive, numbers: data[np.ix_(numbers, alive)], len(means), zone=zone)
    assert found.certain
    return found.best, found.replications


def test_the_best_by_a_zone_is_chosen_with_the_stated_confidence() -> None:
    """Nine systems a zone below the best, the hardest case: in 200 trials at most 5% and luck are wrong (18)."""
    means = [0.0] * 9 + [0.5]
    wrong = sum(chosen(seed, means, 0.5, 0.5)[0] != 9 for seed in range(200))
    assert wrong <= 18  # binomial(200, 0.05): beyond with probability 0.5%


def test_common_luck_saves_replications() -> None:
    """With most luck in common the choice takes less than half of the replications."""
    means = [0.0, 0.0, 0.3]
    alone, common = (np.mean([chosen(seed, means, shared, 0.3)[1] for seed in range(40)]) for shared in (0.0, 0.9))
    assert common < alone / 2


def test_a_budget_that_ends_gives_the_best_so_far() -> None:
    """Where no more replications come the largest mean is told, with those that are not told apart."""
    data = systems(1, [0.0, 0.05, -9.0], 0.0)
    found = select(lambda alive, numbers: data[np.ix_(numbers, alive)] if numbers.stop <= FIRST else None, 3, zone=0.1)
    assert not found.certain
    assert found.best == int(np.argmax(data[:FIRST].mean(axis=0)))
    assert 2 not in found.alive


def is_met(data: Floats) -> bool:
    """Whether a mean is called 0 or more, with a zone of 0.4."""
    return meets(lambda numbers: data[numbers], 0.0, zone=0.4, alpha=0.05).met


def test_a_target_is_judged_with_the_stated_error() -> None:
    """A mean at the target is called met in at most 5% of 300 trials and luck, one a zone above it as seldom not."""
    met = {mean: sum(is_met(systems(seed, [mean], 0.0)[:, 0]) for seed in range(300)) for mean in (0.0, 0.4)}
    assert met[0.0] <= 25  # binomial(300, 0.05): beyond with probability 0.5%
    assert met[0.4] >= 275


def test_replications_without_a_meaning_say_nothing() -> None:
    """NaN is left out: with one in three missing the verdict is that of the others; with all missing it is not met."""
    data = systems(3, [2.0], 0.0)[:, 0]
    data[::3] = np.nan
    verdict = meets(lambda numbers: data[numbers], 1.0, zone=0.2, alpha=0.01)
    assert verdict.met
    assert verdict.mean == pytest.approx(np.mean(data[~np.isnan(data)][: verdict.replications]))
    assert not meets(lambda numbers: np.full(len(numbers), np.nan), 1.0, zone=0.2, alpha=0.01).met
