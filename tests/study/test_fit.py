"""`fit`: a centre's own files become a scenario, and the values that made them are found again."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.fit import fit
from sim.study.ask.forms import FORMS, REPORTS, WORK
from sim.study.ask.records import Records, read_records
from sim.study.run.errors import StudyError
from sim.words.units import HOUR, MINUTE, YUAN
from tests.study.own_centre import FOLDER, centre, fitted, truths
from tools.own_centre import write

CHINA = 8 * HOUR
ZERO = ("mismatch",)
"""Shares that are 0 in truth: their intervals always hold it."""


def read(path: Path, text: str | bytes, form: str = "reports", **more: object) -> Records:
    """A file of some content, read."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_records(path, FORMS[form], heads={}, offset=CHINA, **more)  # type: ignore[arg-type]


# -- the truth is found again -----------------------------------------------------------------------------


def coverage(sets: range, folder: Path) -> dict[str, list[bool]]:
    """By family of numbers: whether each interval of so many data sets holds the truth."""
    scenario, held = centre(), defaultdict(list)
    for replication in sets:
        for one in fitted(scenario, replication, folder).fits:
            for family, truth, (_, low, high) in truths(scenario, one):
                held[family].append(low <= truth <= high)
    return {family: one for family, one in held.items() if family not in ZERO}


FAMILIES = {
    "scams", "channels", "per_day", "weekday", "half hour", "loss median", "loss p90", "discovery median",
    "discovery p90", "report_lag median", "report_lag p90", "work median", "work p90", "bank median", "bank p90",
    "refusal", "dwell median", "dwell shape", "pace",
}  # fmt: skip


def test_intervals_hold_what_the_files_were_made_from(tmp_path: Path) -> None:
    """Of three data sets, delays in bands too: every kind of number is fitted, and few intervals miss the truth."""
    held = coverage(range(3), tmp_path)
    assert set(held) == FAMILIES
    together = [one for family in held.values() for one in family]
    assert len(together) > 300
    assert 0.84 < np.mean(together) < 0.96


@pytest.mark.long
def test_nine_intervals_in_ten_hold_the_truth(tmp_path: Path) -> None:
    """Of 100 data sets the 90% intervals of every kind of number hold the truth in 85 to 95%."""
    held = coverage(range(100), tmp_path)
    shares = {family: float(np.mean(one)) for family, one in held.items()}
    print(shares)
    assert {family: one for family, one in shares.items() if not 0.85 <= one <= 0.95} == {}


# -- what is written --------------------------------------------------------------------------------------


def test_the_shipped_files_are_those_that_the_command_makes(tmp_path: Path) -> None:
    """`python tools/own_centre.py docs/own-centre` changes nothing."""
    write(tmp_path, simulate(centre()))
    for name in FORMS:
        assert (tmp_path / f"{name}.csv").read_text() == (FOLDER / f"{name}.csv").read_text()


# -- reading ----------------------------------------------------------------------------------------------

CHINESE = (
    "姓名,电话,转账时间,发现时间,报警时间,诈骗手法,损失金额（万元）\n"
    "张喆,13800000000,2026年3月1日 10:00,2026/3/1 11:00,2026-03-01T04:30:00Z,刷单返利,1.2\n"
    '李四,13900000000,2026.03.02 10:00:05,2026-03-02 11:00,2026-03-02 12:00:00+08:00,虚假购物,"0.5"\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_chinese_heads_and_ways_to_write_a_time_are_read(tmp_path: Path, encoding: str) -> None:
    """Whatever the encoding: heads by their synonyms, times with and without an offset, amounts in 万元."""
    records = read(tmp_path / "a.csv", CHINESE.encode(encoding))
    assert records.n == 2
    assert records.columns["amount"].tolist() == [12_000 * YUAN, 5_000 * YUAN]
    assert (records.times("found") - records.times("paid")).tolist() == [HOUR, HOUR - 5_000]
    assert (records.times("reported") - records.times("found")).tolist() == [90 * MINUTE, HOUR]


def test_nothing_is_kept_of_columns_that_are_not_needed(tmp_path: Path) -> None:
    """Names and telephones are dropped with their heads told; cases and people become numbers."""
    records = read(tmp_path / "a.csv", CHINESE)
    assert records.dropped == ("姓名", "电话")
    assert "138" not in repr(records)
    assert "张" not in repr(records)
    work = read(tmp_path / "w.csv", "case,person,step,begun,ended\n440106199001011234,Li Lei,call.entry,"
                "2026-03-01 10:00,2026-03-01 10:05\n", "work")  # fmt: skip
    assert "4401" not in repr(work)
    assert "Li" not in repr(work)


def test_broken_rows_are_named_by_line_and_the_rest_is_fitted(tmp_path: Path) -> None:
    """Of the made-up reports one in twenty is spoilt: each is named with its line, and the fit goes on without them."""
    lines = (FOLDER / "reports.csv").read_text().splitlines()
    spoilt = list(range(10, len(lines), 20))
    for place, line in enumerate(spoilt):
        cells = lines[line].split(",")
        column, cell = ((2, "soon"), (9, "-5"), (9, "many"), (6, "2020-01-01 00:00"), (5, "a while"))[place % 5]
        cells[column] = cell
        lines[line] = ",".join(cells)
    records = read(tmp_path / "reports.csv", "\n".join(lines))
    assert [one.line for one in records.wrong] == [line + 1 for line in spoilt]
    assert records.n == len(lines) - 1 - len(spoilt)
    assert any(one.path.endswith("per_day") for one in fit(load("city").scenario, [records]).fits)


def test_an_empty_line_does_not_move_the_numbers_of_the_others(tmp_path: Path) -> None:
    """Line 4 is the fourth of the file."""
    text = (
        "paid,reported\n\n2026-03-01 10:00,2026-03-01 11:00\nsoon,2026-03-01 11:00\n2026-03-01 10:00,2026-03-01 11:00\n"
    )
    assert [one.line for one in read(tmp_path / "a.csv", text, most_wrong=0.5).wrong] == [4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("paid,reported\nsoon,late\n", "1 of 1 rows"),
        ("paid,reported\n", "no rows"),
        ("a,b\n1,2\n", "read the heads a, b"),
        (b"\xff\xfe\x00", "a.csv"),
    ],
)
def test_a_file_that_tells_nothing_is_refused_in_one_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    """Too many broken rows, no rows, strange heads, no text."""
    with pytest.raises(StudyError) as caught:
        read(tmp_path / "a.csv", content)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_may_have_any_head(tmp_path: Path) -> None:
    """`--column paid=HEAD`; a head that is not there is refused."""
    path = tmp_path / "a.csv"
    path.write_text("t0,reported\n2026-03-01 10:00,2026-03-01 11:00\n")
    records = read_records(path, REPORTS, heads={"paid": "t0"}, offset=CHINA)
    assert not np.isnan(records.times("paid")).any()
    with pytest.raises(StudyError, match="t9"):
        read_records(path, REPORTS, heads={"paid": "t9"}, offset=CHINA)


def test_a_sheet_is_read_as_a_table(tmp_path: Path) -> None:
    """xlsx with dates as Excel keeps them gives the records that CSV gives."""
    import polars as pl

    frame = pl.read_csv(FOLDER / "work.csv", try_parse_dates=True)
    frame.write_excel(tmp_path / "work.xlsx")
    sheet = read_records(tmp_path / "work.xlsx", WORK, heads={}, offset=CHINA)
    table = read_records(FOLDER / "work.csv", WORK, heads={}, offset=CHINA)
    assert sheet.n == table.n
    for name in ("queued", "begun", "ended"):
        assert np.nanmax(np.abs(sheet.times(name) - table.times(name))) < 1
    assert sheet.words("step").tolist() == table.words("step").tolist()


# -- single kinds -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base() -> Scenario:
    """What is fitted over."""
    return load("city").scenario


def test_a_team_is_one_piece_of_work_and_handed_over_work_is_cut_off(base: Scenario, tmp_path: Path) -> None:
    """Two people on one piece count once; what was handed over took longer than it had lasted."""
    head = "case,step,begun,ended,person,ending\n"
    done = "".join(f"{n},call.entry,2026-03-01 10:00,2026-03-01 10:{5 + n % 7:02d},a,completed\n" for n in range(60))
    team = "".join(f"{n},call.entry,2026-03-01 10:00,2026-03-01 10:{5 + n % 7:02d},b,completed\n" for n in range(60))
    handed = "".join(
        f"{n},call.entry,2026-03-01 10:00,2026-03-01 10:01,a,handed over\n"
        f"{n},call.entry,2026-03-01 10:01,2026-03-01 10:02,b,completed\n"
        for n in range(60, 90)
    )
    alone = fit(base, [read(tmp_path / "a.csv", head + done, "work")]).fits[0]
    twice = fit(base, [read(tmp_path / "a.csv", head + done + team, "work")]).fits[0]
    assert alone.path == "routes.call.steps.entry.work.time"
    assert (twice.n, twice.estimates) == (alone.n, alone.estimates)
    more = fit(base, [read(tmp_path / "a.csv", head + done + handed, "work")]).fits[0]
    assert more.n == 90
    assert more.estimates["median"][0][0] >= 0.98 * alone.estimates["median"][0][0]


def test_names_of_the_scenario_are_known_in_chinese(base: Scenario, tmp_path: Path) -> None:
    """Scams, banks and ways out by what they are called; what is not known is said, and left out."""
    rows = "".join(
        f"2026-03-{1 + n % 28:02d} 10:{n % 60:02d},2026-03-{1 + n % 28:02d} 12:00,"
        f"{'贷款' if n % 2 else '算命'},{n + 100}\n"
        for n in range(80)
    )
    result = fit(base, [read(tmp_path / "a.csv", "付款时间,报案时间,诈骗类型,损失（元）\n" + rows)])
    assert "算命" in [what for what, _ in result.left_out]
    answers = "".join(f"工商银行,2026-03-01 10:{n % 60:02d},2026-03-01 11:{n % 60:02d},已止付\n" for n in range(40))
    bank = fit(base, [read(tmp_path / "b.csv", "银行,发出时间,回复时间,结果\n" + answers, "answers")])
    assert "bank_profiles.officer.time" in [one.path for one in bank.fits]
