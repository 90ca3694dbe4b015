"""What a calibration leaves open: weighted draws of parameters, kept in a file for studies that carry them on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast, get_args

import numpy as np
from numpy.typing import NDArray

from sim import __version__
from sim.fraud.draws import draw
from sim.scenario.errors import dotted, split_path
from sim.scenario.models import Scenario
from sim.scenario.plain import read_plain
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor, Kind
from sim.words.phrases import phrase

_KEY = "fundfreeze-posterior"
WEIGHT = "weight"
POSTERIOR_FILE = "posterior.parquet"
"""Where `calibrate` leaves it."""


@dataclass(frozen=True)
class Posterior:
    """Draws of parameters, each with its weight."""

    kinds: dict[str, Kind]
    """By path, in the order of the columns."""
    draws: NDArray[np.float64]
    """[draw, parameter]: ms, fen, numbers or factors."""
    weights: NDArray[np.float64]
    """Sum to 1."""
    source: str = ""
    """The targets that it was calibrated to."""

    @property
    def digest(self) -> str:
        """Twelve hex digits of the draws and their weights."""
        said = json.dumps([self.kinds, self.draws.tolist(), self.weights.tolist()])
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def chosen(self, seed: int, replication: int) -> int:
        """The draw that a replication takes: chosen by weight, the same for all arms of a study."""
        at = draw(seed, replication, "posterior draw")[0]
        return min(int(np.searchsorted(np.cumsum(self.weights), at)), len(self.weights) - 1)

    def applied(self, editor: Editor, seed: int, replication: int) -> Scenario:
        """A scenario as it is in one replication of a study.

        Raises:
            StudyError: the scenario has not all the parameters.
            ScenarioError: it does not accept the values.
        """
        values = self.draws[self.chosen(seed, replication)]
        parameters = [editor.parameter(path) for path in self.kinds]
        for parameter, kind in zip(parameters, self.kinds.values(), strict=True):
            if parameter.kind != kind:
                raise StudyError(
                    phrase(
                        "--posterior: {path}: read a {kind}, accepted: a {wanted} as in {scenario}",
                        path=parameter.path, kind=kind, wanted=parameter.kind, scenario=editor.scenario.name,
                    )
                )  # fmt: skip
        return editor.changed({one: one.clipped(float(v)) for one, v in zip(parameters, values, strict=True)})

    def check_free(self, settings: Iterable[str]) -> None:
        """Refuse settings of what the draws set: the draws come last, and would undo them without a word.

        Args:
            settings: PATH=VALUE or paths.

        Raises:
            StudyError: a path lies at, above or below one of the parameters.
        """
        for setting in settings:
            parts = split_path(setting.partition("=")[0])
            for path in self.kinds:
                own = split_path(path)
                if own[: len(parts)] == parts or parts[: len(own)] == own:
                    raise StudyError(
                        phrase(
                            "--posterior: read {parts} together with draws of {path}, accepted: settings of what the"
                            " posterior leaves alone",
                            parts=dotted(parts), path=path,
                        )
                    )  # fmt: skip

    def check_alike(self, scenarios: Mapping[str, Scenario]) -> None:
        """Refuse arms that differ in what the draws set, for the same reason.

        Args:
            scenarios: by name of the arm.

        Raises:
            StudyError: they do.
        """
        names = list(scenarios)
        editors = [Editor(scenarios[name]) for name in names]
        for path in self.kinds:
            said = [editor.at(path) for editor in editors]
            other = next((name for name, one in zip(names, said, strict=True) if one != said[0]), None)
            if other is not None:
                raise StudyError(
                    phrase(
                        "--posterior: read another {path} in {other} than in {names}, which the draws would undo,"
                        " accepted: arms that differ in what the posterior leaves alone",
                        path=path, other=other, names=names[0],
                    )
                )  # fmt: skip

    def parquet(self) -> bytes:
        """The file: a column for each parameter and one of the weights; what they are as its metadata."""
        import polars as pl

        columns = {path: self.draws[:, number] for number, path in enumerate(self.kinds)}
        said = {"kinds": self.kinds, "source": self.source, "version": __version__}
        buffer = io.BytesIO()
        pl.DataFrame(columns | {WEIGHT: self.weights}).write_parquet(buffer, metadata={_KEY: json.dumps(said)})
        return buffer.getvalue()

    @classmethod
    def read(cls, path: Path) -> Self:
        """A posterior that `calibrate` wrote.

        Raises:
            StudyError: there is no such file, or it holds no posterior.
        """
        import polars as pl

        accepted = phrase("accepted: the posterior.parquet that calibrate writes")
        try:
            raw = io.BytesIO(read_plain(path))
            said = json.loads(pl.read_parquet_metadata(raw)[_KEY])
            table = pl.read_parquet(raw)
            kinds = {str(name): cast(Kind, kind) for name, kind in said["kinds"].items()}
            draws = table.select(list(kinds)).to_numpy().astype(np.float64)
            weights = table[WEIGHT].to_numpy().astype(np.float64)
        except FileNotFoundError:
            raise StudyError(
                phrase("--posterior: read {path!r}, no such file; {accepted}", path=str(path), accepted=accepted)
            ) from None
        except (KeyError, ValueError, OSError, pl.exceptions.PolarsError):
            raise StudyError(
                phrase(
                    "--posterior: read {path!r}, a file without a posterior; {accepted}",
                    path=str(path), accepted=accepted,
                )
            ) from None  # fmt: skip
        whole = len(weights) and np.isfinite(draws).all() and (weights >= 0).all() and weights.sum() > 0
        if not whole or not set(kinds.values()) <= set(get_args(Kind)):
            raise StudyError(
                phrase("--posterior: read {path!r}, a damaged posterior; {accepted}", path=str(path), accepted=accepted)
            )
        return cls(kinds, draws, weights / weights.sum(), str(said.get("source", "")))
