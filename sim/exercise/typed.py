"""The acts that may be tried now, as somebody at a terminal types them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sim.exercise.offers import Asked, offers
from sim.exercise.seen import TaskSeen, View
from sim.words.language import listed, say
from sim.words.phrases import Phrase, phrase
from sim.words.units import parse_duration
from sim.workflow.log import NONE

SHORT: Final = {"stop": "stop", "call": "call_bank", "team": "team", "drop": "write_off"}
"""What is typed before the number of an account or a case, and the action that it stands for."""

NAMED: Final = 5
"""Possible acts that are named in place of one that is not."""


def lines_of(views: Sequence[View], numbers: Mapping[tuple[str, int, int], int]) -> list[str]:
    """What may be typed by somebody with these views, without doubles.

    Args:
        views: of the trainee's roles.
        numbers: of the open decisions by (desk, case, account), as they were listed.
    """
    return [one for one in dict.fromkeys(_typed(wish, numbers) for view in views for wish in offers(view)) if one]


def unlisted(line: str, why: str, possible: Sequence[str]) -> str:
    """That a typed act is on no list, and what is: acts of its word first, then those about its case; in one line."""
    word, _, subject = line.strip().partition(" ")
    case = subject.strip().partition(".")[0]

    def far(one: str) -> tuple[bool, bool]:
        of, _, about = one.partition(" ")
        return of != word.lower(), not case or about.partition(".")[0] != case

    said = listed(sorted(possible, key=far)[:NAMED])
    if not possible:
        return say("Not done: {why}. Nothing can be done now.", why=why)
    if len(possible) <= NAMED:
        return say("Not done: {why}. Can be done now: {acts}.", why=why, acts=said)
    n = len(possible)
    return say("Not done: {why}. Can be done now: {acts}; type can for all {n}.", why=why, acts=said, n=n)


def _typed(wish: Asked, numbers: Mapping[tuple[str, int, int], int]) -> str:
    """An act as it is typed; empty for a decision that is not listed."""
    action, desk = wish["action"], wish.get("desk", "")
    if action == "message":
        return "say TEXT"
    if action == "call_in":
        return f"staff {desk}"
    if action == "policy":
        return f"order {desk} {wish['policy']}"
    case, account = wish["case"], wish["account"]
    if action == "take":
        number = numbers.get((desk, case, account))
        return f"{number}" if number else ""
    short = next(word for word, one in SHORT.items() if one == action)
    return f"{short} {case}" if account == NONE else f"{short} {case}.{account}"


class MistypedError(Exception):
    """A line that says nothing to the exercise; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


class UnlistedError(Exception):
    """An act that is not on the list of those that are possible; `str()` says why, in the language of this context."""


def read_span(text: str) -> int:
    """A time to wait, in ms.

    Raises:
        MistypedError: it is none.
    """
    try:
        return parse_duration(text)
    except ValueError:
        raise MistypedError(phrase("read {read!r}, accepted: a time such as 30s, 2m or 1h", read=text)) from None


def read_subject(text: str) -> tuple[int, int]:
    """(case, account or NONE) of ``2.7`` and ``2``.

    Raises:
        MistypedError: it is none.
    """
    case, dot, account = text.partition(".")
    if not case.isdecimal() or (dot and not account.isdecimal()):
        raise MistypedError(phrase("read {read!r}, accepted: CASE.ACCOUNT such as 2.7, or CASE", read=text))
    return int(case), int(account) if dot else NONE


class Numbers:
    """The numbers by which a trainee calls open decisions: each keeps its own, and none is ever given to another."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}
        """By id of the decision."""

    def of(self, decision: TaskSeen) -> int:
        """The number of a decision, from 1; a new one where it has none yet."""
        return self._of.setdefault(decision["id"], len(self._of) + 1)


def read_numbers(text: str, open_: Collection[int]) -> list[int]:
    """The numbers of ``3``, ``3 1 4`` and ``3, 1``, in their order, without doubles.

    Args:
        open_: the numbers that can be typed now.

    Raises:
        MistypedError: one of them is no number, or none of these.
    """
    found = text.replace(",", " ").split()
    for one in found:
        if not one.isdecimal():
            raise MistypedError(
                phrase("read {read!r}, accepted: the number of a decision, or a word of help", read=one)
            )
        if not open_:
            raise MistypedError(phrase("read {read}, but no decision is open; accepted: a word of help", read=one))
        if int(one) not in open_:
            raise MistypedError(
                phrase("read {read}, accepted: the number of one of the {n} open decisions", read=one, n=len(open_))
                if len(open_) > 1
                else phrase("read {read}, accepted: {number}, the open decision", read=one, number=min(open_))
            )
    return list(dict.fromkeys(map(int, found)))
