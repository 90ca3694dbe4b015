"""A workbook that somebody brings: one that would fill the memory when it is unpacked is refused in one line."""

from __future__ import annotations

import io
import zipfile

import pytest

from sim.report.publish import roster_sheet
from sim.study.ask import records
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
    monkeypatch.setattr(records, "MOST_BYTES", 2 * MB)
    monkeypatch.setattr(roster_sheet, "MOST_INSIDE", 2 * MB)
    data = packed(size)
    assert len(data) < MB / 100
    with pytest.raises(StudyError, match=f"reports.xlsx: .*{said}"):
        records.records_of("reports.xlsx", data, FORMS["reports"], heads={}, offset=0)
    with pytest.raises(StudyError, match=f"roster: .*{said}"):
        roster_sheet.read(data, ["analyst"])
