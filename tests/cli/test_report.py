"""`fundfreeze report`: a whole folder, the same each time, whose words say what its tables hold."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from sim.report.findings import dossier
from sim.scenario.loader import load
from sim.study.ask.experiment import replicate
from tests.cli.conftest import Command, everything_in
from tests.progress import complaints
from tests.study.one_case import one_case

pytestmark = pytest.mark.xdist_group("one-report")  # one worker makes it, for all that read it
REPLICATIONS = 9
WORDS = ["--rival", "wuhan-35min-rival", "--replications", REPLICATIONS, "--latency-replications", 2]
TABLES = ["binds.csv", "latency-leak.csv", "latency.csv", "made-by.json", "metrics.csv", "story.txt", "summary.md"]
PICTURES = ["latency", "spread", "timeline", "two-sets"]
FILES = sorted([*TABLES, *(f"{stem}.{form}" for stem in PICTURES for form in ("svg", "png"))])
TRIPLE = ("accounts_stopped_within.35", "containment_time", "recovered")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report that these tests read is kept, once it was made."""
    return tmp_path_factory.mktemp("made") / "out"


@pytest.fixture
def report(fundfreeze: Command, kept: Path, diagnosed_otherwise: None) -> Path:
    """The folder of a report of the Wuhan case, made once for all of these tests."""
    if not kept.exists():
        answer = fundfreeze("report", "wuhan-35min", *WORDS, "--jobs", 1, "--out", "out")
        assert answer.status == 0
        assert complaints(answer.err) == []
        assert answer.out.startswith(Path("out/summary.md").read_text(encoding="utf-8"))
        assert "out/latency.svg" in answer.out
        shutil.copytree("out", kept)
    return kept


def test_a_report_is_a_whole_folder(report: Path) -> None:
    """All tables and pictures are written, and nothing else."""
    assert everything_in(report) == FILES


def test_a_report_made_again_is_the_same(fundfreeze: Command) -> None:
    """With other jobs each file of a report, of the smallest case there is, has the same bytes."""
    Path("one.yaml").write_text(json.dumps(one_case().model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    words = ["--rival", "one.yaml", "--replications", 3, "--latency-replications", 2]
    for out, jobs in (("one", 1), ("two", 2)):
        answer = fundfreeze("report", "one.yaml", *words, "--jobs", jobs, "--out", out)
        assert (answer.status, complaints(answer.err)) == (0, [])
    assert everything_in(Path("one")) == everything_in(Path("two")) == FILES
    assert [name for name in FILES if Path("one", name).read_bytes() != Path("two", name).read_bytes()] == []


def test_the_summary_says_what_the_tables_hold(report: Path) -> None:
    """The medians, the spread and the mean in summary.md are those of metrics.csv and of the replications, rounded."""
    summary = (report / "summary.md").read_text(encoding="utf-8")
    with (report / "metrics.csv").open(newline="") as file:
        metrics = {line["metric"]: line for line in csv.DictReader(file)}
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in summary.splitlines() if line[:2] == "| "]
    runs = [replicate(load(name).scenario, REPLICATIONS) for name in ("wuhan-35min", "wuhan-35min-rival")]
    for name, line in zip(TRIPLE, table[1:], strict=True):
        own = metrics[name]
        cells = [median(one[name] for one in runs[0]), float(own["p05"]), float(own["p95"])]
        assert float(own["median"]) == pytest.approx(cells[0], rel=1e-5)
        assert cells[1:] == pytest.approx(np.quantile([one[name] for one in runs[0]], [0.05, 0.95]), rel=1e-5)
        rival = [one[name] for one in runs[1]]
        others = [median(rival), *np.quantile(rival, [0.05, 0.95])]
        expected = [words for one in (cells, others) for words in (said(name, one[0]), spread(name, *one[1:]))]
        assert line[2:] == expected
    assert [line[1] for line in table[1:]] == ["32", "35 min", "900,000 yuan"]
    share = {key: float(value) for key, value in metrics["recovered_share"].items() if key in ("mean", "low", "high")}
    mean = (
        f"Recovered on average: {share['mean']:.1%} of the loss (95% interval {share['low']:.1%} to {share['high']:.1%}"
    )
    assert mean in summary
    assert f"n = {REPLICATIONS})" in summary
    assert "fundfreeze report wuhan-35min --rival wuhan-35min-rival --seed 1 --replications 9" in summary


def said(name: str, value: float) -> str:
    """A number of the triple as the half page says it."""
    if name == "containment_time":
        return f"{value / 60:,.0f} min"
    return f"{value:,.0f}" if name == TRIPLE[0] else f"{float(f'{value:.2g}'):,.0f} yuan"


def spread(name: str, low: float, high: float) -> str:
    """Two numbers of the triple with their unit said once."""
    return f"{said(name, low).partition(' ')[0]} to {said(name, high)}"


def test_the_story_is_of_the_replication_nearest_to_the_medians(fundfreeze: Command, report: Path) -> None:
    """No other replication is nearer to the three medians, and its story is told."""
    found = re.search(r"replication (\d+), the nearest to the medians", (report / "summary.md").read_text("utf-8"))
    assert found
    runs = replicate(load("wuhan-35min").scenario, REPLICATIONS)
    values = np.array([[one[name] for name in TRIPLE] for one in runs])
    width = np.subtract(*np.quantile(values, [0.75, 0.25], axis=0))
    distance = (np.abs(values - np.median(values, axis=0)) / width).sum(axis=1)
    assert int(found[1]) == distance.argmin()
    told = fundfreeze("story", "wuhan-35min", "--replication", int(found[1])).out
    assert (report / "story.txt").read_text("utf-8") == told


def test_a_replication_without_a_stop_is_never_typical() -> None:
    """A run whose containment time has no meaning is not told as the typical one."""
    far = dict(zip(TRIPLE, (0.0, float("nan"), 5.0), strict=True))
    runs = [dict(zip(TRIPLE, (n, 60.0 * n, 1000.0 * n), strict=True)) for n in (1.0, 2.0, 3.0)]
    assert dossier.typical_replication([far, *runs], TRIPLE) in (1, 2)
    assert dossier.typical_replication([*runs, far], TRIPLE) in (0, 1)


@pytest.mark.usefixtures("undrawn", "diagnosed_otherwise")
@pytest.mark.parametrize(("lag", "same"), [("10m", True), ("20h", False)])
def test_medians_are_called_the_same_only_where_they_are(fundfreeze: Command, lag: str, same: bool) -> None:
    """A rival that is the scenario itself has the same medians; one that reports a day later has not."""
    Path("rival.yaml").write_text(
        "extends: wuhan-35min\nname: rival\n"
        + (
            ""
            if same
            else "victims: {arrivals: {resident: {cases: [{at: 0m, scam: investment, report_lag: " + lag + "}]}}}\n"
        )
    )
    words = ["--rival", "rival.yaml", "--replications", 5, "--latency-replications", 2, "--jobs", 1, "--out", "out"]
    out = fundfreeze("report", "wuhan-35min", *words).out
    assert ("(rival) has the same medians" in out) == same
    assert ("(rival) has other medians" in out) != same
