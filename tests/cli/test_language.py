"""The language of the command line: --lang, FUNDFREEZE_LANG, and what stays English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli.app import LANGUAGE
from sim.words import language as lang
from tests.cli.conftest import Command

ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
"""Two words of English in a row."""


def test_a_run_is_told_in_chinese(fundfreeze: Command) -> None:
    """Every line of the tables is Chinese, and the status is that of the English command."""
    said = fundfreeze("--lang", "zh", "run", "wuhan-35min", "--replications", 2, "--by", "scam", "--jobs", 1)
    assert said.status == 0
    assert "受害人转出总额" in said.out
    assert ENGLISH.findall(said.out) == []


def test_the_environment_sets_the_language_and_the_option_wins(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FUNDFREEZE_LANG is taken as systems write languages; --lang goes before it; empty is as if it were not there."""
    monkeypatch.setenv(LANGUAGE, "zh_CN.UTF-8")
    assert "情景" in fundfreeze("scenarios").out
    assert fundfreeze("--lang", "en", "scenarios").out.startswith("scenario")
    monkeypatch.setenv(LANGUAGE, "")
    assert fundfreeze("scenarios").out.startswith("scenario")


def test_the_next_command_is_english_again(fundfreeze: Command) -> None:
    """A Chinese command leaves nothing behind in its process."""
    before = fundfreeze("validate", "china").out
    assert "有效" in fundfreeze("--lang", "zh", "validate", "china").out
    assert fundfreeze("validate", "china").out == before
    assert lang.language() == "en"


def test_an_unknown_language_is_one_line(fundfreeze: Command) -> None:
    """A language without texts is refused with what is accepted."""
    said = fundfreeze("--lang", "fr", "scenarios")
    assert (said.status, said.out) == (2, "")
    assert said.err == "--lang: read 'fr', accepted: en or zh\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "china", "--set", "desks.intake.shifts.0.staff=-1"],
         "--set desks.intake.shifts.0.staff=-1: desks.intake.shifts.0.staff：读到 -1，应为：不小于 1 的值\n"),
        (["run", "china", "--resume"], "--resume：没有 --out，应为：--resume 与 --out DIR 同用\n"),
        (["run", "china", "--seed", "x"], "'--seed' 的值无效："),
        (["frob"], "没有此命令 'frob'"),
        (["run", "no-such"], "no-such: file：读到没有此文件，应为：情景文件，或以下之一："),
        (["story", "wuhan-35min", "--case", "5"], "--case：没有案件 5：wuhan-35min 的本次模拟有案件 1 至 1\n"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_chinese(fundfreeze: Command, words: list[str], said: str) -> None:
    """A mistake is one Chinese line that keeps what was read, and exit status 2."""
    answer = fundfreeze("--lang", "zh", *words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(said)
    assert answer.err.count("\n") == 1


def test_numbers_for_programs_are_the_same_in_every_language(
    fundfreeze: Command, tmp_path: Path, diagnosed_otherwise: None
) -> None:
    """JSON, CSV and logs are for programs: the same bytes; what people read in the folder is in their language."""
    files: dict[str, dict[str, bytes]] = {}
    for language in lang.LANGUAGES:
        out = tmp_path / language
        run = ("run", "wuhan-35min", "--replications", 2, "--jobs", 1, "--out", out / "run", "--log", "jsonl", "--json")
        assert fundfreeze("--lang", language, *run).status == 0
        case = ("report", "wuhan-35min", "--replications", 2, "--latency-replications", 2, "--jobs", 1)
        assert fundfreeze("--lang", language, *case, "--out", out / "report").status == 0
        every = (path for path in out.rglob("*") if path.is_file())
        files[language] = {path.relative_to(out).as_posix(): path.read_bytes() for path in every}
    english, chinese = files["en"], files["zh"]
    assert english.keys() == chinese.keys()
    differ = {name for name in english if english[name] != chinese[name]}
    pictures = {f"report/{name}.{form}" for name in ("latency", "spread", "timeline") for form in ("svg", "png")}
    assert differ == {"report/summary.md", "report/story.txt"} | pictures
    told = chinese["report/summary.md"].decode() + chinese["report/story.txt"].decode()
    commands = re.sub(r"`[^`]*`|\(latency.svg\)", "", told)
    assert ENGLISH.findall(commands) == []
