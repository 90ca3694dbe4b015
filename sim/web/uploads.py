"""Files that people upload: looked at first, kept only where they are right."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from nicegui import run

from sim.report.files import write_bytes
from sim.scenario.errors import ScenarioError
from sim.web.scenarios import UPLOADED

NAME: Final = re.compile(r"[0-9a-f]{16}")
MOST_REFUSED: Final = 100
"""Refusals that are remembered until somebody has read them."""
_NEW: Final = ".new-"


class Uploads:
    """A folder of uploaded files, each alone in a folder of its own under a name of ours."""

    def __init__(self, folder: Path, check: Callable[[Path], object]) -> None:
        """
        Args:
            folder: where they are kept; what a server that was killed was still looking at is taken away.
            check: reads a file; raises ScenarioError where it is wrong.
        """
        self.folder = folder
        self.refused: dict[str, ScenarioError] = {}
        """Why the last ones were not kept, by the names that they would have had."""
        self._check = check
        for left in folder.glob(f"{_NEW}*"):
            shutil.rmtree(left, ignore_errors=True)

    def find(self, name: str) -> Path | None:
        """The file of this name; None where there is none."""
        place = self.folder / name / UPLOADED
        return place if NAME.fullmatch(name) and place.is_file() else None

    def all(self) -> list[Path]:
        """Every file that is kept, the youngest first."""
        found = [path for path in self.folder.glob(f"*/{UPLOADED}") if NAME.fullmatch(path.parent.name)]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    async def add(self, data: bytes) -> str:
        """Look at a file beside the rooms' clock, and keep it where it is right; its name, also in `refused`.

        Raises:
            OSError: the data folder cannot be written.
        """
        name = secrets.token_hex(8)
        try:
            await run.io_bound(self._looked_at, data)
        except ScenarioError as error:
            self.refused[name] = error
            while len(self.refused) > MOST_REFUSED:
                del self.refused[next(iter(self.refused))]
        else:
            write_bytes(self.folder / name / UPLOADED, data)
        return name

    def delete(self, path: Path) -> None:
        """Take a file away."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def _looked_at(self, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=_NEW, dir=self.folder) as alone:
            path = Path(alone) / UPLOADED
            path.write_bytes(data)
            self._check(path)
