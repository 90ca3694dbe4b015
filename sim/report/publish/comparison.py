"""The files of a comparison of arms: its rows, and the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.measure.ways import By
from sim.report.findings.comparison import comparison_csv
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.compare import Difference


def write(
    rows: Sequence[Difference], folder: Path, name: str, *, seed: int, titles: Mapping[str, str] | None = None,
    by: By | None = None,
) -> list[Path]:  # fmt: skip
    """Write NAME.csv, NAME.svg and NAME.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.compare import comparison_figure  # matplotlib only for pictures

    figure = comparison_figure(rows, seed=seed, titles=titles, by=by)
    return [write_text(folder / f"{name}.csv", comparison_csv(rows)), *save_figure(figure, folder / name)]
