"""Whatever the file of a study is, or its disk does: one line, exit 2, and what was finished before is kept."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sim.study.run.errors import StudyError
from sim.study.run.store import FILE, Header, Store
from tests.kinds.test_whatever_lies_in_a_folder import ENDLESS
from tests.web.conftest import CLEAN, ROOT

HEADER = Header("sweep", 1, {"one": "0123456789ab"})
RUNS = 400


def _with_runs(folder: Path) -> Path:
    with Store.open(folder, HEADER) as store:
        for replication in range(RUNS):
            store.write("one", replication, None, {"loss": float(replication), "recovered": 0.5})
    return folder / FILE


def _column(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as file:
            file.execute(sql)
            file.commit()

    return change


def _noise(path: Path) -> None:
    data = path.read_bytes()
    third = len(data) // 3
    path.write_bytes(data[:third] + b"\xff" * third + data[2 * third :])


DAMAGES: dict[str, Callable[[Path], None]] = {
    "noise": _noise,
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "no JSON": _column("update runs set metrics = '{' where replication = 7"),
    "a list": _column("update runs set metrics = '[1]' where replication = 7"),
    "a word": _column('update runs set metrics = \'{"loss": "much"}\' where replication = 7'),
    "bytes": _column("update runs set metrics = x'ff00' where replication = 7"),
    "no header": _column("delete from header"),
    "a header of a list": _column("update header set header = '[]'"),
    "no table": _column("drop table runs"),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_study_is_told_apart_from_a_whole_one(tmp_path: Path, what: str) -> None:
    """No run of it is taken for another; what is left of a table that is gone is a new study."""
    DAMAGES[what](_with_runs(tmp_path))
    if what == "no table":
        with Store.open(tmp_path, HEADER, resume=True) as store:
            assert store.read(["one"], range(RUNS), None) == {}
        return
    with pytest.raises(StudyError, match=FILE), Store.open(tmp_path, HEADER, resume=True) as store:
        store.read(["one"], range(RUNS), None)


@pytest.mark.parametrize("what", ENDLESS)
def test_only_a_regular_file_holds_a_study(tmp_path: Path, what: str) -> None:
    """A pipe, a device, a loop of links, a folder: refused at once, in a line."""
    ENDLESS[what](tmp_path / FILE)
    if what == "nowhere":
        Store.open(tmp_path, HEADER).close()  # a link to a file that is made
        return
    with pytest.raises(StudyError, match="cannot be read or written"):
        Store.open(tmp_path, HEADER)


def test_a_disk_without_room_is_one_line_and_the_study_goes_on_later(tmp_path: Path) -> None:
    """The command ends with a line; with room again, `--resume` ends as a study that was never broken off."""

    def sweep(out: str, *options: str, room: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
        words = ["wuhan-35min", "--vary", "desks.analyst.staff=4,6", "--replications", "8", "--jobs", "1"]
        return subprocess.run(
            [sys.executable, "-m", "sim", "sweep", *words, "--out", str(tmp_path / out), *options],
            cwd=ROOT, env=CLEAN, capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),
        )  # fmt: skip

    broken = sweep("out", room=40_000)
    assert broken.returncode == 2
    assert "Traceback" not in broken.stderr
    assert "cannot be read or written" in broken.stderr.splitlines()[-1]
    assert [one.name for one in (tmp_path / "out").iterdir()] == [FILE]
    assert sweep("out", "--resume").returncode == 0
    assert sweep("whole").returncode == 0
    assert (tmp_path / "out/sweep.parquet").read_bytes() == (tmp_path / "whole/sweep.parquet").read_bytes()
    shutil.rmtree(tmp_path)
