"""The check of a calibration by leaving a target out: do the other observations lead to it?

Where they do not, the observations contradict each other or the model, and a narrow posterior is narrow around nothing.
No run is needed: the table of simulations is asked again without one of its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.study.rejection import Floats, accept, weighted_quantile
from sim.study.targets import Problem


@dataclass(frozen=True)
class LeftOut:
    """One observation, and what the others lead to."""

    name: str
    value: float
    low: float
    high: float
    """The middle 90% of what the posterior of the others shows, with its error of observation."""

    @property
    def held(self) -> bool:
        """Whether the observation lies there."""
        return self.low <= self.value <= self.high


def left_out(problem: Problem, numbers: Floats, observed: Floats) -> tuple[LeftOut, ...]:
    """Each observation against what the others lead to; nothing where there is only one.

    Args:
        problem: what was observed.
        numbers: [simulation, observation], with their errors of observation; NaN where one has no meaning.
        observed: [observation].

    Raises:
        ValueError: too few simulations have all the numbers.
    """
    if len(observed) < 2:
        return ()
    whole = numbers[np.isfinite(numbers).all(axis=1)]
    found = []
    for number, one in enumerate(problem.observed):
        others = np.delete(whole, number, axis=1), np.delete(observed, number)
        # A number is adjusted as its place among all, as a parameter is, so that it stays among what runs can show.
        place = (whole[:, number].argsort(kind="stable").argsort(kind="stable") + 0.5) / max(1, len(whole))
        accepted = accept(place[:, np.newaxis], *others)
        ends = [weighted_quantile(accepted.u[:, 0], accepted.weights, q) for q in (0.05, 0.95)]
        low, high = np.quantile(whole[:, number], ends).tolist()
        found.append(LeftOut(one.name, one.value, low, high))
    return tuple(found)
