"""The studies of a planner: asked for, worked on one after the other outside of the server's process, and kept."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from nicegui.event import Event

from sim.report.files import whole_or_absent, write_text
from sim.web.scenarios import UPLOADED
from sim.web.work import FAILED, PROGRESS, REQUEST, RESULT, Request, Wanted

_log = logging.getLogger(__name__)

State = Literal["queued", "working", "done", "failed", "stopped"]
ERRORS: Final = "errors.txt"
LOOK: Final = 0.4
"""Seconds between two looks at how far a study is."""
MOST_REPLICATIONS: Final = 10_000


@dataclass(frozen=True)
class Study:
    """One study that is kept."""

    id: str
    folder: Path
    request: Request

    @property
    def result(self) -> dict[str, Any]:
        """What `work` wrote.

        Raises:
            OSError, ValueError: nothing is there yet.
        """
        found: dict[str, Any] = json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        return found

    @property
    def mistake(self) -> str:
        """Why it failed, in one line; empty where it did not."""
        with suppress(OSError):
            return (self.folder / FAILED).read_text(encoding="utf-8").strip()
        return ""

    @property
    def progress(self) -> tuple[float, int]:
        """(runs done, runs in all); in all 0 where that is not known yet."""
        with suppress(OSError, ValueError, KeyError):
            said = json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
            return said["done"], said["total"]
        return 0, 0


class Studies:
    """All studies of one data folder; one is worked on at a time, so that rooms keep half the machine."""

    def __init__(self, folder: Path) -> None:
        """Find the studies that are there; what was under way when a server ended is stopped, and can go on."""
        self.folder = folder
        self.changed: Event[[]] = Event()
        self._queue: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._working = ""
        for left in folder.glob(".*/"):  # half made or half deleted when a server was killed
            shutil.rmtree(left, ignore_errors=True)

    def all(self) -> list[Study]:
        """Every study that is kept, the youngest first."""
        found = []
        for place in sorted(self.folder.glob(f"*/{REQUEST}"), reverse=True):
            with suppress(OSError, ValueError, KeyError, TypeError):
                found.append(Study(place.parent.name, place.parent, Request.read(place.parent)))
        return found

    def get(self, name: str) -> Study | None:
        """The study of this name; None where there is none."""
        return next((study for study in self.all() if study.id == name), None)

    def state(self, study: Study) -> State:
        """What is being done about a study."""
        if study.id == self._working:
            return "working"
        if study.id in self._queue:
            return "queued"
        if (study.folder / RESULT).exists():
            return "done"
        return "failed" if study.mistake else "stopped"

    def ask(
        self, title: str, arms: Sequence[Wanted], replications: int, seed: int, upload: Path | None = None
    ) -> Study:
        """Keep a request, and queue it.

        Args:
            upload: the uploaded file that arms name as `uploaded.yaml`.

        Raises:
            OSError: the data folder cannot be written.
        """
        now = datetime.now()
        name = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        folder = self.folder / name
        request = Request(title, tuple(arms), replications, seed, f"{now:%Y-%m-%d %H:%M}")
        with whole_or_absent(folder) as beside:
            if upload is not None:
                shutil.copyfile(upload, beside / UPLOADED)
            request.write(beside)
        study = Study(name, folder, request)
        self.go_on(study)
        return study

    def go_on(self, study: Study) -> None:
        """Queue a study that is new, or was stopped: what is done of it is not done again."""
        if self.state(study) in ("queued", "working", "done"):
            return
        (study.folder / FAILED).unlink(missing_ok=True)
        self._queue.append(study.id)
        self.changed.emit()

    def stop(self, study: Study) -> None:
        """Stop work on a study, whether it has begun or not; every finished run of it stays."""
        if study.id in self._queue:
            self._queue.remove(study.id)
        elif study.id == self._working and self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.changed.emit()

    def delete(self, study: Study) -> None:
        """Take a study and all its files away.

        Raises:
            OSError: they cannot be deleted.
        """
        self.stop(study)
        gone = study.folder.with_name(f".{study.id}")
        study.folder.rename(gone)  # at once for all who look
        shutil.rmtree(gone, ignore_errors=True)
        self.changed.emit()

    async def serve(self) -> None:
        """Work through the queue until the server ends."""
        try:
            while True:
                if self._queue:
                    try:
                        await self._work(self._queue.pop(0))
                    except OSError as error:  # its folder is gone, or the disk is full
                        _log.error("%s: %s", self._working, error)
                        self._working = ""
                else:
                    await asyncio.sleep(LOOK)
        finally:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    async def _work(self, name: str) -> None:
        study = self.get(name)
        if study is None:
            return
        self._working = name
        with (study.folder / ERRORS).open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sim.web.work", str(study.folder.resolve())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
            )  # fmt: skip
        self.changed.emit()
        told = study.progress
        while self._process.poll() is None:
            await asyncio.sleep(LOOK)
            if study.progress != told:
                told = study.progress
                self.changed.emit()
        if self._process.returncode > 0 and not study.mistake and study.folder.is_dir():
            said = (study.folder / ERRORS).read_text(encoding="utf-8", errors="replace").strip()
            write_text(study.folder / FAILED, (said.splitlines() or ["the study ended without a word"])[-1] + "\n")
        self._process, self._working = None, ""
        self.changed.emit()
