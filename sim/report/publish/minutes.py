"""The files of `fundfreeze latency --stages`: what a minute is worth at each stage, and the way of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sim.report.findings.csv_text import table as csv_of
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.minute import COLUMNS, Minute, Step

_WATERFALL: Final = ("step", "yuan", "low", "high", "share_of_loss", "share_low", "share_high", "n")


def write(rows: Sequence[Minute], steps: Sequence[Step], folder: Path, title: str, added: float) -> list[Path]:
    """Write value-of-a-minute and waterfall, each as .csv, .svg and .png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.waterfall import minute_figure, waterfall_figure  # matplotlib only for pictures

    way = [
        (s.name, s.amount.mean, s.amount.low, s.amount.high, s.share.mean, s.share.low, s.share.high, s.amount.n)
        for s in steps
    ]
    written = [
        write_text(folder / "value-of-a-minute.csv", csv_of(COLUMNS, (row.as_dict().values() for row in rows))),
        *save_figure(minute_figure(rows, title, added), folder / "value-of-a-minute"),
        write_text(folder / "waterfall.csv", csv_of(_WATERFALL, way)),
    ]
    if steps[0].amount.mean > 0:
        written += save_figure(waterfall_figure(steps, title), folder / "waterfall")
    return written
