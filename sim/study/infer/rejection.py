"""Approximate Bayesian computation: from simulated pairs (parameters, numbers) to what is behind observed numbers.

Rejection with local-linear regression adjustment (Beaumont, Zhang and Balding, "Approximate Bayesian computation in
population genetics", Genetics 162, 2002). Parameters are adjusted as logits of their place in the prior, so that none
leaves it. Numbers carry their error of observation as noise, which makes the answer that of the model with such errors
(Wilkinson, "Approximate Bayesian computation gives exact results under the assumption of model error", 2013). Near is
what tells the same of the parameters: numbers count by how the parameters move with them, over all simulations
(Fearnhead and Prangle, "Constructing summary statistics for approximate Bayesian computation", Journal of the Royal
Statistical Society B 74, 2012), so that one which is mostly luck does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from sim.words.phrases import phrase

Floats = NDArray[np.float64]

ACCEPTED = 0.1
"""Share of the simulations that are nearest to what was observed, and accepted."""
LEAST_ACCEPTED = 50
"""Fewer say nothing of the ends of a 90% interval."""
MOST_ACCEPTED = 3000
"""More are not needed: of many simulations the nearest tenth would reach further than it must."""
_EDGE = 1e-6
_FAR = 8.0
"""Times its spread up to which a number is told from one still further off."""


@dataclass(frozen=True)
class Accepted:
    """The accepted simulations, adjusted to what was observed."""

    u: Floats
    """[draw, parameter], places in the prior from 0 to 1."""
    weights: Floats
    """Sum to 1."""
    index: NDArray[np.int64]
    """Which simulations they were."""


def accept(
    u: Floats, numbers: Floats, observed: Floats, *, share: float = ACCEPTED, importance: Floats | None = None
) -> Accepted:
    """The posterior as weighted draws.

    Args:
        u: [simulation, parameter], places in the prior, strictly between 0 and 1.
        numbers: [simulation, number], with their errors of observation; a row with NaN is never accepted.
        observed: [number].
        share: of the simulations, to accept at most; fewer where the furthest of them, drawn where few were, would
            outweigh the rest.
        importance: [simulation], how much each counts where they are not drawn from the prior; None: all alike.

    Raises:
        ValueError: fewer than `LEAST_ACCEPTED` simulations have all numbers.
    """
    usable = np.flatnonzero(np.isfinite(numbers).all(axis=1))
    if len(usable) < LEAST_ACCEPTED:
        raise ValueError(
            phrase("{n} of {all} simulations have all the numbers that were observed", n=len(usable), all=len(numbers))
        )
    apart = np.clip((numbers[usable] - observed) / _spread(numbers[usable]), -_FAR, _FAR)
    counts = np.ones(len(usable)) if importance is None else importance[usable]
    z = logit(np.clip(u[usable], _EDGE, 1 - _EDGE))
    told = apart @ _slope(apart, z, counts)
    distance = np.sqrt((told**2).sum(axis=1))
    wanted = min(len(usable), max(LEAST_ACCEPTED, min(MOST_ACCEPTED, round(share * len(numbers)))))
    nearest = np.argsort(distance, kind="stable")[:wanted]
    nearest = nearest[: _worth_most(counts[nearest])]
    width = distance[nearest[-1]] * (1 + 1e-9) or 1.0
    weights = (1 - (distance[nearest] / width) ** 2 + 1e-12) * counts[nearest]  # Epanechnikov
    moved = z[nearest] - apart[nearest] @ _slope(apart[nearest], z[nearest], weights)
    return Accepted(expit(moved), weights / weights.sum(), usable[nearest])


def _worth_most(counts: Floats) -> int:
    """How many of the nearest are worth the most draws of equal weight (Kish): all, where all count alike."""
    worth = np.cumsum(counts) ** 2 / np.cumsum(counts**2)
    least = min(len(counts), LEAST_ACCEPTED) - 1
    return least + int(len(worth) - least - np.argmax(worth[least:][::-1]))


def _slope(apart: Floats, z: Floats, weights: Floats) -> Floats:
    """[number, parameter]: how the parameters move with the numbers, by weighted least squares."""
    design = np.column_stack([np.ones(len(apart)), apart])
    root = np.sqrt(weights)[:, np.newaxis]
    found: Floats = np.linalg.lstsq(design * root, z * root, rcond=None)[0][1:]
    return found


def _spread(numbers: Floats) -> Floats:
    """A robust scale of each number: the median absolute deviation, else the standard deviation, else 1."""
    middle = np.median(np.abs(numbers - np.median(numbers, axis=0)), axis=0)
    found = np.where(middle > 0, middle, numbers.std(axis=0))
    return np.where(found > 0, found, 1.0)


def weighted_quantile(values: Floats, weights: Floats, q: float) -> float:
    """The value at which the weights, sorted by value, reach a share `q`, read between the middles of the steps."""
    order = np.argsort(values, kind="stable")
    middles = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(q, middles / weights.sum(), values[order]))
