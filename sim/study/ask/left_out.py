"""The check of a calibration by leaving a target out: do the other observations lead to it?

Where they do not, the observations contradict each other or the model, and a narrow posterior is narrow around nothing.
No run is needed: the table of simulations is asked again without one of its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.study.ask.targets import Problem
from sim.study.infer.rejection import Floats, accept, weighted_quantile


@dataclass(frozen=True)
class LeftOut:
    """One observation, and what the others lead to."""

    name: str
    value: float
    middle: float
    low: float
    high: float
    """Median and middle 90% of what the posterior of the others shows, with its error of observation."""

    @property
    def held(self) -> bool:
        """Whether the observation lies there."""
        return self.low <= self.value <= self.high


def left_out(
    problem: Problem, numbers: Floats, observed: Floats, importance: Floats | None = None
) -> tuple[LeftOut, ...]:
    """Each observation against what the others lead to; nothing where there is only one.

    Args:
        problem: what was observed.
        numbers: [simulation, observation], with their errors of observation; NaN where one has no meaning.
        observed: [observation].
        importance: [simulation], how much each counts; None: all alike.

    Raises:
        ValueError: too few simulations have all the numbers.
    """
    if len(observed) < 2:
        return ()
    has_all = np.isfinite(numbers).all(axis=1)
    whole, counts = numbers[has_all], None if importance is None else importance[has_all]
    found = []
    for number, one in enumerate(problem.observed):
        # A number is adjusted as its place among all, as a parameter is, so that it stays among what runs can show.
        place = (whole[:, number].argsort(kind="stable").argsort(kind="stable") + 0.5) / max(1, len(whole))
        known = np.delete(np.arange(len(observed)), number)
        accepted = accept(place[:, np.newaxis], whole[:, known], observed[known], importance=counts)
        places = [weighted_quantile(accepted.u[:, 0], accepted.weights, q) for q in (0.05, 0.5, 0.95)]
        low, middle, high = np.quantile(whole[:, number], places).tolist()
        found.append(LeftOut(one.name, one.value, middle, low, high))
    return tuple(found)
