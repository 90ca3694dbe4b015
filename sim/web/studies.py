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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from nicegui.event import Event

from sim.report.publish.files import whole_or_absent, write_bytes, write_text
from sim.report.publish.kept import take_away
from sim.scenario.errors import one_line
from sim.scenario.plain import read_plain
from sim.web.questions import RUN
from sim.web.scenarios import UPLOADED
from sim.web.told import Told
from sim.web.work import FAILED, PHASES, PROGRESS, RESULT, DamagedError, Request, Wanted, difference, is_number
from sim.words.phrases import packed, phrase, text_of, tidied, unpacked

_log = logging.getLogger(__name__)

State = Literal["queued", "working", "done", "failed", "stopped"]
ERRORS: Final = "errors.txt"
WORKER: Final = "sim.web.work"
"""The module that a study runs as, in a process of its own."""
LOOK: Final = 0.4
"""Seconds between two looks at how far a study is."""
MOST_REPLICATIONS: Final = 10_000
MOST_RUNS: Final = 1_000_000
"""More than any study has."""


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
            DamagedError: nothing is there that can be shown.
        """
        try:
            found: dict[str, Any] = json.loads(read_plain(self.folder / RESULT))
            for one in found["differences"]:
                difference(one)
            whole = set(found["arms"]) == set(found["titles"]) == {one.name for one in self.request.arms}
            numbers = [value for of in found["arms"].values() for one in of.values() for value in one.values()]
        except OSError as error:
            raise DamagedError(RESULT, error.strerror or phrase("unreadable")) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise DamagedError(RESULT) from None
        if not whole or not all(map(is_number, numbers)):
            raise DamagedError(RESULT)
        return found

    @property
    def told(self) -> Told:
        """What is told of a question of another kind, in the language of the context.

        Raises:
            DamagedError: nothing is there that can be shown.
        """
        try:
            return Told.read(json.loads(read_plain(self.folder / RESULT))["told"])
        except OSError as error:
            raise DamagedError(RESULT, error.strerror or phrase("unreadable")) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise DamagedError(RESULT) from None

    @property
    def mistake(self) -> str:
        """Why it failed, in one line; empty where it did not."""
        with suppress(OSError):
            return tidied(unpacked(read_plain(self.folder / FAILED).decode(errors="replace").strip()), one_line)
        return ""

    @property
    def phase(self) -> str:
        """What is being done: `start`, `runs` or `pictures`."""
        said = _read(self.folder / PROGRESS).get("phase")
        return said if said in PHASES else PHASES[0]

    @property
    def left(self) -> float | None:
        """Seconds that the study still takes in all; None where nobody can say yet."""
        said = _read(self.folder / PROGRESS).get("left")
        return float(said) if isinstance(said, int | float) and 0 <= said < 1e8 else None

    @property
    def at_most(self) -> bool:
        """Whether the runs in all, and the time that is left, are a bound."""
        return _read(self.folder / PROGRESS).get("at_most") is True

    @property
    def progress(self) -> tuple[float, int]:
        """(runs done, runs in all); in all 0 where that is not known yet."""
        with suppress(KeyError, TypeError):
            said = _read(self.folder / PROGRESS)
            if 0 <= said["done"] <= (said["total"] or MOST_RUNS) <= MOST_RUNS:
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
        self.damaged: dict[str, str] = {}
        """Folders that held no study when they were looked at last, with why in one line."""
        for left in folder.glob(".*/"):  # half made or half deleted when a server was killed
            shutil.rmtree(left, ignore_errors=True)

    @property
    def pace(self) -> float:
        """Seconds that the youngest study that tells it took here for each that was foretold."""
        for place in sorted(self.folder.glob(f"*/{RESULT}"), reverse=True)[:20]:
            said = _read(place).get("pace")
            if isinstance(said, int | float) and 0.02 <= said <= 50:
                return float(said)
        return 1.0

    def all(self) -> list[Study]:
        """Every study that is kept, the youngest first."""
        self.damaged = {}
        read = (self._read(place) for place in sorted(self._places(), reverse=True))
        return [study for study in read if study is not None]

    def get(self, name: str) -> Study | None:
        """The study of this name; None where there is none. No other is looked at."""
        place = next((place for place in self._places() if place.name == name), None)
        return None if place is None else self._read(place)

    def _places(self) -> Iterator[Path]:
        """The folders of studies, but for those that are half made or half deleted."""
        return (one for one in self.folder.glob("*/") if not one.name.startswith(".") and one.is_dir())

    def _read(self, place: Path) -> Study | None:
        """The study of a folder; None where it is damaged, which is kept in mind."""
        self.damaged.pop(place.name, None)
        try:
            return Study(place.name, place, Request.read(place))
        except DamagedError as error:
            self.damaged[place.name] = text_of(error)
            return None

    def state(self, study: Study) -> State:
        """What is being done about a study."""
        if study.id == self._working:
            return "working"
        if study.id in self._queue:
            return "queued"
        if (study.folder / RESULT).exists():
            return "done"
        return "failed" if study.mistake else "stopped"

    def ahead(self, study: Study) -> int:
        """How many studies are worked on before one that waits."""
        if study.id not in self._queue:
            return 0
        return self._queue.index(study.id) + bool(self._working)

    def ask(
        self, title: str, arms: Sequence[Wanted], replications: int, seed: int, upload: Path | None = None,
        kind: str = RUN, options: Mapping[str, str] | None = None, back: str = "",
    ) -> Study:  # fmt: skip
        """Keep a request, and queue it.

        Args:
            upload: the uploaded file that arms name as `uploaded.yaml`.
            kind: what is asked: a run or comparison, or one of `questions.KINDS`.
            options: what else the kind is told.
            back: the address of the page on which it is asked.

        Raises:
            OSError: the data folder cannot be written.
        """
        now = datetime.now()
        name = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        folder = self.folder / name
        asked = f"{now:%Y-%m-%d %H:%M}"
        request = Request(title, tuple(arms), replications, seed, asked, kind, tuple((options or {}).items()), back)
        with whole_or_absent(folder) as beside:
            if upload is not None:
                shutil.copyfile(upload, beside / UPLOADED)
            request.write(beside)
        study = Study(name, folder, request)
        self.go_on(study)
        return study

    def keep(
        self, kind: str, arms: Sequence[Wanted], title: str, told: Mapping[str, Mapping[str, Any]],
        files: Mapping[str, Mapping[str, bytes]],
    ) -> Study:  # fmt: skip
        """Keep an answer that was found already.

        Args:
            kind: one of `questions.KINDS`.
            arms: whose it is.
            title: what it is called.
            told: in each language.
            files: by language and name.

        Raises:
            OSError: the data folder cannot be written.
        """
        now = datetime.now()
        name = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        request = Request(title, tuple(arms), 1, 1, f"{now:%Y-%m-%d %H:%M}", kind)
        with whole_or_absent(self.folder / name) as beside:
            request.write(beside)
            for language, of in files.items():
                for file, data in of.items():
                    write_bytes(beside / language / file, data)
            write_text(beside / RESULT, json.dumps({"told": told}, ensure_ascii=False) + "\n")
        self.changed.emit()
        return Study(name, self.folder / name, request)

    def go_on(self, study: Study) -> None:
        """Queue a study that is new, or was stopped: what is done of it is not done again."""
        if self.state(study) in ("queued", "working", "done"):
            return
        _take_away(study.folder / FAILED)
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
        self.delete_folder(study.id)

    def delete_folder(self, name: str) -> None:
        """Take a folder away, whatever is in it.

        Raises:
            OSError: it cannot be deleted.
        """
        take_away(self.folder / name)
        self.damaged.pop(name, None)
        self.changed.emit()

    async def serve(self) -> None:
        """Work through the queue until the server ends."""
        try:
            while True:
                if self._queue:
                    name = self._queue.pop(0)
                    try:
                        await self._work(name)
                    except Exception as error:  # its folder is gone or damaged, the disk is full: the next one goes on
                        _log.error("%s: %s", name, one_line(repr(error)))
                        self._end()
                else:
                    await asyncio.sleep(LOOK)
        finally:
            self._end()

    def _end(self) -> None:
        """Nothing is worked on any more."""
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()  # at once, since it was killed: a handle that is dropped before warns of it
        self._process, self._working = None, ""
        self.changed.emit()

    async def _work(self, name: str) -> None:
        study = self.get(name)
        if study is None:
            return
        self._working = name
        for file in (ERRORS, PROGRESS):  # of the last time
            _take_away(study.folder / file)
        with (study.folder / ERRORS).open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", WORKER, str(study.folder.resolve())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
            )  # fmt: skip
        self.changed.emit()
        told = [study.progress, study.phase]
        while self._process.poll() is None:
            await asyncio.sleep(LOOK)
            if [study.progress, study.phase] != told:
                told = [study.progress, study.phase]
                self.changed.emit()
        if self._process.returncode > 0 and not study.mistake and study.folder.is_dir():
            said = read_plain(study.folder / ERRORS).decode(errors="replace").strip()
            why = (said.splitlines() or [phrase("the study ended without a word")])[-1]
            write_text(study.folder / FAILED, packed(why) + "\n")
        self._process, self._working = None, ""
        self.changed.emit()


def _read(place: Path) -> dict[str, Any]:
    """What a small file of ours holds; nothing where it is not there or damaged."""
    with suppress(OSError, ValueError, RecursionError):
        said = json.loads(read_plain(place))
        if isinstance(said, dict):
            return said
    return {}


def _take_away(place: Path) -> None:
    """Delete a file of ours, whatever stands in its place.

    Raises:
        OSError: it cannot be deleted.
    """
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
