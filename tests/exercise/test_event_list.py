"""The events list of an exercise as a sheet: what goes out comes back, and nothing that is brought is lost."""

from __future__ import annotations

import io
import zipfile
from datetime import time
from typing import Any

import pytest
from xlsxwriter import Workbook

from sim.exercise.drafts import Draft, copy_of, order
from sim.exercise.event_list import written
from sim.exercise.event_reading import Brought, Sheet, by_the_clock, read, sheet
from sim.exercise.load import load_exercise
from sim.exercise.models import Exercise
from sim.exercise.shipped import names
from sim.study.run.errors import StudyError
from sim.words import language as lang
from sim.words.language import Language, translate
from sim.words.units import HOUR, MINUTE

OPENS = 9 * HOUR + 45 * MINUTE


def draft_of(name: str = "wuhan-35min") -> Draft:
    """A shipped exercise as its file has it."""
    return copy_of(load_exercise(name), "copy")


def made(*rows: list[Any], above: int = 0) -> Sheet:
    """A sheet with these rows, the first its head, below so many empty ones."""
    into = io.BytesIO()
    with Workbook(into, {"in_memory": True}) as book:
        page, clock = book.add_worksheet(), book.add_format({"num_format": "hh:mm"})
        for line, row in enumerate(rows, above):
            for place, cell in enumerate(row):
                if isinstance(cell, time):
                    page.write_datetime(line, place, cell, clock)
                else:
                    page.write(line, place, cell)
    return sheet(into.getvalue())


def lines(found: Brought) -> list[tuple[int, str]]:
    """The line and the head of each mistake."""
    return [(one.line, one.head) for one in found.mistakes]


@pytest.mark.parametrize("language", lang.LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_what_goes_out_comes_back(name: str, language: Language) -> None:
    """Every inject of every shipped exercise, to the last condition, and which objectives they try; no column asked."""
    before = draft_of(name)
    with lang.using(language):
        brought = sheet(written(before))
        assert [one for place, one in enumerate(brought.heads) if place not in brought.known.values()] == []
        found = read(brought, brought.known, before)
    assert found.mistakes == []
    after = Exercise.model_validate({**before, "injects": found.injects})
    old = Exercise.model_validate(before)
    assert after.injects == [old.injects[place] for place in order(before["injects"])]
    assert {one.id: sorted(one.injects) for one in old.objectives} == {
        one.id: sorted(found.tries.get(one.id, [])) for one in old.objectives
    }


def test_no_cell_is_a_formula() -> None:
    """Text that looks like one is text, and comes back as it was."""
    before = draft_of()
    before["injects"][0]["text"] = {"en": "=1+1", "zh": "@SUM(A1)"}
    data = written(before)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    brought = sheet(data)
    assert read(brought, brought.known, before).injects[0]["text"] == {"en": "=1+1", "zh": "@SUM(A1)"}


def test_what_no_cell_holds_is_refused() -> None:
    """A condition of an inject that is longer than a cell is not cut."""
    before = draft_of()
    words = [{"text": "x" * 3000, "words": []} for _ in range(12)]
    before["injects"][0] |= {"expect": {"action": "message", "says": {"rubric": words}}, "deadline": "5m"}
    with pytest.raises(StudyError, match="inject 1 says more than a cell of a sheet holds"):
        written(before)


def test_a_list_made_elsewhere_is_read() -> None:
    """A title above the heads, empty lines, times of the clock, words for ways and acts, roles by their titles."""
    brought = made(
        ["Master scenario events list"],
        [],
        ["Inject #", "Time", "Recipient", "Method", "Inject description", "Expected response", "Time limit", "Remarks"],
        [1, time(9, 53), "Analyst", "Telephone", "A new call.", "Stop payment", 6, "Watch them"],
        [],
        [2, "10:05", "Call and audit desk and Bank desk", "email", "The press rings.", "Names the spokesman", "", ""],
        [3, "T+0:30", "All", "verbal", "The chief asks.", "", "", ""],
    )  # fmt: skip
    assert by_the_clock(brought, brought.known, OPENS)
    found = read(brought, brought.known, draft_of(), opens=OPENS)
    assert found.mistakes == []
    first, second, third = found.injects
    assert (first["at"], first["to"], first["channel"]) == ("8m", ["analyst"], "phone")
    assert (first["expect"], first["deadline"], first["note"]) == ({"action": "stop"}, "6m", "Watch them")
    assert (second["at"], second["to"], second["channel"]) == ("20m", ["call-desk", "bank-desk"], "message")
    assert second["expect"] == {"action": "any", "tick": True}
    assert "Names the spokesman" in second["note"]
    assert (third["to"], third["channel"]) == (["call-desk", "analyst", "bank-desk"], "in_person")
    Exercise.model_validate({**draft_of(), "objectives": [{"id": "one", "text": "One"}], "injects": found.injects[:2]})


def test_a_chinese_list_is_read() -> None:
    """With heads, full-width digits and words as they are written there."""
    brought = made(
        ["序号", "时间", "接收席位", "下达方式", "注入内容", "预期处置", "时限", "备注"],
        ["１", "８分钟", "研判席、银行席", "电话", "新警情。", "紧急止付", "5", "注意观察"],
    )
    with lang.using("zh"):
        found = read(brought, brought.known, draft_of())
    assert found.mistakes == []
    assert found.injects == [
        {"id": "inject-1", "at": "8m", "to": ["analyst", "bank-desk"], "channel": "phone", "text": "新警情。",
         "expect": {"action": "stop"}, "deadline": "5m", "note": "注意观察"},
    ]  # fmt: skip


def test_a_word_of_ours_in_a_row_makes_no_heads_of_it() -> None:
    """The last row of a German list and the second: all three are injects, and the title above the heads is named."""
    brought = made(
        ["Drehbuch", "Übung 3"],
        ["Uhrzeit", "An", "Kanal", "Inhalt"],
        ["09:53", "Analyst", "Telefon", "Ein Anruf."],
        ["10:05", "Analyst", "message", "Die Presse."],
        ["10:20", "Analyst", "message", "text"],
    )
    assert (brought.line, brought.above) == (2, [(1, "Drehbuch | Übung 3")])
    found = read(brought, {"at": 0, "to": 1, "text": 3}, draft_of(), opens=OPENS)
    assert [(one["at"], one["text"]) for one in found.injects] == [
        ("8m", "Ein Anruf."), ("20m", "Die Presse."), ("35m", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["T+00:20", "+0:20", "StartEx + 0:20", "t＋0:20", "20", "20m"])
def test_a_time_that_says_that_it_counts_from_the_opening_does(cell: str) -> None:
    """Whatever was chosen for the others: it had become twenty past midnight, 14 h 35 min after the opening."""
    brought = made(["Time", "To", "Text"], [cell, "Analyst", "One"], ["10:05", "Analyst", "Two"])
    found = read(brought, brought.known, draft_of(), opens=OPENS)
    assert [one["at"] for one in found.injects] == ["20m", "20m"]


def test_mistakes_are_named_by_line_and_nothing_is_lost() -> None:
    """Each cell that is no value stands where it stood, under the line of the sheet; other columns go into the note."""
    brought = made(
        ["Time", "To", "How", "Text", "Weather"],
        ["8m", "Analyst", "phone", "One", "rain"],
        [],
        ["soon", "Mayor, Analyst", "pigeon", "", "sun"],
        above=2,
    )
    found = read(brought, brought.known, draft_of())
    assert lines(found) == [(6, "Time"), (6, "To"), (6, "How"), (6, "Text")]
    with lang.using("zh"):
        assert all("accepted" not in translate(one.what) for one in found.mistakes)
    wrong = found.injects[1]
    assert (wrong["at"], wrong["to"], wrong["channel"]) == ("soon", ["Mayor", "analyst"], "pigeon")
    assert [one["note"] for one in found.injects] == ["Weather: rain", "Weather: sun"]


@pytest.mark.parametrize("also", ['{"when": 5}', '{"text": "x"}', "[" * 5000, "no", '{"expect": {"account": []}}'])
def test_what_this_program_did_not_write_is_no_condition(also: str) -> None:
    """Whatever stands in the last column, an inject is well formed."""
    brought = made(["Time", "To", "Text", "also"], ["8m", "Analyst", "One", also])
    found = read(brought, brought.known, draft_of())
    assert lines(found) == [(2, "also")]
    assert found.injects[0].keys() == {"id", "at", "to", "channel", "text"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [([["Time", "To", "Text"]], "read no rows"), ([], "read no rows"), ([["x"]] * 1001, "read 1,001 rows")],
)
def test_a_sheet_without_rows_or_with_too_many_is_refused(rows: list[list[Any]], said: str) -> None:
    """In one line."""
    with pytest.raises(StudyError, match=said):
        made(*rows)


def test_what_is_no_sheet_is_refused() -> None:
    """A file of another kind, in one line."""
    with pytest.raises(StudyError, match="no sheet that can be read"):
        sheet(b"PK nothing")
