"""The files of a comparison of arms: its rows, and the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.measure.ways import By
from sim.report.findings.comparison import comparison_csv
from sim.report.findings.csv_text import table as csv_of
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.compare import Difference


def write(
    rows: Sequence[Difference], folder: Path, name: str, *, seed: int, titles: Mapping[str, str] | None = None,
    by: By | None = None, left_out: Mapping[str, str] | None = None, said: Sequence[str] = (), lead: str = "",
) -> list[Path]:  # fmt: skip
    """Write NAME.csv, NAME.svg and NAME.png; NAME-left-out.csv too where arms may be left out.

    Args:
        left_out: of each arm that was asked for and has no place in the scenario, what is missing there; None where no
            arm can be. Where none was, the file has its head alone: an older one must not speak for this comparison.

        said: what stands over the picture, the finding first; as `comparison_figure` has it where nothing is given.
        lead: the metric that is drawn first; the first of the rows where none is given.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.compare import comparison_figure  # matplotlib only for pictures

    figure = comparison_figure(
        rows, seed=seed, titles=titles, by=by, left_out=len(left_out or ()), said=said, lead=lead
    )
    tables = {name: comparison_csv(rows)}
    if left_out is not None:
        tables[f"{name}-left-out"] = csv_of(("arm", "missing"), left_out.items())
    written = [write_text(folder / f"{file}.csv", text) for file, text in tables.items()]
    return [*written, *save_figure(figure, folder / name)]
