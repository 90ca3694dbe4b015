"""Draws of a distribution in whole milliseconds or whole fen, within what a file may hold."""

from typing import TYPE_CHECKING

from pydantic import (
    BaseModel,
)

from sim.scenario.lazily import lazily
from sim.words.units import (
    MAX_DURATION,
    MAX_MONEY,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario.laws import Floats
else:
    np = lazily("numpy")
from sim.scenario.distributions import Distribution, DurationDist, MoneyDist


def sample_ms(dist: Distribution[int], u: "Floats") -> "NDArray[np.int64]":
    """Turn uniforms `u` in (0, 1), of any shape, into whole milliseconds.

    Rounds half to even and clips to [0, 100 years], so that even a law without a mean stays a time.

    Raises:
        TypeError: the distribution is of no times.
    """
    _only(DurationDist, dist)
    return np.rint(np.clip(dist.quantile(u), 0, MAX_DURATION)).astype(np.int64)


def sample_fen(dist: Distribution[int], u: "Floats") -> "NDArray[np.int64]":
    """Turn uniforms `u` in (0, 1), of any shape, into whole fen.

    Rounds half to even and clips to [0, 10 trillion yuan], the largest amount that a file may hold: what is asked for
    arrives to the fen, and even a law without a mean stays an amount.

    Raises:
        TypeError: the distribution is of no amounts.
    """
    _only(MoneyDist, dist)
    return np.rint(np.clip(dist.quantile(u), 0, MAX_MONEY)).astype(np.int64)


def most_mean_fen(dist: Distribution[int]) -> float:
    """A bound from above, in fen, of the mean of what `sample_fen` draws: a few percent above it for smooth laws.

    A law without a mean has one here, for no draw is above the largest amount. The bound takes each draw at the upper
    edge of its part of (0, 1): even parts, which become finer towards 1 because that is where the money is.
    """
    share = np.concatenate([np.arange(400) / 400, 1 - np.exp2(-np.arange(9, 50, 0.125))])
    share = np.unique(share[share < 1])
    upper = np.append(np.minimum(np.maximum(dist.quantile(share[1:]), 0), MAX_MONEY), _most(dist))
    return float((np.diff(np.append(share, 1.0)) * upper).sum())


def share_above_most(dist: Distribution[int]) -> float:
    """The share of the draws of a law of amounts that `sample_fen` cuts to the largest amount."""
    return float(1 - dist.cdf(np.array([float(MAX_MONEY)]))[0])


def _most(dist: Distribution[int]) -> float:
    """The largest amount that can be drawn, in fen."""
    with np.errstate(all="ignore"):
        most = float(dist.quantile(np.array([np.nextafter(1.0, 0.0)]))[0])
    return min(max(most, 0.0), MAX_MONEY) if np.isfinite(most) else float(MAX_MONEY)


def _only(wanted: type[BaseModel], dist: BaseModel) -> None:
    """Refuse a distribution of another quantity: a limit of times must never cut an amount."""
    if not isinstance(dist, wanted):
        raise TypeError(f"{type(dist).__name__} where {wanted.__name__} is sampled")
