"""Honest error bars over replications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain
from math import isnan, sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri, stdtr, stdtrit

from sim.fraud.draws import draw

NAN = float("nan")


@dataclass(frozen=True)
class Summary:
    """One number over replications: mean with its 95% interval, and the spread of single replications."""

    mean: float
    low: float
    high: float
    """Student's t interval of the mean, 95%; NaN for fewer than two replications."""
    median: float
    p05: float
    p95: float
    n: int
    """Replications in which the number had a meaning."""

    def as_dict(self) -> dict[str, float | int | None]:
        """For JSON: NaN becomes None."""
        return {name: None if isnan(value) else value for name, value in asdict(self).items()}


def summary(values: ArrayLike) -> Summary:
    """Summarise one number over replications; NaN values are left out and not counted."""
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    n = len(x)
    if not n:
        return Summary(NAN, NAN, NAN, NAN, NAN, NAN, 0)
    mean = float(np.mean(x))
    half = float(stdtrit(n - 1, 0.975) * np.std(x, ddof=1) / np.sqrt(n)) if n > 1 else NAN
    p05, median, p95 = (float(q) for q in np.quantile(x, [0.05, 0.5, 0.95]))
    return Summary(mean, mean - half, mean + half, median, p05, p95, n)


def scaled(one: Summary, factor: float) -> Summary:
    """A summary in another unit.

    Args:
        factor: at least 0.
    """
    return Summary(
        one.mean * factor, one.low * factor, one.high * factor, one.median * factor, one.p05 * factor,
        one.p95 * factor, one.n,
    )  # fmt: skip


def shifted(one: Summary, by: float) -> Summary:
    """A summary of values that are all larger by so much."""
    return Summary(
        one.mean + by, one.low + by, one.high + by, one.median + by, one.p05 + by, one.p95 + by, one.n,
    )  # fmt: skip


def summaries(replications: Sequence[Mapping[str, float]]) -> dict[str, Summary]:
    """Summarise every metric over replications."""
    blank = dict.fromkeys(chain.from_iterable(replications), NAN)  # a name may be missing in some
    rows = ({**blank, **one}.values() for one in replications)
    return {name: summary(values) for name, values in zip(blank, zip(*rows, strict=True), strict=True)}


def paired(values: ArrayLike, others: ArrayLike) -> Summary:
    """Summarise the differences (values minus others) of two arms that met the same luck, replication by replication.

    A replication in which either has no meaning (NaN) is left out.
    """
    return summary(np.asarray(values, dtype=np.float64) - np.asarray(others, dtype=np.float64))


DRAWS = 10_000
"""Draws of `best_probability` for three arms or more: it is right to about 0.01."""


def best_probability(arms: ArrayLike, *, higher: bool = True) -> list[float]:
    """The probability of each arm to have the best mean, given the replications seen.

    Of two arms it is the chance that Student's law, the one of the paired interval, gives to a difference above 0. Of
    more, the share of draws from the posterior of the means in which the arm is best: the means seen plus a normal
    vector with the covariance seen, over the root of a chi square, so that the difference of any two arms follows
    Student's law with n - 1 degrees of freedom (normal replications, nothing known before). What luck does to all arms
    alike decides nothing. Arms that are equally good in a draw share it. The draws are keyed chance: the same
    replications, the same answer.

    Args:
        arms: [arm][replication]. A replication in which an arm has no meaning (NaN) is left out for all.
        higher: whether more is better.

    Returns:
        A number for each arm, which sum to 1; NaN for fewer than two replications.
    """
    x = np.atleast_2d(np.asarray(arms, dtype=np.float64)) * (1 if higher else -1)
    x = x[:, ~np.isnan(x).any(axis=0)]
    count, n = x.shape
    if n < 2:
        return [NAN] * count
    if count == 2:
        first = _above_zero(x[0] - x[1])
        return [first, 1 - first]
    mean = x.mean(axis=1, keepdims=True)
    normal, spread = _luck_kept(n) if n <= _KEPT else _luck(n)
    means = mean.T + normal @ (x - mean).T / np.sqrt(n * spread)[:, None]
    top = means.max(axis=1, keepdims=True)
    best = np.isclose(means, top, rtol=1e-9, atol=1e-12 * float(np.abs(x).max(initial=0.0)))
    return [float(share) for share in (best / best.sum(axis=1, keepdims=True)).mean(axis=0)]


def _luck(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Normal numbers, [draw][replication], and a chi square of n - 1 degrees of freedom for each draw."""
    normal = ndtri(draw(0, 0, "best mean", np.arange(DRAWS)[:, None], np.arange(n)[None, :]))
    return normal, 2 * gammaincinv((n - 1) / 2, draw(0, 0, "best spread", np.arange(DRAWS)))


_KEPT: Final = 200
"""Replications up to which the luck is kept for the next measure of the same study: 16 MB."""
_luck_kept = lru_cache(maxsize=1)(_luck)


def _above_zero(differences: NDArray[np.float64]) -> float:
    """Probability that the mean of paired differences is above 0."""
    n, mean = len(differences), float(differences.mean())
    error = float(differences.std(ddof=1)) / sqrt(n)
    if not error:
        return 0.5 if mean == 0 else float(mean > 0)
    return float(stdtr(n - 1, mean / error))


BATCH = 5
"""Observations in a batch of MSER-5."""


def warm_up(series: ArrayLike) -> int | None:
    """How many observations at the start of a series to leave out, by MSER-5.

    White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997): means of
    batches of five; cut where the standard error of the mean of what is left is least. A cut in the second half means
    that the series is too short to tell.

    Args:
        series: observations in the order of time, also a mean over replications of such series; without NaN.

    Returns:
        A multiple of five; None where the series is too short to tell.
    """
    x = np.asarray(series, dtype=np.float64)
    batches = len(x) // BATCH
    if batches < 4:
        return None
    means = x[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    left = np.arange(batches, 0, -1)
    tail, square = np.cumsum(means[::-1])[::-1], np.cumsum(means[::-1] ** 2)[::-1]
    error = (np.maximum(0.0, square - tail**2 / left) / left**2)[: batches - 1]
    cut = int(np.argmin(error))
    return cut * BATCH if cut <= batches // 2 else None
