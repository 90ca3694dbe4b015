"""The commands run in this process, in an empty folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.cli import app as cli
from sim.cli import progress
from tests.study.one_case import diagnosed


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """Standard output as the one JSON object that it is."""
        read = json.loads(self.out, parse_constant=_refuse)
        assert isinstance(read, dict)
        return read


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


Command = Callable[..., Answer]


def everything_in(folder: Path) -> list[str]:
    """Every file and folder below a folder, temporary ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def fundfreeze(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line in an empty working directory: fundfreeze("run", "china", ...)."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(progress, "EVERY", 3600.0)  # a slow machine tells how far it is, which is tested elsewhere

    def command(*words: str | Path | int) -> Answer:
        monkeypatch.setattr(sys, "argv", ["fundfreeze", *map(str, words)])
        status: Any = 0
        try:
            cli.main()
        except SystemExit as stop:
            status = stop.code or 0
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return command


@pytest.fixture
def diagnosed_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report tells what binds in the smallest case there is."""
    monkeypatch.setattr("sim.report.publish.dossier.diagnose", lambda *_: diagnosed())


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pictures: they are tested elsewhere, and slow."""
    for name in ("latency_figure", "spread_figure", "two_sets_figure", "timeline"):
        monkeypatch.setattr(f"sim.report.figures.{name}", lambda *_, **__: None)
    for module in ("curve", "dossier"):
        monkeypatch.setattr(f"sim.report.publish.{module}.save_figure", lambda *_: [])
