"""An inject that has not come, changed on the facilitator's board: the fields in which an exercise is made."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import Any, Final

from sim.exercise.editing import as_written
from sim.exercise.models import Exercise, Inject
from sim.exercise.session import Refused, Session
from sim.scenario.errors import Origin, ScenarioError
from sim.web.deeds import Do
from sim.web.exercise_form import Draught, Place
from sim.web.exercise_kinds import Kinds
from sim.web.exercise_making import Around
from sim.web.exercise_wrong import label, wrong_words
from sim.web.focus import show_focus
from sim.web.parts import Field, Tag, box, button, heading
from sim.web.room import FACILITATOR
from sim.words.language import say

PARTS: Final = ("text", "to", "channel", "at", "when", "manual", "expect", "deadline")
"""Of an inject, what may be changed in mid-room."""
PLACE: Final = ("injects", 0)
"""Of the inject in what the fields are made of."""


class Editing:
    """The place above the board where one inject at a time is changed."""

    def __init__(self, session: Session, do: Do) -> None:
        self._session, self._do = session, do
        self._place = box()

    def show(self, name: str, called: str) -> None:
        """Show the fields of an inject.

        Args:
            name: of the inject.
            called: its number in words.
        """
        session, self._name = self._session, name
        inject = next(one.inject for one in session.injects if one.inject.id == self._name)
        self._before = as_written(inject)
        roles = session.exercise.model_dump(mode="json", include={"roles"})
        kinds = Kinds([])
        kinds.around = Around([one["name"] for one in session.view("facilitator")["desks"]])
        kinds.of = self._of = Draught(roles | {"injects": [deepcopy(self._before)]}, self._heard, kinds.options)
        self._place.clear()
        with self._place, box("panel", "section"):
            head = heading(2, say("{inject}: change it", inject=called)).set(tabindex=-1)
            with box("fields"):
                self._of.fields(Inject, PLACE, PARTS)
            self._mistake = Tag("p", "", "mistake", role="alert")
            with box("row"):
                button(say("Keep the change"), self._keep, "main")
                button(say("Leave it"), self._place.clear)
        show_focus(head)

    def _heard(self, place: Place) -> None:
        if place[2:3] == ("expect",):
            self._of.answer_has_a_time(PLACE)

    @property
    def _made(self) -> dict[str, Any]:
        """The parts that are other than they were; None for one that is gone."""
        now = self._of.get(PLACE)
        return {part: now.get(part) for part in PARTS if now.get(part) != self._before.get(part)}

    def _keep(self) -> None:
        script, made = self._session.script, self._made
        text = self._of.shown["injects.0.text"]
        try:
            if isinstance(text, Field) and not text.value.strip():  # what is left in the other language is not meant
                made["text"] = None
            script.fitting(self._name, made)
        except ScenarioError as error:
            self._refuse(error)
            return
        except Refused:
            pass  # it has come meanwhile: what is done next says so
        if self._do(partial(script.edit, self._name, FACILITATOR, made), say("The inject is changed.")):
            self._place.clear()

    def _refuse(self, error: ScenarioError) -> None:
        """Say a mistake beside its field, and which field that is below them all."""
        where = ".".join(filter(None, (*map(str, PLACE), error.field)))
        wrong = ScenarioError(Origin(error.file), where, error.read, error.accepted)
        named = label(where.split("."), Exercise, skip=len(PLACE))
        what = wrong_words(wrong)
        inside = say("{who}: {text}", who=named, text=what) if named else what
        self._of.refuse(wrong, inside)
        self._mistake.set_text(inside)
