"""Calibration: which values of unknown parameters agree with what was observed, and which the data cannot tell."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.study.ask.left_out import LeftOut, left_out
from sim.study.ask.nearest import REPLICATIONS, Nearest, how_many, nearest
from sim.study.ask.simulations import IMPORTANCE, check_reachable, prior_draws, round_draws, simulate, with_errors
from sim.study.ask.targets import Floats, Problem
from sim.study.infer.rejection import ACCEPTED, LEAST_ACCEPTED, Accepted, accept, weighted_quantile
from sim.study.infer.sequential import Proposal, places_to_look_at
from sim.study.infer.sequential import importance as weigh
from sim.study.run.errors import StudyError
from sim.study.run.posterior import Posterior
from sim.study.run.runner import Runner
from sim.words.language import key
from sim.words.phrases import phrase

SIMULATIONS = 2000
CHECKS = 200
"""Runs of the posterior that are compared with what was observed."""
NARROW = 0.8
"""A parameter is identified where the posterior's 90% interval is at most this part of the prior's, in the prior's own
scale."""
SHRUNK = 0.5
"""And where its variance, in the same scale, is smaller than the prior's by at least this part."""
ENOUGH = 100
"""Accepted draws (as many as their weights are worth) below which no parameter is called identified."""
INSIDE = 50
"""Draws with a play inside all tolerances at once below which no parameter is called identified: the rest of the
posterior is made of runs that do not agree with the observations, moved towards them by regression."""
ROUNDS = 5
"""Rounds of draws: the first from the prior, each later one from what the runs until then do not rule out."""
FEWEST = 500
"""Draws of a round at least: with fewer in all there are fewer rounds."""
TOGETHER = 0.8
"""Two parameters whose posterior correlation is beyond this are known only together."""


@dataclass(frozen=True)
class Finding:
    """What the data say of one parameter; values in its own unit."""

    path: str
    prior: tuple[float, float]
    median: float
    low: float
    high: float
    """The posterior's 90% interval."""
    narrowing: float
    """Its width over that of the prior's 90% interval, in the prior's own scale."""
    shrinkage: float
    """How much smaller its variance is than the prior's, in the prior's own scale: 0 for no smaller, 1 for none."""

    now: float = math.nan
    """The value that the targets' scenario has."""
    sure: bool = True
    """Whether the draws are good enough to say so (`Calibration.weak`)."""

    @property
    def as_it_is(self) -> bool:
        """Whether the scenario's own value lies in the posterior's 90% interval."""
        return self.low <= self.now <= self.high

    @property
    def identified(self) -> bool:
        """Whether the data tell it from what was held possible before."""
        return self.sure and self.narrowing <= NARROW and self.shrinkage >= SHRUNK


@dataclass(frozen=True)
class Calibration:
    """The result."""

    problem: Problem
    seed: int
    simulations: int
    """Draws."""
    runs: int
    """Of all scenarios together, without the checks."""
    within: int
    """Draws that have a play within all tolerances at once."""
    accepted: Accepted
    worth: float
    """How many draws of equal weight the accepted ones are worth (Kish's effective sample size)."""
    posterior: Posterior
    findings: tuple[Finding, ...]
    together: tuple[tuple[str, str, float], ...]
    """Pairs of parameters that are known only together, with their correlation."""
    left_out: tuple[LeftOut, ...]
    """Each observation against what the others lead to; nothing where there is only one."""
    u: Floats
    """[row, parameter]: places in the prior; each draw has a row for each play of its case."""
    shown: Floats
    """[row, observation]: what the runs show."""
    importance: Floats
    """[row]: how much it counts, so that all rounds together stand for the prior."""
    first: int
    """Rows of the first round."""
    after: Floats
    """The same of the posterior."""
    nearest: Nearest
    """The draws that came nearest, beside the scenario as it is."""

    @property
    def before(self) -> Floats:
        """[row, observation]: what the prior predicts."""
        return self.shown[: self.first]

    @property
    def weak(self) -> bool:
        """Whether too few draws were accepted or lie inside all tolerances, or an observation is not what the others
        lead to: then nothing is identified."""
        return _weak(self.within, self.worth, self.left_out)

    def table(self) -> bytes:
        """Every row in a parquet file: the values of its parameters, what it showed, how much it counts."""
        import polars as pl

        values, columns = self.problem.values(self.u), {}
        for number, unknown in enumerate(self.problem.unknowns):
            columns[unknown.parameter.path] = values[:, number]
        for number, one in enumerate(self.problem.observed):
            columns[one.name] = self.shown[:, number]
        buffer = io.BytesIO()
        pl.DataFrame(columns | {IMPORTANCE: self.importance}).cast(pl.Float32).write_parquet(buffer)
        return buffer.getvalue()


def _weak(within: int, worth: float, checked: Sequence[LeftOut]) -> bool:
    return within < INSIDE or worth < ENOUGH or not all(one.held for one in checked)


def infer(
    problem: Problem, u: Floats, shown: Floats, observed: Floats, *, share: float = ACCEPTED,
    importance: Floats | None = None,
) -> Accepted:  # fmt: skip
    """The posterior from a table of simulations, all alike or with how much each counts.

    Raises:
        StudyError: too few simulations have all the numbers.
    """
    try:
        return accept(u, shown, observed, share=share, importance=importance)
    except ValueError as error:
        raise StudyError(
            phrase(
                "{name}: {error}; accepted: at least {least}, --simulations",
                name=problem.name, error=error, least=LEAST_ACCEPTED,
            )
        ) from None  # fmt: skip


def findings(problem: Problem, accepted: Accepted, *, sure: bool = True) -> tuple[Finding, ...]:
    """Median and 90% interval of each parameter, and how much narrower than before.

    Args:
        problem: what is unknown.
        accepted: the posterior.
        sure: whether a parameter may be called identified.
    """
    found = []
    for number, one in enumerate(problem.unknowns):
        low, middle, high = (weighted_quantile(accepted.u[:, number], accepted.weights, q) for q in (0.05, 0.5, 0.95))
        ends = one.at(np.array([0.05, 0.95, middle, low, high])).tolist()
        shrinkage = 1 - 12 * float(np.cov(accepted.u[:, number], aweights=accepted.weights))  # of a flat one: 1/12
        found.append(
            Finding(
                one.parameter.path, (ends[0], ends[1]), ends[2], ends[3], ends[4], (high - low) / 0.9,
                max(0.0, shrinkage), one.parameter.value, sure,
            )
        )  # fmt: skip
    return tuple(found)


def correlated(problem: Problem, accepted: Accepted) -> tuple[tuple[str, str, float], ...]:
    """Pairs of parameters that the data tell only together: ranks correlated beyond `TOGETHER`."""
    ranks = accepted.u.argsort(axis=0).argsort(axis=0).astype(np.float64)
    matrix: NDArray[np.float64] = np.atleast_2d(np.cov(ranks.T, aweights=accepted.weights))
    scale = np.sqrt(np.diag(matrix))
    paths = [one.parameter.path for one in problem.unknowns]
    return tuple(
        (paths[i], paths[j], float(r))
        for i in range(len(paths))
        for j in range(i)
        if abs(r := matrix[i, j] / (scale[i] * scale[j])) > TOGETHER
    )


def posterior_of(problem: Problem, accepted: Accepted) -> Posterior:
    """The accepted draws as values, for other studies to carry on."""
    kinds = {one.parameter.path: one.parameter.kind for one in problem.unknowns}
    return Posterior(kinds, problem.values(accepted.u), accepted.weights, problem.name)


def calibrate(
    problem: Problem, runner: Runner, *, simulations: int = SIMULATIONS, checks: int = CHECKS, rounds: int = ROUNDS
) -> Calibration:
    """Find which parameters agree with the observations.

    Args:
        problem: what is unknown and what was observed.
        runner: its seed names the draws and the luck.
        simulations: the budget: draws of parameters. Each takes a run of every scenario (or its plays, or the targets'
            replications).
        checks: runs of draws from the posterior, to be held against the observations.
        rounds: the first takes its part of the draws from the prior, each other from what those do not rule out.

    Raises:
        StudyError: an unknown metric, an observation that no run reaches, too few simulations.
    """
    simulate(problem, prior_draws(problem, 1, runner.seed), runner, every_metric=True)  # before hours of work
    cost = sum(problem.sizes)
    again = (how_many(simulations) + 1) * REPLICATIONS
    runner.begin(key("draws of the prior"), (simulations + checks + again) * cost)
    observed, tolerance = (
        np.array([getattr(one, name) for one in problem.observed]) for name in ("value", "tolerance")
    )
    u, shown, first = np.empty((0, len(problem.unknowns))), np.empty((0, len(observed))), 0
    taken: list[tuple[Proposal | None, int]] = []
    places = places_to_look_at(len(problem.unknowns))
    for part in _parts(simulations, rounds):
        if taken:
            runner.begin(key("draws of what is not ruled out"))
            by_draw = shown.reshape(len(u), problem.rows, -1)
            proposal = Proposal.after(u, by_draw, observed, tolerance, weigh(u, taken), places)
            new = round_draws(problem, proposal, part, runner.seed, len(u))
        else:
            proposal, new = None, prior_draws(problem, part, runner.seed)
        shown = np.vstack([shown, simulate(problem, new, runner, first=len(u))])
        if proposal is None:
            check_reachable(problem, shown)
            first = len(shown)
        u, taken = np.vstack([u, new]), [*taken, (proposal, part)]
    importance = np.repeat(weigh(u, taken), problem.rows)
    noisy, at = with_errors(problem, shown, runner.seed), np.repeat(u, problem.rows, axis=0)
    accepted = infer(problem, at, noisy, observed, importance=importance)
    checked = left_out(problem, noisy, observed, importance)
    posterior = posterior_of(problem, accepted)
    runner.begin(key("draws of the posterior"))
    chosen = [posterior.chosen(runner.seed, number) for number in range(checks)]
    after = simulate(problem, accepted.u[chosen], runner, first=simulations)
    runner.begin(key("the nearest draws again"))
    best = nearest(problem, u, shown, runner, first=simulations + checks, draws=how_many(simulations))
    inside = (np.abs(shown - observed) <= tolerance).all(axis=1)
    within, worth = int(inside.reshape(-1, problem.rows).any(axis=1).sum()), _worth(problem, accepted)
    return Calibration(
        problem=problem, seed=runner.seed, simulations=simulations, runs=simulations * cost, within=within,
        accepted=accepted, worth=worth, posterior=posterior,
        findings=findings(problem, accepted, sure=not _weak(within, worth, checked)),
        together=correlated(problem, accepted), left_out=checked, u=at, shown=shown, importance=importance, first=first,
        after=after, nearest=best,
    )  # fmt: skip


def _parts(simulations: int, rounds: int) -> list[int]:
    """How many draws each round has: alike, and enough in the first to go on from."""
    rounds = max(1, min(rounds, simulations // FEWEST))
    return [(simulations * (n + 1)) // rounds - (simulations * n) // rounds for n in range(rounds)]


def _worth(problem: Problem, accepted: Accepted) -> float:
    """Draws of equal weight that the accepted rows are worth; plays of one draw are one draw."""
    by_draw = np.bincount(accepted.index // problem.rows, weights=accepted.weights)
    return float(by_draw.sum() ** 2 / (by_draw**2).sum())
