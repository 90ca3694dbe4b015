"""The folder of `fundfreeze prove`: a Markdown report, a table and one picture."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings.proofs import ROLES, headline, markdown, table_csv, written
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.prove import Proof
from sim.words.language import say


def write(proof: Proof, folder: Path) -> list[Path]:
    """Write summary.md, table.csv and published.svg/.png, each in the place of one that an earlier proof left there.

    All are made before the first is put in its place; whatever else lies in the folder stays.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.prove import Beside, published_figure

    marks = [
        Beside(
            part, row.figure.title, row.low, row.high, row.tolerance, row.model, *row.interval,
            row.verdict, say(ROLES[row.figure.role]), (written(row, row.low, row.high), written(row, row.model)),
        )
        for part, rows in proof.parts.items()
        for row in rows
    ]  # fmt: skip
    note = say(
        "Grey: published, with its tolerance, as 1; dot: model, with its 95% interval (single cases: middle 90%)"
    )
    summary, table, figure = markdown(proof), table_csv(proof), published_figure(marks, headline(proof), note)
    return [
        *save_figure(figure, folder / "published"),
        write_text(folder / "summary.md", summary),
        write_text(folder / "table.csv", table),
    ]
