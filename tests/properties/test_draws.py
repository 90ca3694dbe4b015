"""Keyed chance: uniform, independent of everything that is not its key, and the same however it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2, kstest, norm

from sim.fraud.draws import draw, key_of, key_one, root, uniform, uniform_one

KEYS = st.integers(0, 2**64 - 1)
IDS = st.integers(-(2**62), 2**62)
WORDS = st.text(max_size=20)
MANY = 40_000
CELLS = 10

SERIES: dict[str, Callable[[], NDArray[np.float64]]] = {
    "seed 1": lambda: draw(1, 0, "loss", np.arange(MANY)),
    "seed 2": lambda: draw(2, 0, "loss", np.arange(MANY)),
    "seed 2**40 + 1": lambda: draw(2**40 + 1, 0, "loss", np.arange(MANY)),
    "replication 1": lambda: draw(1, 1, "loss", np.arange(MANY)),
    "replication 2": lambda: draw(1, 2, "loss", np.arange(MANY)),
    "another purpose": lambda: draw(1, 0, "bank", np.arange(MANY)),
    "a longer purpose": lambda: draw(1, 0, "loss:1", np.arange(MANY)),
    "the ids after": lambda: draw(1, 0, "loss", np.arange(MANY) + 1),
    "ids far away": lambda: draw(1, 0, "loss", np.arange(MANY) + (1 << 40)),
    "ids in steps": lambda: draw(1, 0, "loss", np.arange(MANY) << 20),
    "children": lambda: draw(1, 0, "loss", np.arange(MANY), 0),
    "other children": lambda: draw(1, 0, "loss", np.arange(MANY), 1),
    "children of one": lambda: draw(1, 0, "loss", 7, np.arange(MANY)),
    "children of the next": lambda: draw(1, 0, "loss", 8, np.arange(MANY)),
    "grandchildren": lambda: draw(1, 0, "loss", 7, np.arange(MANY), 0),
    "seeds as ids": lambda: np.concatenate([draw(seed, 0, "loss", 0) for seed in range(MANY)]),
    "replications as ids": lambda: np.concatenate([draw(1, replication, "loss", 0) for replication in range(MANY)]),
}
PAIRS = [pair for pair in combinations(SERIES, 2) if pair != ("seed 1", "the ids after")]
LEVEL = 0.01 / (2 * len(PAIRS) + 3 * len(SERIES))
"""Of one test, so that all of them together err with 1%."""


@cache
def series(name: str) -> NDArray[np.float64]:
    """A series, drawn once."""
    return SERIES[name]()


def chi_square_of_grid(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Chance of a table as uneven as that of (x, y) on a grid of 10 by 10, if both are uniform and independent."""
    table = np.bincount((x * CELLS).astype(int) * CELLS + (y * CELLS).astype(int), minlength=CELLS**2)
    expected = len(x) / CELLS**2
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), CELLS**2 - 1))


@pytest.mark.parametrize("name", SERIES)
def test_draws_are_uniform_and_neighbours_are_independent(name: str) -> None:
    """Each series of draws is uniform (KS), and a draw says nothing of the next in the series (grid, correlation)."""
    u = series(name)
    assert u.min() > 0
    assert u.max() < 1
    assert kstest(u, "uniform").pvalue > LEVEL
    assert chi_square_of_grid(u[:-1], u[1:]) > LEVEL
    assert 2 * norm.sf(abs(np.corrcoef(u[:-1], u[1:])[0, 1]) * np.sqrt(len(u))) > LEVEL


def test_draws_of_different_keys_are_independent() -> None:
    """Series that differ in seed, replication, purpose or ids are independent pair by pair (grid and correlation)."""
    for one, other in PAIRS:
        x, y = series(one), series(other)
        assert chi_square_of_grid(x, y) > LEVEL, (one, other)
        assert 2 * norm.sf(abs(np.corrcoef(x, y)[0, 1]) * np.sqrt(MANY)) > LEVEL, (one, other)


def test_series_of_the_same_ids_are_the_same() -> None:
    """A draw belongs to its id: asked for in another company, it is the same number."""
    assert np.array_equal(series("seed 1")[1:], series("the ids after")[:-1])
    assert np.array_equal(draw(1, 0, "loss", np.array([5, 3, 5])), series("seed 1")[[5, 3, 5]])
    assert np.array_equal(draw(1, 0, "loss", np.arange(3), 1), series("other children")[:3])


@pytest.mark.parametrize("low", [0, 1, 2, 3])
def test_low_digits_are_uniform_too(low: int) -> None:
    """Four groups of eight bits below the leading ones are uniform (chi-square, joint 1%)."""
    bits = (series("seed 1") * 2.0**53).astype(np.int64) >> (8 * low + 10)
    table = np.bincount(bits & 255, minlength=256)
    assert chi2.sf(((table - MANY / 256) ** 2 / (MANY / 256)).sum(), 255) > 0.01 / 4


def test_a_million_keys_do_not_collide() -> None:
    """10^6 keys of victims, their payments and their children are all different, and so are their draws' bits."""
    cases = key_of(root(1, 0), np.arange(1000))
    payments = key_of(np.repeat(cases, 30), np.tile(np.arange(30), 1000))
    children = key_of(np.repeat(payments, 34), np.tile(np.arange(34), len(payments)))
    keys = np.concatenate([cases, payments, children])
    assert len(keys) > 10**6
    assert len(np.unique(keys)) == len(keys)
    assert len(np.unique(uniform(keys, "dwell"))) > len(keys) - 2  # of 2**53 numbers: 1e-4 expected twice


@given(KEYS, WORDS, IDS)
def test_one_draw_is_the_same_as_a_draw_in_an_array(key: int, purpose: str, identifier: int) -> None:
    """`uniform_one` and `key_one` give what `uniform` and `key_of` give, to the bit."""
    keys = np.array([key, key ^ 1, key ^ (1 << 63)], dtype=np.uint64)
    assert [uniform_one(int(k), purpose) for k in keys] == uniform(keys, purpose).tolist()
    ids = np.full(3, identifier, dtype=np.int64)
    assert [key_one(int(k), identifier) for k in keys] == key_of(keys, ids).tolist()


@given(st.integers(0, 2**64), st.integers(0, 2**32), WORDS, IDS, IDS)
def test_draw_is_a_chain_of_keys(seed: int, replication: int, purpose: str, owner: int, thing: int) -> None:
    """`draw(seed, replication, purpose, owner, thing)` is the uniform number of the key of the thing of the owner."""
    key = key_one(key_one(root(seed, replication), owner), thing)
    assert draw(seed, replication, purpose, owner, thing).tolist() == [uniform_one(key, purpose)]


def test_draws_never_change() -> None:
    """These numbers are what the method has always given; if they change, every study changes."""
    assert draw(1, 0, "loss", np.arange(3)).tolist() == [0.16159650333083725, 0.8753985317336133, 0.1367978082013908]
