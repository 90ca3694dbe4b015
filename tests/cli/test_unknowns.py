"""The commands sensitivity and calibrate, and the posterior that other commands carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sim.study.run.posterior import Posterior
from tests.cli.conftest import Command, everything_in

TARGETS = """\
schema_version: 1
name: test
title: A test
scenario: uk
parameters:
  criminals.exits.withdrawn.dwell.loglogistic.median: {log_uniform: [5m, 10h]}
observations:
  gone_layer_1.60: {value: 0.53, tolerance: 0.02}
"""
SCENARIO = """\
extends: korea-2015
name: uk
horizon: 1d
criminals:
  exits:
    withdrawn: {dwell: {mixture: null, loglogistic: {median: 58m, shape: 0.6}}}
"""


def test_calibrate_writes_a_posterior_that_other_commands_carry(fundfreeze: Command) -> None:
    """From targets to a posterior, and from there to runs, comparisons and rosters whose spread includes it."""
    Path("t.yaml").write_text(TARGETS.replace("scenario: uk", "scenario: uk.yaml"))
    Path("uk.yaml").write_text(SCENARIO)
    told = fundfreeze("calibrate", "t.yaml", "--simulations", 100, "--jobs", 1, "--out", "c")
    assert told.status == 0, told.err
    assert "100 draws" in told.out
    assert {"posterior.parquet", "summary.yaml", "predictive.svg"} <= set(everything_in(Path("c")))

    def metric(*more: str) -> float:
        answer = fundfreeze("run", "uk.yaml", "--replications", 6, "--jobs", 1, "--json", *more)
        assert answer.status == 0, answer.err
        found = answer.object["metrics"]["gone_layer_1.60"]
        return float(found["p95"] - found["p05"])

    assert metric("--posterior", "c/posterior.parquet") != metric()
    compared = fundfreeze(
        "compare", "uk.yaml", "--arm", "slow:desks.intake.staff=1", "--replications", 3, "--jobs", 1, "--posterior",
        "c/posterior.parquet", "--out", "d",
    )  # fmt: skip
    assert compared.status == 0, compared.err
    drawn = Posterior.read(Path("c/posterior.parquet"))
    Path("other.parquet").write_bytes(replace(drawn, weights=drawn.weights[::-1]).parquet())
    for other, said in ((["--posterior", "other.parquet"], "this of"), ([], "this of none)")):
        mixed = fundfreeze("compare", "uk.yaml", "--arm", "slow:desks.intake.staff=1", "--out", "d", "--resume", *other)
        assert mixed.status == 2
        assert f"holds a study of another posterior (that of {drawn.digest}, {said}" in mixed.err

    def roster(folder: str, *more: str) -> str:
        answer = fundfreeze(
            "staff", "uk.yaml", "--set", "desks.intake.wage=50 yuan", "--set", "desks.intake.staff=2",
            "--desks", "intake", "--maximise", "net", "--zone", "1M yuan", "--most-runs", 200, "--replications", 4,
            "--jobs", 1, "--out", folder, *more,
        )  # fmt: skip
        assert answer.status == 0, answer.err
        return answer.out.replace(folder, "")

    assert roster("e", "--posterior", "c/posterior.parquet") != roster("f")


def test_sensitivity_prints_what_matters_and_writes_all(fundfreeze: Command) -> None:
    """The table, the verdict about two arms, and every file."""
    told = fundfreeze(
        "sensitivity", "korea-2015", "--set", "horizon=1d", "--set", "victims.arrivals.country.per_day=10", "--arms",
        "korea-2015", "slow:desks.intake.staff=1", "--trajectories", 2, "--samples", 8, "--replications", 1,
        "--jobs", 1, "--out", "s",
    )  # fmt: skip
    assert told.status == 0, told.err
    assert "Whether korea-2015 or slow is better is open: " in told.out, "one replication has no interval"
    assert "how far the result moves on average" in " ".join(told.out.split())
    names = {"screening.csv", "sobol.csv", "tornado.csv", "tornado.svg", "tornado.png", "left-out.csv", "ranking.csv"}
    assert names <= set(everything_in(Path("s")))


def test_mistakes_are_one_line(fundfreeze: Command) -> None:
    """An unknown metric, targets that are not there, no posterior, and options that do not go together."""
    Path("posterior.parquet").write_text("nothing")
    for words, said in (
        (("sensitivity", "korea-2015", "--metric", "recoverd", "--out", "a"), "accepted: recovered"),
        (("sensitivity", "korea-2015", "--samples", 9), "a power of 2 such as 8 or 16"),
        (("calibrate", "wuhan"), "wuhan-35min"),
        (("run", "china", "--posterior", "posterior.parquet"), "a file without a posterior"),
        (("run", "china", "--posterior", "x", "--log", "jsonl", "--out", "b"), "--log"),
        (("compare", "china", "city", "--posterior", "x", "--explain", 1), "--explain"),
    ):
        answer = fundfreeze(*words)
        assert answer.status == 2
        assert answer.out == ""
        assert answer.err.count("\n") == 1
        assert said in answer.err
