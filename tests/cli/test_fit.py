"""`fundfreeze fit` and `prove --against`: own files in, a scenario that runs and a table beside the model out."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from shutil import copytree

import pytest
from ruamel.yaml import YAML

from sim.report.findings import fits
from sim.scenario.loader import load
from sim.study.ask.fit import fit
from sim.study.ask.forms import FORMS
from sim.study.ask.records import read_records
from sim.words.language import using
from sim.words.units import HOUR
from tests.cli.conftest import Answer, Command, everything_in
from tests.study.own_centre import FOLDER

FILES = [word for kind in ("reports", "work", "answers", "transfers") for word in (f"--{kind}", FOLDER / f"{kind}.csv")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Answer]]:
    """The folder of the made-up centre and what was said of it, once it was fitted."""
    return tmp_path_factory.mktemp("made") / "own", []


@pytest.fixture
def answer(fundfreeze: Command, kept: tuple[Path, list[Answer]]) -> Answer:
    """What the command says of the made-up centre, whose files lie in `own`."""
    folder, answers = kept
    if answers:
        copytree(folder, "own")
    else:
        answers.append(fundfreeze("fit", "city", *FILES, "--out", "own"))
        copytree("own", folder)
    return answers[0]


def test_the_scenario_validates_runs_and_says_where_each_value_is_from(fundfreeze: Command, answer: Answer) -> None:
    """`centre.yaml` on its base: valid, it runs, and its values are "fitted from FILE, n = N, time"."""
    assert (answer.status, answer.err) == (0, "")
    assert everything_in(Path("own")) == ["centre.yaml", "figures.yaml", "fits.csv", "fits.png", "fits.svg"]
    assert fundfreeze("validate", "own/centre.yaml").status == 0
    assert fundfreeze("run", "own/centre.yaml", "--set", "horizon=2d", "--replications", 1, "--jobs", 1).status == 0
    loaded = load("own/centre.yaml")
    assert list(loaded.scenario.victims.arrivals) == ["own"]
    said = loaded.provenance(("criminals", "pace", "spread"))
    assert said.label == "derived"
    assert said.source.startswith("fitted from transfers.csv, n = ")
    assert said.source.endswith("March to April 2026")
    assert loaded.scenario.bank_profiles["officer"].staff == "unlimited"


def test_fitted_values_can_be_set_one_by_one(fundfreeze: Command, answer: Answer) -> None:
    """Each value of the file is one that `--set` takes on the base, too."""
    fitted = YAML(typ="safe").load(Path("own/centre.yaml"))
    time = fitted["routes"]["call"]["steps"]["entry"]["work"]["time"]["lognormal"]
    setting = f"routes.call.steps.entry.work.time={{lognormal: {{median: {time['median']}, p90: {time['p90']}}}}}"
    assert fundfreeze("validate", "city", "--set", setting).status == 0


def test_it_says_what_it_dropped_and_left_out(answer: Answer) -> None:
    """The columns of which nothing is kept, and what is too little to fit; no name is in any file."""
    assert "reports.csv: columns that were not read, and of which nothing is kept: name" in answer.out
    assert "not fitted: by letter, time until a stop is made" in answer.out
    for path in Path("own").iterdir():
        assert b"victim 1" not in path.read_bytes()


def test_model_and_own_centre_side_by_side(fundfreeze: Command, answer: Answer) -> None:
    """`prove --against` has the table of `prove`: own figure, model, interval, verdict; reports and losses agree."""
    proof = fundfreeze("prove", "--against", "own/figures.yaml", "--quick", 0.3, "--jobs", 1, "--out", "proof")
    assert proof.status == 0
    with Path("proof/table.csv").open(encoding="utf-8", newline="") as table:
        rows = {row["name"]: row for row in csv.DictReader(table)}
    assert {"reports-a-day", "loss-of-a-report", "wait-analyst", "wait-legal"} <= set(rows)
    assert rows["reports-a-day"]["verdict"] == "inside"
    assert "own centre" in proof.out
    assert "figures of your own records that nothing was fitted to lie inside" in proof.out
    said = proof.out + Path("proof/summary.md").read_text(encoding="utf-8")
    assert not re.search(r"ublished(?!\.(svg|png))", said)


def test_chinese(fundfreeze: Command) -> None:
    """The table and the sentences are Chinese for whoever asks in Chinese."""
    said = fundfreeze("--lang", "zh", "fit", "city", *FILES[:2], "--out", "zh")
    assert said.status == 0
    assert "拟合结果及 90% 区间" in said.out
    assert "未读取且不保留任何内容的列" in said.out
    assert "中位数" in said.out
    assert "万元" in said.out


def test_a_fit_is_told_in_words(answer: Answer) -> None:
    """Values by their names, times and amounts as people say them, as exact as their intervals; the file has paths."""
    assert not re.search(r"[a-z_]+(\.[a-z_]+){2}", answer.out)
    assert not re.search(r"\d(ms|m\d+s)", answer.out)
    assert "10 min" in answer.out
    assert "routes.call.steps.entry.work.time" in Path("own/fits.csv").read_text(encoding="utf-8")
    files = [read_records(FOLDER / f"{kind}.csv", FORMS[kind], heads={}, offset=8 * HOUR)
             for kind in ("reports", "work", "answers", "transfers")]  # fmt: skip
    result = fit(load("city").scenario, files)
    with using("zh"):
        cells = [str(cell) for column in fits.main_table(result).columns[:6] for cell in column.cells]
        assert [cell for cell in cells if re.search("[A-Za-z]{2}", re.sub("POS|App", "", cell))] == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((), "--reports"),
        (("--reports", "missing.csv"), "missing.csv"),
        (("--reports", FOLDER / "reports.csv", "--column", "x=y"), "--column"),
        (("--reports", FOLDER / "work.csv"), "read the heads"),
        (("--work", FOLDER / "centre.yaml"), "centre.yaml"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(fundfreeze: Command, words: tuple[str, ...], part: str) -> None:
    """No file, one that is not there, an unknown field, a file of another kind, no table."""
    said = fundfreeze("fit", "city", *words, "--out", "own")
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert part in said.err
    assert everything_in(Path()) == []
