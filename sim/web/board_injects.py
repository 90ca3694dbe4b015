"""The injects on the facilitator's board: what has come, what will, and what may be done about it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from math import inf
from typing import Any, Final

from sim.exercise import words
from sim.exercise.seen import InjectSeen, View
from sim.exercise.session import Session
from sim.exercise.texts import Texts
from sim.web import said
from sim.web.board_editing import Editing
from sim.web.deeds import Do
from sim.web.parts import Field, Rows, Tag, box, button, heading, para
from sim.web.room import FACILITATOR
from sim.web.talk import LONGEST_MESSAGE
from sim.words import language as lang
from sim.words.language import say

CHANNELS: Final = ("message", "phone", "radio", "paper", "in_person")


class Injects:
    """The injects of an exercise: what has come, what will, and what was expected."""

    def __init__(self, session: Session, start: datetime, do: Do, editing: Editing) -> None:
        heading(2, say("Injects"))
        with Tag("ul", "", "plain stack long", tabindex=0, aria_label=say("Injects")) as place:
            self._rows = Rows(
                place, lambda name: _InjectRow(session, start, do, editing, name), say("This exercise has none.")
            )

    def show(self, view: View) -> None:
        """Show the injects of a facilitator's view."""
        coming = sorted(view["injects"], key=_place)
        self._rows.show([(one["id"], one) for one in coming])


def _place(one: InjectSeen) -> tuple[bool, float, float]:
    """What is still to come first, by its time, then what has come, the latest first."""
    over = one["state"] in ("fired", "skipped")
    return over, inf if one["due"] is None or over else one["due"], -(one["fired_at"] or 0)


def _called(session: Session, name: str) -> str:
    """An inject by its number, as the printed copy and the report have it."""
    numbers = words.numbers(session.exercise, [one.inject.id for one in session.injects])
    return say("Inject {number}", number=numbers[name])


class _InjectRow:
    """One inject, and what the facilitator may do with it."""

    def __init__(self, session: Session, start: datetime, do: Do, editing: Editing, name: str) -> None:
        self._session, self._start = session, start
        self._status = next(one for one in session.injects if one.inject.id == name)
        self._name = _called(session, name)
        with box("task", "li") as self.box:
            with box("row apart"):
                self._what = Tag("span", "", "what")
                self._state = Tag("span", "", "tag")
            self._text = para("")
            self._note = para("", "quiet")
            self._answer = para("", "quiet")
            with box("choices") as self._choices:
                for label, spoken, deed in (
                    (say("Send now"), say("{inject}: send it now", inject=self._name), session.inject),
                    (say("Hold it"), say("{inject}: hold it", inject=self._name), session.hold_inject),
                    (say("Skip it"), say("{inject}: skip it", inject=self._name), session.skip_inject),
                ):
                    button(label, partial(do, partial(deed, name, FACILITATOR)), aria_label=spoken)
            with box("choices") as self._undoing:
                button(
                    say("As planned after all"), partial(do, partial(session.script.plan, name, FACILITATOR)),
                    aria_label=say("{inject}: as planned after all", inject=self._name),
                )  # fmt: skip
            self._change = button(
                say("Change it"), partial(editing.show, name, self._name), "small",
                aria_label=say("{inject}: change it", inject=self._name),
            )  # fmt: skip
            with box("choices") as self._judging:
                for label, spoken, met in (
                    (say("It counts"), say("{inject}: the answer counts", inject=self._name), True),
                    (say("It does not count"), say("{inject}: the answer does not count", inject=self._name), False),
                ):
                    button(label, partial(do, partial(session.judge, name, met, FACILITATOR)), aria_label=spoken)

    def show(self, one: InjectSeen) -> None:
        """Show what has become of it."""
        to = lang.listed([words.role(self._session.exercise, role) for role in one["to"]])
        self._what.set_text(
            say("{inject}, {channel}, to {who}", inject=self._name, channel=words.channel(one["channel"]), who=to)
        )
        self._state.set_text(self._state_of(one))
        self._state.mark_as("good", one["state"] == "fired")
        self._text.set_text(said.text_of(one["text"]))
        self._note.set_text(say("For you: {note}", note=said.text_of(one["note"])) if one["note"] else "")
        self._answer.set_text(self._answered(one))
        self._choices.set(hidden=one["state"] in ("fired", "skipped"))
        over = one["state"] == "held" and one["due"] is not None and one["due"] <= self._session.now
        self._change.set(hidden=one["state"] == "fired")
        self._undoing.set(hidden=one["state"] not in ("held", "skipped") or over)
        answered = one["done_at"] is not None or one["wrong_at"] is not None or bool(one["said"])
        self._judging.set(hidden=one["expect"] is None or not answered)

    def _state_of(self, one: InjectSeen) -> str:
        start = self._start
        if one["fired_at"] is not None:
            return say("told at {time}", time=said.at(start, one["fired_at"]))
        if one["state"] in ("held", "skipped"):
            return {"held": say("held: by hand only"), "skipped": say("skipped")}[one["state"]]
        if one["manual"]:
            return say("by hand only")
        latest = "" if one["due"] is None else said.at(start, one["due"])
        if self._status.inject.when is None:
            return say("comes at {time}", time=latest)
        when = words.condition(self._status.inject.when)
        if self._status.inject.or_never:
            return say("{condition}, until {time}, else never", condition=when, time=latest)
        return say("{condition}, at the latest at {time}", condition=when, time=latest) if latest else when

    def _answered(self, one: InjectSeen) -> str:
        expect, deadline = one["expect"], one["deadline"]
        if expect is None or deadline is None:  # nothing is expected, or not yet
            return ""
        if one["done_at"] is not None:
            at = said.at(self._start, one["done_at"])
            if one["done_late"]:
                until = said.at(self._start, deadline)
                return say("Answered late by {name} at {time}: expected by {until}.", name=one["done_by"], time=at,
                           until=until)  # fmt: skip
            return say("Done by {name} at {time}.", name=one["done_by"], time=at)
        what = words.expected(self._session.exercise, self._status.inject.expect, None)
        wanted = say("Expected: {what}, by {time}.", what=what, time=said.at(self._start, deadline))
        if "to_judge" in one:
            asked = say("{name} said “{note}”: does it count?", name=one["to_judge"], note=one["said"])
            return words.sentences([asked, wanted])
        if said.too_late(one, self._session.now):
            return words.sentences([say("Too late: nobody has done it."), wanted])
        if one["wrong_at"] is None:
            return words.sentences([wanted, *([say("Said: “{note}”", note=one["said"])] if one["said"] else [])])
        wrong = say(
            "Answered wrongly by {name} at {time}: {why}.", name=one["wrong_by"],
            time=said.at(self._start, one["wrong_at"]), why=words.lacking(one["missing"]),
        )  # fmt: skip
        return words.sentences([wrong, wanted])


class MadeUp:
    """Where whoever leads tells something that the exercise does not have."""

    def __init__(self, session: Session, do: Do) -> None:
        self._session, self._do = session, do
        heading(2, say("Tell them something else"))
        self._text = Field(say("What they are told"), rows=2, maxlength=LONGEST_MESSAGE)
        roles = session.exercise.roles
        everyone = [("", say("everybody")), *((name, words.role(session.exercise, name)) for name in roles)]
        with box("fields"):
            self._to = Field(say("To"), "", options=everyone)
            self._channel = Field(say("How"), CHANNELS[0], options=[(one, words.channel(one)) for one in CHANNELS])
        button(say("Tell them now"), self._tell)

    def _tell(self) -> None:
        text = " ".join(self._text.value.split())[:LONGEST_MESSAGE]
        self._text.refuse("" if text else say("read nothing, accepted: a text"))
        if not text:
            return
        to = [self._to.value] if self._to.value else []
        channel: Any = self._channel.value
        inject = partial(self._session.inject, Texts(en=text, zh=text), FACILITATOR, to=to, channel=channel)
        if self._do(inject, say("They were told.")):
            self._text.clear()
