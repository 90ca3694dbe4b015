"""What the calibrations leave open, carried into published figures.

The model's own interval beside a figure says how far chance moves the runs of one set of values. Many sets agree with
the targets; each run here takes one of them, so that its range is what the model would have said of a figure that
nothing was fitted to, before anybody counted it (the posterior predictive distribution).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Final

import numpy as np

from sim.measure.ways import By
from sim.scenario.models import Scenario
from sim.study.ask.published import Figure, Published
from sim.study.ask.targets import read_targets
from sim.study.run.parameters import Editor
from sim.study.run.posterior import POSTERIOR_FILE, Posterior
from sim.study.run.runner import Arm, Runner

DRAWS: Final = 40
"""Of the posterior, each run once: the ends of a middle 90% lie beside its second and its last but one."""
Range = tuple[float, float, float]
"""5%, middle and 95% over the draws."""


@dataclass(frozen=True)
class Carried:
    """A world whose runs take each a draw of a posterior."""

    arm: Arm
    by: By | None
    figures: Mapping[str, Figure]
    posterior: Posterior
    draws: int

    def ranges(self, runner: Runner) -> dict[str, Range]:
        """By figure: what it is over the draws, each with luck of its own."""
        runs = runner.carry(self.posterior, [self.arm], range(self.draws), by=self.by)
        found = {}
        for name, figure in self.figures.items():
            each = np.array([figure.reading.of(row[0]) for row in runs])
            low, middle, high = np.quantile(each[np.isfinite(each)], [0.05, 0.5, 0.95]).tolist()
            found[name] = (low, middle, high)
        return found


def planned(
    one: Published, worlds: Mapping[tuple[str, str], Scenario], folder: Path | None, quick: float
) -> list[Carried]:
    """What is to be run for a file of figures: its worlds of whose parameters a calibration left something open.

    Args:
        one: a file of figures.
        worlds: by file and world: what is run.
        folder: of what `calibrate` found, by name of the targets.
        quick: part of the runs that is done.

    Raises:
        StudyError: a file there holds no posterior.
    """
    files = {name: folder / name / POSTERIOR_FILE for name in one.calibrations} if folder else {}
    found = {name: Posterior.read(file) for name, file in files.items() if file.is_file()}
    observed = {name: {editor.scenario.name for editor in read_targets(name).editors} for name in found}
    plan = []
    for name, world in one.worlds.items():
        figures = {key: figure for key, figure in one.figures.items() if figure.run == name and _asks(figure)}
        scenario = worlds[one.name, name]
        posterior = _of(scenario, found, observed)
        if figures and posterior is not None:
            cases = any(figure.kind == "case" for figure in figures.values())
            draws = max(DRAWS // 4, round((world.replications if cases else DRAWS) * quick))
            plan.append(Carried(Arm(f"{one.name} {name}", scenario), world.by, figures, posterior, draws))
    return plan


def admits(found: Range, least: float, most: float, tolerance: float) -> bool:
    """Whether a figure is no further from the middle of the draws than they and its own tolerance reach together.

    Both are errors of their own, so they add as squares, as in history matching (Craig, Goldstein, Seheult and Smith,
    1997: implausibility).

    Args:
        found: over the draws.
        least, most: as printed.
        tolerance: of what is printed.
    """
    low, middle, high = found
    if middle < least:
        return least - middle <= hypot(high - middle, tolerance)
    return middle - most <= hypot(middle - low, tolerance)


def _asks(figure: Figure) -> bool:
    """One selected among others is held against how often as much happens, not against a range."""
    return figure.kind != "selected"


def _of(scenario: Scenario, found: Mapping[str, Posterior], observed: Mapping[str, set[str]]) -> Posterior | None:
    """The posterior that a scenario takes: of the targets that name it, else the first whose parameters it has."""
    editor = Editor(scenario)
    fit = [name for name, posterior in found.items() if all(editor.has(path) for path in posterior.kinds)]
    named = [name for name in fit if scenario.name in observed[name]]
    return found[(named or fit)[0]] if fit else None
