"""What an evaluator has on the page: notes with their time and a rating for each objective, and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from sim.exercise import words
from sim.exercise.models import Objective
from sim.exercise.report_labels import RATINGS
from sim.exercise.seen import InjectSeen, View
from sim.exercise.session import Session
from sim.web import said
from sim.web.deeds import Do
from sim.web.parts import Field, Line, Rows, box, button, heading, link, para
from sim.words.language import say

LONGEST_NOTE: Final = 1000
"""Characters."""


class Evaluation:
    """The sheet of one evaluator."""

    def __init__(self, session: Session, start: datetime, name: Callable[[], str], guide: str, do: Do) -> None:
        """
        Args:
            name: of the evaluator now.
            guide: where the printed guide is.
        """
        self._session = session
        heading(2, say("Your evaluation"))
        with box("row"):
            link(say("The guide, to print"), guide, "button", target="_blank")
        say_it = [f"{letter}: {say(text)}" for letter, text in RATINGS]
        para(say("; ").join(say_it), "quiet")
        self._sheets = [_Sheet(session, start, one, name, do) for one in session.exercise.objectives]
        self._other = _Notes(session, start, "", name, do, say("A note about something else"))

    def show(self, _: View) -> None:
        """Show what was told and written so far."""
        injects = {one["id"]: one for one in self._session.view("facilitator").get("injects", [])}
        for one in self._sheets:
            one.show(injects)
        self._other.show()


class _Sheet:
    """One objective: what was expected for it, its rating, its notes."""

    def __init__(
        self, session: Session, start: datetime, objective: Objective, name: Callable[[], str], do: Do
    ) -> None:
        self._session, self._start, self._objective, self._name, self._do = session, start, objective, name, do
        text = words.told(objective.text)
        with box("sheet"):
            heading(3, text)
            with box("timeline short", "ul", tabindex=0, aria_label=say("Expected for: {what}", what=text)) as place:
                self._rows = Rows(place, Line, say("Nothing of it was told yet."))
            options = [("", say("not rated")), *((letter, f"{letter}: {say(meaning)}") for letter, meaning in RATINGS)]
            chosen = session.evaluation.ratings.get((objective.id, name()), "")
            self._rating = Field(say("Rating"), chosen, options=options, on_change=self._rate)
            self._notes = _Notes(session, start, objective.id, name, do, say("A note, at the time of now"))

    def _rate(self, rating: str) -> None:
        evaluation = self._session.evaluation
        self._do(lambda: evaluation.rate(self._objective.id, rating, self._name()), say("Rated."))

    def show(self, injects: dict[str, InjectSeen]) -> None:
        """Show what was expected, and whether it was done."""
        mine = [injects[name] for name in self._objective.injects if name in injects]
        told = [one for one in mine if one["fired_at"] is not None]
        numbers = words.numbers(self._session.exercise)
        self._rows.show(
            [(one["id"], (said.at(self._start, one["fired_at"] or 0), self._state(one, numbers))) for one in told]
        )
        self._notes.show()

    def _state(self, one: InjectSeen, numbers: dict[str, str]) -> str:
        status = next(it for it in self._session.injects if it.inject.id == one["id"])
        inject = status.inject
        what = words.expected(self._session.exercise, inject.expect, inject.deadline)
        told = say("Inject {number}", number=numbers.get(one["id"], ""))
        if not what:
            return told
        return say("{inject}: {what}. So far: {done}.", inject=told, what=what, done=self._done(one))

    def _done(self, one: InjectSeen) -> str:
        """What has come of what was expected."""
        if one["done_at"] is not None:
            done = say("done at {time}", time=said.at(self._start, one["done_at"]))
            return say("{done}, late", done=done) if one["done_late"] else done
        if one["wrong_at"] is not None:
            return say("answered wrongly: {why}", why=words.lacking(one["missing"]))
        return say("too late") if said.too_late(one, self._session.now) else say("not done yet")


class _Notes:
    """The notes about one objective, and a field for the next."""

    def __init__(
        self, session: Session, start: datetime, objective: str, name: Callable[[], str], do: Do, label: str
    ) -> None:
        self._session, self._start, self._of, self._name, self._do = session, start, objective, name, do
        self._field = Field(label, maxlength=LONGEST_NOTE, autocomplete="off", on_enter=self._write, data_draft="true")
        button(say("Write it down"), self._write, aria_label=say("Write down: {what}", what=label))
        with box("timeline short", "ul", tabindex=0, aria_label=say("Notes")) as place:
            self._rows = Rows(place, Line)

    def _write(self) -> None:
        note = partial(self._session.evaluation.observe, self._field.value[:LONGEST_NOTE], self._name(), self._of)
        if self._do(note, say("Written down.")):
            self._field.clear()

    def show(self) -> None:
        """Show the notes of everybody."""
        notes = [one for one in self._session.evaluation.notes if one.objective == self._of]
        self._rows.show(
            [
                (f"{number}", (said.at(self._start, one.at), say("{who}: {text}", who=one.by, text=one.text)))
                for number, one in reversed([*enumerate(notes)])
            ]
        )
