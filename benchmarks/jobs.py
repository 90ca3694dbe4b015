"""Measurements in processes of their own, in interleaved rounds.

This process imports nothing large: on Linux a child's peak memory is never below its parent's.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent.parent
Result = dict[str, Any]
STUDY = "study.sqlite"
"""The file in which a study keeps its runs."""


@dataclass(frozen=True)
class Job:
    """A module of a checkout, or one of our files run there, with its arguments, and what is to be known of it."""

    module: str
    words: tuple[str, ...]
    code: Path = HERE
    cache: Path | None = None
    """Where machine code is kept; None: where it always is."""
    most_seconds: int | None = None
    """Of processor time, after which it is stopped."""


def measured(job: Job) -> Result:
    """Run a job to its end: what it printed as JSON, processor seconds with its children, peak memory; of a study
    the runs that it has finished, in a folder that is put in the place of OUT.

    Raises:
        SystemExit: it went wrong.
    """
    with TemporaryDirectory() as folder:
        out = Path(folder) / "study"
        which = [job.module] if job.module.endswith(".py") else ["-m", job.module]
        command = [sys.executable, *which, *(str(out) if word == "OUT" else word for word in job.words)]
        if job.most_seconds is not None:
            command = ["sh", "-c", 'ulimit -St "$0"; exec "$@"', str(job.most_seconds), *command]
        environment = {**os.environ, "PYTHONPATH": str(job.code)}
        if job.cache is not None:
            environment["FUNDFREEZE_CACHE"] = str(job.cache)
        said, wrong = Path(folder) / "out", Path(folder) / "err"
        with said.open("w") as to, wrong.open("w") as err:
            start = time.perf_counter()
            child = subprocess.Popen(
                command, cwd=job.code, env=environment, stdin=subprocess.DEVNULL, stdout=to, stderr=err
            )  # fmt: skip
            _, status, used = os.wait4(child.pid, 0)
            wall = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
        stopped = job.most_seconds is not None and child.returncode < 0
        if child.returncode and not stopped:
            sys.exit(f"\n{' '.join(command)} ended with {child.returncode}:\n{wrong.read_text()[-3000:]}")
        text = said.read_text()
        found: Result = json.loads(text) if text.startswith("{") else {}
        found |= {
            "processor_seconds": used.ru_utime + used.ru_stime, "whole_mb": used.ru_maxrss / 1024,
            "wall_seconds": wall, "stopped": stopped
        }  # fmt: skip
        if (out / STUDY).exists():
            found["runs"] = _runs(out / STUDY)
        return found


def in_rounds(jobs: Mapping[str, Job], rounds: int) -> dict[str, list[Result]]:
    """Every job once in each round."""
    found: dict[str, list[Result]] = {name: [] for name in jobs}
    for number in range(rounds):
        for name, job in jobs.items():
            _tell(f"round {number + 1} of {rounds}: {name} ...")
            found[name].append(measured(job))
    _tell("")
    return found


def ratios(above: Sequence[Result], below: Sequence[Result], what: str, times: float = 1.0) -> list[float]:
    """Round by round, a figure of one job over that of another."""
    return [a[what] / b[what] * times for a, b in zip(above, below, strict=True)]


def column(found: Sequence[Result], what: str, times: float = 1.0) -> list[float]:
    return [one[what] * times for one in found]


def _tell(what: str) -> None:
    """Say what is measured now, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{what}", end="\033[K", file=sys.stderr, flush=True)


def _runs(file: Path) -> int:
    with closing(sqlite3.connect(file)) as study:
        return int(study.execute("select count(*) from runs").fetchone()[0])
