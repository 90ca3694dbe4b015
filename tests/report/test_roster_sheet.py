"""A roster as a sheet: what is written is read again, and what is wrong is named by its line."""

from __future__ import annotations

import io

import pytest
from xlsxwriter import Workbook

from sim.report.publish.roster_sheet import read, written
from sim.scenario.loader import load
from sim.study.ask.shifts import Line, lines_of
from sim.study.run.errors import StudyError
from sim.words import language as lang
from sim.words.units import HOUR

DESKS = ["intake", "analyst"]


def sheet(*rows: tuple[object, ...]) -> bytes:
    """A sheet as somebody made it."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate((("desk", "days", "begins", "ends", "people"), *rows)):
        page.write_row(number, 0, row)
    book.close()
    return into.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_written_is_read_again(language: lang.Language) -> None:
    """The whole city in either language, and by whoever reads the other."""
    lines = lines_of(load("city").scenario)
    with lang.using(language):
        data = written(lines)
    assert read(data, [one.desk for one in lines]) == lines


def test_people_write_days_and_times_their_way() -> None:
    """A range of days, Chinese days, nothing for every day, and a time that the spreadsheet keeps as part of a day."""
    found = read(sheet(("analyst", "mon-fri", "8:00", "17:30", 4), ("analyst", "周六、周日", 0.25, "24:00", "2"),
                       ("intake", "", "08:00:00", "20：00", 3)), DESKS)  # fmt: skip
    assert found == [
        Line("analyst", ("mon", "tue", "wed", "thu", "fri"), 8 * HOUR, int(17.5 * HOUR), 4),
        Line("analyst", ("sat", "sun"), 6 * HOUR, 24 * HOUR, 2),
        Line("intake", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 8 * HOUR, 20 * HOUR, 3),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("nobody", "mon", "08:00", "20:00", 1), "desk: read 'nobody'"),
        (("intake", "someday", "08:00", "20:00", 1), "days: read 'someday'"),
        (("intake", "fri-mon", "08:00", "20:00", 1), "days: read 'fri-mon'"),
        (("intake", "mon", "25:00", "20:00", 1), "begins: read '25:00'"),
        (("intake", "mon", "08:00", "soon", 1), "ends: read 'soon'"),
        (("intake", "mon", "08:00", "20:00", 0), "people: read '0'"),
        (("intake", "mon", "08:00", "20:00", "1e9"), "people: read '1e9'"),
    ],
)
def test_a_wrong_row_is_named(row: tuple[object, ...], said: str) -> None:
    """By its line, its column, and what was read."""
    with pytest.raises(StudyError, match=rf"line 3: {said}.*accepted"):
        read(sheet(("intake", "mon", "08:00", "20:00", 1), row), DESKS)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2\n"])
def test_what_is_no_sheet_is_refused(data: bytes) -> None:
    """In one line."""
    with pytest.raises(StudyError, match="no sheet"):
        read(data, DESKS)
