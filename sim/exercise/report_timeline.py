"""The timeline of an after-action report: all that people did and were told, and what became of accounts."""

from __future__ import annotations

from typing import Final

from sim.exercise import report_text, words
from sim.exercise.decided import Decided
from sim.exercise.review import Injected, Moment, Review
from sim.words.language import key, money, say

KINDS: Final = {
    "report": key("report"),
    "stop": key("stop"),
    "freeze": key("freeze"),
    "lapse": key("end of a hold"),
    "inject": key("inject"),
    "decision": key("decision"),
    "missed": key("not decided"),
    "change": key("change of conditions"),
    "end": key("change ended"),
    "skip": key("inject skipped"),
    "hold": key("inject held back"),
    "plan": key("inject planned again"),
    "edit": key("inject changed"),
    "heard": key("call taken"),
    "note": key("evaluator's note"),
    "clock": key("clock held"),
}
"""Kinds of rows of a timeline."""
_DECIDED: Final = ("decision", "missed")


def timeline(review: Review) -> list[tuple[int, str, Decided | Moment]]:
    """(ms, kind, what) of all that happened, decisions as the review has them with what they cost."""
    events = [(one.at, one.kind, one) for one in review.timeline if one.kind not in _DECIDED]
    decisions = [(one.at, "missed" if report_text.is_missed(one) else "decision", one) for one in review.decisions]
    return sorted([*events, *decisions], key=lambda it: it[0])


def row(review: Review, one: Decided | Moment) -> str:
    """A row of the timeline as a sentence."""
    if not isinstance(one, Decided):
        return _moment(review, one)
    to = review.addresses.get(one.number)
    if to is None or not to.role:
        return report_text.decided(review.exercise, one)
    whom = to.name or words.role(review.exercise, to.role)
    return say("{who}: tell {whom}", who=report_text.person(review.exercise, one), whom=whom)


def _moment(review: Review, one: Moment) -> str:
    about = words.subject(one.case, one.account)
    match one.kind:
        case "report":
            return say("{about} is reported", about=about)
        case "stop":
            if not one.amount:
                return say("{about} is stopped, nothing on it", about=about)
            return say("{about} is stopped, {money} on it", about=about, money=money(one.amount))
        case "freeze":
            return say("{about} is frozen, {money} on it", about=about, money=money(one.amount or 0))
        case "lapse":
            return say("the hold on {about} ends", about=about)
        case "inject":
            number, told = _fired(review, one.id)
            text = words.told(told.text)
            if one.name:
                return say("inject {number}, told by {who}: {text}", number=number, who=say(one.name), text=text)
            return say("inject {number}: {text}", number=number, text=text)
        case "change":
            assert one.effect is not None
            changed = words.effect(one.effect)
            if one.id:
                return say("inject {number}: {text}", number=_fired(review, one.id)[0], text=changed)
            return say("{who}: {text}", who=say(one.name), text=changed)
        case "end":
            assert one.effect is not None
            return say("{who} ended at once: {text}", who=say(one.name), text=words.effect(one.effect))
        case "edit":
            return say("{who} changed inject {number}", who=say(one.name), number=review.numbers[one.id])
        case "heard":
            return say("{who} took inject {number}", who=one.name, number=_fired(review, one.id)[0])
        case "note":
            return say("{who}: {text}", who=one.name, text=one.text)
        case "plan":
            return say(
                "{who}: the inject “{text}” is told as planned after all", who=say(one.name),
                text=_planned(review, one.id),
            )  # fmt: skip
        case "skip":
            if not one.name:
                return say("what “{text}” says was not so by its time: it is never told", text=_planned(review, one.id))
            return say("{who}: the inject “{text}” is never told", who=say(one.name), text=_planned(review, one.id))
        case "hold":
            return say(
                "{who}: the inject “{text}” is told by hand only", who=say(one.name), text=_planned(review, one.id)
            )
        case "clock":
            return say("{who} holds the clock", who=say(one.name))
        case _:
            raise ValueError(f"a decision is told by what it cost, not as {one.kind!r}")


def _fired(review: Review, name: str) -> tuple[str, Injected]:
    """An inject that was told, and what it is called by everywhere."""
    return review.numbers[name], next(one for one in review.injects if one.id == name)


def _planned(review: Review, name: str) -> str:
    """The text of an inject of the exercise."""
    return next(words.told(one.text) for one in review.exercise.injects if one.id == name)
