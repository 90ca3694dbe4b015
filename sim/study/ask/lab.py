"""A scenario with its assumptions moved: which of them can be, and what is measured where they are.

Assumptions are moved by factors. What the model does not accept together is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw
from sim.scenario.errors import ScenarioError
from sim.scenario.models import Scenario
from sim.study.infer.stats import summary
from sim.study.run.assumptions import LeftOut
from sim.study.run.metric_names import with_net_loss
from sim.study.run.parameters import Editor, Parameter
from sim.study.run.runner import Arm, Row, Runner

FACTOR = 2.0
"""An assumption may be wrong by this factor, up or down."""
CORNERS = 100
"""Random corners of the whole range in which the model must accept all assumptions together."""
Floats = NDArray[np.float64]


def at_factors(editor: Editor, factors: Mapping[str, float]) -> Scenario:
    """A scenario with assumptions moved by factors; those whose path it does not have stay out.

    Raises:
        ScenarioError: the model does not accept them together.
    """
    moved = {editor.parameter(path): factor for path, factor in factors.items() if editor.has(path)}
    return editor.changed(editor.scaled(moved))


def movable(
    editors: Sequence[Editor], parameters: Sequence[Parameter], seed: int
) -> tuple[list[Parameter], list[LeftOut]]:
    """The assumptions that can be moved, alone and all together, and why the others cannot.

    Where the model refuses several together, the one that it names is left out.
    """
    kept = {one.path: one for one in parameters}
    left: list[LeftOut] = []
    corners = [
        dict(zip(kept, np.where(draw(seed, number, "corner", np.arange(len(kept))) < 0.5, 1, -1), strict=True))
        for number in range(CORNERS)
    ]
    alone = [{path: sign} for path in kept for sign in (-1, 1)]
    for corner in (*alone, *corners):
        for editor in editors:
            while error := _refused(
                editor, factors := {path: FACTOR**sign for path, sign in corner.items() if path in kept}
            ):
                blamed = _blamed(editor, error, factors)
                left += [LeftOut(path, f"coupled: {error.field}: {error.accepted}") for path in blamed]
                for path in blamed:
                    del kept[path]
    return list(kept.values()), left


def _refused(editor: Editor, factors: Mapping[str, float]) -> ScenarioError | None:
    try:
        at_factors(editor, factors)
    except ScenarioError as error:
        return error
    return None


def _blamed(editor: Editor, error: ScenarioError, factors: Mapping[str, float]) -> list[str]:
    """Which of some parameters a refusal is about: the one that it names, else those inside what it names.

    Where it names none of them, the one with which the model begins to refuse.
    """
    for chosen in (
        [path for path in factors if path == error.field],
        [path for path in factors if path.startswith(f"{error.field}.")],
    ):
        if chosen:
            return chosen
    paths = list(factors)
    accepted, refused = 0, len(paths)
    while refused - accepted > 1:
        tried = (accepted + refused) // 2
        if _refused(editor, {path: factors[path] for path in paths[:tried]}):
            refused = tried
        else:
            accepted = tried
    return [paths[refused - 1]]


@dataclass(frozen=True)
class Lab:
    """The arms of a study of sensitivity, and what is measured of them."""

    arms: tuple[tuple[str, Editor], ...]
    metric: str
    replications: int
    runner: Runner

    def evaluate(self, paths: Sequence[str], points: Floats) -> Floats:
        """The mean of the metric at each point: of the one arm, or the second's minus the first's.

        Args:
            paths: of the assumptions that move.
            points: [point, assumption], logarithms to the base `FACTOR`, -1 to 1.
        """
        total = len(points) * self.replications * len(self.arms)
        runs = self.runner.run_rows(self._rows(paths, points), total)
        values = np.array([[[with_net_loss(arm)[self.metric] for arm in luck] for luck in row] for row in runs])
        chosen = values[..., -1] - values[..., 0] if len(self.arms) > 1 else values[..., 0]
        with np.errstate(invalid="ignore"):
            means: Floats = np.array([summary(one).mean for one in chosen])
        return means

    def _rows(self, paths: Sequence[str], points: Floats) -> Iterator[Row]:
        for point in points:
            factors = dict(zip(paths, FACTOR**point, strict=True))
            arms = [Arm(name, self._setting(editor, factors)) for name, editor in self.arms]
            yield Row(arms, range(self.replications))

    def _setting(self, editor: Editor, factors: dict[str, float]) -> Scenario:
        """The scenario at a point; what the model does not accept there together stays as it is."""
        while True:
            try:
                return at_factors(editor, factors)
            except ScenarioError as error:
                blamed = _blamed(editor, error, factors)
                factors = {path: factor for path, factor in factors.items() if path not in blamed}

    def ends(self, parameters: Sequence[Parameter], replications: int) -> list[list[list[float]]]:
        """[arm][setting][replication]: the metric as it is, then at both ends of each assumption alone."""
        found = []
        for name, editor in self.arms:
            settings = [{}, *({one.path: FACTOR**sign} for one in parameters for sign in (-1, 1))]
            arms = [Arm(f"{name} {number}", at_factors(editor, one)) for number, one in enumerate(settings)]
            results = self.runner.run(arms, replications)
            found.append([[with_net_loss(row[a])[self.metric] for row in results] for a in range(len(arms))])
        return found
