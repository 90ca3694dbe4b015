"""Whose results a folder holds: those of two scenarios, seeds or versions are never mixed in one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim import __version__
from sim.engine.run import digest
from sim.report.publish.files import write_text
from sim.scenario.models import Scenario
from sim.study.run import store
from sim.study.run.errors import StudyError
from sim.words.language import key
from sim.words.phrases import phrase

MARK: Final = "made-by.json"
"""Written by commands whose other files do not say of which scenario, seed and version they are."""
METRICS: Final = "metrics.json"
"""Of `run`, which says so itself."""


class _Made(NamedTuple):
    """What a file says of the results beside it."""

    arms: Mapping[str, str]
    """By name: digest of a scenario."""
    seed: object
    version: object


def mark(folder: Path, command: str, arms: Mapping[str, Scenario], seed: int) -> Path:
    """Write down of which scenarios the results in a folder are, and which command made them.

    Raises:
        OSError: the file cannot be written.
    """
    made = _Made({name: digest(arm) for name, arm in arms.items()}, seed, __version__)
    text = json.dumps({"command": command, **made._asdict()}, ensure_ascii=False, indent=1)
    return write_text(folder / MARK, text + "\n")


def check(folder: Path, arms: Mapping[str, Scenario], seed: int) -> None:
    """Refuse a folder with the results of other scenarios, of another seed or version.

    Raises:
        StudyError: as said; a file under one of our names that is not ours counts as another's.
    """
    mine = {name: digest(arm) for name, arm in arms.items()}
    for made in _found(folder):
        same = [name for name in mine if name in made.arms]
        pairs = [
            (key("scenario"), *((same[0],) * 2 if same else (", ".join(made.arms), ", ".join(mine)))),
            (key("version"), made.version, __version__),
            (key("seed"), made.seed, seed),
            *((key("digest"), made.arms[name], mine[name]) for name in same),
        ]
        for what, there, this in pairs:
            if there != this:
                raise StudyError(
                    phrase(
                        "--out: {folder} holds results of another {what} ({there}, this is {this}), accepted:"
                        " another folder",
                        folder=folder, what=phrase(what), there=there, this=this,
                    )
                )  # fmt: skip


def _found(folder: Path) -> Iterator[_Made]:
    """What the files of a folder say, those that are there."""
    for name in (METRICS, MARK):
        with suppress(OSError):  # not there; whether it can be written is asked elsewhere
            yield _read((folder / name).read_text(encoding="utf-8"))
    if store.holds_study(folder):
        with suppress(sqlite3.Error, TypeError), closing(_opened(folder / store.FILE)) as file:
            [text] = file.execute("select header from header").fetchone()
            if file.execute("select count(*) from runs").fetchone()[0]:
                yield _read(text)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)


def _read(text: str) -> _Made:
    try:
        said: Any = json.loads(text)
        arms = dict(said["arms"]) if "arms" in said else {said["scenario"]: said["digest"]}
        return _Made(arms, said["seed"], said["version"])
    except (ValueError, KeyError, TypeError):
        return _Made({"-": "-"}, None, None)
