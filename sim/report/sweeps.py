"""The result of `fundfreeze sweep`: every metric of every run in long form, and a table of means."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from sim.lang import say
from sim.report import text
from sim.report.files import write_bytes
from sim.study.stats import summary
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
        point, a column for each path that varies (numbers where all its values are), replication, metric, value.
    """
    import polars as pl

    runs = [(p, r, results[r][p]) for p in range(len(points)) for r in range(len(results))]
    sizes = [len(metrics) for _, _, metrics in runs]
    point = np.repeat([p for p, _, _ in runs], sizes).astype(np.int32)
    varied = {path: _numbers([one.settings[path] for one in points]) for path in points[0].settings}
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
    """For each point the mean of some metrics with its 95% interval, and in how many replications it has a meaning."""
    heads = (head for name in metrics for head in (name, say("95% interval"), "n"))
    drawn = Table(*points[0].settings, *heads, box=None)
    for place, point in enumerate(points):
        cells = list(point.settings.values())
        for name in metrics:
            one = summary([arms[place].get(name, float("nan")) for arms in results])
            low, high = (text.possible(name, edge, one.mean) for edge in (one.low, one.high))
            interval = "" if isnan(low) else say("{low} to {high}", low=f"{low:.4g}", high=f"{high:.4g}")
            cells += ["" if isnan(one.mean) else f"{one.mean:.4g}", interval, str(one.n)]
        drawn.add_row(*cells)
    return drawn


def _numbers(values: Sequence[str]) -> Sequence[str] | Sequence[float]:
    try:
        return [float(value) for value in values]
    except ValueError:
        return values
