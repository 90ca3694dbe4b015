"""What a seat is told and tells: messages with their answers, a call that rings, somebody who stands in the way.

Whatever is new is said in the part of the page that is always there, wherever somebody has scrolled to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from sim.exercise import words
from sim.exercise.models import Exercise
from sim.exercise.seen import MessageSeen, View
from sim.exercise.session import Session
from sim.exercise.talk import is_from
from sim.scenario.errors import clip
from sim.web import said
from sim.web.parts import Field, Rows, Tag, box, button, heading, on, para
from sim.words import language as lang
from sim.words.language import say

LONGEST_MESSAGE: Final = 500
"""Characters."""
CLIPPED: Final = 140
"""Characters of a new message that are shown where it is announced."""
LEADS: Final = "facilitator"
RINGING: Final = ("phone", "radio")
BEEP: Final = """(() => {
  try {
    const at = new AudioContext(), tone = at.createOscillator(), loud = at.createGain();
    tone.frequency.value = 880; loud.gain.value = 0.08;
    tone.connect(loud).connect(at.destination);
    tone.start(); tone.stop(at.currentTime + 0.35);
    tone.onended = () => at.close();
  } catch (_) { }
})()"""
"""A short tone; a browser in which nobody has pressed anything yet keeps still."""


def to_be_heard(session: Session, role: str, one: MessageSeen) -> bool:
    """Whether a message is a call that nobody of the role has taken, or somebody whom nobody has heard out yet."""
    spoken = one["channel"] in (*RINGING, "in_person") and "from" not in one
    return spoken and (one["id"], role) not in session.talk.heard


def headline(exercise: Exercise, one: MessageSeen) -> str:
    """From whom a message is, or how it came, and for whom it is."""
    who = one.get("from", words.channel(one["channel"]))
    return say("{who} to {whom}", who=who, whom=said.whom(exercise, one)) if "to" in one else who


def _with_hint(exercise: Exercise, one: MessageSeen) -> str:
    """What a message says, with what it asks for where the room is told and nobody has done it."""
    text = said.text_of(one["text"])
    asks = words.hint(exercise, one["id"]) if one["state"] in ("open", "wrong") else ""
    return say("{text} (asked for: {what})", text=text, what=asks) if asks else text


def told(exercise: Exercise, one: MessageSeen, now: int) -> str:
    """A message, and what has become of what it asks for."""
    text = say("{who}: {text}", who=headline(exercise, one), text=_with_hint(exercise, one))
    if one["state"] == "done":
        return text + " " + say("(done)")
    if one["state"] == "wrong":
        return text + " " + say("(answered, but not what was asked for)")
    if one["state"] == "late":
        return text + " " + say("(answered late)")
    if "to_judge" in one:
        return text + " " + say("(answered; whoever leads judges it)")
    if one["state"] == "open" and "deadline" in one:
        left = one["deadline"] - now
        return text + " " + (say("({time} left)", time=lang.countdown(left)) if left >= 0 else say("(too late)"))
    return text


class Messages:
    """What a role was told, the latest first."""

    def __init__(
        self, exercise: Exercise, start: datetime, reply: Callable[[str], None] | None = None,
        silent: Callable[[MessageSeen], bool] = lambda _: False, own: Callable[[str], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        """
        Args:
            reply: answers a message, by its id; None where nobody can.
            silent: whether a message is still to be heard, so that its words are not shown.
            own: whether a message, by its id, is one's own: nobody answers that.
        """
        self._exercise, self._start, self._silent, self._own = exercise, start, silent, own
        heading(2, say("Messages"))
        with box("timeline", "ul", tabindex=0, aria_label=say("Messages")) as place:
            self._rows = Rows(place, lambda name: _Message(name, reply), say("None yet."))

    def show(self, view: View) -> None:
        """Show the messages of a view."""
        entries = []
        known = {one["id"]: one for one in view["messages"]}
        for one in reversed(view["messages"]):
            silent = self._silent(one)
            text = say("somebody waits for you to listen") if silent else told(self._exercise, one, view["now"])
            answers = known.get(one.get("reply", ""))
            if answers is not None:
                text = say(
                    "{text} (in answer to: {what})", text=text, what=clip(said.text_of(answers["text"]), CLIPPED)
                )
            entries.append((one["id"], (said.at(self._start, one["at"]), text, silent or self._own(one["id"]))))
        self._rows.show(entries)


class _Message:
    """One message, with a button that answers it."""

    def __init__(self, name: str, reply: Callable[[str], None] | None) -> None:
        with box("", "li") as self.box:
            self._at = Tag("span", "", "at")
            self._text = Tag("span")
            self._button = button(say("Answer"), partial(reply, name), "small") if reply else None

    def show(self, data: tuple[str, str, bool]) -> None:
        """Show (time, text, whether nobody can answer it, or not yet)."""
        at, text, mute = data
        self._at.set_text(at)
        self._text.set_text(text)
        if self._button is not None:
            self._button.set(hidden=mute, aria_label=say("Answer the message of {time}", time=at))


class Writing:
    """Where somebody writes: to everybody, to a role or to a person, or in answer to a message."""

    def __init__(self, session: Session, seat: str, send: Callable[..., bool]) -> None:
        """
        Args:
            send: (note, to, reply): whether it was sent.
        """
        self._session, self._seat, self._send = session, seat, send
        self._reply = ""
        with box("row", hidden=True) as self._answering:
            self._what = Tag("span", "", "quiet")
            button(say("No answer to it"), self.not_answering, "small")
        self._place = box()
        self._people: Sequence[tuple[str, str]] = ()
        self._to: Field | None = None
        self.text = Field(
            say("Message"), maxlength=LONGEST_MESSAGE, autocomplete="off", on_enter=self._write, data_draft="true"
        )
        button(say("Send"), self._write)

    def show(self, _: View) -> None:
        """Show to whom it can go now."""
        exercise, seats = self._session.exercise, self._session.seats
        people = [
            ("", say("everybody")), *((name, words.role(exercise, name)) for name in (*exercise.roles, LEADS)),
            *((one.id, say("{name} ({role})", name=one.name, role=words.role(exercise, one.role)))
              for one in seats.values() if one.id != self._seat),
        ]  # fmt: skip
        if people == self._people:
            return
        chosen = self._to.value if self._to is not None else ""
        self._people = people
        self._place.clear()
        with self._place:
            self._to = Field(say("To whom"), chosen if chosen in dict(people) else "", options=people)

    def answer(self, message: str) -> None:
        """What is written next answers a message."""
        seat = self._session.seats.get(self._seat)
        told = self._session.view(seat.role, seat.id)["messages"] if seat else []
        known = {one["id"]: one for one in told}
        if message in known:
            self._reply = message
            self._what.set_text(say("In answer to: {what}", what=clip(said.text_of(known[message]["text"]), CLIPPED)))
            self._answering.set(hidden=None)
            self.text.input.client.run_javascript(f"document.getElementById('{self.text.input.html_id}').focus()")

    def not_answering(self) -> None:
        """What is written next answers nothing."""
        self._reply = ""
        self._answering.set(hidden=True)

    def _write(self) -> None:
        to = self._to.value if self._to is not None else ""
        if self._send(self.text.value[:LONGEST_MESSAGE], to, self._reply):
            self.text.clear()
            self.not_answering()


class Calls:
    """What is new, said where it is always seen: calls that ring, messages that nobody has read, and open tasks."""

    def __init__(
        self, session: Session, seat: str, role: str, hear: Callable[[str], bool],
        answer: Callable[[str, str], bool] | None,
    ) -> None:  # fmt: skip
        """
        Args:
            hear: takes a call, by the id of its inject; whether that was done.
            answer: (id, text): answers somebody who stands there; None for a role that can write nothing.
        """
        self._session, self._seat, self._role, self._hear, self._answer = session, seat, role, hear, answer
        self._read: set[str] = set()
        self._ringing = self._there = ""
        with box("call", hidden=True, role="alert") as self._call:
            self._who = Tag("strong")
            button(say("Take the call"), lambda: self._hear(self._ringing), "main")
        with box("row news") as self._news:
            self._latest = Tag("span", role="status")
            button(say("I have read it"), self._mark_read, "small")
        self._news.set(hidden=True)
        self._unread: list[MessageSeen] = []
        self._dialog = _Visitor(self._done_with, answer is not None)

    def show(self, view: View) -> None:
        """Show what is new in a view."""
        exercise = self._session.exercise
        silent = (
            [one for one in view["messages"] if to_be_heard(self._session, self._role, one)]
            if not view["finished"]
            else []
        )
        calls = [one for one in silent if one["channel"] in RINGING]
        visits = [one for one in silent if one["channel"] == "in_person"]
        ringing = calls[0]["id"] if calls else ""
        if ringing != self._ringing:
            self._ringing = ringing
            self._call.set(hidden=not ringing)
            if calls:
                rings = say("The radio calls you") if calls[0]["channel"] == "radio" else say("Your telephone rings")
                self._who.set_text(rings)
                self._call.client.run_javascript(BEEP)
        there = visits[0]["id"] if visits else ""
        if there != self._there:
            self._there = there
            self._dialog.show(_with_hint(exercise, visits[0]) if visits else "")
        heard = {one["id"] for one in silent}
        new = [one for one in view["messages"] if one["id"] not in heard | self._read and one["state"] != "done"]
        mine = [one for one in new if not is_from(one["id"], self._seat, self._session.decisions)]
        if [one["id"] for one in mine] != [one["id"] for one in self._unread]:
            self._unread = mine
            self._news.set(hidden=not mine)
            if mine:
                text = clip(said.text_of(mine[-1]["text"]), CLIPPED)
                latest = say("{who}: {text}", who=headline(exercise, mine[-1]), text=text)
                many = lang.counted(len(mine), "One new message.", "{n} new messages.")
                self._latest.set_text(words.sentences([many, latest]))

    def _mark_read(self) -> None:
        self._read |= {one["id"] for one in self._unread}
        self._unread = []
        self._news.set(hidden=True)

    def _done_with(self, text: str) -> None:
        """Whoever stands there was heard out, and perhaps answered."""
        if text and self._answer is not None and not self._answer(self._there, text):
            return
        self._hear(self._there)


class _Visitor:
    """Somebody who stands before the desk: nothing else can be done until they were heard."""

    def __init__(self, done: Callable[[str], None], can_answer: bool) -> None:
        self._done = done
        with Tag("dialog", "", "visitor") as self.box:
            heading(2, say("Somebody stands before you"))
            self._text = para("", "lead")
            self._field = (
                Field(say("What you answer"), maxlength=LONGEST_MESSAGE, autocomplete="off") if can_answer else None
            )
            with box("row"):
                if self._field is not None:
                    button(say("Answer aloud, to everybody"), self._say, "main")
                button(say("I have heard it, and act"), lambda: done(""), "" if can_answer else "main")
        self.box.set(aria_label=say("Somebody stands before you"))
        on(self.box, "cancel.prevent", lambda _: None)

    def _say(self) -> None:
        assert self._field is not None
        text = " ".join(self._field.value.split())
        self._field.refuse("" if text else say("read nothing, accepted: a text"))
        if text:
            self._done(text)
            self._field.clear()

    def show(self, text: str) -> None:
        """Let somebody stand there and say a text; empty: they have gone."""
        if text:
            self._text.set_text(text)
        do = "showModal()" if text else "close()"
        self.box.client.run_javascript(
            f"(() => {{ const d = document.getElementById('{self.box.html_id}');"
            f" if (d && d.open !== {str(bool(text)).lower()}) d.{do}; }})()"
        )
