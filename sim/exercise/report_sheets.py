"""The after-action report as a workbook: numbers as numbers, times as times, and what people typed as text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sim import __version__
from sim.exercise import otherwise, report_text, report_timeline, words
from sim.exercise.decided import Decided
from sim.exercise.levels import described
from sim.exercise.review import Injected, Review
from sim.exercise.teams import teams
from sim.scenario.models import Scenario
from sim.words import names
from sim.words.language import key, say
from sim.words.units import SECOND, YUAN
from sim.workflow.log import NONE

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


def workbook(review: Review, scenario: Scenario) -> bytes:
    """The workbook in the language of this context; the same review gives the same bytes."""
    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True, **_AS_TEXT})
    book.set_properties({
        "title": words.told(review.exercise.title), "comments": f"fundfreeze {__version__}",
        "created": scenario.start.replace(tzinfo=None),
    })  # fmt: skip
    forms = {name: book.add_format({"num_format": form, "valign": "top"}) for name, form in _FORMATS.items()}
    forms["wrapped"] = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
    for sheet in sheets(review, scenario):
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


def sheets(review: Review, scenario: Scenario) -> list[Sheet]:
    """All sheets: summary, counterfactuals, timeline, decisions, injects, scores, evaluation."""
    made = _Sheets(review, scenario)
    return [
        made.summary(), made.counterfactuals(), made.timeline(), made.decisions(), made.injects(), made.scores(),
        made.evaluation(),
    ]  # fmt: skip


def scores_sheet(review: Review, scenario: Scenario) -> Sheet:
    """Teams and people, as the report counts them."""
    return _Sheets(review, scenario).scores()


class _Sheets:
    """The rows of every sheet."""

    def __init__(self, review: Review, scenario: Scenario) -> None:
        self.review = review
        self.exercise = review.exercise
        self.when = scenario.when

    def summary(self) -> Sheet:
        columns = (
            Column(key("what"), "text", 44), Column(key("amount, yuan"), "money", 18),
            Column(key("score"), "points", 10), Column(key("time"), "time", 20), Column(key("remark"), "text", 60),
        )  # fmt: skip
        review, scores, exercise = self.review, self.review.scores, self.exercise
        rows: list[Sequence[Any]] = [
            (words.told(exercise.title), None, None, None, report_text.finding(review)),
            (say("the room opens"), None, None, self._at(review.starts), ""),
            (say("the room closes"), None, None, self._at(review.ends), ""),
            (say("paid by the victims"), scores.loss / YUAN, None, None, ""),
            (say("kept from being paid"), scores.prevented / YUAN, None, None, say("part of what this room saved")),
            *(
                (label.replace("\n", " "), fen / YUAN, None, None, "")
                for label, fen, _ in report_text.outcomes(review)
            ),
            (say("points for money"), None, scores.recovered_points, None, say(report_text.SCALE)),
            (
                say("points for what was done after injects"), None, scores.injects_points, None,
                say(report_text.COUNTED),
            ),
            (say("points for decisions"), None, scores.decisions_points, None, ""),
            (say("total"), None, scores.total, None, ""),
            (say("too late"), None, None, None, say(report_text.LATE)),
            (say("yuan lost"), None, None, None, say(report_text.COSTS)),
            (say("seed, replication"), None, None, None, f"{exercise.seed}, {exercise.replication}"),
            (say("difficulty"), None, None, None, described(exercise.difficulty)),
        ]  # fmt: skip
        return Sheet(say("Summary"), columns, rows)

    def counterfactuals(self) -> Sheet:
        columns = (
            Column(key("no."), "count", 6), Column(key("what else was decided"), "text", 80),
            Column(key("yuan saved by this"), "money", 18), Column(key("yuan saved by this room"), "money", 18),
            Column(key("yuan more (below zero: less)"), "money", 18), Column(key("why"), "text", 60),
            Column(key("on other plans"), "text", 60),
        )  # fmt: skip
        review = self.review
        told = [*review.counterfactuals, *([review.lucky] if review.lucky is not None else [])]
        rows = [
            (
                number, otherwise.counterfactual(self.exercise, one), one.result / YUAN,
                (one.result - one.more) / YUAN, one.more / YUAN, otherwise.reason(review, one), otherwise.luck(one),
            )
            for number, one in enumerate(told, 1)
        ]  # fmt: skip
        return Sheet(say("Counterfactuals"), columns, rows)

    def timeline(self) -> Sheet:
        columns = (Column(key("time"), "time", 20), Column(key("since the opening"), "span", 12),
                   Column(key("kind"), "text", 14), Column(key("what happened"), "text", 80),
                   Column(key("amount, yuan"), "money", 15))  # fmt: skip
        review, rows = self.review, []
        for at, kind, one in report_timeline.timeline(review):
            amount = None if isinstance(one, Decided) or one.amount is None else one.amount / YUAN
            text = report_timeline.row(review, one)
            rows.append((self._at(at), _span(at - review.starts), say(report_timeline.KINDS[kind]), text, amount))
        return Sheet(say("Timeline"), columns, rows)

    def decisions(self) -> Sheet:
        columns = (
            Column(key("time"), "time", 20), Column(key("who"), "text", 20), Column(key("role"), "text", 18),
            Column(key("action"), "text", 24), Column(key("case"), "count", 7), Column(key("account"), "count", 9),
            Column(key("desk"), "text", 20), Column(key("came up"), "time", 20), Column(key("waited"), "span", 10),
            Column(key("too late"), "text", 10), Column(key("minutes lost"), "points", 10),
            Column(key("yuan lost (below zero: saved)"), "money", 15), Column(key("note"), "text", 50),
        )  # fmt: skip
        rows = [
            (
                self._at(one.at), one.name, words.role(self.exercise, one.role) if one.role else "",
                words.action(one.action), _number(one.case), _number(one.account),
                names.place(one.desk) if one.desk else "", self._at(one.opened), _span(one.waited), _yes(one.late),
                one.minutes_lost, None if one.fen_lost is None else one.fen_lost / YUAN, one.note,
            )
            for one in self.review.decisions
        ]  # fmt: skip
        return Sheet(say("Decisions"), columns, rows)

    def injects(self) -> Sheet:
        columns = (
            Column(key("no."), "text", 6), Column(key("time"), "time", 20), Column(key("to"), "text", 24),
            Column(key("inject"), "text", 60), Column(key("expected"), "text", 40), Column(key("deadline"), "time", 20),
            Column(key("done at"), "time", 20), Column(key("by"), "text", 20), Column(key("answered"), "text", 12),
        )  # fmt: skip
        rows = [
            (
                self.review.numbers[one.id], self._at(one.fired_at), words.roles(self.exercise, one.to),
                words.told(one.text), report_text.expected(self.exercise, one),
                None if one.deadline is None else self._at(one.deadline),
                None if one.done_at is None else self._at(one.done_at), one.by,
                _answered(one),
            )
            for one in self.review.injects
        ]  # fmt: skip
        return Sheet(say("Injects"), columns, rows)

    def scores(self) -> Sheet:
        columns = (
            Column(key("who"), "text", 24), Column(key("role"), "text", 20), Column(key("decisions"), "count", 11),
            Column(key("left to the model"), "count", 11), Column(key("too late"), "count", 10),
            Column(key("minutes lost"), "points", 10), Column(key("expected after injects"), "count", 12),
            Column(key("done in time"), "count", 8), Column(key("answered late"), "count", 10),
            Column(key("score"), "points", 9),
        )  # fmt: skip
        rows: list[Sequence[Any]] = [
            (
                say("team"), words.role(self.exercise, one.role), one.decisions, one.missed, one.late,
                one.minutes_lost, one.expected, one.done, one.answered_late, one.points,
            )
            for one in teams(self.review)
        ]  # fmt: skip
        rows += [
            (
                one.name, words.role(self.exercise, one.role), one.decisions, None, one.late, one.minutes_lost,
                one.expected, one.done, one.answered_late, one.points,
            )
            for one in self.review.seats
        ]  # fmt: skip
        return Sheet(say("Scores"), columns, rows)

    def evaluation(self) -> Sheet:
        columns = (
            Column(key("objective"), "text", 50), Column(key("rating"), "text", 8),
            Column(key("evaluator"), "text", 20), Column(key("time"), "time", 20), Column(key("note"), "text", 80),
        )  # fmt: skip
        texts = {one.id: words.told(one.text) for one in self.exercise.objectives}
        rows: list[Sequence[Any]] = [
            (texts[objective], letter, who, None, "")
            for objective, ratings in self.review.ratings.items() for letter, names in ratings.items() for who in names
        ]  # fmt: skip
        rows += [(texts.get(one.objective, ""), "", one.by, self._at(one.at), one.text) for one in self.review.notes]
        return Sheet(say("Evaluation"), columns, rows)

    def _at(self, at: int) -> datetime:
        return self.when(at).replace(tzinfo=None, microsecond=0)  # as the page shows it


def _span(ms: int) -> timedelta:
    return timedelta(milliseconds=ms // SECOND * SECOND)


def _number(number: int) -> int | None:
    return None if number == NONE else number


def _yes(done: bool) -> str:
    return say("yes") if done else say("no")


def _answered(one: Injected) -> str:
    if one.expected is None:
        return ""
    if one.unmanned:
        return say(report_text.UNMANNED)
    return say("in time") if one.in_time else say("late") if one.late else say("not at all")
