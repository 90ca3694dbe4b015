"""The folder of `fundfreeze fit`: a scenario, what the model has to answer, a table, and the picture."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings.fits import NOTHING, figures, headline, panels, scenario, table_csv
from sim.report.publish.files import as_yaml, save_figure, whole_files, write_text
from sim.study.ask.fits import FittedCentre
from sim.study.run.errors import StudyError


def write(result: FittedCentre, folder: Path, *, extends: str, name: str) -> list[Path]:
    """Write centre.yaml, figures.yaml, fits.csv and fits.svg/.png: all or none.

    Raises:
        OSError: a file cannot be written.
        StudyError: nothing was fitted.
    """
    if not result.fits:
        raise StudyError(NOTHING)
    made = scenario(result, extends, name)
    head = f"# {headline(result)}. Made by `fundfreeze fit`; each value says where it is from.\n"
    with whole_files(folder) as beside:
        write_text(beside / "centre.yaml", head + as_yaml(made))
        write_text(beside / "figures.yaml", as_yaml(figures(result, "centre.yaml", name)))
        write_text(beside / "fits.csv", table_csv(result))
        if panels(result) or any(fit.profile for fit in result.fits):
            from sim.report.figures.fits import fits_figure  # matplotlib only for pictures

            save_figure(fits_figure(result), beside / "fits")
        names = sorted(path.name for path in beside.iterdir())
    return [folder / one for one in names]
