"""The commands that compare: compare, whatifs and latency --stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, everything_in

DAY = ("--set", "start=2025-03-03T00:00", "--set", "horizon=1d", "--set", "victims.arrivals.city.per_day=20")
FEW = ("--replications", 2, "--jobs", 1)


def test_compare_writes_and_says_the_same_with_and_without_a_pool(fundfreeze: Command) -> None:
    """Two processes give the files and the words of one; the stories are printed and written."""
    arm = ("--arm", "slow:latency.bank.add=2h", "--explain", 1, "--by", "channel")
    one = fundfreeze("compare", "city", *arm, *DAY, *FEW, "--out", "one")
    two = fundfreeze("compare", "city", *arm, *DAY, "--replications", 2, "--jobs", 2, "--out", "two")
    assert (one.status, two.status) == (0, 0)
    assert one.out.replace("one/", "two/") == two.out
    names = ["compare.csv", "compare.png", "compare.svg", "explain.txt", "study.sqlite"]
    assert [name for name in everything_in(Path("one")) if "sqlite-" not in name] == names
    for name in names[:-1]:
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()
    assert Path("one/explain.txt").read_text(encoding="utf-8").startswith("Of 2 replications number ")
    again = fundfreeze("compare", "city", *arm, *DAY, *FEW, "--out", "one", "--resume")
    assert again.out == one.out


def test_what_ifs_are_told_one_by_one_and_all_together(fundfreeze: Command) -> None:
    """Each what-if asked for has a row for the metric, the cost and the net benefit, and all together have one."""
    only = ("--only", "officers-on-site", "--only", "stop-first", "--metric", "recovered_share")
    answer = fundfreeze("whatifs", "city", *only, *DAY, *FEW, "--out", "out")
    assert answer.status == 0
    lines = Path("out/whatifs.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [
        "as it is", "officers-on-site", "stop-first", "all together",
    ] * 3  # fmt: skip
    assert list(dict.fromkeys(line.split(",")[2] for line in lines)) == ["recovered_share", "cost", "net_benefit"]
    assert lines[1].split(",")[6] == "without officers-on-site"
    listed = fundfreeze("whatifs", "--list").out.splitlines()
    assert len(listed) == 9
    assert listed[3].startswith("stop-first: Stop first, paperwork later (assumed: ")


def test_latency_by_stage_writes_both_tables(fundfreeze: Command) -> None:
    """The value of a minute of the stage asked for, and the way of the loss, as tables and pictures."""
    answer = fundfreeze("latency", "city", "--stages", "--stage", "bank", *DAY, *FEW, "--out", "out")
    assert answer.status == 0
    assert Path("out/value-of-a-minute.csv").read_text(encoding="utf-8").splitlines()[1].startswith("bank,")
    steps = [line.split(",")[0] for line in Path("out/waterfall.csv").read_text(encoding="utf-8").splitlines()]
    assert (steps[1], steps[-1]) == ("loss", "recovered")
    for name in ("value-of-a-minute", "waterfall"):
        assert Path("out", f"{name}.png").stat().st_size > 10_000


def test_run_without_its_first_days(fundfreeze: Command) -> None:
    """--warm-up leaves days out, says so, and still says how many cases the end cut off."""
    two_days = [word if word != "horizon=1d" else "horizon=2d" for word in DAY]
    whole = fundfreeze("run", "city", *two_days, *FEW, "--json").object
    later = fundfreeze("run", "city", *two_days, *FEW, "--json", "--warm-up", 1).object
    assert later["warm_up_days"] == 1
    told = " ".join(fundfreeze("run", "city", *two_days, *FEW, "--warm-up", 1).out.split())
    assert "without the first day)" in told
    assert 0 < later["metrics"]["loss"]["mean"] < whole["metrics"]["loss"]["mean"]
    assert later["metrics"]["cases_censored"] == whole["metrics"]["cases_censored"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "city"), "read one arm, accepted: two or more scenarios"),
        (("compare", "city", "city"), "read two arms named 'city'"),
        (
            ("compare", "city", "stop-first", "--metric", "loss", "--metric", "loss"),
            "--metric: read 'loss' twice, accepted: each metric once",
        ),
        (
            ("compare", "city", "--arm", "a:horizon=2d"),
            "read horizon 1d (city) and horizon 2d (a), accepted: arms of one time",
        ),
        (("compare", "city", "ctiy"), "accepted: a scenario file, or city"),
        (("compare", "city", "stop-first", "--metric", "recoverd"), "read 'recoverd', accepted: recovered"),
        (("whatifs", "city", "--only", "stop"), "read no what-if of this name"),
        (("whatifs", "city", "--file", "none.yaml"), "none.yaml:1:1: file: read nothing (No such file or directory)"),
        (("whatifs", "wuhan-call"), "accepted: a scenario file, or"),
        (("latency", "city", "--stages", "--stage", "bnak"), "--stage: no stage is named 'bnak'"),
        (("run", "city", "--warm-up", "soon"), "accepted: auto, or a whole number of days"),
        (("run", "city", "--warm-up", 1), "--warm-up: read 1, accepted: fewer days than the scenario has, which is 1"),
        (("run", "city", "--warm-up", 1, "--by", "bank"), "read --by bank, accepted: --warm-up alone"),
    ],
)
def test_a_mistake_is_one_line(fundfreeze: Command, words: tuple[str, ...], said: str) -> None:
    """A wrong arm, metric, what-if or stage ends with status 2, one line on standard error and no results."""
    answer = fundfreeze(*words, *(DAY if "latency" not in words else ()), *FEW)
    assert answer.status == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""
