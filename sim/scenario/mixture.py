"""A mixture of laws and the inverse of its distribution function, found by bracketed root finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sim.scenario.laws import Floats, Law
from sim.scenario.lazily import lazily

if TYPE_CHECKING:
    import numpy as np
    from scipy import special
else:
    np, special = lazily("numpy"), lazily("scipy.special")

_MOST_STEPS = 200
_NEAR = 1e-13


@dataclass(frozen=True)
class Mixture:
    """With probability `weights[i]` a value of `parts[i]`; weights sum to 1."""

    weights: tuple[float, ...]
    parts: tuple[Law, ...]

    def quantile(self, u: Floats) -> Floats:
        shape = np.shape(u)
        flat = np.asarray(u, dtype=np.float64).ravel()
        each = [part.quantile(flat) for part in self.parts]
        low, high = each[0], each[0]
        for values in each[1:]:
            low, high = np.minimum(low, values), np.maximum(high, values)
        out = high.copy()
        # An equal bracket is the answer already; an infinite one only happens at u = 1.
        open_ = (low < high) & np.isfinite(high)
        for value, at, below in self._jumps:
            hit = (flat > below) & (flat <= at)
            out[hit] = value
            open_ &= ~hit
        if open_.all():
            return _invert(self.cdf, flat, low, high).reshape(shape)
        if open_.any():
            out[open_] = _invert(self.cdf, flat[open_], low[open_], high[open_])
        return out.reshape(shape)

    def cdf(self, x: Floats) -> Floats:
        total = self.weights[0] * self.parts[0].cdf(x)
        for weight, part in zip(self.weights[1:], self.parts[1:], strict=True):
            total += weight * part.cdf(x)
        return np.minimum(total, 1.0)

    def mean(self) -> float:
        return sum(w * part.mean() for w, part in zip(self.weights, self.parts, strict=True))

    def atoms(self) -> Sequence[tuple[float, float]]:
        mass: dict[float, float] = {}
        for weight, part in zip(self.weights, self.parts, strict=True):
            for value, p in part.atoms():
                mass[value] = mass.get(value, 0.0) + weight * p
        return tuple(sorted(mass.items()))

    @cached_property
    def _jumps(self) -> tuple[tuple[float, float, float], ...]:
        """For each atom: its value, the cdf at it and the cdf just below it."""
        jumps = []
        for value, mass in self.atoms():
            at = float(self.cdf(np.array([value]))[0])
            jumps.append((value, at, at - mass))
        return tuple(jumps)


def _invert(cdf: Callable[[Floats], Floats], u: Floats, low: Floats, high: Floats) -> Floats:
    """Solve cdf(x) = u inside [low, high], elementwise, by Chandrupatla's method.

    Inverse quadratic interpolation where it is safe, halving elsewhere, and the bracket is closed to a
    relative 1e-13. It works on logit(cdf) against asinh(x), where the usual laws are nearly straight lines
    however many powers of ten the bracket spans, so a few steps are enough.
    (T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145-149.)
    """

    def miss(y: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            odds: Floats = np.clip(special.logit(cdf(np.sinh(y))), -700.0, 700.0)
        return np.asarray(odds - target)

    out = np.empty_like(u)
    where = np.arange(u.size)
    target = special.logit(u)
    a, b = np.arcsinh(low), np.arcsinh(high)
    fa, fb = miss(a), miss(b)
    t = np.clip(fa / np.where(fa == fb, 1.0, fa - fb), 0.01, 0.99)
    for _ in range(_MOST_STEPS):
        y = a + t * (b - a)
        fy = miss(y)
        same = (fy > 0) == (fa > 0)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = y, fy
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        width = np.abs(b - a)
        done = (width <= 2 * _NEAR) | (fa == 0) | (fb == 0)
        if done.any():
            out[where[done]] = np.sinh(best[done])
            go = ~done
            where = where[go]
            if not where.size:
                break
            a, b, c, fa, fb, fc = a[go], b[go], c[go], fa[go], fb[go], fc[go]
            target, width = target[go], width[go]
        with np.errstate(divide="ignore", invalid="ignore"):
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            safe = (phi * phi < xi) & ((1 - phi) ** 2 < 1 - xi)
            curve = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        least = _NEAR / width
        t = np.clip(np.where(safe, curve, 0.5), least, 1 - least)
    else:
        out[where] = np.sinh(a)
    return out
