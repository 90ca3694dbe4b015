"""The files of `fundfreeze routes`: every route as a diagram, and its steps as a table."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings import routes as said
from sim.report.findings.csv_text import table as csv_of
from sim.report.publish.files import write_text


def write(told: said.Told, folder: Path) -> list[Path]:
    """Write routes.md (diagrams in Mermaid's language, which many viewers draw) and routes.csv.

    Raises:
        OSError: a file cannot be written.
    """
    return [
        write_text(folder / "routes.md", said.document(told)),
        write_text(folder / "routes.csv", csv_of(said.COLUMNS, said.rows_of(told))),
    ]
