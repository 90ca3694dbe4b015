"""Probability laws as pure functions over arrays: quantile, cdf and mean.

The values are floats in base units (ms, fen or a plain number). Only the inverse of the
distribution function is needed to draw: chance hands over uniforms in (0, 1) and
`Law.quantile` turns them into values. `scipy.special` rather than `scipy.stats`, whose
objects cost more to call than a single case has to spend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from sim.scenario.lazily import lazily

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import special

    Floats = NDArray[np.float64]
else:
    np, special, Floats = lazily("numpy"), lazily("scipy.special"), Any


class Law(Protocol):
    """A probability law on the real line."""

    def quantile(self, u: Floats) -> Floats:
        """The smallest x with cdf(x) >= u, for `u` of any shape in (0, 1)."""

    def cdf(self, x: Floats) -> Floats:
        """The probability of a value of at most `x`, for `x` of any shape."""

    def mean(self) -> float:
        """The mean, or inf where it does not exist."""

    def atoms(self) -> Sequence[tuple[float, float]]:
        """The values with a probability of their own: (value, probability)."""


class _Continuous:
    def atoms(self) -> Sequence[tuple[float, float]]:
        return ()


@dataclass(frozen=True)
class Fixed:
    """Always `value`."""

    value: float

    def quantile(self, u: Floats) -> Floats:
        return np.full(np.shape(u), self.value)

    def cdf(self, x: Floats) -> Floats:
        return (x >= self.value).astype(np.float64)

    def mean(self) -> float:
        return self.value

    def atoms(self) -> Sequence[tuple[float, float]]:
        return ((self.value, 1.0),)


@dataclass(frozen=True)
class Exponential(_Continuous):
    """Memoryless, with mean `scale`."""

    scale: float

    def quantile(self, u: Floats) -> Floats:
        return -self.scale * np.log1p(-u)

    def cdf(self, x: Floats) -> Floats:
        return -np.expm1(-np.maximum(x, 0.0) / self.scale)

    def mean(self) -> float:
        return self.scale


@dataclass(frozen=True)
class Lognormal(_Continuous):
    """exp of a normal variable: `median` and the standard deviation `sigma` of the logarithm."""

    median: float
    sigma: float

    def quantile(self, u: Floats) -> Floats:
        return np.asarray(self.median * np.exp(self.sigma * special.ndtri(u)))

    def cdf(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr(np.log(np.maximum(x, 0.0) / self.median) / self.sigma))

    def mean(self) -> float:
        return self.median * math.exp(self.sigma**2 / 2)


@dataclass(frozen=True)
class Loglogistic(_Continuous):
    """odds(cdf) = (x / `median`) ** `shape`; no mean for a shape of at most 1."""

    median: float
    shape: float

    def quantile(self, u: Floats) -> Floats:
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(self.median * np.exp(special.logit(u) / self.shape))

    def cdf(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(special.expit(self.shape * np.log(np.maximum(x, 0.0) / self.median)))

    def mean(self) -> float:
        if self.shape <= 1:
            return math.inf
        angle = math.pi / self.shape
        return self.median * angle / math.sin(angle)


@dataclass(frozen=True)
class Gamma(_Continuous):
    """Gamma with the given `shape` and `scale` (mean = shape * scale)."""

    shape: float
    scale: float

    def quantile(self, u: Floats) -> Floats:
        return np.asarray(special.gammaincinv(self.shape, u) * self.scale)

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.gammainc(self.shape, np.maximum(x, 0.0) / self.scale))

    def mean(self) -> float:
        return self.shape * self.scale


@dataclass(frozen=True)
class Weibull(_Continuous):
    """cdf = 1 - exp(-(x / `scale`) ** `shape`)."""

    scale: float
    shape: float

    def quantile(self, u: Floats) -> Floats:
        with np.errstate(divide="ignore", over="ignore"):
            return self.scale * (-np.log1p(-u)) ** (1.0 / self.shape)

    def cdf(self, x: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return -np.expm1(-((np.maximum(x, 0.0) / self.scale) ** self.shape))

    def mean(self) -> float:
        return self.scale * float(special.gamma(1.0 + 1.0 / self.shape))


@dataclass(frozen=True)
class Uniform(_Continuous):
    """Flat from `low` to `high`."""

    low: float
    high: float

    def quantile(self, u: Floats) -> Floats:
        return self.low + np.asarray(u) * (self.high - self.low)

    def cdf(self, x: Floats) -> Floats:
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Empirical:
    """Straight lines between points: `p` strictly rising from 0 to 1, `x` not falling, equally many."""

    p: tuple[float, ...]
    x: tuple[float, ...]

    def quantile(self, u: Floats) -> Floats:
        p, x = self._arrays
        return np.asarray(np.interp(u, p, x))

    def cdf(self, x: Floats) -> Floats:
        p, values = self._arrays
        right = np.searchsorted(values, x, side="right")
        j = np.clip(right, 1, len(values) - 1)
        rise = values[j] - values[j - 1]
        part = (x - values[j - 1]) / np.where(rise > 0, rise, 1.0)
        inside = p[j - 1] + part * (p[j] - p[j - 1])
        return np.where(right == 0, 0.0, np.where(right == len(values), 1.0, inside))

    def mean(self) -> float:
        p, x = self._arrays
        return float(np.sum(np.diff(p) * (x[1:] + x[:-1]) / 2))

    def atoms(self) -> Sequence[tuple[float, float]]:
        steps = zip(self.x, self.x[1:], self.p, self.p[1:], strict=False)
        return tuple((x0, p1 - p0) for x0, x1, p0, p1 in steps if x0 == x1)

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats]:
        return np.array(self.p), np.array(self.x)
