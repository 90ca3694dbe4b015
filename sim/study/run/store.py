"""What a study has done so far, on disk: every finished run is there at once, and is there once.

A folder holds one study. It is one SQLite file, held by one process at a time; a process killed at any moment leaves
every run that it wrote, and the next one takes over.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

from sim import __version__
from sim.measure.ways import By
from sim.scenario.errors import one_line
from sim.study.run.errors import StudyError
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.phrases import phrase

FILE = "study.sqlite"
_TABLES = (
    "create table if not exists header (header text not null)",
    """create table if not exists runs (
        arm text not null, replication integer not null, split text not null, metrics text not null,
        primary key (arm, replication, split)
    ) without rowid""",
)


@dataclass(frozen=True)
class Header:
    """What runs must have in common to be of one study."""

    command: str
    seed: int
    arms: Mapping[str, str]
    """By name: digest of each scenario that was asked for (not of what the study makes of it)."""
    version: str = __version__
    posterior: str = ""
    """Digest of what a calibration left open, whose draws the runs take; empty for none."""


class Keeper(Protocol):
    """Whatever remembers finished runs."""

    def read(self, arms: Iterable[str], replications: Sequence[int], by: By | None) -> dict[tuple[str, int], Metrics]:
        """The metrics kept of some arms, by (digest of the arm, replication)."""

    def write(self, arm: str, replication: int, by: By | None, metrics: Metrics) -> None:
        """Keep one finished run."""


class Store:
    """The runs of one study. Use `Store.open`."""

    def __init__(self, file: sqlite3.Connection, path: Path) -> None:
        self._file = file
        self._path = path

    @classmethod
    def open(cls, folder: Path, header: Header, *, resume: bool = False) -> Self:
        """Begin a study in a folder, or go on with the one that is there. One without any finished run is none.

        Raises:
            StudyError: there is a study and it is not to be resumed, or it is another one (version, command, seed,
                scenarios, posterior), is being written by another process, or is no study.
            OSError: the folder cannot be made.
        """
        path = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        with _usable(path):
            file = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with _usable(path):
                found = _begin(file, header, resume=resume)
            if found is None:
                raise StudyError(
                    phrase(
                        "{folder}: holds a study; accepted: --resume to go on with it, or another --out", folder=folder
                    )
                )
            if other := _difference(found, asdict(header)):
                raise StudyError(
                    phrase(
                        "{folder}: holds a study of another {other}; accepted: another --out",
                        folder=folder, other=other,
                    )
                )  # fmt: skip
        except BaseException:
            with suppress(sqlite3.Error):
                file.close()
            raise
        return cls(file, path)

    def read(self, arms: Iterable[str], replications: Sequence[int], by: By | None) -> dict[tuple[str, int], Metrics]:
        """The metrics kept of some arms, by (digest of the arm, replication).

        Raises:
            StudyError: the file is damaged.
        """
        wanted = set(replications)
        with _usable(self._path):
            rows = (
                (arm, replication, metrics)
                for arm in dict.fromkeys(arms)
                for replication, metrics in self._file.execute(
                    "select replication, metrics from runs where arm = ? and split = ?", [arm, by or ""]
                )
            )
            return {(arm, replication): _read(text) for arm, replication, text in rows if replication in wanted}

    def write(self, arm: str, replication: int, by: By | None, metrics: Metrics) -> None:
        """Keep one finished run; one that is there already is the same, or has fewer metrics.

        Raises:
            StudyError: it cannot be written; what was kept before is still there.
        """
        row = [arm, replication, by or "", json.dumps(metrics)]  # floats come back to the bit
        with _usable(self._path):
            self._file.execute("insert or replace into runs values (?, ?, ?, ?)", row)

    def close(self) -> None:
        with suppress(sqlite3.Error):  # every run is written already
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Close it; a study that ends by a mistake before its first run leaves no file behind."""
        empty = False
        with suppress(sqlite3.Error):
            empty = error is not None and not self._file.execute("select count(*) from runs").fetchone()[0]
        self.close()
        if empty:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(FILE + suffix).unlink(missing_ok=True)


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    """What cannot be done with a study's file, in one line.

    Raises:
        StudyError: the file cannot be opened, read or written, or is no study of ours.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF  # without its details
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StudyError(
                phrase("{path}: {error} (is another study writing there?)", path=path, error=error)
            ) from None
        raise StudyError(
            phrase(
                "{path}: cannot be read or written ({error}), accepted: a regular file, on a disk with room",
                path=path, error=one_line(str(error)),
            )
        ) from None  # fmt: skip
    except (sqlite3.Error, ValueError, TypeError) as error:
        why = one_line(str(error)) if isinstance(error, sqlite3.Error) else phrase("a damaged record")
        raise StudyError(phrase("{path}: holds no study ({error})", path=path, error=why)) from None


def _read(text: object) -> Metrics:
    """The metrics of a row.

    Raises:
        ValueError: they are none.
    """
    found = json.loads(text) if isinstance(text, str) else None
    if not isinstance(found, dict) or not all(isinstance(value, int | float) for value in found.values()):
        raise ValueError("metrics")
    return found


def _begin(file: sqlite3.Connection, header: Header, *, resume: bool) -> dict[str, object] | None:
    """Take hold of a file, and the header that it has, which is the given one where no run was finished under another.

    None, and nothing changed, where there are runs that are not to be gone on with.
    """
    file.execute("pragma locking_mode = exclusive")  # released by the system when its holder is killed
    file.execute("pragma journal_mode = wal")
    file.execute("pragma synchronous = normal")
    file.execute("begin immediate")
    for statement in _TABLES:
        file.execute(statement)
    if not file.execute("select count(*) from runs").fetchone()[0]:
        file.execute("delete from header")
        file.execute("insert into header values (?)", [json.dumps(asdict(header))])
    elif not resume:
        file.execute("rollback")
        return None
    found = json.loads(file.execute("select header from header").fetchone()[0])
    if not isinstance(found, dict):
        raise ValueError("header")
    file.execute("commit")
    return found


def holds_study(folder: Path) -> bool:
    """Whether a folder holds a study."""
    return (folder / FILE).exists()


def _difference(found: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    """What two headers differ in, in words; empty where they are the same."""
    words = {
        "version": key("version"), "command": key("command"), "seed": key("seed"), "arms": key("scenario"),
        "posterior": key("posterior"),
    }  # fmt: skip
    for name, word in words.items():
        if found.get(name) != wanted[name]:
            return phrase(
                "{word} (that of {name}, this of {wanted})",
                word=phrase(word), name=_said(found.get(name)), wanted=_said(wanted[name]),
            )  # fmt: skip
    return ""


def _said(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value or "none")
