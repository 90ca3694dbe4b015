"""The command `staff`: files, words, and mistakes in one line."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Command, everything_in

SMALL = ("staff", "city", "--set", "horizon=6h", "--set", "follow_up=2d", "--desks", "analyst", "--jobs", 1)
FILES = ["goals.csv", "next-head.csv", "roster-by-hour.csv", "roster.csv", "staff.png", "staff.svg", "study.sqlite"]


def test_staff_writes_the_roster_and_the_picture(fundfreeze: Command) -> None:
    """Even a search that runs out of runs writes the roster by shift and by hour, and the picture."""
    answer = fundfreeze(*SMALL, "--maximise", "net", "--most-runs", 150, "--replications", 2, "--out", "DIR")
    assert (answer.status, answer.err) == (0, "")
    assert "rosters possible" in answer.out
    assert [name for name in everything_in(Path("DIR")) if "sqlite-" not in name] == FILES
    hours = list(csv.DictReader(Path("DIR/roster-by-hour.csv").read_text(encoding="utf-8").splitlines()))
    assert len(hours) == 7 * 24
    assert [row["heads_now"] for row in hours[:24]] == ["5"] * 8 + ["9"] * 4 + ["6"] + ["9"] * 7 + ["5"] * 4


def test_a_search_that_ran_out_of_runs_is_no_finding(fundfreeze: Command) -> None:
    """Its first line says what is not decided, and today's roster is told against the target."""
    wanted = ("--target", "recovered_share=0.14", "--zone", "0.02", "--most-runs", 400, "--replications", 2)
    answer = fundfreeze(*SMALL, "--set", "horizon=12h", *wanted, "--out", "DIR")
    first, *others = answer.out.splitlines()
    assert re.search(r"heads meet the target.*; whether a cheaper roster does was not decided", first)
    assert any("today's roster (14 heads)" in line for line in others)
    picture = Path("DIR/staff.svg").read_text(encoding="utf-8")
    assert "#009E73" not in picture.upper()  # the colour of what is recovered, and of a roster that was found best


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--desks", "analist", "--maximise", "net"], "--desks: read 'analist', accepted: analyst"),
        (["--desks", "analyst"], "either --target METRIC=VALUE or --maximise net"),
        (["--desks", "analyst", "--target", "loss=3"], "--target: read 'loss=3'"),
        (["--desks", "analyst", "--target", "answered_share.anlyst=0.9"], "accepted: answered_share.analyst"),
        (["--desks", "analyst", "--maximise", "net", "--zone", "wide"], "--zone: read 'wide'"),
        (["--desks", "analyst", "--target", "recovered_share=0.1", "--zone", "inf"], "--zone: read 'inf'"),
        (["--desks", "analyst", "--target", "p95_response_latency=0m"], "--target: read 'p95_response_latency=0m'"),
        (["--desks", "analyst", "--set", "desks.analyst.wage=null", "--set", "desks.analyst.set_up=null",
          "--maximise", "net"], "desks.analyst.wage: read nothing"),
        (["--desks", "analyst", "--target", "recovered_share=0.99"], "the best that can be reached"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(fundfreeze: Command, words: list[str], said: str) -> None:
    """Whatever cannot be staffed is said in one line that names the option, with exit status 2."""
    answer = fundfreeze("staff", "city", "--set", "horizon=6h", "--set", "follow_up=2d", "--jobs", 1, *words)
    assert answer.status == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""
