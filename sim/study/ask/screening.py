"""Elementary effects of all assumptions, and Sobol indices of a few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.study.ask.lab import Floats, Lab
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Parameter
from sim.words.phrases import phrase

LEVELS = 4
"""Of the screening; the customary number."""


@dataclass(frozen=True)
class Screened:
    """One assumption in the screening."""

    parameter: Parameter
    mu_star: float
    """Mean absolute change of the metric over two thirds of the range (on the log scale, from 1/2 to 2)."""
    conf: float
    """Half of its 95% interval (bootstrap over trajectories)."""
    sigma: float
    """Spread of the changes: large where it acts together with others, or not in proportion."""


@dataclass(frozen=True)
class Index:
    """Sobol indices of one assumption: its share of the variance that the few make together."""

    parameter: Parameter
    first: float
    first_conf: float
    total: float
    total_conf: float


def salib() -> tuple[Any, Any, Any, Any]:
    """The samplers and analysers of Morris and of Sobol.

    Raises:
        StudyError: SALib is not installed.
    """
    try:
        from SALib.analyze import morris as morris_analyze
        from SALib.analyze import sobol as sobol_analyze
        from SALib.sample import morris as morris_sample
        from SALib.sample import sobol as sobol_sample
    except ImportError:
        raise StudyError(
            phrase("sensitivity: SALib is not installed; accepted: after `pip install 'fundfreeze[sensitivity]'`")
        ) from None
    return morris_sample, morris_analyze, sobol_sample, sobol_analyze


def check_samples(samples: int) -> None:
    """Refuse a number of base samples for which a Sobol sequence is not balanced.

    Raises:
        StudyError: it is no power of 2.
    """
    if samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        raise StudyError(
            phrase(
                "--samples: read {samples}, accepted: a power of 2 such as {below} or {above}",
                samples=samples, below=below, above=2 * below,
            )
        )  # fmt: skip


def screen(lab: Lab, parameters: Sequence[Parameter], trajectories: int, seed: int) -> tuple[Screened, ...]:
    """Elementary effects of all assumptions, the largest mu* first.

    Raises:
        StudyError: SALib is not installed, or the metric has no meaning at some point.
    """
    sampler, analyzer, _, _ = salib()
    problem = _problem(parameters)
    points = sampler.sample(problem, trajectories, num_levels=LEVELS, seed=seed % 2**32)
    values = _meaningful(lab, lab.evaluate(problem["names"], points))
    told = analyzer.analyze(problem, points, values, num_levels=LEVELS, seed=seed % 2**32)
    columns = (told[name] for name in ("mu_star", "mu_star_conf", "sigma"))
    found = [Screened(one, *map(float, row)) for one, *row in zip(parameters, *columns, strict=True)]
    return tuple(sorted(found, key=lambda one: -one.mu_star))


def indices(lab: Lab, parameters: Sequence[Parameter], samples: int, seed: int) -> tuple[Index, ...]:
    """Sobol indices of a few assumptions, in their order.

    Raises:
        StudyError: as `screen`.
    """
    _, _, sampler, analyzer = salib()
    problem = _problem(parameters)
    points = sampler.sample(problem, samples, calc_second_order=False, seed=seed % 2**32)
    values = _meaningful(lab, lab.evaluate(problem["names"], points))
    if not values.std():
        return tuple(Index(one, 0.0, 0.0, 0.0, 0.0) for one in parameters)
    told = analyzer.analyze(problem, values, calc_second_order=False, seed=seed % 2**32)
    columns = (told[name] for name in ("S1", "S1_conf", "ST", "ST_conf"))
    return tuple(Index(one, *map(float, row)) for one, *row in zip(parameters, *columns, strict=True))


def _problem(parameters: Sequence[Parameter]) -> dict[str, Any]:
    names = [one.path for one in parameters]
    return {"num_vars": len(names), "names": names, "bounds": [[-1.0, 1.0]] * len(names)}


def _meaningful(lab: Lab, values: Floats) -> Floats:
    if np.isnan(values).any():
        share = np.isnan(values).mean()
        raise StudyError(
            phrase(
                "--metric: read {metric!r}, which has no meaning in {share:.0%} of the settings; accepted: another"
                " metric, or more --replications",
                metric=lab.metric, share=share,
            )
        )  # fmt: skip
    return values
