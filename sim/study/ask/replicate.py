"""Replications until one number is known well enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, isnan, log10
from typing import Self

from sim.measure.ways import By
from sim.study.infer.stats import Summary, summary
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import check_metric, with_net_loss
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key, say
from sim.words.phrases import phrase
from sim.words.quantities import NUMBER, SECONDS, SHARE, YUAN, Quantity, read_quantity

FIRST = 20
"""Replications before the first look: with fewer the spread is so uncertain that chance would stop many too early."""
MOST_GROWTH = 2.0
"""From one look to the next, so that an unlucky spread does not cost much more than is needed."""
EXAMPLES = phrase("recovered_share=1%, loss=50k yuan or response_latency=2m")
IN_UNITS = {
    YUAN: phrase("an amount such as 50k yuan"),
    SECONDS: phrase("a time such as 2m"),
    SHARE: phrase("a share such as 0.01 or 1%"),
}


@dataclass(frozen=True)
class Target:
    """How well a metric is to be known."""

    metric: str
    half_width: float
    """Of the 95% interval of its mean, in the unit of the metric."""
    unit: str = ""
    """As it was written: `yuan`, `s` or `share`; empty for none."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read METRIC=HALFWIDTH, such as `recovered_share=0.01`, `loss=50k yuan` or `response_latency=2m`.

        A number without a unit is one of yuan or seconds, the share itself or a count.

        Raises:
            StudyError: it is not of that form.
        """
        metric, _, written = text.rpartition("=")
        try:
            found = read_quantity(written)
        except ValueError:
            found = Quantity(0.0, NUMBER, 0.0)
        if not (metric and found.value > 0):
            raise StudyError(
                phrase(
                    "--until: read {text!r}, accepted: METRIC=HALFWIDTH such as {examples}",
                    text=text, examples=EXAMPLES,
                )
            )  # fmt: skip
        return cls(metric, found.value, found.unit)

    def check_unit(self, unit: str) -> None:
        """Refuse a target that is written in another unit than its metric is measured in.

        Raises:
            StudyError: it is.
        """
        if self.unit not in ("", unit):
            read = {YUAN: phrase("an amount"), SECONDS: phrase("a time"), SHARE: phrase("a share")}[self.unit]
            accepted = IN_UNITS.get(unit, phrase("a number without a unit"))
            raise StudyError(
                phrase(
                    "--until: read {read} for {metric}, accepted: {accepted}",
                    read=read, metric=self.metric, accepted=accepted,
                )
            )  # fmt: skip

    def half_width_of(self, runs: Sequence[Metrics]) -> float:
        """The half-width that some runs give; NaN for fewer than two values."""
        found = summary([with_net_loss(one).get(self.metric, float("nan")) for one in runs])
        return (found.high - found.low) / 2

    def verdict(self, metrics: Mapping[str, Summary], groups: Mapping[str, Mapping[str, Summary]]) -> str:
        """What came of it, in one sentence.

        Args:
            metrics: of the whole.
            groups: by group of a split, its metrics: a target may be one of them, as GROUP/METRIC.
        """
        group, _, metric = self.metric.rpartition("/")
        one = (groups[group] if group else metrics)[metric]
        found = (one.high - one.low) / 2
        reached = key("{metric}: half-width {found} of {wanted}, not reached (n = {n})")
        if found <= self.half_width:
            reached = key("{metric}: half-width {found} of {wanted}, reached (n = {n})")
        return say(
            reached, metric=self.metric, found=_written(found, self.unit), wanted=_written(self.half_width, self.unit),
            n=one.n,
        )  # fmt: skip


def _written(value: float, unit: str) -> str:
    """A half-width to three digits in the unit that its target was written in: `461,000 yuan`, `1.2%`, `95 s`."""
    scaled = 100 * value if unit == SHARE else value
    shown = f"{round(scaled, 2 - floor(log10(scaled))):,.10g}" if isfinite(scaled) and scaled > 0 else f"{scaled:g}"
    return f"{shown}%" if unit == SHARE else f"{shown} {unit}".rstrip()


def run_until(runner: Runner, arm: Arm, target: Target, most: int, *, by: By | None = None) -> list[Metrics]:
    """The metrics of replications 0, 1, ... of an arm, as many as a target takes, at most `most`.

    Looks after `FIRST` replications, then each time at as many as the spread found so far asks for, but no more than
    `MOST_GROWTH` times as many. How many there are depends on the scenario and the seed only.

    Raises:
        StudyError: the runs have no such metric (see `check_metrics` to know it before).
    """
    runs: list[Metrics] = []
    wanted = min(FIRST, most)
    while len(runs) < wanted:
        runs += [arms[0] for arms in runner.run([arm], range(len(runs), wanted), by=by)]
        check_metric(target.metric, {name for one in runs for name in with_net_loss(one)}, "--until")
        wanted = next_look(len(runs), target.half_width_of(runs), target.half_width, most)
    return runs


def next_look(runs: int, half_width: float, wanted: float, most: int) -> int:
    """After how many replications to look again; `runs` where there is nothing left to do.

    Args:
        runs: replications so far.
        half_width: of the interval they give; NaN for none.
        wanted: half-width that is asked for.
        most: replications there may be.
    """
    if half_width <= wanted:
        return runs
    needed = MOST_GROWTH if isnan(half_width) else min(MOST_GROWTH, (half_width / wanted) ** 2)
    return min(most, max(runs + 1, ceil(runs * needed)))
