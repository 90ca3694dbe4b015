"""Changes of conditions on the facilitator's board: made, listed while they are in force, and ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sim.exercise import words
from sim.exercise.models import Effect
from sim.exercise.records import Steered
from sim.exercise.seen import View
from sim.exercise.session import Session
from sim.scenario.errors import clip
from sim.scenario.people import NAMED_POLICIES
from sim.web import live, said
from sim.web.deeds import Do
from sim.web.numbers import whole
from sim.web.parts import Field, Rows, Tag, box, button, details, heading, para
from sim.web.room import FACILITATOR
from sim.words import language as lang
from sim.words import names
from sim.words.language import named, say
from sim.words.units import format_duration

MOST_CHANGES: Final = 6
"""Changes of conditions that the board lists."""
MANY_TIMES: Final = 3
"""Times as many people as a desk has now: so many more are hardly meant."""


def in_force(steered: Sequence[Steered], now: int, ended: Collection[int] = ()) -> list[tuple[int, Steered]]:
    """(number, change) of the changes of conditions that are not over, the latest first; of orders of work the last.

    Args:
        ended: numbers of those that were ended before they were over.
    """
    found: list[tuple[int, Steered]] = []
    ordered: set[str] = set()
    for number, one in reversed([*enumerate(steered)]):
        if one.kind != "change" or one.effect is None or (one.until is not None and one.until <= now):
            continue
        if one.effect.policy is not None:
            if one.effect.desk in ordered:
                continue
            ordered.add(one.effect.desk)
        if number not in ended:
            found.append((number, one))
    return found


def change_words(start: datetime, one: Steered) -> str:
    """What is changed, and until when."""
    assert one.effect is not None
    what = words.effect(one.effect)
    if one.until is None:
        return what
    began, ends = (start + timedelta(milliseconds=ms) for ms in (one.at, one.until))
    time = lang.clock(ends)
    if ends.date() != began.date():
        time = say("{date}, {time}", date=lang.day_of_year(ends), time=time)
    return say("{what}, until {time}", what=what, time=time)


def doubt(effect: Effect, view: View, whole: int) -> str:
    """Why a change is hardly meant, as a question; empty where it may well be.

    Args:
        view: of whoever leads.
        whole: ms that the exercise lasts.
    """
    if effect.bank_down is not None and (effect.lasts or 0) > whole:
        return say("This lasts longer than the whole exercise.")
    if effect.staff is None:
        return ""
    heads = next((one["heads"] for one in view["desks"] if one["name"] == effect.desk), None)
    desk, change = said.desk(effect.desk), effect.staff.heads
    if heads is not None and change < 0 and heads + change <= 0:
        return say("This leaves nobody at {desk}.", desk=desk)
    if heads is not None and change > MANY_TIMES * max(heads, 1):
        return lang.counted(heads, "{desk} has {n} person now.", "{desk} has {n} people now.", desk=desk)
    return ""


class Conditions:
    """What the facilitator may change, and what is changed now."""

    def __init__(self, session: Session, start: datetime, do: Do) -> None:
        self._session, self._start, self._do = session, start, do
        self._doubted: Effect | None = None
        """The change about which was asked whether it is meant."""
        heading(2, say("Change the conditions"))
        para(say("Who works and how; never the victims or their luck."), "quiet")
        known = [one["name"] for one in session.view("facilitator")["desks"]]
        banks = [name.removeprefix("bank:") for name in known if name.startswith("bank:")]
        desks = [(name, said.desk(name)) for name in known]
        with details(say("A bank goes down")):
            bank = Field(say("Bank"), banks[0], options=[(one, named(one, "bank")) for one in banks])
            lasts = Field(say("For how many minutes"), "10", type="number", min=1, max=1440)
            button(say("Take it down"), lambda: self._bank_down(bank, lasts))
        with details(say("Staff fall ill, or more come")):
            desk = Field(say("Desk"), desks[0][0], options=desks)
            heads = Field(say("People more, or fewer with a minus"), "-1", type="number", min=-100, max=100)
            long = Field(say("For how many minutes"), "60", type="number", min=1, max=1440)
            button(say("Change the staff"), lambda: self._staff(desk, heads, long))
        with details(say("Another rule of who is served first")):
            where = Field(say("Desk"), desks[0][0], options=desks)
            policy = Field(
                say("Served first"), NAMED_POLICIES[0], options=[(one, names.policy(one)) for one in NAMED_POLICIES]
            )
            button(say("Change it"), lambda: self._policy(where, policy))
        with box("notice warn", role="alert", hidden=True) as self._asking:
            self._question = para("")
            with box("row"):
                button(say("It is meant: do it"), self._do_it)
                button(say("Leave it"), self._leave_it, "main")
        heading(3, say("What is changed now"))
        with Tag("ul", "", "plain stack") as place:
            self._changes = Rows(place, lambda number: _Change(self, int(number)), say("Nothing is changed."))

    def show(self, _: View) -> None:
        """Show what is changed now."""
        session = self._session
        shown = [
            (f"{number}", (said.at(self._start, one.at), change_words(self._start, one)))
            for number, one in in_force(session.steered, session.now, session.conditions.ended)
        ]
        self._changes.show(shown[:MOST_CHANGES])

    def end(self, number: int) -> None:
        """End a change now."""
        self._do(
            lambda: self._session.conditions.end(number, FACILITATOR), say("It has ended, as if it was to end now.")
        )

    def _bank_down(self, bank: Field, lasts: Field) -> None:
        if (ms := _minutes(lasts)) is not None:
            self._change({"bank_down": bank.value, "lasts": format_duration(ms)})

    def _staff(self, desk: Field, heads: Field, lasts: Field) -> None:
        number = whole(heads.value, -100, 100)
        shown = clip(heads.value.strip(), 40) or say("an empty field")
        heads.refuse("" if number else say("read {read}, accepted: -100 to 100, but not 0", read=shown))
        ms = _minutes(lasts)
        if number and ms is not None:
            self._change({"staff": {"desk": desk.value, "heads": number, "lasts": format_duration(ms)}})

    def _policy(self, desk: Field, policy: Field) -> None:
        self._change({"policy": {"desk": desk.value, "policy": policy.value}})

    def _change(self, effect: dict[str, Any]) -> None:
        """Do what an exercise file would write as an `effect`, or ask first whether it is meant."""
        read, session = Effect.model_validate(effect), self._session
        why = doubt(read, session.view("facilitator"), session.exercise.ends - session.exercise.starts)
        self._leave_it()
        if why:
            self._doubted = read
            self._question.set_text(words.sentences([why, say("Is it meant?")]))
            self._asking.set(hidden=None)
        else:
            self._make(read)

    def _make(self, effect: Effect) -> None:
        self._do(partial(self._session.change, effect, FACILITATOR), say("The conditions have changed."))

    def _do_it(self) -> None:
        effect = self._doubted
        self._leave_it()
        if effect is not None:
            self._make(effect)

    def _leave_it(self) -> None:
        self._doubted = None
        self._asking.set(hidden=True)


class _Change:
    """A change that is in force, and a button that ends it."""

    def __init__(self, conditions: Conditions, number: int) -> None:
        with box("row apart", "li") as self.box:
            with Tag("span"):
                self._at = Tag("span", "", "at")
                self._text = Tag("span")
            self._end = button(say("End it now"), lambda: conditions.end(number), "small")

    def show(self, data: tuple[str, str]) -> None:
        """Show (time, what is changed)."""
        self._at.set_text(data[0] + " ")
        self._text.set_text(data[1])
        self._end.set(aria_label=say("End now: {what}", what=data[1]))


def _minutes(field: Field) -> int | None:
    ms = live.minutes(field.value)
    wrong = say("read {read}, accepted: 1 to 1,440", read=clip(field.value.strip(), 40) or say("an empty field"))
    field.refuse(wrong if ms is None else "")
    return ms
