"""The draws of a calibration that come nearest to what was observed, run again beside the scenario as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.study.ask.simulations import simulate_values
from sim.study.ask.targets import Floats, Problem
from sim.study.run.runner import Runner

DRAWS, OF = 15, 100
"""How many of the nearest are run again, at most, and of how many draws one: the nearest has had luck, too."""
REPLICATIONS = 12
"""How often, each time on the same luck as the scenario."""


@dataclass(frozen=True)
class Nearest:
    """The draws that came nearest, and the scenario's own values on the same luck."""

    values: Floats
    """[draw, parameter], in the parameters' units, the nearest first."""
    distance: Floats
    """[draw]: how far from what was observed, the root of the mean square over the observations, in tolerances."""
    own: float
    """The same of the scenario as it is."""

    @property
    def place(self) -> int:
        """The scenario's place among all of them, from 1."""
        return 1 + int((self.distance < self.own).sum())

    @property
    def of(self) -> int:
        """How many there are with the scenario."""
        return len(self.distance) + 1


def how_many(simulations: int) -> int:
    """How many of so many draws are run again."""
    return max(1, min(DRAWS, simulations // OF))


def nearest(problem: Problem, u: Floats, shown: Floats, runner: Runner, first: int, draws: int) -> Nearest:
    """Run the draws that came nearest again.

    Args:
        problem: what was observed.
        u: [draw, parameter], places in the priors.
        shown: [draw * plays, observation].
        runner: its seed names the luck.
        first: number of the first luck, which no other runs have had.
        draws: how many of them (see `how_many`).

    Raises:
        StudyError: the model does not accept a draw.
    """
    chosen = np.argsort(_distances(problem, shown), kind="stable")[:draws]
    own = [one.parameter.value for one in problem.unknowns]
    values = np.vstack([problem.values(u[chosen]), own])
    again = simulate_values(
        problem, np.repeat(values, REPLICATIONS, axis=0), [first + n for n in range(REPLICATIONS)] * len(values), runner
    )
    distance = _distances(problem, again, REPLICATIONS)
    order = np.argsort(distance[:-1], kind="stable")
    return Nearest(values[order], distance[order], float(distance[-1]))


def _distances(problem: Problem, shown: Floats, runs: int = 1) -> Floats:
    """[draw]: the distance of the mean of its runs; of one case one event was observed, which says little of a mean."""
    told = [one for one in range(len(problem.observed)) if not _is_case(problem, one)] or range(len(problem.observed))
    value, tolerance = (np.array([getattr(one, name) for one in problem.observed]) for name in ("value", "tolerance"))
    means = shown.reshape(-1, runs * problem.rows, shown.shape[1]).mean(axis=1)
    found: Floats = np.sqrt((((means - value) / tolerance)[:, list(told)] ** 2).mean(axis=1))
    return np.where(np.isfinite(found), found, np.inf)


def _is_case(problem: Problem, observation: int) -> bool:
    return bool(problem.plays) and problem.plays[problem.observed[observation].scenario] > 1
