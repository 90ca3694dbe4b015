"""A centre's own files as people and programs write them: no cell is lost in silence, and no row's content is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from sim.report.findings.fits import headline, sentences
from sim.scenario.loader import load
from sim.study.ask import forms
from sim.study.ask.cells import read_band
from sim.study.ask.fit import fit
from sim.study.ask.records import Records, columns_of, records_of
from sim.study.run.errors import StudyError
from sim.words.units import DAY, HOUR, MINUTE, YUAN
from tests.examples import some

HEADS = ("case", "name", "paid", "found after", "reported", "channel", "scam", "amount")
BEGIN = datetime(2026, 3, 1, 10)
ERROR, FORMULA = object(), object()
"""Cells of a workbook: a formula that failed, and one whose value is not kept."""


def report(number: int, **changed: Any) -> list[Any]:
    """A row as a program writes it."""
    paid = BEGIN + timedelta(hours=number)
    cells = dict(zip(HEADS, (f"c{number}", f"Li Lei {number}", paid, "1h", paid + timedelta(hours=2), "hotline", "loan",
                             1000.5 + number), strict=True))  # fmt: skip
    return list((cells | {name.replace("_", " "): cell for name, cell in changed.items()}).values())


def as_csv(*rows: Sequence[Any]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_sheets(*sheets: Sequence[Sequence[Any]], left: int = 0) -> bytes:
    """Sheets with these rows, the first column empty for `left` of them."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True, "strings_to_formulas": False})
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for rows in sheets:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            for column, cell in enumerate(row, left):
                if cell is ERROR:
                    sheet.write_formula(place, column, "=1/0", None, "#DIV/0!")
                elif cell is FORMULA:
                    sheet.write_formula(place, column, "=1+1", None, "")
                elif isinstance(cell, datetime):
                    sheet.write_datetime(place, column, cell, date)
                elif isinstance(cell, int | float):
                    sheet.write_number(place, column, cell)
                elif cell:
                    sheet.write_string(place, column, cell)
    book.close()
    return into.getvalue()


def read(raw: bytes, name: str = "r.csv", form: forms.Form = forms.REPORTS, **more: Any) -> Records:
    """What is read of a file."""
    return records_of(name, raw, form, **({"heads": {}, "offset": 8 * HOUR, "most_wrong": 0.9} | more))


def told(*records: Records) -> list[str]:
    """What the command says of files."""
    return list(sentences(fit(load("city").scenario, records)))


def same(one: Records, other: Records) -> bool:
    """Whether two files say the same."""
    bands = [np.array_equal(one.columns["found_after"].low, other.columns["found_after"].low, equal_nan=True)]
    columns = [np.array_equal(one.times(name), other.times(name), equal_nan=True) for name in ("paid", "reported")]
    columns += [np.array_equal(one.times("amount"), other.times("amount"), equal_nan=True)]
    columns += [one.words(name).tolist() == other.words(name).tolist() for name in ("channel", "scam")]
    return one.n == other.n and all(columns + bands)


# -- cells are what they are ------------------------------------------------------------------------------


@settings(max_examples=some(60), deadline=None)
@given(st.data())
def test_the_same_rows_give_the_same_cells_as_csv_and_as_a_sheet(data: st.DataObject) -> None:
    """Whatever type each cell of the sheet has, times and amounts as text among numbers too, and wherever it begins."""
    rows, sheet = [], []
    for number in range(data.draw(st.integers(1, 12))):
        row = report(number, name=data.draw(st.sampled_from(["Li, Lei", 'Li "L" Lei', "Li\nLei", "李雷"])))
        row[3] = data.draw(st.sampled_from(["1h", "", "unknown", "within 30 min"]))
        rows.append(row)
        texts = [str(cell) if data.draw(st.booleans()) else cell for cell in row]
        texts[-1] = data.draw(st.sampled_from([row[-1], f"{row[-1]:,.2f}元", str(row[-1])]))
        sheet.append(texts)
    left = data.draw(st.integers(0, 2))
    assert same(read(as_csv(HEADS, *rows)), read(as_sheets([HEADS, *sheet], left=left), "r.xlsx"))


def test_a_column_may_change_its_type_after_many_rows() -> None:
    """Times and amounts of a sheet that are text from its 1,500th row on: none is lost, and a bad one is named."""
    rows = [report(number) for number in range(1600)]
    late = [[str(cell) for cell in row] if number >= 1500 else row for number, row in enumerate(rows)]
    late[1550][-1] = "many"
    found = read(as_sheets([HEADS, *late]), "r.xlsx")
    assert [one.line for one in found.wrong] == [1552]
    assert same(found, read(as_csv(HEADS, *rows[:1550], *rows[1551:])))


@pytest.mark.parametrize("left", [0, 3])
def test_errors_and_formulas_without_a_value_are_named_by_line(left: int) -> None:
    """In every column that is read, also below an empty row and at the end; in others they do no harm."""
    rows = [
        HEADS, *(report(number) for number in range(12)), [], report(20, amount=ERROR), report(21, reported=FORMULA),
        report(22, scam=ERROR), report(23, name=ERROR), report(24, name=FORMULA), report(25, amount=FORMULA),
    ]  # fmt: skip
    found = read(as_sheets(rows, left=left), "r.xlsx")
    assert [one.line for one in found.wrong] == [15, 16, 17, 20]
    assert "#DIV/0!" in found.wrong[0].why
    assert "formula" in found.wrong[1].why
    assert found.n == 14


def test_a_value_that_its_reader_cannot_show_is_named_by_line() -> None:
    """A number that is shown as a date and is none."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([("paid", "scam"), *[("2026-03-01 10:00", "loan")] * 5]):
        sheet.write_row(place, 0, row)
    sheet.write_number(3, 0, 99_999_999, book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    assert [one.line for one in read(into.getvalue(), "r.xlsx").wrong] == [4]


# -- lines that are no rows -------------------------------------------------------------------------------


def test_a_line_with_more_or_fewer_cells_than_the_head_is_named_and_left_out() -> None:
    """Thousands without quotation marks are not taken for small amounts; empty cells at the end do no harm."""
    good = as_csv(HEADS, *(report(number) for number in range(8))).decode().splitlines()
    lines = [*good, "c8,Han Mei", good[2].replace("1001.5", "12,000.50"), good[3] + ",,", "", ",,", *good[4:]]
    found = read("\n".join(lines).encode())
    assert [one.line for one in found.wrong] == [10, 11]
    assert [one.why.partition(" (")[0] for one in found.wrong] == ["2 cells, and the head has 8",
                                                                   "9 cells, and the head has 8"]  # fmt: skip
    assert found.times("amount").max() < 1010 * YUAN
    assert "Han Mei" not in " ".join(told(found))


@settings(max_examples=some(150), deadline=None)
@given(st.data())
def test_one_stray_quotation_mark_costs_no_other_line(data: st.DataObject) -> None:
    """Wherever it stands: all other rows are read as without it, and nothing of its line is shown."""
    names = st.sampled_from(["Li Lei", "Li, Lei", 'Li "L" Lei'])
    rows = [report(number, name=data.draw(names)) for number in range(9)]
    lines = as_csv(HEADS, *rows).decode().splitlines()
    line = data.draw(st.integers(1, 9))
    place = data.draw(st.integers(0, len(lines[line])))
    lines[line] = lines[line][:place] + '"' + lines[line][place:]
    whole = read(as_csv(HEADS, *rows[: line - 1], *rows[line:]))
    found = read("\n".join(lines).encode())
    assert {one.line for one in found.wrong} <= {line + 1}
    kept = [one for one, paid in enumerate(found.times("paid").tolist()) if paid in whole.times("paid").tolist()]
    assert found.times("amount")[kept].tolist() == whole.times("amount").tolist()
    assert "Lei" not in " ".join(told(found))


def test_a_cell_may_go_over_several_lines() -> None:
    """The lines below keep their numbers; two stray marks in one column swallow no row between them."""
    rows = [report(0, name="a\nb, c\n\nd"), report(1), report(2, amount="many"), report(3)]
    found = read(as_csv(HEADS, *rows))
    assert ([one.line for one in found.wrong], found.n) == ([7], 3)
    lines = as_csv(HEADS, *(report(number) for number in range(6))).decode().splitlines()
    lines[2], lines[4] = lines[2].replace("Li", '"Li'), lines[4].replace(" 3", ' 3"')
    found = read("\n".join(lines).encode())
    assert found.n == 5
    assert [one.line for one in found.wrong] == [3]


# -- the head ---------------------------------------------------------------------------------------------

TITLE = ("Cases of March 2026",)


def test_the_head_is_looked_for_below_titles_and_on_other_sheets() -> None:
    """It is said where it was found, what was not read, and no name of a column is made up."""
    rows = [[*report(number), "x", ""] for number in range(5)]
    head = (*HEADS, "", "")
    plain = read(as_csv(HEADS, *(row[:8] for row in rows)))
    for raw, name, note in (
        (as_sheets([TITLE, head, *rows]), "r.xlsx", "head is in line 2"),
        (as_sheets([("secret",)], [TITLE, ("", "", "times"), head, *rows]), "r.xlsx", "sheet 2, its head in line 3"),
        (as_csv(TITLE, (), head, *rows), "r.csv", "head is in line 3"),
    ):
        found = read(raw, name)
        assert same(found, plain)
        said = " ".join(told(found))
        assert note in said
        assert "a column without a head was not read" in said
        assert "secret" not in said
        assert not any(word in said for word in ("UNNAMED", "duplicated", "column_"))
        assert columns_of(name, raw, forms.REPORTS)[1]["scam"] == "scam"
    beside = as_sheets([("secret",)], [HEADS, *(row[:8] for row in rows)])
    assert any("another sheet has something in it" in one for one in told(read(beside, "r.xlsx")))


def test_a_second_column_of_a_head_is_said_to_be_unread() -> None:
    """The first is read."""
    rows = [(one.isoformat(), 100, 7) for one in (BEGIN, BEGIN + timedelta(hours=1))]
    found = read(as_csv(("paid", "amount", "amount"), *rows))
    assert found.dropped == ("amount",)
    assert found.times("amount").tolist() == [100 * YUAN] * 2


def test_rows_without_any_head_are_not_shown() -> None:
    """It is said what a head is; a page names no option of a command."""
    for raw, name in ((as_csv(report(0), report(1)), "r.csv"), (as_sheets([report(0), report(1)]), "r.xlsx")):
        with pytest.raises(StudyError, match="first row of the first sheet") as caught:
            read(raw, name)
        assert "Lei" not in str(caught.value)
        with pytest.raises(StudyError, match="first row of the first sheet"):
            columns_of(name, raw, forms.REPORTS)
    for option in (True, False):
        with pytest.raises(StudyError, match="read the heads T0, T1") as caught:
            read(as_csv(("T0", "T1"), ("a", "b")), option=option)
        assert ("--column" in str(caught.value)) == option


# -- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("超过3天", (3 * DAY, np.inf)), ("3天多", (3 * DAY, np.inf)), ("不少于三天", (3 * DAY, np.inf)),
        ("over 3 days", (3 * DAY, np.inf)), ("at least 3 days", (3 * DAY, np.inf)),
        ("3 days or more", (3 * DAY, np.inf)),
        ("不到半小时", (0, 30 * MINUTE)), ("十分钟以内", (0, 10 * MINUTE)), ("at most 10 min", (0, 10 * MINUTE)),
        ("1小时左右", (HOUR, HOUR)), ("大概两个小时", (2 * HOUR, 2 * HOUR)), ("二十五分钟", (25 * MINUTE, 25 * MINUTE)),
        ("about an hour", (HOUR, HOUR)), ("half an hour", (HOUR / 2, HOUR / 2)), ("one day", (DAY, DAY)),
        ("0", (0, 0)), ("0 min", (0, 0)), ("0分钟", (0, 0)), ("立即", (0, 0)),
        ("-5m", None), ("1h-30m", None), ("soon", None),
    ],
)  # fmt: skip
def test_delays_are_read_as_people_write_them(text: str, band: tuple[float, float] | None) -> None:
    """Words, numbers in Chinese, nothing at all."""
    assert read_band(text) == band


@pytest.mark.parametrize(
    "text",
    ["2026年03月02日 12时05分", "2026年3月2日12时05分00秒", "2026年3月2日 12点05分", "20260302120500", "202603021205",
     "20260302 12:05:00", "2026/3/2 12:05", "46083.503472222", "２０２６-０３-０２ １２:０５", "2026-03-02T04:05:00Z"],
)  # fmt: skip
def test_times_are_read_as_people_and_programs_write_them(text: str) -> None:
    """Also the days that a spreadsheet counts; the same wherever else in the column they stand."""
    found = read(as_csv(("paid", "scam"), ("2026-03-02 12:05:00", "loan"), (text, "loan")))
    assert found.wrong == ()
    assert found.times("paid")[0] == found.times("paid")[1]


@pytest.mark.parametrize("text", ["20260302", "12:05", "9:50", "1899-12-31 12:05:00", "46083456", "2026-13-45 99:99"])
def test_what_is_no_time_is_named(text: str) -> None:
    """A day alone, a time of day alone, in a sheet too."""
    rows = [("paid", "scam"), ("2026-03-02 12:05:00", "loan"), (text, "loan")]
    assert [one.line for one in read(as_csv(*rows)).wrong] == [3]
    assert [one.line for one in read(as_sheets(rows), "r.xlsx").wrong] == [3]


@pytest.mark.parametrize("text", ["不详", "not known", "Unknown", "-", "——", "/", "n/a"])
def test_what_is_not_known_loses_no_row(text: str) -> None:
    """In any column: the report still counts, with the rest of what it says."""
    row = report(0, paid=text, found_after=text, amount=text, case=text)
    found = read(as_csv(HEADS, row, report(1)))
    assert (found.n, found.wrong) == (2, ())
    assert np.isnan(found.times("paid")[0])
    assert np.isnan(found.times("amount")[0])
    assert found.words("scam").tolist() == ["loan", "loan"]


def test_no_delay_is_a_delay() -> None:
    """As two times that are the same: of forty reports at once a law is fitted."""
    rows = [report(number, found_after=("0", "0 min", "1h", "2h")[number % 4]) for number in range(40)]
    fits = fit(load("city").scenario, [read(as_csv(HEADS, *rows))]).fits
    assert next(one.n for one in fits if one.path == "victims.scams.loan.discovery") == 40


@pytest.mark.parametrize(("text", "yuan"), [("CNY 12,000.50", 12_000.5), ("1.2万元", 12_000), ("12,5", None)])
def test_a_comma_stands_before_three_digits(text: str, yuan: float | None) -> None:
    """Thousands are; a decimal comma is named, and not read as ten times as much."""
    found = read(as_csv(HEADS, report(0, amount=text), report(1)))
    assert [one.line for one in found.wrong] == ([] if yuan else [2])
    assert yuan is None or found.times("amount")[0] == yuan * YUAN


# -- copies, and what is said -----------------------------------------------------------------------------


def test_copies_are_told_and_those_of_a_case_left_out() -> None:
    """A report counts once by its case number; without one, or with another cell, it may be another."""
    rows = [report(number) for number in range(4)]
    found = read(as_csv(HEADS, *rows, *rows[:2], report(0, amount=7)))
    assert found.n == 5
    assert any("2 rows are the same case" in one for one in told(found))
    found = read(as_csv(HEADS[1:], *(row[1:] for row in (*rows, rows[0]))))
    assert found.n == 5
    assert any("one row is an exact copy of another; both count" in one for one in told(found))


def test_a_single_thing_is_said_as_one_and_a_word_of_a_file_stays_on_its_line() -> None:
    """Also one with line breaks, marks that a terminal obeys, and a hundred thousand letters."""
    odd = "foo: bar\n\x1b[31m- {baz 13800000000" + "x" * 100_000
    found = read(as_csv(HEADS, report(0, scam=odd)))
    said = told(found)
    assert all(len(one) < 200 and one.isprintable() and "1380" not in one for one in said)
    one = fit(load("city").scenario, [read(as_csv(HEADS, report(0)))])
    assert any("one observation, and a law" in line for line in sentences(one))
    assert headline(one).endswith("fitted from one row")
