"""kill -9 of a study, and of its workers, at random moments: what comes out is what an undisturbed study gives."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from sim.report.publish.sweeps import FILE
from sim.study.run import store
from tests.progress import complaints

SWEEP = ["sweep", "wuhan-35min", "--vary", "criminals.retry=5m,20m", "--replications", "12", "--jobs", "2", "--resume"]
RUNS = 24


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *SWEEP, "--out", str(folder)], cwd=folder.parent, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def ends_within(study: subprocess.Popen[str], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        study.wait(seconds)
    return study.poll() is not None


def workers_of(study: subprocess.Popen[str]) -> Sequence[psutil.Process]:
    """The processes that run simulations: those that the study's fork server started."""
    with suppress(psutil.NoSuchProcess):
        servers = psutil.Process(study.pid).children()
        return [worker for server in servers for worker in server.children()]
    return []


def ended_well(study: subprocess.Popen[str]) -> None:
    """The study comes to its end and complains of nothing; where the machine is slow it tells how far it is."""
    assert complaints(study.communicate(timeout=300)[1]) == []
    assert study.returncode == 0


def finish(folder: Path) -> None:
    ended_well(start(folder))


def kept(folder: Path) -> set[tuple[str, int, str]]:
    """The runs that a study which was killed has stored, with what came of them."""
    if not store.holds_study(folder):
        return set()
    file = sqlite3.connect(folder / store.FILE)
    try:
        return set(file.execute("select arm, replication, metrics from runs"))
    except sqlite3.OperationalError:  # killed before it had a table
        return set()
    finally:
        file.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, float]:
    """The table of the study, and the seconds that it takes."""
    folder = tmp_path_factory.mktemp("kill") / "undisturbed"
    began = time.monotonic()
    finish(folder)
    return (folder / FILE).read_bytes(), time.monotonic() - began


@pytest.mark.parametrize(
    "rounds", [range(2), pytest.param(range(2, 20), marks=pytest.mark.long)], ids=["twice", "18 times more"]
)
def test_a_killed_study_resumes_where_it_was(
    tmp_path: Path, undisturbed: tuple[bytes, float], rounds: Sequence[int]
) -> None:
    """Killed, gone on with, its workers killed: no run is lost or doubled, the table is the same to the byte."""
    table, seconds = undisturbed
    for number in rounds:
        moment = random.Random(number)
        folder = tmp_path / str(number)

        study = start(folder)
        ends_within(study, moment.uniform(0.2, seconds))
        orphans = workers_of(study)
        study.kill()
        study.communicate()
        assert not psutil.wait_procs(orphans, timeout=20)[1]  # nobody works on for a dead study
        before = kept(folder)

        study = start(folder)
        ends_within(study, moment.uniform(0.2, seconds))
        for worker in workers_of(study)[: moment.choice((1, 2))]:
            with suppress(psutil.NoSuchProcess):  # at its end
                worker.kill()
        ended_well(study)

        after = kept(folder)
        assert before <= after
        assert len(after) == RUNS
        assert (folder / FILE).read_bytes() == table
