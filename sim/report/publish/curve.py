"""The files of `fundfreeze latency`: a table, the same with the leak by cause, and the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.report.findings.csv_text import table
from sim.report.findings.curve import drawn, loss_of, points
from sim.report.publish.files import save_figure, write_text
from sim.scenario.models import Scenario
from sim.study.ask.latency import ALL, COLUMNS, Row, latency_curve
from sim.study.infer.stats import Summary
from sim.study.run.runner import Runner


def write(
    scenario: Scenario,
    folder: Path,
    stage: str = ALL,
    *,
    replications: int,
    runner: Runner,
) -> list[Path]:
    """Run the latency experiment and write latency.csv, latency-leak.csv, latency.svg and latency.png.

    Raises:
        ValueError: see `latency_curve`.
        OSError: a file cannot be written.
    """
    rows = latency_curve(scenario, stage, replications=replications, runner=runner)
    return write_rows(scenario, rows, folder)


def write_rows(
    scenario: Scenario, rows: Sequence[Row], folder: Path, own: Mapping[str, Summary] | None = None
) -> list[Path]:
    """Write the tables and the picture of rows that were computed before.

    Args:
        scenario: whose rows they are.
        rows: of the curve.
        folder: where to write.
        own: metrics of the scenario as it is over more replications than the curve has, if those are told elsewhere.
    """
    from sim.report.figures import latency_figure  # matplotlib only for pictures

    figure = latency_figure(drawn(rows), points(scenario), loss=loss_of(scenario), own=own)
    return [
        write_text(folder / "latency.csv", table(COLUMNS, (row.as_dict().values() for row in rows))),
        write_text(folder / "latency-leak.csv", table(_LEAK_COLUMNS, _leaks(rows))),
        *save_figure(figure, folder / "latency"),
    ]


_LEAK_COLUMNS = ("stage", "factor", "added_min", "response_latency_min", "fate", "share_of_loss")


def _leaks(rows: Iterable[Row]) -> Iterable[Sequence[Any]]:
    for row in rows:
        fates = {"recovered": row.recovered.mean, **row.leak, "still_moving": row.still_moving}
        for fate, share in fates.items():
            yield row.stage, row.factor, row.added_min, row.response_latency_min, fate, share
