"""Small helpers over arrays whose rows come in groups."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.sampling import sample_fen, sample_ms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
D = TypeVar("D")
Column = Sequence[int]
"""Whole numbers to walk one by one, as Python ints."""


def column(values: NDArray[np.integer]) -> Column:
    """A numpy array of whole numbers as a column to walk: a view, without a copy (numpy's own scalars are slow)."""
    view: Column = np.ascontiguousarray(values, dtype=np.int64).data
    return view


def filled(value: int, rows: int) -> array[int]:
    """A column with the same number in every row."""
    return array("q", (value,)) * rows


def counter(counts: NDArray[np.integer]) -> Ints:
    """0, 1, ... within each group of the given sizes: [2, 3] -> [0, 1, 0, 1, 2]."""
    ends = np.cumsum(counts)
    number: Ints = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) - np.repeat(ends - counts, counts)
    return number


def running_sum(values: Ints, counts: NDArray[np.integer]) -> Ints:
    """Cumulative sum within each group of the given sizes."""
    total = np.cumsum(values)
    firsts = np.cumsum(counts) - counts
    return np.asarray(total - np.repeat((total - values)[firsts] if len(total) else total[:0], counts), dtype=np.int64)


def choice(u: Floats, shares: Sequence[float]) -> Ints:
    """Index drawn by shares (they need not sum to 1: they are scaled)."""
    edges = np.cumsum(shares)
    index: Ints = np.searchsorted(edges / edges[-1], u, side="right").astype(np.int64)
    return np.minimum(index, len(shares) - 1)


def choice_by_group(group: Ints, shares: Sequence[Sequence[float]], u: Floats) -> Ints:
    """Index drawn by the shares of each row's group."""
    out = np.zeros(len(u), dtype=np.int64)
    for number, of_group in enumerate(shares):
        mine = group == number
        if mine.any():
            out[mine] = choice(u[mine], of_group)
    return out


def ms_by_group(group: Ints, dists: Sequence[DurationDist | None], u: Floats) -> Ints:
    """One time per row from the distribution of its group; whole ms, 0 in a group without one."""
    return _by_group(sample_ms, group, dists, u)


def fen_by_group(group: Ints, dists: Sequence[MoneyDist | None], u: Floats) -> Ints:
    """One amount per row from the distribution of its group; whole fen, 0 in a group without one."""
    return _by_group(sample_fen, group, dists, u)


def _by_group(sample: Callable[[D, Floats], Ints], group: Ints, dists: Sequence[D | None], u: Floats) -> Ints:
    out = np.zeros(len(u), dtype=np.int64)
    for number, dist in enumerate(dists):
        mine = group == number
        if dist is not None and mine.any():
            out[mine] = sample(dist, u[mine])
    return out


def split(totals: Ints, counts: Ints, u: Floats, spread: float | Floats) -> Ints:
    """Split each total into parts with lognormal weights, to the fen, by the largest remainder.

    Near the largest amount a part is known to an eighth of a fen only, so the parts' whole fen may come to more than
    their total: then those with the smallest remainders give one back.

    Args:
        totals: fen, one per group.
        counts: parts of each group.
        u: one uniform number per part.
        spread: standard deviation of the logarithm of the weights; one for all, or one per part.
    """
    group = np.repeat(np.arange(len(totals)), counts)
    weight = np.exp(spread * ndtri(u))
    sums = np.bincount(group, weights=weight, minlength=len(totals))
    exact = totals[group] * (weight / sums[group])
    floor = np.floor(exact).astype(np.int64)
    missing = totals - np.bincount(group, weights=floor, minlength=len(totals)).astype(np.int64)
    by_remainder = np.lexsort((-(exact - floor), group))
    rank = np.empty(len(group), dtype=np.int64)
    rank[by_remainder] = counter(counts)
    split: Ints = floor + (rank < missing[group])
    if (missing < 0).any():
        rank[np.lexsort((floor - exact, floor > 0, group))] = counter(counts)  # who has nothing gives nothing
        split -= rank >= (counts + missing)[group]
    return split
