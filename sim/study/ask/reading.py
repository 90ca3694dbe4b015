"""A reading: one number made of the metrics of a run, a sum of some over a sum of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sim.measure.numbers import ratio
from sim.study.run.metric_names import ALL, check_metric, matches


@dataclass(frozen=True)
class Reading:
    """Which metrics it is made of; names as `run --json` has them, GROUP/METRIC where a run is split."""

    metrics: tuple[str, ...]
    over: tuple[str, ...] = ()
    """Nothing: the sum itself."""

    @property
    def names(self) -> tuple[str, ...]:
        """All metrics that it reads."""
        return (*self.metrics, *self.over)

    def of(self, run: Mapping[str, float]) -> float:
        """The number that a run shows; NaN where it has no meaning there."""
        return self.of_all([run])

    def of_all(self, runs: Sequence[Mapping[str, float]]) -> float:
        """The number of several runs together: the ratio of the sums, without a ratio the mean."""
        top = sum(_sum(run, self.metrics) for run in runs)
        if not self.over:
            return top / len(runs)
        return ratio(top, sum(_sum(run, self.over) for run in runs))

    def check(self, known: Collection[str], option: str) -> None:
        """Refuse names that a run does not have.

        Raises:
            StudyError: with the nearest names.
        """
        for name in self.names:
            if not (name.endswith(ALL) and any(matches(one, name) for one in known)):
                check_metric(name, known, option)


def _sum(run: Mapping[str, float], names: Sequence[str]) -> float:
    return sum(
        sum(value for one, value in run.items() if matches(one, name)) if name.endswith(ALL) else run[name]
        for name in names
    )
