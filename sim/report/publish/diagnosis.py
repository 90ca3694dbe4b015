"""The files of `fundfreeze diagnose`: what binds, what one person more brings, the week by hour."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings import diagnosis as said
from sim.report.findings import levers
from sim.report.findings.csv_text import table as csv_of
from sim.report.findings.estimate import week_finding
from sim.report.publish import minutes
from sim.report.publish.files import save_figure, write_text
from sim.scenario.people import WEEKDAYS
from sim.study.ask.diagnose import ADDED, Diagnosis


def write(result: Diagnosis, folder: Path) -> list[Path]:
    """Write diagnosis.txt, binds.csv, next-person.csv, week-by-hour.csv, the picture of the week, and those of minutes.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.week import week_figure  # matplotlib only for pictures

    centre = [one for one in result.weeks if one.desk in result.scenario.desks and one.heads.any()]
    written = [
        write_text(folder / "diagnosis.txt", "\n".join([said.finding(result), *levers.changeable(result)]) + "\n"),
        write_text(folder / "binds.csv", csv_of(said.LIFT_COLUMNS, said.lift_rows(result))),
        write_text(folder / "next-person.csv", csv_of(said.NEXT_COLUMNS, said.next_rows(result))),
        write_text(folder / "week-by-hour.csv", csv_of(said.HOUR_COLUMNS, said.hour_rows(result.weeks, WEEKDAYS))),
    ]
    if centre:
        finding = week_finding(centre).rstrip(".\N{IDEOGRAPHIC FULL STOP}")
        written += save_figure(week_figure(centre, finding, result.scenario.title), folder / "week")
    if result.minutes:
        written += minutes.write(result.minutes, result.way, folder, result.scenario.title, ADDED)
    return written
