"""Laws of times and amounts fitted to what is known of each: a value, a band, or only that it was longer.

Each observation is a value or a band [low, high] (high inf: it lasted longer than low), of which it is known that only
values in [entry, limit] could have been seen at all (Turnbull, JRSS B 38 (1976) 290-295: censored and truncated data).
The likelihood of a band is the law's probability in it, and all is divided by that of what could be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import exp, inf, isfinite, log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
Z90: Final = float(special.ndtri(0.9))
_TINY: Final = 1e-300


@dataclass(frozen=True)
class Observed:
    """Observations, all above zero and in one unit. A value has low == high."""

    low: Floats
    high: Floats
    entry: Floats
    """Shorter ones could not have been seen; 0 for all could."""
    limit: Floats
    """Longer ones could not have been seen; inf for all could."""
    weight: Floats
    """How many are alike."""

    @classmethod
    def of(
        cls, low: Floats, high: Floats | None = None, *, entry: Floats | None = None, limit: Floats | None = None
    ) -> Observed:
        """One row for each observation; without `high` all are values."""
        high = low if high is None else high
        return cls(
            low.astype(np.float64), high.astype(np.float64), np.zeros(len(low)) if entry is None else entry,
            np.full(len(low), inf) if limit is None else limit, np.ones(len(low)),
        )  # fmt: skip

    @property
    def n(self) -> int:
        """How many observations there are."""
        return int(self.weight.sum())

    def at(self, chosen: NDArray[np.bool_]) -> Observed:
        """Some of them."""
        return Observed(
            self.low[chosen], self.high[chosen], self.entry[chosen], self.limit[chosen], self.weight[chosen]
        )

    @cached_property
    def grouped(self) -> Observed:
        """The same, alike ones together: values to 1%, what could be seen to 10%, where there are very many."""
        if len(self.low) <= _MANY or self.n > len(self.low):  # few, or together already
            return self
        value = self.low == self.high
        cells = [
            np.where(value, _rounded(self.low, _FINE), self.low), np.where(value, _rounded(self.low, _FINE), self.high),
            _rounded(self.entry, _COARSE), np.maximum(_rounded(self.limit, _COARSE), self.high),
        ]  # fmt: skip
        cells[3] = np.maximum(cells[3], np.where(value, cells[0], 0.0))
        codes = np.zeros(len(self.low), dtype=np.int64)
        for cell in cells:
            _, place = np.unique(cell, return_inverse=True)
            _, codes = np.unique(codes * (int(place.max()) + 1) + place, return_inverse=True)
        _, first = np.unique(codes, return_index=True)
        weight = np.bincount(codes, self.weight).astype(np.float64)
        low, high, entry, limit = (cell[first] for cell in cells)
        return Observed(low, high, entry, limit, weight)


_MANY: Final = 20_000
_FINE, _COARSE = 0.01, 0.1


def _rounded(values: Floats, step: float) -> Floats:
    """Values to a relative step; 0 and inf as they are."""
    with np.errstate(divide="ignore"):
        return np.where((values > 0) & np.isfinite(values), np.exp(np.round(np.log(values) / step) * step), values)


@dataclass(frozen=True)
class Kind:
    """A kind of law: how it is computed from two numbers that may be anything, and what it is called by."""

    log_pdf: Callable[[Floats, float, float], Floats]
    cdf: Callable[[Floats, float, float], Floats]
    sf: Callable[[Floats, float, float], Floats]
    start: Callable[[float, float], tuple[float, float]]
    """From mean and deviation of the logarithms."""
    named: Callable[[float, float], Mapping[str, float]]
    """The parameters as a scenario names them, all above zero."""
    free: int = 2
    """Of the two numbers so many are fitted."""


def _z(x: Floats, location: float, scale: float) -> Floats:
    with np.errstate(divide="ignore"):
        return (np.log(x) - location) / exp(scale)


def _normal_pdf(x: Floats, m: float, s: float) -> Floats:
    return -0.5 * _z(x, m, s) ** 2 - s - np.log(x) - 0.5 * log(2 * np.pi)


def _logistic_pdf(x: Floats, m: float, s: float) -> Floats:
    z = _z(x, m, s)
    return np.asarray(-np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z))) - s - np.log(x))


def _weibull_pdf(x: Floats, m: float, s: float) -> Floats:
    z = np.minimum(_z(x, m, s), 500.0)
    return z - np.exp(z) - s - np.log(x)


def _weibull_sf(x: Floats, m: float, s: float) -> Floats:
    return np.exp(-np.exp(np.minimum(_z(x, m, s), 500.0)))


def _gamma_pdf(x: Floats, m: float, s: float) -> Floats:
    k, theta = exp(s), exp(m)
    return np.asarray((k - 1) * np.log(x) - x / theta - k * m - special.gammaln(k))


KINDS: Final[Mapping[str, Kind]] = {
    "lognormal": Kind(
        _normal_pdf, lambda x, m, s: special.ndtr(_z(x, m, s)), lambda x, m, s: special.ndtr(-_z(x, m, s)),
        lambda mean, deviation: (mean, log(deviation)),
        lambda m, s: {"median": exp(m), "p90": exp(m + Z90 * exp(s))},
    ),
    "loglogistic": Kind(
        _logistic_pdf, lambda x, m, s: special.expit(_z(x, m, s)), lambda x, m, s: special.expit(-_z(x, m, s)),
        lambda mean, deviation: (mean, log(deviation * 0.55)),
        lambda m, s: {"median": exp(m), "shape": exp(-s)},
    ),
    "weibull": Kind(
        _weibull_pdf, lambda x, m, s: 1 - _weibull_sf(x, m, s), _weibull_sf,
        lambda mean, deviation: (mean + 0.45 * deviation, log(deviation * 0.78)),
        lambda m, s: {"scale": exp(m), "shape": exp(-s)},
    ),
    "gamma": Kind(
        _gamma_pdf, lambda x, m, s: special.gammainc(exp(s), x / exp(m)),
        lambda x, m, s: special.gammaincc(exp(s), x / exp(m)),
        lambda mean, deviation: (mean + log(max(deviation, 0.1)), -2 * log(max(deviation, 0.1))),
        lambda m, s: {"mean": exp(m + s), "shape": exp(s)},
    ),
    "exponential": Kind(
        lambda x, m, _: _weibull_pdf(x, m, 0.0), lambda x, m, _: 1 - _weibull_sf(x, m, 0.0),
        lambda x, m, _: _weibull_sf(x, m, 0.0), lambda mean, _: (mean + 0.58, 0.0), lambda m, _: {"mean": exp(m)}, 1,
    ),
}  # fmt: skip
"""By the name that a scenario gives it."""


@dataclass(frozen=True)
class Fitted:
    """A law fitted to observations."""

    kind: str
    free: tuple[float, float]
    """The two numbers behind it."""
    covariance: Floats
    likelihood: float
    """Logarithm; comparable between kinds fitted to the same observations."""
    n: int
    others: Mapping[str, float] = field(default_factory=dict)
    """By kind: how much worse it fits (difference of AIC)."""

    @property
    def aic(self) -> float:
        """Akaike's criterion: smaller is better."""
        return 2 * KINDS[self.kind].free - 2 * self.likelihood

    @property
    def parameters(self) -> Mapping[str, tuple[float, float, float]]:
        """By name: estimate and 90% interval."""
        kind = KINDS[self.kind]

        def logarithm_of(name: str) -> Callable[[float, float], float]:
            return lambda m, s: log(kind.named(m, s)[name])

        return {name: self._interval(logarithm_of(name)) for name in kind.named(*self.free)}

    def quantile(self, share: float) -> tuple[float, float, float]:
        """The value that a share stays below, with its 90% interval."""
        return self._interval(lambda m, s: log(quantile(self.kind, (m, s), share)))

    def cdf(self, x: Floats) -> Floats:
        """The share that stays below some values."""
        return np.asarray(KINDS[self.kind].cdf(x, *self.free))

    def _interval(self, logarithm: Callable[[float, float], float]) -> tuple[float, float, float]:
        """By the delta method on the logarithm."""
        at, step = np.array(self.free), 1e-5
        slope = np.zeros(2)
        for number in range(KINDS[self.kind].free):
            up, down = at.copy(), at.copy()
            up[number] += step
            down[number] -= step
            slope[number] = (logarithm(*up) - logarithm(*down)) / (2 * step)
        middle, error = logarithm(*self.free), max(0.0, float(slope @ self.covariance @ slope)) ** 0.5
        half = error * self._half
        return exp(middle), exp(middle - half), exp(middle + half)

    @property
    def _half(self) -> float:
        """Standard errors on each side of a 90% interval: Student's, and the spread of few is larger than it looks."""
        freedom = max(1, self.n - KINDS[self.kind].free)
        return float(special.stdtrit(freedom, 0.95) * np.sqrt(self.n / freedom))


def quantile(kind: str, free: tuple[float, float], share: float) -> float:
    """The value of a law that a share stays below."""
    m, s = free
    if kind == "lognormal":
        return exp(m + float(special.ndtri(share)) * exp(s))
    if kind == "loglogistic":
        return exp(m + float(special.logit(share)) * exp(s))
    if kind == "gamma":
        return exp(m) * float(special.gammaincinv(exp(s), share))
    return exp(m + log(-log(1 - share)) * (exp(s) if kind == "weibull" else 1.0))


def log_likelihood(kind: Kind, seen: Observed, m: float, s: float) -> float:
    """Of all observations; -inf where some could not be."""
    value = seen.low == seen.high
    found = np.empty(len(seen.low))
    with np.errstate(all="ignore"):
        found[value] = kind.log_pdf(seen.low[value], m, s)
        band = ~value
        found[band] = np.log(_between(kind, seen.low[band], seen.high[band], m, s))
        cut = (seen.entry > 0) | np.isfinite(seen.limit)
        if cut.any():
            found[cut] -= np.log(_between(kind, seen.entry[cut], seen.limit[cut], m, s))
        total = float(seen.weight @ found)
    return total if isfinite(total) else -inf


def _between(kind: Kind, low: Floats, high: Floats, m: float, s: float) -> Floats:
    """The probability of a value between two, from the side where it keeps its digits."""
    below, above = kind.cdf(low, m, s), kind.sf(high, m, s)
    upper = below > 0.5
    return np.maximum(np.where(upper, kind.sf(low, m, s) - above, kind.cdf(high, m, s) - below), _TINY)


def fit_kind(name: str, seen: Observed) -> Fitted | None:
    """The law of a kind that fits best; None where none does (all alike, or nothing but "longer than")."""
    kind, seen = KINDS[name], seen.grouped
    logs = np.log(np.where(np.isfinite(seen.high), np.sqrt(np.maximum(seen.low, seen.high / 3) * seen.high), seen.low))
    logs = logs[np.isfinite(logs)]
    if not len(logs) or not np.isfinite(seen.high).any():
        return None
    start = kind.start(float(logs.mean()), max(float(logs.std()), 0.05))[: kind.free]

    def loss(free: Floats) -> float:
        m, s = (float(free[0]), float(free[1]) if kind.free == 2 else 0.0)
        if not (-60 < m < 80 and -7 < s < 5):
            return 1e300
        return min(-log_likelihood(kind, seen, m, s), 1e300)

    found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6, "maxiter": 600})
    if found.fun >= 1e299:
        return None
    hessian = _hessian(loss, found.x)
    covariance = np.zeros((2, 2))
    try:
        covariance[: kind.free, : kind.free] = np.linalg.inv(hessian)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(covariance).all() or (np.diag(covariance)[: kind.free] <= 0).any():
        return None
    free = (float(found.x[0]), float(found.x[1]) if kind.free == 2 else 0.0)
    return Fitted(name, free, covariance, -float(found.fun), seen.n)


def _hessian(loss: Callable[[Floats], float], at: Floats) -> Floats:
    """Second differences."""
    n, step = len(at), 1e-3
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            shifts = []
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = at.copy()
                moved[i] += a * step
                moved[j] += b * step
                shifts.append(loss(moved))
            found[i, j] = found[j, i] = (shifts[0] - shifts[1] - shifts[2] + shifts[3]) / (4 * step * step)
    return found


def fit_law(seen: Observed, kinds: Sequence[str], usual: str | None = None) -> Fitted | None:
    """The law that fits best by Akaike's criterion, of some kinds; None where none can be fitted.

    Args:
        usual: the kind that the model has so far: another has to be better by `_BETTER`.
    """
    seen = seen.grouped
    tried = [one for one in (fit_kind(name, seen) for name in _in_question(seen, kinds)) if one is not None]
    if not tried:
        return None
    best = min(tried, key=lambda one: one.aic - (_BETTER if one.kind == usual else 0.0))
    return replace(best, others={one.kind: one.aic - best.aic for one in tried if one is not best})


_BETTER: Final = 10.0
"""With a difference of AIC above this the other kind has essentially no support (Burnham and Anderson, 2002, 2.6)."""


def _in_question(seen: Observed, kinds: Sequence[str]) -> Sequence[str]:
    """The kinds that a part of very many observations does not rule out already."""
    if len(seen.low) <= _PART:
        return kinds
    chosen = np.zeros(len(seen.low), dtype=bool)
    chosen[:: len(seen.low) // _PART] = True
    part = [one for one in (fit_kind(name, seen.at(chosen)) for name in kinds) if one is not None]
    best = min((one.aic for one in part), default=0.0)
    return [one.kind for one in part if one.aic < best + _RULED_OUT] or kinds


_PART: Final = 4_000
_RULED_OUT: Final = 40.0
"""Difference of AIC on a part of the observations: on all of them it is larger still."""
