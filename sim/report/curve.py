"""The result of `fundfreeze latency`: a table, the same with the leak by cause, and the picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

from sim.lang import say, titled
from sim.report.files import save_figure, write_text
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.study.latency import ALL, COLUMNS, Row, latencies, latency_curve
from sim.study.runner import Runner
from sim.study.stats import Summary


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


def drawn(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as the picture takes them, each at the latency at which it stands there."""
    return [
        {
            **row.as_dict(),
            "response_latency_min": minutes,
            "as_set": minutes != row.response_latency_min,
            "change_low": row.change.low,
            "change_high": row.change.high,
            "leak": {**row.leak, "still_moving": row.still_moving},
        }
        for row, minutes in zip(rows, latencies(rows), strict=True)
    ]


def points(scenario: Scenario) -> list[dict[str, Any]]:
    """What the sources print of the scenario's own case, as a point of the picture; none where they print nothing."""
    printed, loss = scenario.printed, loss_of(scenario)
    if printed.recovered is None or printed.containment_time is None or not loss:
        return []
    share = printed.recovered / loss
    label = say("{title}: {share:.0%} recovered", title=titled(scenario.title), share=share)
    return [{"label": label, "recovered_share": share, "containment_min": printed.containment_time / 60_000}]


def loss_of(scenario: Scenario) -> int:
    """Fen lost in all where every victim is listed with a loss; else 0."""
    losses: list[int] = []
    for source in scenario.victims.arrivals.values():
        if not isinstance(source, ListedArrivals) or any(case.loss is None for case in source.rows):
            return 0
        losses += [case.loss for case in source.rows if case.loss is not None]
    return sum(losses)


def table(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Comma-separated text with a head; numbers with six significant digits, large ones to the hundredth."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(value) if isinstance(value, float) else value for value in row] for row in rows)
    return out.getvalue()


def _plain(value: float) -> str:
    """Without an exponent where the number is large: amounts of yuan are read by people and by spreadsheets."""
    return f"{value:.2f}" if 1e5 <= abs(value) < inf else f"{value:.6g}"
