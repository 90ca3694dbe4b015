"""Exports: other programs read them and find what happened in the run, and nothing in them is carried out."""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.report.findings.csv_text import harmless, table
from sim.report.findings.exported import Exported, tables
from sim.report.publish.export import FORMS, Written, export
from sim.report.publish.spreadsheet import MOST_ROWS, write_csv
from sim.scenario.loader import load
from sim.words import language as lang
from sim.words.units import YUAN
from sim.workflow.log import BEGIN, FINISH, FREEZE, HANDED_OVER, HOLD, OUTCOME, QUEUED, REPORT, RETURNED


@pytest.fixture(scope="module")
def run() -> Run:
    """Two days of a city."""
    return simulate(load("city", ["horizon=2d"]).scenario)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files."""
    folder = tmp_path_factory.mktemp("export") / "city"
    export(run, folder)
    return folder


@pytest.fixture(scope="module")
def pm4py() -> Iterator[Any]:
    """The library, which is not the product's: it greets on import and warns of what else could be installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py

        yield pm4py


def read(path: Path) -> list[dict[str, str]]:
    """A table as Excel reads it: the mark of UTF-8 goes."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def fen(cells: list[str]) -> int:
    """The sum of amounts in yuan."""
    return sum(round(float(cell) * YUAN) for cell in cells if cell)


# -- process mining ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def xes(folder: Path, pm4py: Any) -> Any:
    """The XES file as pm4py reads it."""
    return pm4py.read_xes(str(folder / "log.xes"), variant="iterparse")


def test_xes_gives_back_the_cases_and_their_amounts(run: Run, xes: Any) -> None:
    """A trace for each case with what it lost and got back, to the fen; payments and exits with theirs."""
    measured = measure(run)
    cases = xes.groupby("case:concept:name").first()
    assert len(cases) == len(run.plan.victims)
    for name, of in (("loss", measured.loss), ("recovered", measured.recovered), ("lost", measured.lost)):
        assert int(cases[f"case:{name}_fen"].sum()) == int(of.sum()) > 0
    for name, amount in (("payment", measured.loss), ("exit", measured.lost)):
        assert int(xes[xes["concept:name"] == name]["fen"].sum()) == int(amount.sum())


def test_xes_gives_back_work_and_what_the_log_tells(run: Run, xes: Any) -> None:
    """So many begin, end and hand over; so many reports, holds, freezes and returns with their amounts."""
    rows = run.rows.at(np.flatnonzero(run.rows.case >= 0))
    transitions = Counter(xes[xes["org:group"].notna()]["lifecycle:transition"])
    assert transitions["start"] + transitions["resume"] == len(rows.of(BEGIN))
    ends = transitions["complete"] + transitions["suspend"] + transitions["ate_abort"]
    assert ends == len(rows.of(FINISH))
    assert transitions["schedule"] == len(rows.of(QUEUED))
    assert (transitions["suspend"] > 0) == bool(len(rows.of(HANDED_OVER)))
    for name, kind in (("report", REPORT), ("hold", HOLD), ("freeze", FREEZE), ("returned", RETURNED)):
        mine = xes[xes["concept:name"] == name]
        assert len(mine) == len(rows.of(kind)) > 0
        if kind != REPORT:
            assert int(mine["fen"].sum()) == int(rows.value[rows.of(kind)].sum())


def test_xes_has_instants_of_the_run(run: Run, xes: Any) -> None:
    """The first report is when the log has it, and work that ended says when it could begin and began."""
    first = run.scenario.when(int(run.rows.time[run.rows.of(REPORT)].min()))
    assert xes[xes["concept:name"] == "report"]["time:timestamp"].min().to_pydatetime() == first
    done = xes[(xes["lifecycle:transition"] == "complete") & xes["org:group"].notna()]
    assert (done["enabled"] <= done["begun"]).all()
    assert (done["begun"] <= done["time:timestamp"]).all()
    assert done["org:resource"].notna().any()


def test_ocel_gives_back_objects_and_events(run: Run, folder: Path, pm4py: Any) -> None:
    """Victims, accounts, transfers and orders as many as the run has, with their amounts, and their events."""
    ocel = pm4py.read_ocel2_json(str(folder / "log.ocel.json"))
    measured, of = measure(run), Exported(run)
    objects, events = ocel.objects, ocel.events
    number = Counter(objects["ocel:type"])
    assert number["victim"] == len(run.plan.victims)
    accounts, t, made = run.plan.accounts, run.plan.transfers, run.times <= run.end
    reached = {*t.source[made].tolist(), *t.target[made & (t.target >= 0)].tolist()}
    told = run.rows.at(np.flatnonzero((run.rows.account >= 0) & (run.rows.case >= 0)))
    reached |= set((run.plan.account_first[told.case] + told.account).tolist())
    assert number["account"] == len({int(accounts.card[row]) for row in reached}) > 0
    assert number["transfer"] == int((run.times <= run.end).sum())
    assert number["order"] == len(of.stops) > 0
    victims = objects[objects["ocel:type"] == "victim"]
    assert int(victims["loss_fen"].astype(float).sum()) == int(measured.loss.sum())
    assert int(victims["recovered_fen"].astype(float).sum()) == int(measured.recovered.sum())
    paid = events[events["ocel:activity"] == "payment"]
    assert int(paid["fen"].astype(float).sum()) == int(measured.loss.sum())
    assert len(events[events["ending"].notna()]) == len(of.work)
    activities = Counter(events["ocel:activity"])
    assert activities["freeze"] == len(run.rows.of(FREEZE))
    assert activities["outcome"] == sum(run.rows.desk[run.rows.of(OUTCOME)] < 0)
    assert set(ocel.relations["ocel:oid"]) <= set(objects["ocel:oid"])
    states = Counter(ocel.object_changes["state"].dropna())
    assert states["frozen"] == int((of.stops.frozen < 1 << 62).sum()) > 0


# -- tables -----------------------------------------------------------------------------------------------


def test_tables_give_back_the_run(run: Run, folder: Path) -> None:
    """Cases with their money, the log row by row, and the ledger in whole fen."""
    measured = measure(run)
    cases = read(folder / "cases.csv")
    assert fen([case["loss (yuan)"] for case in cases]) == int(measured.loss.sum())
    assert fen([case["recovered (yuan)"] for case in cases]) == int(measured.recovered.sum())
    assert fen([case["prevented (yuan)"] for case in cases]) == round(measured.metrics["prevented"] * YUAN)
    assert len(read(folder / "log.csv")) == len(run.rows)
    entries = read(folder / "ledger.csv")
    paid = sum(int(entry["amount (fen)"]) for entry in entries if entry["kind"] == "payment")
    assert paid == int(measured.loss.sum())
    reports = [row["time"] for row in read(folder / "log.csv") if row["event"] == "report"]
    assert reports[0].endswith("+08:00")
    assert datetime.fromisoformat(reports[0]) == run.scenario.when(int(run.rows.time[run.rows.of(REPORT)][0]))


def test_tables_are_as_a_double_click_in_excel_wants_them(folder: Path) -> None:
    """They begin with the mark of UTF-8."""
    files = sorted(folder.glob("*.csv"))
    assert [file.stem for file in files] == ["accounts", "cases", "ledger", "log", "stops", "transfers", "work"]
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in files)


def test_tables_are_chinese_for_whoever_reads_chinese(run: Run, tmp_path: Path) -> None:
    """Heads, desks, steps and causes; numbers stay what they are, and no head stands twice in a table."""
    with lang.using("zh"):
        export(run, tmp_path / "zh", ["csv"])
        of = tables(Exported(run))
    heads = {name: [lang.catalogue().flat[head] for head in columns] for name, columns in of.items()}
    for name, mine in heads.items():
        assert list(read(tmp_path / "zh" / f"{name}.csv")[0]) == mine
        assert len(set(mine)) == len(mine)
    work = read(tmp_path / "zh" / "work.csv")
    assert {row["席位"] for row in work} >= {"接警员", "研判员"}
    assert "接警：录入" in {row["环节"] for row in work}
    paid = [int(row["金额（分）"]) for row in read(tmp_path / "zh" / "ledger.csv") if row["类别"] == "受害人付款"]
    assert sum(paid) == int(measure(run).loss.sum())


HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠a", '=HYPERLINK("x")',
    '"=1', "a\n=1", "=cmd|' /C calc'!A0",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    """Whatever a name is: what a spreadsheet would carry out has an apostrophe before it, and the rest stays."""
    write_csv(tmp_path / "a.csv", {"case": [text, "plain"], "value": [1, 2]})
    cells = [row["case"] for row in read(tmp_path / "a.csv")]
    assert cells[0] in (text, f"'{text}")
    assert cells[0].strip(" \t\r\n")[0] not in "=+-@＝＋－＠"
    assert cells[1] == "plain"
    assert harmless(text) == cells[0].replace("\r", "\n")
    assert next(csv.reader(io.StringIO(table(["case"], [[text]]).partition("\n")[2], newline="")))[0] == harmless(text)


def test_what_says_nothing_is_an_empty_cell_and_numbers_stay_numbers(tmp_path: Path) -> None:
    """A number below zero is no formula; nothing is written for nothing."""
    write_csv(tmp_path / "a.csv", {"case": ["", "b"], "value": [-1, None], "time": ["", ""]})
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8-sig").split("\r\n") == ["case,value,time", ",-1,", "b,,", ""]


def test_a_table_too_long_for_excel_is_known(tmp_path: Path) -> None:
    """The head takes one of its rows."""
    assert Written(tmp_path / "log.csv", MOST_ROWS).too_long
    assert not Written(tmp_path / "log.csv", MOST_ROWS - 1).too_long
    assert not Written(tmp_path / "log.xes", MOST_ROWS).too_long


# -- whole or absent --------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [False, True])
def test_an_export_that_fails_leaves_what_was_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Nothing of the new files, also where the last of them cannot be written; an empty folder is not left behind."""
    folder = tmp_path / "out"
    if there:
        folder.mkdir()
        (folder / "work.csv").write_text("old")

    def full(*_: object) -> tuple[int, int]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.report.publish.export.write_ocel", full)
    with pytest.raises(OSError, match="No space"):
        export(run, folder, FORMS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == (["work.csv"] if there else [])
    assert folder.exists() == there
    if there:
        assert (folder / "work.csv").read_text() == "old"
