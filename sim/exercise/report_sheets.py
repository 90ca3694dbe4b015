"""The after-action report as a workbook: numbers as numbers, times as times, and what people typed as text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sim import __version__
from sim.exercise import report_text, words
from sim.exercise.load import Loaded
from sim.exercise.review import Review
from sim.lang import key, say
from sim.response.log import NONE
from sim.scenario.units import SECOND, YUAN

_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORMATS: Final = {
    "money": "#,##0.00",
    "count": "0",
    "points": "0.0",
    "time": "yyyy-mm-dd hh:mm:ss",
    "span": "[h]:mm:ss",
    "share": "0%",
    "text": "@",
}
MOST_CELL: Final = 32_767
"""Characters that a cell holds."""


class Column(NamedTuple):
    """A column of a sheet: its head, how its values are shown, its width in characters."""

    head: str
    form: str
    wide: int


class Sheet(NamedTuple):
    """One sheet: texts, ints, floats, datetimes and timedeltas; None leaves a cell empty."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def workbook(review: Review, loaded: Loaded) -> bytes:
    """The workbook in the language of this context; the same review gives the same bytes."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True, **_AS_TEXT})
    book.set_properties({
        "title": words.told(loaded.exercise.title), "comments": f"fundfreeze {__version__}",
        "created": loaded.scenario.start.replace(tzinfo=None),
    })  # fmt: skip
    forms = {name: book.add_format({"num_format": form, "valign": "top"}) for name, form in _FORMATS.items()}
    forms["wrapped"] = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
    for sheet in sheets(review, loaded):
        _fill(book.add_worksheet(sheet.name), sheet, forms, head)
    book.close()
    return into.getvalue()


def _fill(into: Worksheet, sheet: Sheet, forms: dict[str, Any], head: Any) -> None:
    into.freeze_panes(1, 0)
    into.set_paper(9)  # A4
    into.set_landscape()
    into.fit_to_pages(1, 0)
    into.repeat_rows(0)
    into.set_footer("&L" + sheet.name + "&R&P / &N")
    for place, column in enumerate(sheet.columns):
        into.set_column(place, place, column.wide)
        into.write_string(0, place, say(column.head), head)
    for line, row in enumerate(sheet.rows, 1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write(into, line, place, value, column.form, forms)
    if sheet.rows:
        into.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _write(into: Worksheet, line: int, place: int, value: Any, form: str, forms: dict[str, Any]) -> None:
    match value:
        case None | "":
            return
        case str():
            into.write_string(line, place, value[:MOST_CELL], forms["wrapped"])
        case datetime() | timedelta():
            into.write_datetime(line, place, value, forms[form])
        case _:
            into.write_number(line, place, value, forms[form])


def sheets(review: Review, loaded: Loaded) -> list[Sheet]:
    """All sheets: summary, timeline, decisions, injects, scores."""
    return [
        _summary(review, loaded),
        _timeline(review, loaded),
        _decisions(review, loaded),
        _injects(review, loaded),
        _scores(review, loaded),
    ]


def _summary(review: Review, loaded: Loaded) -> Sheet:
    exercise = loaded.exercise
    columns = (Column(key("what"), "text", 42), Column(key("amount"), "money", 18), Column(key("unit"), "text", 10),
               Column(key("remark"), "text", 60))  # fmt: skip
    amounts = [(label, fen / YUAN, say("yuan"), "") for label, fen, _ in report_text.outcomes(review)]
    rows: list[Sequence[Any]] = [
        (words.told(exercise.title), None, "", report_text.finding(review)),
        (say("paid by the victims"), review.loss / YUAN, say("yuan"), ""),
        *amounts,
        (say("open from"), None, "", _local(loaded, review.opened).isoformat(" ")),
        (say("open until"), None, "", _local(loaded, review.ended).isoformat(" ")),
        (say("seed, replication"), None, "", f"{exercise.seed}, {exercise.replication}"),
    ]
    return Sheet(say("Summary"), columns, rows)


def _timeline(review: Review, loaded: Loaded) -> Sheet:
    columns = (Column(key("time"), "time", 19), Column(key("since the opening"), "span", 12),
               Column(key("what happened"), "text", 70), Column(key("note"), "text", 50))  # fmt: skip
    rows = [
        (_local(loaded, one.at), _span(one.at - review.opened), report_text.line(loaded, one), one.note)
        for one in review.timeline
    ]
    return Sheet(say("Timeline"), columns, rows)


def _decisions(review: Review, loaded: Loaded) -> Sheet:
    columns = (
        Column(key("time"), "time", 19), Column(key("who"), "text", 20), Column(key("role"), "text", 18),
        Column(key("action"), "text", 24), Column(key("case"), "count", 7), Column(key("account"), "count", 9),
        Column(key("desk"), "text", 18), Column(key("waited"), "span", 10), Column(key("in time"), "text", 10),
        Column(key("minutes lost"), "points", 10), Column(key("yuan lost"), "money", 15), Column(key("note"), "text", 50),
    )  # fmt: skip
    rows = [
        (
            _local(loaded, one.at), one.name, words.role(loaded.exercise, one.role), words.action(one.action),
            _number(one.case), _number(one.account), words.desk(one.desk) if one.desk else "",
            _span(one.waited) if one.opened != NONE else None, _yes(None if one.opened == NONE else not one.late),
            one.minutes_lost if one.opened != NONE else None, one.fen_lost / YUAN if one.opened != NONE else None,
            one.note,
        )
        for one in review.decisions
    ]  # fmt: skip
    return Sheet(say("Decisions"), columns, rows)


def _injects(review: Review, loaded: Loaded) -> Sheet:
    columns = (
        Column(key("no."), "count", 5), Column(key("time"), "time", 19), Column(key("to"), "text", 22),
        Column(key("inject"), "text", 50), Column(key("expected"), "text", 36), Column(key("deadline"), "time", 19),
        Column(key("done at"), "time", 19), Column(key("by"), "text", 20), Column(key("in time"), "text", 10),
    )  # fmt: skip
    rows = [
        (
            number, _at(loaded, one.fired_at), words.roles(loaded.exercise, one.to),
            report_text.told_of(loaded, one), report_text.expected(loaded, one), _at(loaded, one.deadline),
            _at(loaded, one.done_at), one.by, _yes(one.in_time),
        )
        for number, one in enumerate(review.injects, 1)
    ]  # fmt: skip
    return Sheet(say("Injects"), columns, rows)


def _scores(review: Review, loaded: Loaded) -> Sheet:
    columns = (Column(key("who"), "text", 24), Column(key("role"), "text", 20), Column(key("points"), "points", 9),
               Column(key("money"), "share", 9), Column(key("injects"), "share", 9),
               Column(key("decisions"), "share", 10))  # fmt: skip
    rows = [
        (
            report_text.scored(one), words.role(loaded.exercise, one.role) if one.role else "", one.points,
            one.recovered, one.injects, one.decisions,
        )
        for one in review.scores
    ]  # fmt: skip
    return Sheet(say("Scores"), columns, rows)


def _local(loaded: Loaded, at: int) -> datetime:
    return loaded.scenario.when(at).replace(tzinfo=None)


def _at(loaded: Loaded, at: int | None) -> datetime | None:
    return None if at is None else _local(loaded, at)


def _span(ms: int) -> timedelta:
    return timedelta(milliseconds=ms // SECOND * SECOND)


def _number(number: int) -> int | None:
    return None if number == NONE else number


def _yes(done: bool | None) -> str:
    return "" if done is None else say("yes") if done else say("no")
