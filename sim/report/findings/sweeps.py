"""The result of `fundfreeze sweep`: every metric of every run in long form, and a table of means."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from sim.report.findings import text
from sim.report.findings.precision import cells, raw
from sim.study.ask.compare import differences, strangers
from sim.study.ask.sweep import Point
from sim.study.run.runner import Arm
from sim.study.run.worker import Metrics
from sim.words import quantities
from sim.words.language import key, say
from sim.words.units import MINUTE, YUAN, RefusedError

if TYPE_CHECKING:
    import polars as pl


def frame(points: Sequence[Point], results: Sequence[Sequence[Metrics]]) -> pl.DataFrame:
    """One row for each point, replication and metric; a value without a meaning is null.

    Args:
        points: the settings.
        results: [replication][point] -> metrics.

    Returns:
        point, a column for each path that varies (numbers where all its values are; times and amounts as written, and
        beside them as numbers in PATH_min or PATH_yuan), replication, metric, value.
    """
    import polars as pl

    runs = [(p, r, results[r][p]) for p in range(len(points)) for r in range(len(results))]
    sizes = [len(metrics) for _, _, metrics in runs]
    point = np.repeat([p for p, _, _ in runs], sizes).astype(np.int32)
    varied = {
        name: values
        for path in points[0].settings
        for name, values in _columns(path, [one.settings[path] for one in points]).items()
    }
    return pl.DataFrame(
        {
            "point": point,
            **{path: pl.Series(values).gather(point) for path, values in varied.items()},
            "replication": np.repeat([r for _, r, _ in runs], sizes).astype(np.int32),
            "metric": [name for _, _, metrics in runs for name in metrics],
            "value": pl.Series([value for _, _, metrics in runs for value in metrics.values()]).fill_nan(None),
        }
    )


def table(points: Sequence[Point], results: Sequence[Sequence[Metrics]], metrics: Sequence[str]) -> Table:
    """For each point the mean of some metrics with its 95% interval, in how many replications it has a meaning, and
    the paired difference from the first point: all points meet the same luck.
    """
    changes = (say("difference from the first"), say("95% interval")) if len(points) > 1 else ()
    heads = (head for name in metrics for head in (name, say("95% interval"), "n", *changes))
    drawn = Table(*points[0].settings, *heads, box=None)
    names = [str(number) for number in range(len(points))]
    rows = {(row.metric, row.arm): row for row in differences(names, results, metrics) if not row.group}
    shown = cells(list(rows.values()), raw=True)
    for place, point in enumerate(points):
        line = list(point.settings.values())
        for name in metrics:
            row, mine = rows.get((name, str(place))), shown.get((str(place), name, ""))
            if row is None or mine is None:  # it has no meaning in any run
                line += ["", "", "0", *("" for _ in changes)]
                continue
            low, high = (text.possible(name, edge, row.value.mean) for edge in (row.value.low, row.value.high))
            line += [raw(mine.mean), _interval(mine.as_mean(low), mine.as_mean(high)), str(row.value.n)]
            if changes:
                line += [raw(mine.change, sign=True), _interval(mine.low, mine.high, sign=True)] if place else ["", ""]
        drawn.add_row(*line)
    return drawn


def of_others(arms: Sequence[Arm]) -> str:
    """In how many settings other people are robbed than in the first, if in any: they meet other luck."""
    others = strangers(arms)
    if not others:
        return ""
    said = key("Other victims are robbed in {n:,} of {all:,} settings than in the first, so what differs there is not"
               " what the setting does.")  # fmt: skip
    return say(said, n=sum(one.name in others for one in arms), all=len(arms))


def _interval(low: Decimal | None, high: Decimal | None, *, sign: bool = False) -> str:
    if low is None or high is None:
        return ""
    return say("{low} to {high}", low=raw(low, sign=sign), high=raw(high, sign=sign))


def _columns(path: str, values: Sequence[str]) -> dict[str, Sequence[str] | Sequence[float]]:
    """What a path was set to: a column of numbers, or of text, which times and amounts have beside one of numbers."""
    for unit, ending, scale in (
        (quantities.NUMBER, "", 1), (quantities.SECONDS, "_min", MINUTE), (quantities.YUAN, "_yuan", YUAN),
    ):  # fmt: skip
        with suppress(RefusedError):
            numbers = [quantities.read_quantity(value, unit).whole / scale for value in values]
            return {path: numbers} if not ending else {path: values, f"{path}{ending}": numbers}
    return {path: values}
