"""The result of `fundfreeze sweep`: every metric of every run in long form, and a table of means."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from sim.lang import say
from sim.report import text
from sim.report.files import write_bytes
from sim.scenario.units import MINUTE, YUAN, parse_duration, parse_money
from sim.study.metric_names import with_net_loss
from sim.study.stats import paired, summary
from sim.study.sweep import Point
from sim.study.worker import Metrics

if TYPE_CHECKING:
    import polars as pl

FILE = "sweep.parquet"


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


def write(points: Sequence[Point], results: Sequence[Sequence[Metrics]], folder: Path) -> Path:
    """Write `frame` to sweep.parquet in a folder, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    buffer = io.BytesIO()
    frame(points, results).write_parquet(buffer)
    return write_bytes(folder / FILE, buffer.getvalue())


def table(points: Sequence[Point], results: Sequence[Sequence[Metrics]], metrics: Sequence[str]) -> Table:
    """For each point the mean of some metrics with its 95% interval, in how many replications it has a meaning, and
    the paired difference from the first point: all points meet the same luck.
    """
    changes = (say("difference from the first"), say("95% interval")) if len(points) > 1 else ()
    heads = (head for name in metrics for head in (name, say("95% interval"), "n", *changes))
    drawn = Table(*points[0].settings, *heads, box=None)
    told = [[with_net_loss(run) for run in arms] for arms in results]
    for place, point in enumerate(points):
        cells = list(point.settings.values())
        for name in metrics:
            values, first = ([arms[p].get(name, nan) for arms in told] for p in (place, 0))
            one, change = summary(values), paired(values, first)
            low, high = (text.possible(name, edge, one.mean) for edge in (one.low, one.high))
            cells += [_said(one.mean), _interval(low, high), str(one.n)]
            if changes:
                cells += [_said(change.mean, "+"), _interval(change.low, change.high, "+")] if place else ["", ""]
        drawn.add_row(*cells)
    return drawn


def _said(value: float, sign: str = "") -> str:
    return "" if isnan(value) else f"{value:{sign if value else ''}.4g}"


def _interval(low: float, high: float, sign: str = "") -> str:
    return "" if isnan(low) else say("{low} to {high}", low=_said(low, sign), high=_said(high, sign))


def _columns(path: str, values: Sequence[str]) -> dict[str, Sequence[str] | Sequence[float]]:
    """What a path was set to: a column of numbers, or of text, which times and amounts have beside one of numbers."""
    for read, unit, scale in ((float, "", 1), (parse_duration, "_min", MINUTE), (parse_money, "_yuan", YUAN)):
        with suppress(ValueError):
            numbers = [read(value) / scale for value in values]
            return {path: numbers} if not unit else {path: values, f"{path}{unit}": numbers}
    return {path: values}
