"""Log-logistic times of several kinds whose cases have each a pace of their own: one lognormal factor a case.

The likelihood of a case is that of its times given the factor, summed over the factor's law on a grid; times that were
cut off (the account was stopped, the file ends) count as longer than they had lasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from sim.study.infer.rates import HALF, Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_GRID = np.linspace(-4.2, 4.2, 57)
_WEIGHT = np.exp(-0.5 * _GRID**2)
_WEIGHT = _WEIGHT / _WEIGHT.sum()


@dataclass(frozen=True)
class Paced:
    """Medians and shapes by kind, and the spread of the pace (standard deviation of the logarithm of its factor)."""

    median: list[Estimate]
    shape: list[Estimate]
    spread: Estimate
    n: list[int]


def fit_paced(
    time: Floats, ended: NDArray[np.bool_], kind: Ints, case: Ints, kinds: int, spread: float | None
) -> Paced:
    """Fit all kinds together.

    Args:
        time: above zero, in one unit.
        ended: whether it ended then; else it lasted longer.
        kind: of each, from 0.
        case: of each: whole numbers.
        kinds: how many there are; each has some that ended.
        spread: of the pace, where it is known; None: to be fitted.
    """
    order = np.argsort(case, kind="stable")
    y, ended, kind, case = np.log(time[order]), ended[order], kind[order], case[order]
    first = np.flatnonzero(np.append(True, case[1:] != case[:-1]))
    u = _GRID[np.newaxis, :]
    free = 2 * kinds + (spread is None)

    def loss(x: Floats) -> tuple[float, Floats]:
        m, s = x[:kinds], np.exp(np.clip(x[kinds : 2 * kinds], -5, 4))
        sd = exp(min(x[-1], 3.0)) if spread is None else spread
        z = (y[:, np.newaxis] - m[kind][:, np.newaxis] - sd * u) / s[kind][:, np.newaxis]
        below = special.expit(z)
        tail = -np.logaddexp(0.0, z)  # log of the share that lasts longer
        gone = ended[:, np.newaxis]
        each = np.where(gone, z + 2 * tail - np.log(s)[kind][:, np.newaxis], tail)
        of_case = np.add.reduceat(each, first, axis=0)
        top = of_case.max(axis=1, keepdims=True)
        weighted = np.exp(of_case - top) * _WEIGHT
        total = weighted.sum(axis=1, keepdims=True)
        after = np.repeat(weighted / total, np.diff(np.append(first, len(y))), axis=0)
        by_m = np.where(gone, 2 * below - 1, below) / s[kind][:, np.newaxis]
        by_s = np.where(gone, z * (2 * below - 1) - 1, z * below)
        slope = np.zeros(free)
        slope[:kinds] = np.bincount(kind, (after * by_m).sum(axis=1), kinds)
        slope[kinds : 2 * kinds] = np.bincount(kind, (after * by_s).sum(axis=1), kinds)
        if spread is None:
            slope[-1] = float((after * by_m * u).sum()) * sd
        return -float((np.log(total) + top).sum()), -slope

    middle = [float(np.median(y[kind == number])) for number in range(kinds)]
    start = np.array([*middle, *[log(0.6)] * kinds, *([0.0] if spread is None else [])])
    found = optimize.minimize(
        loss, start, jac=True, method="BFGS", options={"gtol": 1e-3 * len(y) ** 0.5, "maxiter": 200}
    )
    covariance = np.linalg.pinv(_hessian(loss, found.x))
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))

    def estimate(number: int, sign: int = 1) -> Estimate:
        ends = (sign * found.x[number] - HALF * error[number], sign * found.x[number] + HALF * error[number])
        return exp(sign * found.x[number]), exp(ends[0]), exp(ends[1])

    return Paced(
        [estimate(number) for number in range(kinds)], [estimate(kinds + number, -1) for number in range(kinds)],
        estimate(free - 1) if spread is None else (spread, spread, spread),
        np.bincount(kind, minlength=kinds).tolist(),
    )  # fmt: skip


def _hessian(loss: object, at: Floats) -> Floats:
    step, found = 1e-4, np.zeros((len(at), len(at)))
    for number in range(len(at)):
        up, down = at.copy(), at.copy()
        up[number] += step
        down[number] -= step
        found[number] = (loss(up)[1] - loss(down)[1]) / (2 * step)  # type: ignore[operator]
    return (found + found.T) / 2
