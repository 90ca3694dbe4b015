"""An estimate that sharpens while somebody looks: a few runs at once, then more, until it is known well enough.

Every number on the way is what `run` and `compare` print for the same seed and as many replications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Final

from sim.scenario.models import Scenario
from sim.study.ask.latency import ALL, Row, row_of, with_latency
from sim.study.ask.minute import Step, waterfall
from sim.study.infer.stats import Summary, paired, summary
from sim.study.run.metric_names import with_net_loss
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics

FIRST: Final = 2
"""Replications of the first estimate: the fewest with an interval."""
FEWEST: Final = 8
"""Replications before one may be called settled: of fewer the spread is too uncertain."""
CLOSE: Final = 0.01
"""Half-width of the recovered share from which on an estimate is settled: one point."""
MOST: Final = 200
"""Replications after which it is as good as it gets: of one case with much luck in it a point would take thousands."""
LONGEST: Final = 90.0
"""Seconds after which no further runs are begun."""
FACTORS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Of all times of the response, in the curve of the recovered share."""
OF_CURVE: Final = (2, 6, 12)
"""Replications of the curve, one after the other."""


@dataclass(frozen=True)
class Estimate:
    """What is known of an arm so far, and of what it is compared with."""

    scenario: Scenario
    seed: int
    runs: Sequence[Metrics]
    """Of replications 0, 1, ...; with net loss and net benefit."""
    before: Sequence[Metrics]
    """The same replications of what it was; empty where it is compared with nothing."""
    settled: bool
    """Whether it is known as well as was asked for."""
    over: bool
    """Whether no further runs follow."""

    @property
    def n(self) -> int:
        """Replications."""
        return len(self.runs)

    def of(self, metric: str) -> Summary:
        """A metric, as `run` tells it."""
        return summary([one.get(metric, float("nan")) for one in self.runs])

    def was(self, metric: str) -> Summary:
        """A metric of what it is compared with, in the same replications; of no runs where nothing is compared."""
        return summary([one.get(metric, float("nan")) for one in self.before])

    def change(self, metric: str) -> Summary:
        """How far a metric is from what it was, as `compare` tells it: paired; of no runs where nothing is compared."""
        nothing = float("nan")
        now = [one.get(metric, nothing) for one in self.runs] if self.before else []
        return paired(now, [one.get(metric, nothing) for one in self.before])

    @cached_property
    def way(self) -> list[Step]:
        """From the loss, cause by cause, to what is recovered."""
        return waterfall(self.runs)


def estimates(
    runner: Runner, scenario: Scenario, before: Scenario | None = None, *, close: float = CLOSE,
    most: int | None = None,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Estimate]:  # fmt: skip
    """Estimates of a scenario, each of more runs than the last.

    Args:
        runner: its seed, and where runs are made.
        scenario: what is asked about.
        before: what it is compared with, on the same luck.
        close: half-width of the recovered share that is asked for.
        most: replications, at most; None: `MOST`.
        clock: seconds; after `LONGEST` of them nothing more is begun.
    """
    most = MOST if most is None else most
    arms = [Arm("now", scenario)] + ([Arm("before", before)] if before is not None else [])
    since, rows, wanted = clock(), list[list[Metrics]](), FIRST
    while True:
        rows += runner.run(arms, range(len(rows), wanted))
        runs = [[with_net_loss(one) for one in row] for row in rows]
        share = summary([row[0]["recovered_share"] for row in runs])
        settled = wanted >= FEWEST and (share.high - share.low) / 2 <= close
        over = settled or wanted >= most or clock() - since > LONGEST
        was = [row[1] for row in runs] if before is not None else []
        yield Estimate(scenario, runner.seed, [row[0] for row in runs], was, settled, over)
        if over:
            return
        wanted = min(most, wanted + max(FIRST, wanted // 3 // runner.workers * runner.workers))


def curves(runner: Runner, scenario: Scenario) -> Iterator[list[Row]]:
    """Recovered share where all times of the response are shorter or longer, each time of more runs than the last."""
    arms = [Arm(f"x {factor:g}", with_latency(scenario, ALL, factor)) for factor in FACTORS]
    results: list[list[Metrics]] = []
    for wanted in OF_CURVE:
        results += runner.run(arms, range(len(results), wanted))
        unchanged = [row[FACTORS.index(1.0)] for row in results]
        yield [
            row_of(ALL, factor, 0.0, [row[place] for row in results], unchanged) for place, factor in enumerate(FACTORS)
        ]
