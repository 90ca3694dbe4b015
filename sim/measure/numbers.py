"""Small arithmetic of metrics, for many replications at once: what has no meaning is NaN.

A metric of several replications is an array with a number for each. `of` says of each row of a table which replication
it belongs to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.words.units import YUAN

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = NDArray[np.float64]
"""A number for each replication."""

NAN = float("nan")


class Metric(NamedTuple):
    """A named number of each replication."""

    name: str
    values: Values
    there: Flags | None = None
    """The replications that have it at all; None for every one."""


def changes(column: NDArray[np.generic]) -> Flags:
    """Where a column differs from the row before; the first row does."""
    new = np.ones(len(column), dtype=bool)
    new[1:] = column[1:] != column[:-1]
    return new


def firsts(numbers: Ints) -> tuple[Ints, Ints]:
    """The place of the first of each number, and the number, rising: as `np.unique`, several times as fast."""
    order = np.argsort(numbers)  # whatever the order of equals: four times as fast as the stable one
    ordered = numbers.take(order)
    new = np.flatnonzero(changes(ordered))
    return np.minimum.reduceat(order, new), ordered.take(new)


def in_order(numbers: Ints) -> Ints:
    """The places of some numbers (less than 2**31) from the least on, equal ones as they stand.

    As a stable `argsort`, several times as fast.
    """
    place: Ints = np.sort((numbers << 32) + np.arange(len(numbers))) & 0xFFFF_FFFF
    return place


def there(numbers: Ints, most: int) -> Flags:
    """By number below `most`: it is among some numbers."""
    found = np.zeros(most, dtype=bool)
    found[numbers] = True
    return found


def running(column: NDArray[np.generic]) -> Ints:
    """The sum of the rows before each, and of all."""
    total = np.zeros(len(column) + 1, dtype=np.int64)
    np.cumsum(column, out=total[1:])
    return total


def sum_by(group: Ints, amounts: Ints, groups: int) -> Ints:
    """Sum of whole amounts by group."""
    total = np.zeros(groups, dtype=np.int64)
    if groups == 1:
        total[0] = amounts.sum()
    else:
        np.add.at(total, group, amounts)
    return total


def yuan(of: Ints, fen: Ints, runs: int) -> Values:
    """The sums of some amounts in fen, in yuan: exact, also where they are beyond 64 bits.

    Args:
        of: by amount: its replication.
        fen: whole numbers of at least 0.
        runs: how many replications there are.
    """
    high, low = (sum_by(of, part, runs).tolist() for part in (fen >> 32, fen & 0xFFFF_FFFF))
    return np.array([((above << 32) + below) / YUAN for above, below in zip(high, low, strict=True)])


def ratio(part: float | np.number, whole: float | np.number) -> float:
    """NaN where the whole is 0."""
    return float(part) / float(whole) if whole else NAN


def ratios(part: Ints | Values, whole: Ints | Values) -> Values:
    """As `ratio`, number by number."""
    found, whole = np.full(len(whole), NAN), whole.astype(np.float64)
    np.divide(part.astype(np.float64), whole, out=found, where=whole != 0)
    return found


def mean(of: Ints, values: Ints, runs: int) -> Values:
    """NaN over nothing."""
    return ratios(sum_by(of, values, runs), np.bincount(of, minlength=runs))


def quantile(of: Ints, values: Ints, share: float, runs: int) -> Values:
    """Interpolated between neighbours, as `numpy.quantile` does; NaN over nothing."""
    ordered = values[np.lexsort((values, of))]
    many = np.bincount(of, minlength=runs)
    found, some = np.full(runs, NAN), np.flatnonzero(many)
    if not len(some):
        return found
    first, most = (np.cumsum(many) - many)[some], many[some] - 1
    place = most * share
    below = np.floor(place).astype(np.int64)
    low, high = ordered[first + below], ordered[first + np.minimum(below + 1, most)]
    part = place - below
    found[some] = np.where(part >= 0.5, high - (high - low) * (1 - part), low + (high - low) * part)
    return found


def count(of: Ints, flags: Flags, runs: int) -> Values:
    """How many hold."""
    return np.bincount(of[flags], minlength=runs).astype(np.float64)
