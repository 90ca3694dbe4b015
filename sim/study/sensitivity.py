"""Which assumptions a result hangs on: screening of all of them, shares of variance for the few that matter.

Every number that a scenario labels as assumed is moved by a factor from 1/2 to 2, as far as its field accepts (shares
end at 1; shares that sum to 1 are moved by their weight, the others rescaled; a distribution as a whole). Every
setting meets the same luck. First the elementary effects of all (Morris, "Factorial sampling plans for preliminary
computational experiments", Technometrics 33, 1991; mu* of Campolongo, Cariboni and Saltelli 2007), then the Sobol
indices of those that matter most, the others as they are (Saltelli et al., Computer Physics Communications 181, 2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw
from sim.scenario.errors import ScenarioError
from sim.scenario.models import Scenario
from sim.scenario.units import DAY, format_duration
from sim.scenario.victims import ListedArrivals
from sim.study.errors import StudyError
from sim.study.metric_names import check_metric
from sim.study.parameters import Editor, LeftOut, Parameter
from sim.study.runner import Arm, Row, Runner
from sim.study.stats import Summary, summary

FACTOR = 2.0
"""An assumption may be wrong by this factor, up or down."""
LEVELS = 4
"""Of the screening; the customary number."""
MOST = 8
"""Assumptions that are looked at closely."""
CORNERS = 100
"""Random corners of the whole range in which the model must accept all assumptions together."""
CLOSER = 10
"""Times as many runs for the few bars as for each point of the screening."""
Floats = NDArray[np.float64]


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


@dataclass(frozen=True)
class Bar:
    """What one assumption alone changes, at both ends of its range."""

    parameter: Parameter
    low: float
    high: float
    """The values at the ends."""
    at_low: Summary
    at_high: Summary
    """Paired change of the metric against the scenario as it is."""

    @property
    def reach(self) -> float:
        """The larger of the two changes."""
        return max(abs(self.at_low.mean), abs(self.at_high.mean))


@dataclass(frozen=True)
class Ranking:
    """The difference of two arms (second minus first), as it is and at both ends of one assumption."""

    parameter: Parameter
    low: float
    high: float
    at_low: Summary
    at_high: Summary
    base: Summary

    @property
    def verdict(self) -> str:
        """`changes`: at one end the other arm is better, beyond chance; `may change`: better on average only."""
        found = "stays"
        for end in (self.at_low, self.at_high):
            if end.mean * self.base.mean < 0:
                beyond = end.low * end.high > 0 and self.base.low * self.base.high > 0
                found = "changes" if beyond else "may change" if found == "stays" else found
        return found


@dataclass(frozen=True)
class Sensitivity:
    """The result."""

    metric: str
    arms: tuple[str, ...]
    base: Summary
    """The metric of the first arm as it is."""
    screened: tuple[Screened, ...]
    """All assumptions, those that matter most first; of two arms, for their difference."""
    indices: tuple[Index, ...]
    bars: tuple[Bar, ...]
    """The longest first."""
    rankings: tuple[Ranking, ...]
    left_out: tuple[LeftOut, ...]
    evaluations: int
    """Points of the screening and the indices."""
    replications: int
    """Runs of each of them."""


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
        said = "accepted: after `pip install 'fundfreeze[sensitivity]'`"
        raise StudyError(f"sensitivity: SALib is not installed; {said}") from None
    return morris_sample, morris_analyze, sobol_sample, sobol_analyze


def representative_week(scenario: Scenario) -> list[str]:
    """Overrides that leave one week of a longer scenario: the first from Monday to Sunday without a holiday.

    A scenario of a week or less, or with listed victims, stays as it is.
    """
    listed = any(isinstance(source, ListedArrivals) for source in scenario.victims.arrivals.values())
    if listed or scenario.horizon <= 7 * DAY:
        return []
    start = datetime.combine(scenario.start.date(), datetime.min.time())
    monday = start + timedelta(days=(7 - start.weekday()) % 7 if scenario.start > start or start.weekday() else 0)
    weeks = [monday + timedelta(weeks=n) for n in range(max(1, scenario.horizon // (7 * DAY) - 1))]
    holidays = set(scenario.holidays or ())
    free = (week for week in weeks if not any((week + timedelta(days=d)).date() in holidays for d in range(7)))
    return [f"start={next(free, weeks[0]).isoformat(timespec='minutes')}", "horizon=7d"]


def frame(scenario: Scenario) -> list[str]:
    """Overrides that give another scenario the same time: two arms must meet the same week."""
    return [f"start={scenario.start.isoformat()}", f"horizon={format_duration(scenario.horizon)}"]


def check_samples(samples: int) -> None:
    """Refuse a number of base samples for which a Sobol sequence is not balanced.

    Raises:
        StudyError: it is no power of 2.
    """
    if samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        raise StudyError(f"--samples: read {samples}, accepted: a power of 2 such as {below} or {2 * below}")


# -- settings ---------------------------------------------------------------------------------------------


def at_factors(editor: Editor, factors: Mapping[str, float]) -> Scenario:
    """A scenario with assumptions moved by factors; those whose path it does not have stay out.

    Raises:
        ScenarioError: the model does not accept them together.
    """
    moved = {editor.parameter(path): factor for path, factor in factors.items() if editor.has(path)}
    return editor.changed(editor.scaled(moved))


def movable(
    editors: Sequence[Editor], parameters: Sequence[Parameter], seed: int
) -> tuple[list[Parameter], list[LeftOut]]:
    """The assumptions that can be moved, alone and all together, and why the others cannot.

    Where the model refuses several together, the one that it names is left out.
    """
    kept = {one.path: one for one in parameters}
    left: list[LeftOut] = []
    corners = [
        dict(zip(kept, np.where(draw(seed, number, "corner", np.arange(len(kept))) < 0.5, 1, -1), strict=True))
        for number in range(CORNERS)
    ]
    alone = [{path: sign} for path in kept for sign in (-1, 1)]
    for corner in (*alone, *corners):
        for editor in editors:
            while error := _refused(
                editor, factors := {path: FACTOR**sign for path, sign in corner.items() if path in kept}
            ):
                blamed = _blamed(editor, error, factors)
                left += [LeftOut(path, f"coupled: {error.field}: {error.accepted}") for path in blamed]
                for path in blamed:
                    del kept[path]
    return list(kept.values()), left


def _refused(editor: Editor, factors: Mapping[str, float]) -> ScenarioError | None:
    try:
        at_factors(editor, factors)
    except ScenarioError as error:
        return error
    return None


def _blamed(editor: Editor, error: ScenarioError, factors: Mapping[str, float]) -> list[str]:
    """Which of some parameters a refusal is about: the one that it names, else those inside what it names.

    Where it names none of them, the one with which the model begins to refuse.
    """
    for chosen in (
        [path for path in factors if path == error.field],
        [path for path in factors if path.startswith(f"{error.field}.")],
    ):
        if chosen:
            return chosen
    paths = list(factors)
    accepted, refused = 0, len(paths)
    while refused - accepted > 1:
        tried = (accepted + refused) // 2
        if _refused(editor, {path: factors[path] for path in paths[:tried]}):
            refused = tried
        else:
            accepted = tried
    return [paths[refused - 1]]


# -- evaluations ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lab:
    """The arms of a study of sensitivity, and what is measured of them."""

    arms: tuple[tuple[str, Editor], ...]
    metric: str
    replications: int
    runner: Runner

    def evaluate(self, paths: Sequence[str], points: Floats) -> Floats:
        """The mean of the metric at each point: of the one arm, or the second's minus the first's.

        Args:
            paths: of the assumptions that move.
            points: [point, assumption], logarithms to the base `FACTOR`, -1 to 1.
        """
        total = len(points) * self.replications * len(self.arms)
        runs = self.runner.run_rows(self._rows(paths, points), total)
        values = np.array([[arm[self.metric] for arm in row] for row in runs]).reshape(
            len(points), self.replications, -1
        )
        chosen = values[..., -1] - values[..., 0] if len(self.arms) > 1 else values[..., 0]
        with np.errstate(invalid="ignore"):
            means: Floats = np.array([summary(one).mean for one in chosen])
        return means

    def _rows(self, paths: Sequence[str], points: Floats) -> Iterator[Row]:
        for point in points:
            factors = dict(zip(paths, FACTOR**point, strict=True))
            arms = [Arm(name, self._setting(editor, factors)) for name, editor in self.arms]
            yield from ((arms, replication) for replication in range(self.replications))

    def _setting(self, editor: Editor, factors: dict[str, float]) -> Scenario:
        """The scenario at a point; what the model does not accept there together stays as it is."""
        while error := _refused(editor, factors):
            blamed = _blamed(editor, error, factors)
            factors = {path: factor for path, factor in factors.items() if path not in blamed}
        return at_factors(editor, factors)

    def ends(self, parameters: Sequence[Parameter], replications: int) -> list[list[list[float]]]:
        """[arm][setting][replication]: the metric as it is, then at both ends of each assumption alone."""
        found = []
        for name, editor in self.arms:
            settings = [{}, *({one.path: FACTOR**sign} for one in parameters for sign in (-1, 1))]
            arms = [Arm(f"{name} {number}", at_factors(editor, one)) for number, one in enumerate(settings)]
            results = self.runner.run(arms, replications)
            found.append([[row[a][self.metric] for row in results] for a in range(len(arms))])
        return found


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
            f"--metric: read {lab.metric!r}, which has no meaning in {share:.0%} of the settings; accepted: another"
            " metric, or more --replications"
        )
    return values


# -- the whole --------------------------------------------------------------------------------------------


def sensitivity(
    arms: Sequence[Arm], parameters: Sequence[Parameter], metric: str, runner: Runner, *,
    left_out: Sequence[LeftOut] = (), trajectories: int = 4, samples: int = 64, replications: int = 2,
) -> Sensitivity:  # fmt: skip
    """Screen the assumptions of one scenario, or of the difference of two; then look closely at those that matter most.

    Args:
        arms: one scenario, or two whose ranking is in question.
        parameters: what is assumed, by the first scenario's paths.
        metric: what is looked at.
        runner: its seed names the design and the luck.
        left_out: assumptions that are not moved, for the record.
        trajectories: of the screening; each has one point more than there are assumptions.
        samples: base samples of the Sobol indices (a power of 2); the runs are 2 + `MOST` times as many.
        replications: runs of each point; bars and rankings have `CLOSER` times as many.

    Raises:
        StudyError: SALib is missing, nothing is assumed, or the metric is unknown or without a meaning.
    """
    salib()
    editors = tuple((arm.name, Editor(arm.scenario)) for arm in arms)
    [row] = runner.run(arms, 1)
    check_metric(metric, row[0])
    kept, coupled = movable([editor for _, editor in editors], parameters, runner.seed)
    if not kept:
        raise StudyError(
            f"{arms[0].name}: no number is labelled assumed and can be moved; accepted: a scenario with some"
        )
    lab = Lab(editors, metric, replications, runner)
    screened = screen(lab, kept, trajectories, runner.seed)
    few = [one.parameter for one in screened[:MOST]]
    shares = indices(lab, few, samples, runner.seed)
    ends = lab.ends(few, replications * CLOSER)
    base = ends[0][0]
    bars = [
        Bar(one, *_end_values(editors[0][1], one), _paired(ends[0][1 + 2 * n], base), _paired(ends[0][2 + 2 * n], base))
        for n, one in enumerate(few)
    ]
    rankings = []
    if len(arms) > 1:
        gaps = [_paired(second, first) for first, second in zip(ends[0], ends[-1], strict=True)]
        rankings = [
            Ranking(one, *_end_values(editors[0][1], one), gaps[1 + 2 * n], gaps[2 + 2 * n], gaps[0])
            for n, one in enumerate(few)
        ]
    return Sensitivity(
        metric=metric, arms=tuple(arm.name for arm in arms), base=summary(base), screened=screened, indices=shares,
        bars=tuple(sorted(bars, key=lambda bar: -bar.reach)), rankings=tuple(rankings),
        left_out=(*left_out, *coupled), evaluations=trajectories * (len(kept) + 1) + samples * (len(few) + 2),
        replications=replications,
    )  # fmt: skip


def _end_values(editor: Editor, parameter: Parameter) -> tuple[float, float]:
    low, high = (editor.scaled({parameter: FACTOR**sign})[parameter] for sign in (-1, 1))
    return low, high


def _paired(values: Sequence[float], base: Sequence[float]) -> Summary:
    return summary([one - other for one, other in zip(values, base, strict=True)])
