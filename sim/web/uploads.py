"""Files that people upload: looked at first, kept only where they are right."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sim.report.publish.files import write_bytes
from sim.scenario.errors import Origin, ScenarioError, one_line
from sim.web import aside
from sim.web.guards import MOST_BYTES, TooLargeError
from sim.web.scenarios import UPLOADED
from sim.words.phrases import phrase

_log = logging.getLogger(__name__)

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
        return place if NAME.fullmatch(name) and place.exists() else None

    def all(self) -> list[Path]:
        """Every file that is kept, the youngest first."""
        found = [path for path in self.folder.glob(f"*/{UPLOADED}") if NAME.fullmatch(path.parent.name)]
        return sorted(found, key=_age)

    async def add(self, data: bytes) -> str:
        """Look at a file beside the rooms' clock, and keep it where it is right; its name, also in `refused`.

        Raises:
            OSError: the data folder cannot be written.
        """
        name = secrets.token_hex(8)
        try:
            await aside.short(self._looked_at, data)
        except ScenarioError as error:
            self._refuse(name, error)
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
            # a mistake of ours: the reader should have said what is wrong with it
            _log.error("an upload cannot be read: %s", one_line(repr(error)))
            self._refuse(
                name,
                ScenarioError(
                    Origin("upload"), "file", phrase("what this program cannot read"), phrase("a valid file")
                ),
            )
        else:
            write_bytes(self.folder / name / UPLOADED, data)
        return name

    def put(self, data: bytes, name: str = "") -> str:
        """Keep a file that somebody is still writing, right or not: whole, in place of what was there.

        Args:
            data: of the file.
            name: that it has; none: a new one.

        Returns:
            Its name.

        Raises:
            TooLargeError: it is larger than `MOST_BYTES`.
            OSError: the data folder cannot be written.
        """
        if len(data) > MOST_BYTES:
            raise TooLargeError
        name = name or secrets.token_hex(8)
        write_bytes(self.folder / name / UPLOADED, data)
        return name

    async def receive(self, request: Request) -> str:
        """`add` the file that a form of `parts.upload_form` sends.

        Raises:
            TooLargeError: it is larger than `MOST_BYTES`.
        """
        try:
            return await self.add(await _sent(request))
        except ScenarioError as error:
            wrong = error
        except OSError as error:
            wrong = ScenarioError(
                Origin("upload"), "file", error.strerror or phrase("nothing"), phrase("a data folder to write to")
            )
        self._refuse(name := secrets.token_hex(8), wrong)
        return name

    def _refuse(self, name: str, error: ScenarioError) -> None:
        self.refused[name] = error
        while len(self.refused) > MOST_REFUSED:
            del self.refused[next(iter(self.refused))]

    def delete(self, path: Path) -> None:
        """Take a file away."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def _looked_at(self, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=_NEW, dir=self.folder) as alone:
            path = Path(alone) / UPLOADED
            path.write_bytes(data)
            self._check(path)


def _age(path: Path) -> int:
    """The younger, the lower; a file that is just being deleted counts as old."""
    try:
        return -path.stat().st_mtime_ns
    except OSError:
        return 0


async def _sent(request: Request) -> bytes:
    """The file in the form of a request.

    Raises:
        ScenarioError: there is none.
        TooLargeError: it is larger than `MOST_BYTES`.
    """
    try:
        async with request.form() as form:
            file = form.get("file")
            data = await file.read() if isinstance(file, UploadFile) else None
    except HTTPException:  # no form that could be read
        data = None
    if data is None:
        raise ScenarioError(Origin("upload"), "file", phrase("nothing"), phrase("a file in YAML"))
    if len(data) > MOST_BYTES:
        raise TooLargeError
    return data


TOO_LARGE_ERROR: Final = ScenarioError(
    Origin("upload"),
    "file",
    phrase("more than {most} KB", most=MOST_BYTES // 1024),
    phrase("at most {most} KB", most=MOST_BYTES // 1024),
)
"""What is wrong with a file that was not read to its end."""
