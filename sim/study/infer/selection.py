"""Ranking and selection: which of several systems is best, and whether one meets a target, with a stated confidence.

Both procedures are fully sequential and take common random numbers. They assume that the replications are independent
and that their numbers (means of many cases) are about normal; the variances may differ and need not be known.

Kim and Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM Transactions on
Modeling and Computer Simulation 11 (2001) 251-273: procedure KN with c = 1.
Andradóttir and Kim, "Fully sequential procedures for comparing constrained systems via simulation", Naval Research
Logistics 57 (2010) 403-421: the same triangular boundary against a constant decides whether a target is met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sample = Callable[[Sequence[int], range], Floats | None]
"""(systems, numbers of replications) -> [replication][system]; None where the budget does not allow it."""

FIRST = 20
"""Replications of the first stage, from which the variances are taken."""
STEP = 5
"""Replications between two looks: fewer looks than the procedures allow, so their error is no larger."""


@dataclass(frozen=True)
class Selected:
    """The system that was chosen."""

    best: int
    alive: tuple[int, ...]
    """Systems not yet told apart from it; only the best where the choice is made."""
    replications: int
    """Of the best."""

    @property
    def certain(self) -> bool:
        """False where the budget ended before the choice was made; then the best has the largest mean so far."""
        return len(self.alive) == 1


def select(sample: Sample, systems: int, *, zone: float, alpha: float = 0.05, first: int = FIRST) -> Selected:
    """Choose the system with the largest mean (procedure KN).

    Where the best is `zone` or more above all others it is chosen with probability 1 - alpha or more; where others
    are nearer to it, one of those may be chosen.

    Args:
        sample: gives new replications of some systems on the same luck.
        systems: how many there are, numbered from 0.
        zone: the indifference zone: differences below it are not worth telling apart. Above 0.
        alpha: probability of a wrong choice.
        first: replications of the first stage, at least 2.
    """
    if systems == 1:
        return Selected(0, (0,), 0)
    x = sample(range(systems), range(first))
    if x is None:
        return Selected(0, tuple(range(systems)), 0)
    spread = np.var(x[:, :, None] - x[:, None, :], axis=0, ddof=1)
    factor = boundary_factor(alpha / (systems - 1), first)
    total: Floats = x.sum(axis=0)
    alive, n = np.arange(systems), first
    while True:
        apart, spreads = total[alive][:, None] - total[alive][None, :], spread[np.ix_(alive, alive)]
        beaten = (apart < -_boundary(spreads, factor, zone, n)).any(axis=1)
        if n >= factor * spreads.max() / zone**2:  # the boundary has closed
            beaten = np.arange(len(alive)) != int(np.argmax(total[alive]))
        alive = alive[~beaten]
        best = int(alive[np.argmax(total[alive])])
        if len(alive) == 1:
            return Selected(best, (best,), n)
        more = sample(alive.tolist(), range(n, n + STEP))
        if more is None:
            return Selected(best, tuple(alive.tolist()), n)
        total[alive] += more.sum(axis=0)
        n += STEP


@dataclass(frozen=True)
class Verdict:
    """Whether a mean is at or above a target."""

    met: bool
    mean: float
    replications: int
    certain: bool = True
    """False where the budget ended first; then a target is not met."""


def meets(
    sample: Callable[[range], Floats | None], target: float, *, zone: float, alpha: float, first: int = FIRST
) -> Verdict:
    """Decide whether a mean is at least a target.

    A mean below the target is called met with probability alpha at most; one of `target + zone` or more is called not
    met with probability alpha at most. In between either may be said.

    Args:
        sample: new replications by their numbers (a NaN says nothing and is left out); None beyond the budget.
        target, zone: see above; zone above 0.
        alpha: probability of each error.
        first: replications of the first stage, at least 2.
    """
    x = sample(range(first))
    if x is None:
        return Verdict(False, float("nan"), 0, certain=False)
    used, x = first, x[~np.isnan(x)]
    if len(x) < 2:
        return Verdict(False, float("nan"), 0)
    spread, half, factor = float(np.var(x, ddof=1)), zone / 2, boundary_factor(alpha, len(x))
    total, n = float(x.sum()), len(x)
    while True:
        over = total - n * (target + half)
        edge = float(_boundary(np.array(spread), factor, half, n))
        if abs(over) >= edge:
            return Verdict(over >= 0, total / n, n)
        more = sample(range(used, used + STEP))
        if more is None:
            return Verdict(False, total / n, n, certain=False)
        used, more = used + STEP, more[~np.isnan(more)]
        total, n = total + float(more.sum()), n + len(more)
        if used > _FAR * (n + 1):
            return Verdict(False, total / n, n)  # hardly any replication gives the number a meaning


_FAR = 20


def boundary_factor(alpha: float, first: int) -> float:
    """h^2 of procedure KN with c = 1: (first - 1) * ((2 alpha)^(-2 / (first - 1)) - 1)."""
    return float((first - 1) * ((2 * alpha) ** (-2 / (first - 1)) - 1))


def _boundary(spread: Floats, factor: float, zone: float, n: int) -> Floats:
    """How far two sums of n replications must be apart: a triangle that closes at n = factor * spread / zone^2."""
    return np.maximum(0.0, factor * spread / (2 * zone) - n * zone / 2)
