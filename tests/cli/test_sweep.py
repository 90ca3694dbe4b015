"""`sweep`, and the options that studies share."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from sim.scenario.loader import load
from sim.study.ask.experiment import run_arms
from tests.cli.conftest import Command, everything_in

VARY = ("--vary", "criminals.retry=5m,20m", "--vary", "horizon=12h,24h")
SWEEP = ("sweep", "wuhan-35min", *VARY, "--replications", 2, "--jobs", 1)


def test_a_sweep_holds_every_run_of_every_point(fundfreeze: Command) -> None:
    """The table has the metrics that each setting has by itself, and the means are printed with interval and n."""
    answer = fundfreeze(*SWEEP, "--out", "out", "--metric", "loss", "--metric", "recovered_share")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines()[0].split()[:3] == ["criminals.retry", "horizon", "loss"]
    assert len(answer.out.splitlines()) == 1 + 4 + 1
    table = pl.read_parquet("out/sweep.parquet")
    arms = [
        load("wuhan-35min", [f"criminals.retry={a}", f"horizon={b}"]).scenario
        for a in ("5m", "20m")
        for b in ("12h", "24h")
    ]
    for replication, metrics in enumerate(run_arms(arms, 2)):
        for point, one in enumerate(metrics):
            rows = table.filter(point=point, replication=replication)
            assert rows["metric"].to_list() == list(one)
            assert rows["value"].fill_null(float("nan")).equals(pl.Series("value", list(one.values())))
    assert everything_in(Path("out")) == ["study.sqlite", "sweep.parquet"]


def test_a_sweep_is_not_mixed_with_another(fundfreeze: Command) -> None:
    """An existing study is refused without --resume, and with it under another seed or scenario; else it goes on."""
    assert fundfreeze(*SWEEP, "--out", "out").status == 0
    before = Path("out/sweep.parquet").read_bytes()
    refused = fundfreeze(*SWEEP, "--out", "out")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err == "out: holds a study; accepted: --resume to go on with it, or another --out\n"
    for words, what in (
        (("--seed", 2), "seed (that of 1, this of 2)"),
        (("--set", "criminals.retry=7m"), "scenario (that of wuhan-35min "),
    ):
        other = fundfreeze(*SWEEP, *words, "--out", "out", "--resume")
        assert (other.status, other.out) == (2, "")
        assert other.err.startswith(f"out: holds a study of another {what}")
        assert other.err.endswith("accepted: another --out\n")
    assert Path("out/sweep.parquet").read_bytes() == before
    assert fundfreeze(*SWEEP, "--out", "out", "--resume").status == 0
    assert Path("out/sweep.parquet").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--vary: read nothing, an empty grid; accepted: --vary PATH=A,B,C at least once"),
        (("--vary", "desks.analist.staff=1"), "desks.analist: read an unknown path, accepted: analyst"),
        (("--vary", "horizon="), "--vary: read 'horizon=', an empty grid; accepted: "),
        (("--vary", "horizon=1h", "--metric", "recoverd"), "--metric: read 'recoverd', accepted: recovered"),
        (("--vary", "horizon=1h", "--hypercube", "3"), "accepted with --hypercube: PATH=LOW:HIGH such as"),
        (("--vary", "horizon=1h", "--cluster", "nonsense"), "--cluster: read 'nonsense': no scheduler answers there"),
    ],
)
def test_a_mistake_in_a_sweep_is_one_line(fundfreeze: Command, words: tuple[str, ...], said: str) -> None:
    """Whatever cannot be swept is one line on standard error, and no run is done."""
    answer = fundfreeze("sweep", "wuhan-35min", *words, "--out", "out")
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert "sweep.parquet" not in everything_in(Path())


def test_a_hypercube_is_swept(fundfreeze: Command) -> None:
    """The points of a hypercube are settings like others."""
    words = ("--vary", "criminals.retry=5m:20m", "--hypercube", 3, "--replications", 1, "--jobs", 1)
    assert fundfreeze("sweep", "wuhan-35min", *words, "--out", "out").status == 0
    assert pl.read_parquet("out/sweep.parquet")["criminals.retry"].n_unique() == 3


def test_a_run_ends_when_a_metric_is_known_well_enough(fundfreeze: Command) -> None:
    """`run --until` says what it reached and in how many replications; out of reach it ends at --replications."""
    words = ("run", "wuhan-35min", "--jobs", 1, "--replications", 30, "--until")
    told = fundfreeze(*words, "recovered_share=0.5")
    assert "recovered_share: half-width" in told.out
    assert "reached (n = 20)" in told.out
    assert "not reached (n = 30)" in fundfreeze(*words, "recovered_share=0.0001").out
    assert fundfreeze(*words, "recovered_share=0.5", "--json").object["replications"] == 20
    refused = fundfreeze(*words, "recoverd_share=0.5")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith("--until: read 'recoverd_share', accepted: recovered_share")
    assert "of 12,000 s, reached (n = 20)" in fundfreeze(*words, "response_latency=200m").out
    assert "--until: read a time for recovered, accepted: an amount" in fundfreeze(*words, "recovered=2m").err


def test_a_run_goes_on_where_it_was(fundfreeze: Command) -> None:
    """`run --resume` keeps its runs in --out, and a later one with more replications does only the rest."""
    words = ("run", "wuhan-35min", "--jobs", 1, "--resume", "--out", "out")
    assert fundfreeze(*words, "--replications", 2).status == 0
    assert fundfreeze(*words, "--replications", 4).status == 0
    assert fundfreeze("run", "wuhan-35min", "--jobs", 1, "--replications", 4, "--out", "alone").status == 0
    assert json.loads(Path("out/metrics.json").read_text()) == json.loads(Path("alone/metrics.json").read_text())
    assert everything_in(Path("alone")) == ["metrics.json", "scenario.json"]
    assert fundfreeze("run", "wuhan-35min", "--out", "out").err.startswith("out: holds a study; accepted: --resume")
    assert "--resume: read no --out" in fundfreeze("run", "wuhan-35min", "--resume").err
