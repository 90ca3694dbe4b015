"""A run without its beginning: desks start empty and nobody is being chased, which is not how a centre works.

The first days are left out: so many as are given, or as MSER-5 finds on a metric's mean day by day. Money, people and
the time to the first stop are then told of the victims who first paid later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.measure.numbers import ratio
from sim.study.infer.stats import warm_up
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import check_metric
from sim.study.run.worker import Metrics
from sim.words.phrases import phrase

METRIC = "response_latency"
"""By which a warm-up is found: what queues do to it shows first."""


@dataclass(frozen=True)
class WarmUp:
    """The warm-up that is asked for."""

    days: int | None
    """None: find it."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `auto` or a number of days.

        Raises:
            StudyError: it is neither.
        """
        if text == "auto":
            return cls(None)
        if not text.isdecimal():
            raise StudyError(
                phrase("--warm-up: read {text!r}, accepted: auto, or a whole number of days such as 14", text=text)
            )
        return cls(int(text))


@dataclass(frozen=True)
class Warm:
    """Runs after their warm-up."""

    days: int
    """Left out at the start."""
    runs: list[Metrics]
    """Of those who first paid later; metrics that cannot be told by day are not there."""


def without_warm_up(runs: Sequence[Metrics], days: int | None = None, metric: str = METRIC) -> Warm:
    """The metrics of runs that were split by day, without the first days.

    Args:
        runs: of one scenario, each split by day.
        days: to leave out; None to find them.
        metric: by which to find them.

    Raises:
        StudyError: the runs have no such metric by day, the horizon is too short to find a warm-up, or there would be
            no day left.
    """
    names = [name.partition("/")[0] for name in runs[0] if name.endswith("/loss")]
    told = [name.partition("/")[2] for name in runs[0] if name.startswith(f"{names[0]}/")]
    if days is None:
        check_metric(metric, told)
        by_day = np.array([[one[f"{day}/{metric}"] for day in names] for one in runs], dtype=np.float64)
        seen = ~np.isnan(by_day).all(axis=0)
        found = warm_up(np.nanmean(by_day[:, seen], axis=0))
        if found is None:
            raise StudyError(
                phrase(
                    "--warm-up: read auto, accepted: a number of days (in {n} days of {metric} no end of a warm-up"
                    " can be found; a longer horizon or more replications may show one)",
                    n=len(names), metric=metric,
                )
            )  # fmt: skip
        days = int(np.flatnonzero(seen)[found])
    if not 0 <= days < len(names):
        raise StudyError(
            phrase(
                "--warm-up: read {days}, accepted: fewer days than the scenario has, which is {n}",
                days=days, n=len(names),
            )
        )  # fmt: skip
    return Warm(days, [_of_days(one, names[days:], told) for one in runs])


def _of_days(run: Metrics, days: Sequence[str], told: Sequence[str]) -> Metrics:
    """Sums over days; the share and the mean latency anew."""
    sums = {
        name: float(np.sum([run[f"{day}/{name}"] for day in days]))
        for name in told
        if name not in ("recovered_share", "response_latency")
    }
    times = [run[f"{day}/response_latency"] * run[f"{day}/cases_with_stop"] for day in days]
    return {
        **sums,
        "recovered_share": ratio(sums["recovered"], sums["loss"]),
        "response_latency": ratio(float(np.nansum(times)), sums["cases_with_stop"]),
    }
