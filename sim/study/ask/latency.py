"""The headline experiment: how does response latency change recovered funds?

Every setting meets the same victims and the same luck. Either all stages are scaled (`all`: factor 0 is an
instant response, factor 1 the scenario as it is), or minutes are added at one stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan

from sim.scenario.errors import UnknownNameError
from sim.scenario.models import Latency, Scenario
from sim.study.infer.stats import Summary, summary
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.phrases import Phrase, phrase
from sim.words.units import MINUTE

ALL = "all"
FASTER = (0.0, 0.25, 0.5, 0.75)
"""Settings faster than the scenario, as factors."""
TARGETS = (15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
"""Settings slower than the scenario, as minutes of mean response latency."""
COLUMNS = (
    "stage", "factor", "added_min", "response_latency_min", "containment_min", "containment_median_min",
    "recovered_share", "low", "high",
    "recoverable_share", "n",
)  # fmt: skip


class NoResponseError(ValueError):
    """A scenario without a response that could be faster or slower."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


@dataclass(frozen=True)
class Row:
    """One setting."""

    stage: str
    factor: float
    added_min: float
    response_latency_min: float
    """Mean over replications of the mean time from report to first stop."""
    containment_min: float
    """Mean time from report to last stop."""
    containment_median_min: float
    """Its median over replications: a few stops come days later, and the mean is theirs."""
    recovered: Summary
    """Share of the loss."""
    change: Summary
    """Paired difference of that share from the scenario as it is (factor 1, nothing added)."""
    recoverable_share: float
    leak: dict[str, float]
    """By cause: mean share of the loss that left, or that another force holds."""
    still_moving: float
    n: int

    def as_dict(self) -> dict[str, str | float | int]:
        """The row of `latency.csv`."""
        values = (
            self.stage, self.factor, self.added_min, self.response_latency_min, self.containment_min,
            self.containment_median_min,
            self.recovered.mean, self.recovered.low, self.recovered.high, self.recoverable_share, self.n,
        )  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))


def with_latency(scenario: Scenario, stage: str, factor: float, add: int = 0) -> Scenario:
    """The scenario with one stage (or all) slower or faster, on top of what it changes itself.

    Raises:
        ValueError: no stage has this name.
    """
    if stage != ALL and stage not in scenario.stages:
        raise UnknownNameError(phrase("stage"), stage, (ALL, *scenario.stages))
    own = scenario.latency.get(stage, Latency())
    changed = Latency.model_construct(factor=own.factor * factor, add=round(own.add * factor) + add)
    return scenario.model_copy(update={"latency": {**scenario.latency, stage: changed}})


def settings_for(stage: str, base_min: float) -> list[tuple[float, float]]:
    """(factor, minutes added) of each setting for a scenario whose mean response latency is `base_min`."""
    faster = [(factor, 0.0) for factor in FASTER]
    slower = [target for target in TARGETS if target > base_min * 1.1]
    if stage == ALL:
        return [*faster, (1.0, 0.0), *((_four_digits(target / base_min), 0.0) for target in slower)]
    return [*faster, (1.0, 0.0), *((1.0, _four_digits(target - base_min)) for target in slower)]


def latency_curve(
    scenario: Scenario,
    stage: str = ALL,
    *,
    replications: int = 200,
    settings: Sequence[tuple[float, float]] | None = None,
    runner: Runner | None = None,
) -> list[Row]:
    """Run the experiment. Rows in the order of their settings, the fastest first.

    Args:
        stage: a stage of the scenario, or `all`.
        settings: (factor, minutes added); by default from instant to 24 hours. Changes are measured against
            (1, 0), else against the first.
        runner: its seed, and where the runs are made; None for seed 1 in this process.

    Raises:
        ValueError: no stage has this name.
        NoResponseError: no account is ever stopped, or all stages are to be scaled that take no time.
    """
    runner = runner or Runner()
    with_latency(scenario, stage, 1.0)
    if settings is None:
        runner.begin(key("as it is"), replications * (1 + len(settings_for(stage, 1.0))))
        pilot = [arms[0] for arms in runner.run([Arm(scenario.name, scenario)], replications)]
        base = summary([m["response_latency"] for m in pilot]).mean / 60
        if isnan(base):
            raise NoResponseError(
                phrase("{name}: no account is ever stopped, so there is nothing to slow down", name=scenario.name)
            )
        if stage == ALL and not base:
            raise NoResponseError(
                phrase("{name}: the response takes no time, so there is nothing to scale", name=scenario.name)
            )
        settings = settings_for(stage, base)
    arms = [
        Arm(f"{stage} x {factor:g} + {added:g} min", with_latency(scenario, stage, factor, round(added * MINUTE)))
        for factor, added in settings
    ]
    runner.begin(key("other latencies"))
    results = runner.run(arms, replications)
    base = list(settings).index((1.0, 0.0)) if (1.0, 0.0) in settings else 0
    unchanged = [one[base] for one in results]
    rows = [row_of(stage, *setting, [one[i] for one in results], unchanged) for i, setting in enumerate(settings)]
    return sorted(rows, key=lambda row: (row.factor, row.added_min))


def latencies(rows: Sequence[Row]) -> list[float]:
    """Minutes of response latency at which rows stand in a picture, in rising order like the rows.

    As measured, where that rises from row to row. It need not: a slower response gives its slowest cases no stop at
    all, so they leave the mean, and a stage after the first stop does not move it. Then as set: the mean of the
    scenario as it is, times the factor, plus the minutes added.
    """
    measured = [row.response_latency_min for row in rows]
    if all(after > before for before, after in pairwise(measured)):
        return measured
    unchanged = (row.response_latency_min for row in rows if row.factor == 1 and not row.added_min)
    base = next(unchanged, measured[0])
    return [base * row.factor + row.added_min for row in rows]


def row_of(stage: str, factor: float, added: float, runs: list[Metrics], unchanged: list[Metrics]) -> Row:
    """A setting from its runs, and those of the scenario as it is on the same luck."""

    def mean(name: str) -> float:
        return summary([m[name] for m in runs]).mean

    causes = [name for name in runs[0] if name.startswith("leak.")]
    causes += [name for name in ("held_elsewhere",) if any(m[name] for m in runs)]
    recovered = summary([m["recovered_share"] for m in runs])
    return Row(
        stage=stage,
        factor=factor,
        added_min=added,
        response_latency_min=mean("response_latency") / 60,
        containment_min=mean("containment_time") / 60,
        containment_median_min=summary([m["containment_time"] for m in runs]).median / 60,
        recovered=recovered,
        change=summary(
            [m["recovered_share"] - other["recovered_share"] for m, other in zip(runs, unchanged, strict=True)]
        ),
        recoverable_share=mean("recoverable_share"),
        leak={name.removeprefix("leak."): summary([_of_loss(m, name) for m in runs]).mean for name in causes},
        still_moving=summary([_of_loss(m, "still_moving") for m in runs]).mean,
        n=recovered.n,
    )


def _of_loss(metrics: Metrics, name: str) -> float:
    return metrics[name] / metrics["loss"] if metrics["loss"] else float("nan")


def _four_digits(value: float) -> float:
    return float(f"{value:.4g}")
