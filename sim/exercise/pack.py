"""What a room is played with when the computers fail: briefing, role sheets and injects on paper."""

from __future__ import annotations

from typing import Any, Final

from sim.exercise import words
from sim.exercise.load import Loaded
from sim.exercise.models import Inject, Role
from sim.exercise.report_page import fill
from sim.words import names
from sim.words.language import clock, duration, key, listed, say

SEES: Final = {
    "cases": key("the cases: who reported, when, what kind of fraud"),
    "amounts": key("amounts"),
    "accounts": key("the accounts that are known"),
    "flows": key("where the money went, as banks answered"),
    "queues": key("the queues of every desk, and all decisions"),
    "field": key("couriers, cash machines and the teams"),
    "banks": key("the desks of the banks"),
}
LINES: Final = 25
"""Empty lines that a page has room for, less a line for every two that a role sheet says: so each fills its page."""
LABELS: Final = {
    "briefing": key("Briefing"),
    "objectives": key("Objectives"),
    "rules": key("How it is played"),
    "roles": key("Roles"),
    "role": key("Role"),
    "desks": key("Decides for"),
    "sees": key("Sees"),
    "may": key("May"),
    "deadline": key("Time to decide"),
    "seats": key("Seats"),
    "record": key("Record"),
    "people": key("Who sits where"),
    "name": key("name"),
    "made": key("How this exercise was made"),
    "time": key("time"),
    "about": key("case, account"),
    "decided": key("decided"),
    "told_whom": key("told whom"),
    "inject": key("Inject"),
    "injects": key("Injects"),
    "to": key("To"),
    "channel": key("How"),
    "text": key("Text"),
    "when": key("When"),
    "expected": key("Expected"),
    "until": key("Deadline"),
    "note": key("Note"),
    "effect": key("Changes"),
    "told_at": key("Told at"),
    "done_at": key("Done at"),
    "done_by": key("by"),
    "msel": key("Master scenario events list (MSEL)"),
    "number": key("no."),
    "only": key("For the facilitator only"),
}


def pack(loaded: Loaded) -> str:
    """The trainees' part as a self-contained page: briefing, a sheet for each role, injects to cut out."""
    exercise = loaded.exercise
    title = say("Inject pack: {title}", title=words.told(exercise.title))
    return fill(
        "pack.html", title, LABELS, exercise=_frame(loaded),
        chairs=[words.told(role.title) for role in exercise.roles.values() for _ in range(role.seats)],
        roles=[_role(role) for role in exercise.roles.values()],
        injects=[_inject(loaded, number, one) for number, one in enumerate(words.in_order(loaded.exercise), 1)],
    )  # fmt: skip


def facilitator(loaded: Loaded) -> str:
    """The facilitator's copy as a self-contained page: the list of injects, and each with what is expected."""
    title = say("Facilitator's copy: {title}", title=words.told(loaded.exercise.title))
    return fill(
        "facilitator.html", title, LABELS, exercise=_frame(loaded), made=_made(loaded),
        injects=[
            _inject(loaded, number, one) | _guidance(loaded, one)
            for number, one in enumerate(words.in_order(loaded.exercise), 1)
        ],
    )  # fmt: skip


def _made(loaded: Loaded) -> list[str]:
    own = loaded.exercise.made
    return [*(words.told(own).splitlines() if own else []), say(words.AUTOMATIC)]


def _frame(loaded: Loaded) -> dict[str, Any]:
    exercise, when = loaded.exercise, loaded.scenario.when
    opens, closes = when(exercise.starts), when(exercise.ends)
    return {
        "title": words.told(exercise.title),
        "question": words.told(exercise.question) if exercise.question else "",
        "span": words.span(exercise, opens, closes),
        "briefing": words.told(exercise.briefing).splitlines(),
        "objectives": [words.told(one.text) for one in exercise.objectives],
        "rules": [
            say(
                "Everybody decides what is next at the own desks; the people there do the work in the time that it"
                " takes. What nobody decides in time, the desk takes in its usual order."
            ),
            say(
                "Without computers the facilitator hands over each inject at its time, and a card for each call and"
                " account that becomes known; say which of the cards at your desks is next, and write down time and"
                " decision. You are told when its work is done, and what it opens."
            ),
        ],
    }  # fmt: skip


def _role(one: Role) -> dict[str, Any]:
    return {
        "title": words.told(one.title),
        "desks": listed([names.place(desk) for desk in one.desks]),
        "sees": [say(SEES[name]) for name in one.sees],
        "may": [words.action(name) for name in one.may],
        "deadline": duration(one.deadline) if one.deadline else "",
        "seats": str(one.seats),
        "lines": LINES - (len(one.sees) + len(one.may) + 3) // 2 - 1,
    }


def _inject(loaded: Loaded, number: int, one: Inject) -> dict[str, Any]:
    asks = words.hint(loaded.exercise, one.id)
    return {
        "number": number,
        "when": _when(loaded, one),
        "to": words.roles(loaded.exercise, one.to),
        "channel": words.channel(one.channel),
        "text": [*words.told(one.text).splitlines(), *([say("(asked for: {what})", what=asks)] if asks else [])],
    }


def _guidance(loaded: Loaded, one: Inject) -> dict[str, Any]:
    return {
        "condition": words.condition(one.when) if one.when else "",
        "expected": words.expected(loaded.exercise, one.expect, one.deadline),
        "note": words.told(one.note).splitlines() if one.note else [],
        "effect": words.effect(one.effect) if one.effect else "",
    }


def _when(loaded: Loaded, one: Inject) -> str:
    """The moment of an inject, as trainees may read it: a condition would tell them what is coming."""
    if one.at is None:
        return say("when the facilitator says so")
    at = clock(loaded.scenario.when(loaded.exercise.starts + one.at))
    said = say("{clock}, at the opening", clock=at)
    if one.at:
        said = say("{clock}, {time} after the opening", clock=at, time=duration(one.at))
    if one.or_never:
        return say("{time} at the latest, or never", time=said)
    return say("{time} at the latest", time=said) if one.when else said
