"""A workbook that somebody brings: one that would fill the memory when it is unpacked is refused in one line."""

from __future__ import annotations

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from sim.report.publish import roster_sheet
from sim.study.ask import records, tables
from sim.study.ask.forms import FORMS
from sim.study.run.errors import StudyError

MB = 1_000_000


def packed(size: int) -> bytes:
    """A sheet that is small as long as it is packed."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return into.getvalue()


@pytest.mark.parametrize(("size", "said"), [(3 * MB, "more than"), (MB, "no sheet that can be read")])
def test_a_small_file_that_is_large_inside_is_refused(monkeypatch: pytest.MonkeyPatch, size: int, said: str) -> None:
    """A centre's own file as well as a roster, before anything is unpacked."""
    monkeypatch.setattr(tables, "MOST_BYTES", 2 * MB)
    monkeypatch.setattr(roster_sheet, "MOST_INSIDE", 2 * MB)
    data = packed(size)
    assert len(data) < MB / 100
    with pytest.raises(StudyError, match=f"reports.xlsx: .*{said}"):
        records.records_of("reports.xlsx", data, FORMS["reports"], heads={}, offset=0)
    with pytest.raises(StudyError, match=f"roster: .*{said}"):
        roster_sheet.read(data, ["analyst"])


def workbook(*rows: tuple[str, ...]) -> bytes:
    """A sheet with these rows, and a coloured empty one far below."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell) if cell else None
    sheet.write_blank(5000, 0, None, book.add_format({"bold": True}))
    book.close()
    return into.getvalue()


def test_a_row_has_the_number_that_the_sheet_shows_also_below_an_empty_one() -> None:
    """Of a roster as well as of a centre's own files; empty rows are no mistakes."""
    head = tuple(roster_sheet.HEADS)
    good = ("analyst", "mon", "08:00", "20:00", "2")
    wrong = ("analyst", "mon", "8 o'clock", "20:00", "2")
    assert len(roster_sheet.read(workbook(head, good, (), good), ["analyst"])) == 2
    with pytest.raises(StudyError, match="line 4: begins"):
        roster_sheet.read(workbook(head, good, (), wrong), ["analyst"])
    report = ("2026-03-01 10:00", "2026-03-01 11:00", "100")
    reports = workbook(("paid", "reported", "amount"), *[report] * 5, (), ("2026-03-01 10:00", "never", "100"))
    found = records.records_of("reports.xlsx", reports, FORMS["reports"], heads={}, offset=0)
    assert [one.line for one in found.wrong] == [8]
    assert found.n == 5
