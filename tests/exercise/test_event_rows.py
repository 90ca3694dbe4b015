"""The heads of an events list made elsewhere are found by all that they name, and no row is lost in silence."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.exercise.event_rows import heads_in, known_in
from tests.examples import some

HEADS = (
    ("Nr.", "Uhrzeit", "Empfänger", "Art", "Inhalt", "Erwartete Reaktion"),
    ("N°", "Heure", "Destinataire", "Moyen", "Contenu", "Réaction attendue"),
    ("序号", "时间", "接收席位", "下达方式", "注入内容", "预期处置"),
    ("流水", "几点", "谁", "怎样", "说什么", "应如何"),
    ("Inject #", "Time", "Recipient", "Method", "Inject description", "Expected response"),
    ("", "Start", "Wer", "Wie", "Was", "Soll"),
)
OURS = ("message", "Message", "phone", "to", "text", "event", "消息", "事件")
"""Cells that are heads, too, or values of this program: in a list made elsewhere they are neither."""
TIMES = ("8", "T+00:20", "10:20", "2026-03-01 09:50:00", "StartEx + 5", "90s", "８分钟", "0.4131944")
CELLS = ("Analyst", "Telefon", "Anruf der Bank.", "soon", "银行席", "Stop payment", "x" * 200, "")
TITLES = ("Drehbuch der Übung", "MSEL 3", "2026-03-01", "主情景事件清单", "message")


def line(*cells: str, width: int = 6) -> list[str]:
    """A row as wide as the others."""
    return [*cells, *[""] * (width - len(cells))]


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[list[str]], int]:
    """An events list, and which of its rows has the heads: below a few lines of one or two cells, or empty ones."""
    heads = draw(st.sampled_from(HEADS))
    titles = [line(*one) for one in draw(st.lists(st.lists(st.sampled_from(TITLES), max_size=2), max_size=3))]
    rows = []
    for number in range(draw(st.integers(1, 12))):
        when = draw(st.sampled_from(TIMES))
        others = [draw(st.sampled_from((*OURS, *CELLS))) for _ in range(4)]
        rows.append([f"{number + 1}" if heads[0] else "", when, *others])
    return [*titles, [*heads], *rows], len(titles)


@settings(max_examples=some(400), deadline=None)
@given(lists())
def test_the_heads_are_found_whatever_stands_in_the_rows(made: tuple[list[list[str]], int]) -> None:
    """In German, French, Chinese, English, or words nobody knows; a cell that is a head of ours changes nothing."""
    rows, heads = made
    assert heads_in(rows) == heads


@settings(max_examples=some(200), deadline=None)
@given(lists(), st.data())
def test_a_row_without_a_time_is_no_heads_either(made: tuple[list[list[str]], int], data: st.DataObject) -> None:
    """An inject that is told by hand: all that it has is text, one cell of it a head of ours."""
    rows, heads = made
    place = data.draw(st.integers(heads + 1, len(rows) - 1))
    ours = data.draw(st.sampled_from(OURS))
    where = data.draw(st.integers(2, 5))
    rows[place] = [ours if n == where else "Analyst" if n > 1 else "" for n in range(6)]
    assert heads_in(rows) == heads


def test_heads_that_are_known_are_found_below_lines_as_wide_as_they_are() -> None:
    """What stands above says who made the list; what is known of most of a row says more than how much it names."""
    above = [["Exercise", "Night watch", "Author", "Li"], ["Place", "Hall 2", "Version", "draft"]]
    heads = ["Time", "To", "Method", "Inject"]
    assert heads_in([*above, heads, ["8", "Analyst", "phone", "A call."]]) == 2
    assert known_in(heads) == {"at": 0, "to": 1, "channel": 2, "text": 3}


def test_of_nothing_there_are_no_heads() -> None:
    """And of rows alone the first is taken, which the page then names."""
    nothing: Sequence[Sequence[str]] = []
    assert heads_in(nothing) == -1
    assert heads_in([["8", "Analyst"], ["9", "Analyst"]]) == 0
