"""Calibration: which values of unknown parameters agree with what was observed, and which the data cannot tell."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw
from sim.scenario.errors import ScenarioError
from sim.study.ask.left_out import LeftOut, left_out
from sim.study.ask.targets import Floats, Problem
from sim.study.infer.rejection import ACCEPTED, LEAST_ACCEPTED, Accepted, accept, weighted_quantile
from sim.study.run.errors import StudyError
from sim.study.run.posterior import Posterior
from sim.study.run.runner import Arm, Row, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.phrases import phrase

SIMULATIONS = 2000
SIMULATIONS_FILE = "simulations.parquet"
"""What every draw of the prior showed, for checks that ask the same runs again."""
CHECKS = 200
"""Runs of the posterior that are compared with what was observed."""
NARROW = 0.8
"""A parameter is identified where the posterior's 90% interval is at most this part of the prior's, in the prior's own
scale."""
SHRUNK = 0.5
"""And where its variance, in the same scale, is smaller than the prior's by at least this part."""
ENOUGH = 100
"""Accepted draws below which no parameter is called identified."""
INSIDE = 50
"""Simulations inside all tolerances at once below which no parameter is called identified: the rest of the posterior is
made of runs that do not agree with the observations, moved towards them by regression."""
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

    sure: bool = True
    """Whether the draws are good enough to say so (`Calibration.weak`)."""

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
    within: int
    """Simulations of the prior that are within all tolerances at once."""
    accepted: Accepted
    posterior: Posterior
    findings: tuple[Finding, ...]
    together: tuple[tuple[str, str, float], ...]
    """Pairs of parameters that are known only together, with their correlation."""
    left_out: tuple[LeftOut, ...]
    """Each observation against what the others lead to; nothing where there is only one."""
    u: Floats
    """[simulation, parameter]: places in the prior."""
    before: Floats
    """[simulation, observation]: what the prior predicts."""
    after: Floats
    """The same of the posterior."""

    @property
    def weak(self) -> bool:
        """Whether too few draws were accepted or lie inside all tolerances, or an observation is not what the others
        lead to: then nothing is identified."""
        return _weak(self.within, self.accepted, self.left_out)

    def table(self) -> bytes:
        """Every simulation as a row of a parquet file: the values of its parameters, then what it showed."""
        import polars as pl

        values, columns = self.problem.values(self.u), {}
        for number, unknown in enumerate(self.problem.unknowns):
            columns[unknown.parameter.path] = values[:, number]
        for number, one in enumerate(self.problem.observed):
            columns[one.name] = self.before[:, number]
        buffer = io.BytesIO()
        pl.DataFrame(columns).write_parquet(buffer)
        return buffer.getvalue()


def _weak(within: int, accepted: Accepted, checked: Sequence[LeftOut]) -> bool:
    return within < INSIDE or len(accepted.weights) < ENOUGH or not all(one.held for one in checked)


def prior_draws(problem: Problem, simulations: int, seed: int) -> Floats:
    """[simulation, parameter]: places in the priors. One parameter more changes no other's draws."""
    return np.column_stack(
        [draw(seed, 0, f"prior {one.parameter.path}", np.arange(simulations)) for one in problem.unknowns]
    )


def simulate(problem: Problem, u: Floats, runner: Runner, first: int = 0) -> Floats:
    """What a run of each draw would show of the observations, each with luck of its own.

    Args:
        problem: what is unknown and what was observed.
        u: [draw, parameter], places in the priors.
        runner: does the runs.
        first: number of the first draw, for luck that no other call has.

    Returns:
        [draw, observation]; NaN where a metric has no meaning in a run.

    Raises:
        StudyError: the runs have no such metric, or the model does not accept a draw.
    """
    values, repeats = problem.values(u), problem.replications
    rows = _rows(problem, values, first)
    runs = runner.run_rows(rows, len(values) * repeats * len(problem.editors), by=problem.by)
    if runs:
        for one in problem.observed:
            one.reading.check(runs[0][one.scenario], f"observations.{one.name}.metric")
    shown = np.array([_shown(problem, arms) for arms in runs], dtype=np.float64)
    means: Floats = shown.reshape(len(values), repeats, len(problem.observed)).mean(axis=1)
    return means


def _shown(problem: Problem, arms: Sequence[Metrics]) -> list[float]:
    return [one.reading.of(arms[one.scenario]) for one in problem.observed]


def _rows(problem: Problem, values: Floats, first: int) -> Iterator[Row]:
    for number, row in enumerate(values, first):
        chosen = {one.parameter: one.parameter.clipped(float(v)) for one, v in zip(problem.unknowns, row, strict=True)}
        try:
            arms = [Arm(editor.scenario.name, editor.changed(chosen)) for editor in problem.editors]
        except ScenarioError as error:
            said = ", ".join(f"{one.path}={one.said(v)}" for one, v in chosen.items())
            raise StudyError(
                phrase(
                    "{name}: parameters: the priors allow {said}: {error}", name=problem.name, said=said, error=error
                )
            ) from None
        for again in range(problem.replications):
            yield arms, number * problem.replications + again


def with_errors(problem: Problem, shown: Floats, seed: int) -> Floats:
    """What is shown, with an error of observation inside each tolerance."""
    number = np.arange(len(shown))
    errors = [one.tolerance * (2 * draw(seed, 0, f"error {one.name}", number) - 1) for one in problem.observed]
    return shown + np.column_stack(errors)


def check_reachable(problem: Problem, shown: Floats) -> None:
    """Refuse an observation that no simulation of the priors comes near.

    Raises:
        StudyError: with the range that was reached.
    """
    for number, one in enumerate(problem.observed):
        found = shown[np.isfinite(shown[:, number]), number]
        reached = (
            phrase("{low:.6g} to {high:.6g}", low=found.min(), high=found.max()) if len(found) else phrase("nothing")
        )
        if not len(found) or not found.min() - one.tolerance <= one.value <= found.max() + one.tolerance:
            raise StudyError(
                phrase(
                    "{name}: observations.{what}: read {value:.6g}, which no run reaches; accepted: what the priors"
                    " lead to ({metric}: {reached} in {n:,} runs), or wider priors",
                    name=problem.name, what=one.name, value=one.value, metric=one.metric, reached=reached,
                    n=len(shown),
                )
            )  # fmt: skip


def infer(problem: Problem, u: Floats, shown: Floats, observed: Floats, *, share: float = ACCEPTED) -> Accepted:
    """The posterior from a table of simulations.

    Raises:
        StudyError: too few simulations have all the numbers.
    """
    try:
        return accept(u, shown, observed, share=share)
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
                max(0.0, shrinkage), sure,
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


def calibrate(problem: Problem, runner: Runner, *, simulations: int = SIMULATIONS, checks: int = CHECKS) -> Calibration:
    """Find which parameters agree with the observations.

    Args:
        problem: what is unknown and what was observed.
        runner: its seed names the draws and the luck.
        simulations: the budget: runs of draws from the prior (times the targets' replications).
        checks: runs of draws from the posterior, to be held against the observations.

    Raises:
        StudyError: an unknown metric, an observation that no run reaches, too few simulations.
    """
    simulate(problem, prior_draws(problem, 1, runner.seed), runner)  # before hours of work: are there such metrics?
    runner.begin(key("draws of the prior"), (simulations + checks) * problem.replications * len(problem.editors))
    u = prior_draws(problem, simulations, runner.seed)
    before = simulate(problem, u, runner)
    check_reachable(problem, before)
    observed, tolerance = (
        np.array([getattr(one, name) for one in problem.observed]) for name in ("value", "tolerance")
    )
    noisy = with_errors(problem, before, runner.seed)
    accepted = infer(problem, u, noisy, observed)
    checked = left_out(problem, noisy, observed)
    posterior = posterior_of(problem, accepted)
    runner.begin(key("draws of the posterior"))
    chosen = [posterior.chosen(runner.seed, number) for number in range(checks)]
    after = simulate(problem, accepted.u[chosen], runner, first=simulations)
    within = int((np.abs(before - observed) <= tolerance).all(axis=1).sum())
    return Calibration(
        problem=problem,
        seed=runner.seed,
        simulations=simulations,
        within=within,
        accepted=accepted,
        posterior=posterior,
        findings=findings(problem, accepted, sure=not _weak(within, accepted, checked)),
        together=correlated(problem, accepted),
        left_out=checked,
        u=u,
        before=before,
        after=after,
    )
