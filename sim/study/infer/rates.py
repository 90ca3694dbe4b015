"""Rates and shares from counts, with 90% intervals, and rates of what is told late.

Intervals of counts and shares are those of Jeffreys' prior: their coverage is nominal on average (Brown, Cai and
DasGupta, Statistical Science 16 (2001) 101-133).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Estimate = tuple[float, float, float]
"""A number and its 90% interval."""
_LOW, _HIGH = 0.05, 0.95
HALF: Final = float(special.ndtri(_HIGH))
"""Standard errors on each side of a 90% interval."""


def share(some: float, whole: float) -> Estimate:
    """A share and its interval."""
    if whole <= 0:
        return float("nan"), 0.0, 1.0
    low = 0.0 if some <= 0 else float(special.betaincinv(some + 0.5, whole - some + 0.5, _LOW))
    high = 1.0 if some >= whole else float(special.betaincinv(some + 0.5, whole - some + 0.5, _HIGH))
    return some / whole, low, high


def rate(count: float, exposure: float) -> Estimate:
    """A rate and its interval: so many in such a time; in none nobody knows."""
    if exposure <= 0:
        return float("nan"), 0.0, float("inf")
    low = 0.0 if count <= 0 else float(special.gammaincinv(count + 0.5, _LOW))
    return count / exposure, low / exposure, float(special.gammaincinv(count + 0.5, _HIGH)) / exposure


def mean_of(values: Floats) -> Estimate:
    """The mean of many values and its interval."""
    middle, half = float(values.mean()), HALF * float(values.std()) / sqrt(len(values))
    return middle, middle - half, middle + half


def told_by(delay: Floats, limit: Floats, at: Floats) -> Floats:
    """The share of delays that are at most so long, though longer ones than their limit were not seen.

    The product-limit estimate for data cut off on the right, of delays up to the longest limit (Lynden-Bell, MNRAS 155
    (1971) 95-118): among those who could have been seen with a delay of d, so many had exactly d or less.

    Args:
        delay, limit: of each that was seen, in one unit; delay <= limit.
        at: delays to tell of.
    """
    values, counts = np.unique(delay, return_counts=True)
    if not len(values):
        return np.ones(len(at))
    at_most = np.cumsum(counts)  # seen with a delay of at most this ...
    could = at_most - np.searchsorted(np.sort(limit), values, side="left")  # ... and could have had this one
    with np.errstate(divide="ignore"):
        steps = np.log1p(-np.minimum(counts / np.maximum(could, counts), 1 - 1e-12))
    steps[0] = 0.0
    below = np.concatenate([np.cumsum(steps[::-1])[::-1][1:], [0.0]])  # of those later than each value
    share_ = np.exp(below)
    place = np.searchsorted(values, at, side="right") - 1
    return np.where(place < 0, 0.0, share_[np.maximum(place, 0)])


def error_of(estimate: Callable[[Ints], float], rows: int) -> float:
    """The standard error of the logarithm of an estimate from some rows, by the bootstrap.

    Args:
        estimate: from row numbers, of which some come twice.
        rows: how many there are.
    """
    if not 2 <= rows <= _MOST:  # from very many it is known well enough
        return 0.0
    luck = np.random.default_rng(1979)  # the year of the bootstrap: the same data, the same interval
    return float(np.std([log(max(estimate(luck.integers(0, rows, rows)), 1e-9)) for _ in range(_RESAMPLES)]))


_MOST: Final = 20_000
_RESAMPLES: Final = 40


@dataclass(frozen=True)
class Profile:
    """Rates over the day and the week: one for each kind of day times the shape of the day."""

    days: dict[int, Estimate]
    """By kind of day: so many a day."""
    shapes: dict[int, list[Estimate]]
    """By kind of day: relative rates over the day, with a mean of 1."""
    split: bool
    """Days off have a shape of their own."""


def profile(counts: Ints, exposure: Floats, kind: Ints, off: frozenset[int]) -> Profile:
    """Fit rates to counts, by day and part of the day.

    Days off have a shape of their own where that is better by the Bayesian criterion (BIC).

    Args:
        counts: by day and part of the day.
        exposure: the share of what came then that was seen.
        kind: by day.
        off: the kinds of days off.
    """
    is_off = np.isin(kind, list(off))
    whole = _fit(counts, exposure, kind)
    if not is_off.any() or is_off.all():
        return Profile(whole[0], dict.fromkeys(whole[0], whole[1]), False)
    parts = [_fit(counts[mine], exposure[mine], kind[mine]) for mine in (~is_off, is_off)]
    gained = 2 * (parts[0][2] + parts[1][2] - whole[2])
    if gained <= (counts.shape[1] - 1) * log(max(2.0, float(counts.sum()))):
        return Profile(whole[0], dict.fromkeys(whole[0], whole[1]), False)
    days = parts[0][0] | parts[1][0]
    return Profile(days, {one: parts[one in off][1] for one in days}, True)


def _fit(counts: Ints, exposure: Floats, kind: Ints) -> tuple[dict[int, Estimate], list[Estimate], float]:
    """Day rates, shape and log likelihood, by iterative proportional fitting."""
    slots = counts.shape[1]
    shape, kinds = np.ones(slots), np.unique(kind)
    of = np.searchsorted(kinds, kind)
    by_day = np.bincount(of, counts.sum(axis=1), len(kinds))
    by_slot = counts.sum(axis=0).astype(np.float64)
    for _ in range(30):
        seen = np.bincount(of, exposure @ shape / slots, len(kinds))
        day = by_day / np.maximum(seen, 1e-12)
        weight = day[of] @ exposure / slots
        shape = by_slot / np.maximum(weight, 1e-12)
        shape = shape / max(shape.mean(), 1e-12)
    seen = np.bincount(of, exposure @ shape / slots, len(kinds))
    expected = np.maximum((by_day / np.maximum(seen, 1e-12))[of, np.newaxis] * shape * exposure / slots, 1e-300)
    likelihood = float((counts * np.log(expected) - expected)[expected > 1e-200].sum())
    days = {int(one): rate(float(by_day[n]), float(seen[n])) for n, one in enumerate(kinds.tolist())}
    total = float(by_slot.sum())
    found: list[Estimate] = []
    for n in range(slots):
        _, low, high = share(float(by_slot[n]), total)
        part = by_slot[n] / total if total else 1 / slots
        scale = shape[n] / part if part > 0 else slots
        found.append((float(shape[n]), low * scale, high * scale))
    return days, found, likelihood


def mean_rate(days: dict[int, Estimate], counts: dict[int, float], more: float = 0.0) -> Estimate:
    """The mean of day rates with its interval, by the delta method on the logarithm.

    Args:
        days: by kind of day.
        counts: by kind of day, what each is known from.
        more: what else is not known, as the standard error of the logarithm.
    """
    rates = np.array([days[one][0] for one in days])
    known = np.array([max(counts[one], 0.5) for one in days])
    mean = float(rates.mean())
    error = sqrt(float((rates**2 / known).sum()) / len(rates) ** 2 / mean**2 + more**2)
    return mean, mean * exp(-HALF * error), mean * exp(HALF * error)
