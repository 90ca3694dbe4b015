"""What runs show of the observations of a calibration, for draws of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw
from sim.scenario.errors import ScenarioError
from sim.study.ask.targets import Floats, Problem
from sim.study.infer.sequential import Proposal
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Row, Runner
from sim.study.run.worker import Metrics
from sim.words.phrases import phrase

SIMULATIONS_FILE = "simulations.parquet"
"""What every draw of the prior showed, for checks that ask the same runs again."""
IMPORTANCE = "importance"
"""Column of the table of simulations: how much a row counts."""


def prior_draws(problem: Problem, simulations: int, seed: int, first: int = 0) -> Floats:
    """[simulation, parameter]: places in the priors. One parameter more changes no other's draws."""
    return _uniform(problem, "prior", np.arange(first, first + simulations), seed)


def _uniform(problem: Problem, purpose: str, numbers: NDArray[np.int64], seed: int) -> Floats:
    return np.column_stack([draw(seed, 0, f"{purpose} {one.parameter.path}", numbers) for one in problem.unknowns])


def round_draws(problem: Problem, proposal: Proposal, simulations: int, seed: int, first: int) -> Floats:
    """[simulation, parameter]: places in the priors that the runs until then do not rule out."""
    numbers = np.arange(first, first + simulations)

    def prior(tried: int) -> Floats:
        return _uniform(problem, f"prior {tried}" if tried else "prior", numbers, seed)

    return proposal.draws(prior, draw(seed, 0, "round prior", numbers))


def simulate(problem: Problem, u: Floats, runner: Runner, first: int = 0, *, every_metric: bool = False) -> Floats:
    """What runs of each draw would show of the observations, each with luck of its own.

    Args:
        problem: what is unknown and what was observed.
        u: [draw, parameter], places in the priors.
        runner: does the runs.
        first: number of the first draw, for luck that no other call has.
        every_metric: whether to tell of an unknown metric by the nearest of all.

    Returns:
        [draw * plays, observation]; the plays of a draw one after the other, what was not observed of a case the same
        in all of them; NaN where a metric has no meaning in a run.

    Raises:
        StudyError: the runs have no such metric, or the model does not accept a draw.
    """
    return simulate_values(problem, problem.values(u), range(first, first + len(u)), runner, every_metric=every_metric)


def simulate_values(
    problem: Problem, values: Floats, luck: Sequence[int], runner: Runner, *, every_metric: bool = False
) -> Floats:
    """The same of values of the parameters, [draw, parameter], each with the luck of a number; see `simulate`."""
    sizes = problem.sizes
    only = () if every_metric else {name for one in problem.observed for name in one.reading.names}
    runs = runner.run_rows(_rows(problem, values, luck), len(values) * sum(sizes), by=problem.by, only=only)
    if runs:
        for one in problem.observed:
            one.reading.check(runs[one.scenario][0][0], f"observations.{one.name}.metric")
    worlds = len(sizes)
    shown = np.array([_shown(problem, runs[at : at + worlds]) for at in range(0, len(runs), worlds)], dtype=np.float64)
    return shown.reshape(len(values) * problem.rows, len(problem.observed))


def _shown(problem: Problem, worlds: Sequence[Sequence[Sequence[Metrics]]]) -> Floats:
    """[play, observation]: what the runs of one draw show, by world."""
    columns = []
    for one in problem.observed:
        told = np.array([one.reading.of(metrics) for [metrics] in worlds[one.scenario]], dtype=np.float64)
        columns.append(np.resize(told, problem.rows) if problem.plays else told.mean(keepdims=True))
    return np.column_stack(columns)


def _rows(problem: Problem, values: Floats, luck: Sequence[int]) -> Iterator[Row]:
    """For each draw a row for each world, with all its runs."""
    most = max(problem.sizes)
    for number, row in zip(luck, values, strict=True):
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
        for arm, size in zip(arms, problem.sizes, strict=True):
            yield Row([arm], range(number * most, number * most + size))


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
