"""Kind: limits that contradict each other. As many listed cases as promised, from a table as spreadsheets write it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.engine.run import digest
from sim.fraud.plan import draw_plan
from sim.scenario.errors import ScenarioError
from sim.scenario.listed import MOST_ROWS, MOST_WRITTEN, ListedArrivals, ListedCase, table_of
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.size import size_of
from sim.study.run.parameters import Editor
from sim.web.form import fields_of
from sim.web.scenarios import read, set_values
from sim.words import language as lang
from sim.words.language import translate
from sim.words.units import MINUTE, YUAN
from sim.workflow.cautions import cautions
from tests.effort import calls


def listing(folder: Path, table: str | bytes, *, horizon: str = "30d", file: str = "cases.csv") -> Path:
    """A scenario whose victims are in a table beside it."""
    (folder / "cases.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    path = folder / "mine.yaml"
    path.write_text(
        f"extends: china\nname: mine\nhorizon: {horizon}\nprevention: null\n"
        f"victims:\n  arrivals:\n    city: null\n    table: {{file: {file}}}\n",
        encoding="utf-8",
    )
    return path


def rows(scenario: Scenario) -> tuple[ListedCase, ...]:
    (source,) = scenario.victims.arrivals.values()
    assert isinstance(source, ListedArrivals)
    return source.rows


FEW = "at,scam,loss,payments,discovery,report_lag,reports\n35m,loan,50k yuan,3,2h,10m,yes\n1d2h,boss,,,,,\n"


def test_a_table_says_of_each_case_what_a_list_says(tmp_path: Path) -> None:
    """A row is a case: what is left empty is drawn from the scam, and both ways bring the same victims."""
    path = listing(tmp_path, FEW)
    full, short = rows(load(path).scenario)
    assert full == ListedCase.model_validate({
        "at": "35m", "scam": "loan", "loss": "50k yuan", "payments": 3, "discovery": "2h", "report_lag": "10m",
        "reports": True,
    })  # fmt: skip
    assert short.loss is None
    written = (
        "cases: [{at: 35m, scam: loan, loss: 50k yuan, payments: 3, discovery: 2h, report_lag: 10m, reports: true}, "
    )
    written += "{at: 1d2h, scam: boss}]"
    by_hand = tmp_path / "by-hand.yaml"
    by_hand.write_text(path.read_text().replace("file: cases.csv", written), encoding="utf-8")
    a, b = (draw_plan(load(one).scenario, 1, 0).victims for one in (path, by_hand))
    assert a.loss.tolist() == b.loss.tolist()
    assert a.reported.tolist() == b.reported.tolist()


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbfat_min,scam,loss_yuan\r\n35,loan,\"50,000\"\r\n",
        b"at;scam;loss_wan\n35m;loan;5\n",
        b"loss\tscam\tat\n5\xcd\xf2\xd4\xaa\tloan\t35m\n",  # in GBK, as a Chinese spreadsheet writes it
        b"scam,at_s,loss_fen\nloan,2100,5000000\n\n",
        "at_min,scam,loss_wan\n３５,loan,５\n".encode(),  # wide digits below a head that has the unit
        "at＿min，scam，loss_wan\n３５，loan，５．０\n".encode(),  # a list typed with a Chinese keyboard
        b"at_s,scam,loss_yuan\n\"2,100\",loan,\"50,000\"\n",
    ],
)  # fmt: skip
def test_tables_as_spreadsheets_write_them(tmp_path: Path, table: bytes) -> None:
    """Any order of columns, commas (wide too), semicolons or tabs, a unit in the head, UTF-8 with its mark, GBK."""
    (one,) = rows(load(listing(tmp_path, table)).scenario)
    assert (one.at, one.scam, one.loss) == (35 * MINUTE, "loan", 50_000 * YUAN)


@pytest.mark.parametrize("cell", ["0", "0 yuan", "0.00"])
def test_a_case_without_a_loss_is_refused(tmp_path: Path, cell: str) -> None:
    """An attempt in which nothing was lost stands in many lists; it is not paid a fen in silence."""
    with pytest.raises(ScenarioError) as caught:
        load(listing(tmp_path, f"at,scam,loss\n1h,loan,5k yuan\n2h,loan,{cell}\n"))
    assert (caught.value.origin.file, caught.value.origin.line) == ("cases.csv", 3)
    assert "above zero" in caught.value.accepted


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("at,scam\n35m,loan\n5 parsecs,loan\n", "cases.csv:3:1: at: read '5 parsecs', accepted: a time such as"),
        (
            "at,scam,loss\n1m,loan,\n2m,loan,50000\n",
            "cases.csv:3:3: loss: read '50000', accepted: an amount needs",
        ),
        ("at,scam\n1m,loan\n,loan\n", "cases.csv:3:1: at: read '', accepted: "),
        ("at,scam,paymnts\n1m,loan,3\n", "cases.csv:1:1: file: read the head 'paymnts', accepted: payments"),
        ("at,loss\n1m,3 yuan\n", "cases.csv:1:1: file: read the heads 'at, loss', accepted: a head scam"),
        ("at,scam,at\n1m,loan,2m\n", "cases.csv:1:1: file: read the head at a second time"),
        (
            "at,scam,payments\n1m,loan,201\n",
            "cases.csv:2:3: payments: read '201', accepted: a whole number from 1 to",
        ),
        ("at,scam,reports\n1m,loan,perhaps\n", "cases.csv:2:3: reports: read 'perhaps', accepted: true or false"),
        ("at,scam\n1m,loan,x\n", "cases.csv:2:1: row: read 3 cells, accepted: 2 cells, as in the head"),
        ("at,scam\n\n1m,lone\n", "row 3, scam, no scam is named 'lone'"),
        ("at,scam\n1m,loan\n40d,loan\n", "row 3, at, 40 d, not before the horizon"),
        (
            "at,scam\n1m,loan\n2m," + "x" * 200_000 + "\n",
            "cases.csv:3:1: row: read a cell that is not",
        ),
        ("", "cases.csv:1:1: file: read no heads, accepted: a head at"),
        ("at_h;scam\n1,5;loan\n", "cases.csv:2:1: at_h: read '1,5', accepted: a time such as"),  # never 15 hours
    ],
)
def test_a_mistake_in_a_table_is_one_line_with_its_row(tmp_path: Path, table: str, said: str) -> None:
    """The line names the table, the row and the column, what was read and what is accepted."""
    with pytest.raises(ScenarioError) as error:
        load(listing(tmp_path, table))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_every_row_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Twenty by their numbers, each with what is wrong in it, and how many more there are; still on one line."""
    with pytest.raises(ScenarioError) as error:
        load(listing(tmp_path, "at,scam,loss\n1m,loan,5\n2m,loan,3 yuan\n?,loan,3 yuan\n3m,?,\n"))
    assert str(error.value).startswith("cases.csv:2:3: loss: read '5', accepted: ")
    assert "; row 4, at: read '?', accepted: a time" in str(error.value)
    assert str(error.value).endswith("; row 5, scam: read '?', accepted: the name of a scam")
    with pytest.raises(ScenarioError, match=r"row 21, at: read '\?'.*; and 5 more rows$") as error:
        load(listing(tmp_path, "at,scam\n" + "?,loan\n" * 25))
    assert str(error.value).count("read '?'") == 20
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("row", "said"), [("1m,lone", "no scam is named 'lone'"), ("99d,loan", "before the horizon")])
def test_every_row_that_does_not_fit_is_told(tmp_path: Path, row: str, said: str) -> None:
    """Rows that can be read and name no scam, or come too late, are told by their numbers too."""
    with pytest.raises(ScenarioError, match=f"row 2, .*{said}.*, as in rows 4, 5"):
        load(listing(tmp_path, f"at,scam\n{row}\n1m,loan\n{row}\n{row}\n"))
    with pytest.raises(ScenarioError, match=r", 21 and 5 more"):
        load(listing(tmp_path, "at,scam\n" + f"{row}\n" * 25))


def test_a_table_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """The line stands where the table is named, with the tables that are there."""
    with pytest.raises(ScenarioError, match=r"mine.yaml:8:19: victims.arrivals.table.file: read 'case.csv'.*cases.csv"):
        load(listing(tmp_path, FEW, file="case.csv"))


def test_a_hundred_thousand_cases_are_read_fast(tmp_path: Path) -> None:
    """As many as promised, each with little work and with less the second time; one more is refused."""
    lines = [f"{number % 40_000}m,loan,{number % 977 + 1}k yuan,{number % 7}h" for number in range(MOST_ROWS)]
    path = listing(tmp_path, "at,scam,loss,discovery\n" + "\n".join(lines) + "\n")
    with calls() as first:
        scenario = load(path).scenario
    assert first.many < 100 * MOST_ROWS
    assert len(rows(scenario)) == MOST_ROWS
    assert rows(scenario)[-1].at == (MOST_ROWS - 1) % 40_000 * MINUTE
    with calls() as second:
        assert len(rows(load(path).scenario)) == MOST_ROWS
    assert second.many < first.many / 2
    listing(tmp_path, "at,scam,loss,discovery\n" + "\n".join([*lines, lines[0]]) + "\n")
    with pytest.raises(
        ScenarioError, match=r"cases.csv:100002:1: file: read more rows, accepted: at most 100,000 rows"
    ):
        load(path)


def test_as_many_written_cases_as_the_model_allows_can_be_read(tmp_path: Path) -> None:
    """The limits of bytes and of values of a file leave room for the longest list with everything said of each."""
    whole = (
        "{at: 1000m, scam: customer-service, loss: 1234567.89 yuan, payments: 100, discovery: 1000m, report_lag: 1000m,"
    )
    path = tmp_path / "long.yaml"
    path.write_text(
        "extends: china\nname: long\nhorizon: 30d\nvictims:\n  arrivals:\n    list:\n      cases:\n"
        + f"        - {whole} reports: true}}\n" * MOST_WRITTEN,
        encoding="utf-8",
    )
    assert len(load(path, ["victims.arrivals.city=null"]).scenario.victims.arrivals["list"].rows) == MOST_WRITTEN  # type: ignore[union-attr]


def test_the_table_is_part_of_what_a_result_was_made_from(tmp_path: Path) -> None:
    """Another table is another scenario, the same table in another folder the same."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, same = (digest(load(listing(tmp_path / folder, FEW)).scenario) for folder in "ab")
    other = digest(load(listing(tmp_path / "b", FEW.replace("35m", "36m"))).scenario)
    assert one == same != other


def test_a_table_stays_with_a_scenario_that_is_changed(tmp_path: Path) -> None:
    """Studies, sizes and the form keep to the table: they name it and copy none of its rows."""
    loaded = load(listing(tmp_path, FEW))
    changed = Editor(loaded.scenario).changed({})
    assert rows(changed) == rows(loaded.scenario)
    assert size_of(loaded.scenario).victims == 2
    assert not [field.path for field in fields_of(loaded) if ".cases." in field.path]
    again = load(listing(tmp_path, FEW), ["victims.arrivals.table.cases=[{at: 1m, scam: loan}]"]).scenario
    assert len(rows(again)) == 1


def test_pages_read_no_other_file(tmp_path: Path) -> None:
    """An upload that names a table, and a form that sets one, are refused: a page shows nobody a server's files."""
    path = listing(tmp_path, FEW, file="/etc/hostname")
    with pytest.raises(ScenarioError, match="pages read no other file"):
        read(path)
    for setting in ("victims.arrivals.city.file=/etc/hostname", "victims.arrivals.city={file: /etc/hostname}"):
        with pytest.raises(ScenarioError, match="pages read no other file"):
            set_values(load("china"), [setting])
    with pytest.raises(ScenarioError, match=r"city\.file\.', accepted: path=value"):
        set_values(load("china"), ["victims.arrivals.city.file.=/etc/hostname"])


@pytest.mark.parametrize("cell", ["2025-07-01 09:30", "2025/7/1 9:30", "2025年7月1日", "2025-07-01T09:30:00"])
def test_a_whole_date_as_the_time_of_a_case_is_told_what_to_write(tmp_path: Path, cell: str) -> None:
    """In one line of its row: the time since the start, which a spreadsheet can work out."""
    (tmp_path / "cases.csv").write_text(f"at,scam\n{cell},loan\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        table_of(tmp_path / "cases.csv")
    assert (caught.value.line, caught.value.field) == (2, "at")
    assert "a time since the start such as 26h" in caught.value.accepted
    (tmp_path / "mended.csv").write_text("at_h,scam\n26,loan\n", encoding="utf-8")
    assert table_of(tmp_path / "mended.csv").cases[0].at == 26 * 60 * MINUTE


@pytest.mark.parametrize(
    "table",
    ["at,loss\n1m,3 yuan\n", "", "at,scam\n1m," + "x" * 200_000 + "\n", "at,scam\nsoon,loan\n", "at,scam\n半天,loan\n"],
)
def test_a_mistake_in_a_table_is_wholly_chinese(tmp_path: Path, table: str) -> None:
    """Whoever reads Chinese is told all of it in Chinese: the heads, what the reader of tables says, each "or"."""
    with pytest.raises(ScenarioError) as error:
        load(listing(tmp_path, table))
    with lang.using("zh"):
        said = translate(error.value)
    assert not re.search(r"\b(the|heads?|field|or|a|cell)\b", said), said


def test_a_list_without_a_case_is_told(tmp_path: Path) -> None:
    """A table that has its head alone brings nobody, and a rate of 0 too: one line each."""
    empty = load(listing(tmp_path, "at,scam\n")).scenario
    told = "victims.arrivals.table: no case is listed, so that nobody is robbed"
    assert [one.said() for one in cautions(empty) if "arrivals" in one.text] == [told]
    none = load("china", ["victims.arrivals.city.per_day=0"]).scenario
    assert [one.said() for one in cautions(none)] == ["victims.arrivals.city: 0 a day, so that nobody is robbed"]
