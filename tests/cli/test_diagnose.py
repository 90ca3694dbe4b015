"""The command `diagnose`: its sentence first, tables that fit, files, and mistakes in one line."""

from __future__ import annotations

import csv
from pathlib import Path
from shutil import copytree

import pytest

from sim.words.lines import columns
from tests.cli.conftest import Command, everything_in

SMALL = ("diagnose", "county", "--set", "horizon=1d", "--set", "follow_up=2d", "--jobs", 1, "--replications", 10)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study is kept, once it was made."""
    return tmp_path_factory.mktemp("made") / "DIR"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sentence_comes_first_and_tables_fit(fundfreeze: Command, kept: Path, language: str) -> None:
    """In both languages, in 80 columns; the week has a row for each hour and desk, and the picture is there."""
    if kept.exists():
        copytree(kept, "DIR")
    answer = fundfreeze("--lang", language, *SMALL, "--out", "DIR", "--resume")
    assert answer.status == 0
    if not kept.exists():
        copytree("DIR", kept)
    first, *rest = answer.out.splitlines()
    assert first == Path("DIR/diagnosis.txt").read_text(encoding="utf-8").rstrip("\n")
    assert all(columns(line.rstrip()) <= 80 for line in rest if not line.startswith(("written", "已写入")))
    files = set(everything_in(Path("DIR")))
    assert {"binds.csv", "diagnosis.txt", "next-person.csv", "week-by-hour.csv", "week.png", "week.svg"} <= files
    week = list(csv.DictReader(Path("DIR/week-by-hour.csv").read_text(encoding="utf-8").splitlines()))
    analyst = [row for row in week if row["desk"] == "analyst"]
    assert len(analyst) == 7 * 24
    assert [(row["weekday"], row["hour"]) for row in analyst[:2]] == [("mon", "0"), ("mon", "1")]


@pytest.mark.parametrize(
    ("words", "said"),
    [(["nowhere"], "nowhere"), (["county", "--replications", 3], "10"), (["county", "--set", "x=1"], "x")],
)
def test_a_mistake_is_one_line(fundfreeze: Command, words: list[str], said: str) -> None:
    """An unknown scenario, too few pairs, an unknown path: one line, exit status 2, nothing written."""
    answer = fundfreeze("diagnose", *words, "--out", "DIR")
    assert answer.status == 2
    assert said in answer.err
    assert not Path("DIR").exists()
