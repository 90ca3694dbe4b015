"""What a study keeps: each finished run once, to the bit, and never mixed with another study."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from math import inf, isnan, nan
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.study.run.errors import StudyError
from sim.study.run.store import FILE, Header, Store
from tests.examples import some

HEADER = Header("sweep", 7, {"china": "0123456789ab"})
ANOTHER = {
    "version": replace(HEADER, version="0.0.1"),
    "command": replace(HEADER, command="compare"),
    "seed": replace(HEADER, seed=8),
    "scenario": replace(HEADER, arms={"china": "ba9876543210"}),
    "posterior": replace(HEADER, posterior="00000000000f"),
}


@given(st.floats())
@settings(max_examples=some(30))
def test_floats_come_back_to_the_bit(value: float) -> None:
    """Any float, NaN and the infinities too, is read as it was written, and names keep their order."""
    with TemporaryDirectory() as folder, Store.open(Path(folder), HEADER) as store:
        store.write("a", 0, None, {"z": value, "y": inf, "x": nan})
        [kept] = store.read(["a"], [0], None).values()
    assert list(kept) == ["z", "y", "x"]
    assert kept["z"].hex() == value.hex() or isnan(value)
    assert kept["y"] == inf
    assert isnan(kept["x"])


def test_a_run_is_kept_once_and_read_where_it_is_asked_for(tmp_path: Path) -> None:
    """A run written twice is there once; other arms, replications and splits are not answered with it."""
    with Store.open(tmp_path, HEADER) as store:
        for _ in range(2):
            store.write("a", 3, None, {"loss": 1.0})
        store.write("a", 3, "bank", {"loss": 2.0})
        store.write("a", 4, None, {"loss": 3.0})
        store.write("b", 3, None, {"loss": 4.0})
    with Store.open(tmp_path, HEADER, resume=True) as store:
        assert store.read(["a", "c"], range(4), None) == {("a", 3): {"loss": 1.0}}
        assert store.read(["a"], [3], "bank") == {("a", 3): {"loss": 2.0}}
    with sqlite3.connect(tmp_path / FILE) as file:
        assert file.execute("select count(*) from runs").fetchone() == (4,)
    file.close()


@pytest.mark.parametrize("what", ANOTHER)
def test_a_study_of_another_kind_is_refused(tmp_path: Path, what: str) -> None:
    """A folder with a study of another version, command, seed, scenario or posterior is refused in one line."""
    with Store.open(tmp_path, HEADER) as store:
        store.write("a", 0, None, {"loss": 1.0})
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StudyError, match=rf"holds a study of another {what} \(that of .*\); accepted: another --out"):
        Store.open(tmp_path, ANOTHER[what], resume=True)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_study_is_not_resumed_unasked(tmp_path: Path) -> None:
    """Without --resume a folder that holds a study is refused; with it an empty folder begins one."""
    with Store.open(tmp_path / "new", HEADER, resume=True) as store:
        store.write("a", 0, None, {"loss": 1.0})
    with pytest.raises(StudyError, match="holds a study; accepted: --resume to go on with it, or another --out"):
        Store.open(tmp_path / "new", HEADER)


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("what", ANOTHER)
def test_a_study_without_any_run_is_none(tmp_path: Path, what: str, resume: bool) -> None:
    """What a study that was killed before its first run left does not stand in the way of another."""
    Store.open(tmp_path, HEADER).close()
    with Store.open(tmp_path, ANOTHER[what], resume=resume) as store:
        store.write("a", 0, None, {"loss": 1.0})
    with pytest.raises(StudyError, match=f"holds a study of another {what}"):
        Store.open(tmp_path, HEADER, resume=True)


def test_two_processes_do_not_write_one_study(tmp_path: Path) -> None:
    """While a study is open, nobody else opens it."""
    with (
        Store.open(tmp_path, HEADER),
        pytest.raises(StudyError, match=r"database is locked \(is another study writing there\?\)"),
    ):
        Store.open(tmp_path, HEADER, resume=True)


def test_a_file_that_is_no_study_is_refused(tmp_path: Path) -> None:
    """Something else under the name of a study is told apart from one, and left as it was."""
    (tmp_path / FILE).write_text("a diary, which is not to be lost" * 100)
    with pytest.raises(StudyError, match="holds no study"):
        Store.open(tmp_path, HEADER, resume=True)
    assert (tmp_path / FILE).read_text().startswith("a diary")
