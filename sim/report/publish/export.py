"""The files of `fundfreeze export`: a run's log for spreadsheets and for process mining, and its money as a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from sim.engine.run import Run
from sim.report.findings.exported import TABLES, Exported, tables
from sim.report.publish.files import whole_files
from sim.report.publish.folders import mark
from sim.report.publish.ocel import write_ocel
from sim.report.publish.spreadsheet import MOST_ROWS, write_csv
from sim.report.publish.xes import write_xes

Form = Literal["csv", "xes", "ocel"]
FORMS: Final[Sequence[Form]] = get_args(Form)
_XES, _OCEL = "log.xes", "log.ocel.json"


@dataclass(frozen=True)
class Written:
    """One file."""

    path: Path
    rows: int
    """Rows of a table; events of a log."""

    @property
    def too_long(self) -> bool:
        """A table with more rows than a sheet of Excel has."""
        return self.path.suffix == ".csv" and self.rows >= MOST_ROWS


def export(run: Run, folder: Path, forms: Sequence[Form] = FORMS) -> list[Written]:
    """Write a run into a folder: all of the files or none. What an earlier export left there goes: it was another run.

    The tables are in the language of the context, the others in the names of the scenario and the log.

    Raises:
        OSError: a file cannot be written.
    """
    of, written = Exported(run), []
    with whole_files(folder) as beside:
        if "csv" in forms:
            for name, columns in tables(of).items():
                path = beside / f"{name}.csv"
                written.append(Written(folder / path.name, write_csv(path, columns)))
        if "xes" in forms:
            written.append(Written(folder / _XES, write_xes(of, beside / _XES)))
        if "ocel" in forms:
            number, _ = write_ocel(of, beside / _OCEL)
            written.append(Written(folder / _OCEL, number))
        mark(beside, "export", {run.scenario.name: run.scenario}, run.plan.seed)
    for name in {f"{table}.csv" for table in TABLES} | {_XES, _OCEL}:
        if (folder / name) not in [file.path for file in written]:
            (folder / name).unlink(missing_ok=True)
    return written
