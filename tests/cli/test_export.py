"""`fundfreeze export`: files of one run, named one by one."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command, everything_in

SHORT = ("--set", "horizon=2h", "--set", "follow_up=1d")


def test_it_names_every_file_that_it_writes(fundfreeze: Command) -> None:
    """All forms, and the folder's mark; with --form only that."""
    answer = fundfreeze("export", "city", *SHORT, "--out", "all")
    assert (answer.status, answer.err) == (0, "")
    named = sorted(line.split()[1].split("/")[1] for line in answer.out.splitlines())
    assert sorted([*named, "made-by.json"]) == everything_in(Path("all"))
    assert {"log.xes", "log.ocel.json", "ledger.csv"} <= set(named)
    fundfreeze("export", "city", *SHORT, "--form", "xes", "--out", "one")
    assert everything_in(Path("one")) == ["log.xes", "made-by.json"]
    fundfreeze("export", "city", *SHORT, "--form", "xes", "--replication", 1, "--out", "all")
    assert everything_in(Path("all")) == ["log.xes", "made-by.json"]  # the others would be of another run


def test_the_same_run_is_the_same_files(fundfreeze: Command) -> None:
    """Written twice into one folder and into another, byte for byte; another replication is another run."""
    for out, luck in (("a", 0), ("a", 0), ("b", 0), ("c", 1)):
        assert fundfreeze("export", "city", *SHORT, "--replication", luck, "--out", out).status == 0
    files = {out: {path.name: path.read_bytes() for path in Path(out).iterdir()} for out in "abc"}
    assert files["a"] == files["b"]
    assert files["a"]["ledger.csv"] != files["c"]["ledger.csv"]


def test_it_refuses_in_one_line_and_writes_nothing(fundfreeze: Command) -> None:
    """A folder with results of another scenario, a form that is none, and no folder at all."""
    fundfreeze("export", "city", *SHORT, "--form", "xes", "--out", "mine")
    for words in (
        ("export", "county", "--out", "mine"),
        ("export", "city", *SHORT, "--form", "xls", "--out", "new"),
        ("export", "city"),
    ):
        answer = fundfreeze(*words)
        assert answer.status == 2
        assert answer.err.count("\n") == 1
    assert everything_in(Path()) == ["mine", "mine/log.xes", "mine/made-by.json"]


def test_chinese_heads_for_whoever_asks_in_chinese(fundfreeze: Command) -> None:
    """The language is that of the command line."""
    fundfreeze("--lang", "zh", "export", "city", *SHORT, "--form", "csv", "--out", "zh")
    assert "案件,账户,环节" in Path("zh", "work.csv").read_text(encoding="utf-8-sig")
