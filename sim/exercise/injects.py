"""Injects: when each fires, whom it is told, and whether what was expected of the room was done in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sim.engine.seats import Undecided
from sim.engine.sight import Known
from sim.exercise.acts import Decision
from sim.exercise.models import Inject, When
from sim.exercise.vocabulary import ALWAYS

State = Literal["planned", "held", "skipped", "fired"]
Missing = Literal["desk", "account", "before", "to", "bank", "time", "amount", "rubric", "without", "tick"]
"""What an answer lacks: the desk or account meant, to have come first, whom or what a message names, its free words,
that it says nothing forbidden, or that whoever leads has ticked it: where that is asked, or its words leave it open."""


@dataclass(frozen=True)
class Attempt:
    """An act of the kind that was expected after an inject, by somebody who was asked."""

    number: int
    """Of the decision."""
    at: int
    """ms since the scenario's start"""
    missing: tuple[Missing, ...]
    """Empty: it is right."""


@dataclass
class Status:
    """One inject of a session."""

    inject: Inject
    due: int | None
    """ms at which it fires at the latest by itself; None: never by the clock."""
    state: State = "planned"
    fired_at: int = -1
    by: str = ""
    """Who fired it by hand; empty where it fired by itself."""
    attempts: list[Attempt] = field(default_factory=list)
    """What was tried as an answer, in order."""
    ticked: bool | None = None
    """What whoever leads says of the answer; None for nothing yet."""
    sat: set[str] = field(default_factory=set)
    """The roles that somebody had at some time from its telling to its deadline."""

    def seen_by(self, roles: Iterable[str], now: int) -> None:
        """Somebody has these roles now: what is told and still open was told to somebody there."""
        if self.state == "fired" and (self.deadline is None or now <= self.deadline):
            self.sat.update(roles)

    @property
    def asked(self) -> list[str]:
        """The roles that somebody had and of which something is expected; where there is none, the model plays."""
        return self.inject.asked(sorted(self.sat.difference(ALWAYS)))

    @property
    def waits_for(self) -> When | None:
        """The condition that may fire it."""
        return self.inject.when if self.state == "planned" else None

    def told_to(self, role: str) -> bool:
        """Whether a role hears of it once it has fired; who leads and who watches always do."""
        return role in ALWAYS or role in self.inject.to

    @property
    def deadline(self) -> int | None:
        """ms by which what is expected should be done."""
        return None if self.inject.deadline is None else self.fired_at + self.inject.deadline


def holds(when: When, known: Known, undecided: Sequence[Undecided], now: int) -> bool:
    """Whether all that a condition says is so, by what the responders know."""
    seen = {
        "reported": sum(case.reported_at is not None for case in known.cases),
        "known": len(known.accounts),
        "stopped": sum(account.state in ("stopped", "frozen") for account in known.accounts),
        "undecided": len(undecided),
        "undecided_for": max((now - one.opened for one in undecided), default=-1),
        "waiting": max(desk.waiting for desk in known.desks),
        "paid_at_least": sum(case.paid for case in known.cases),
        "caught_at_least": sum(case.caught for case in known.cases),
    }
    return all(seen[name] >= getattr(when, name) for name in when.model_fields_set)


def attempts_at(status: Status) -> list[Attempt]:
    """The attempts at an answer that count, as whoever leads has judged the last one, where that is asked."""
    judged = ((one, _judged(status, one)) for one in status.attempts)
    return [one if missing == one.missing else replace(one, missing=missing) for one, missing in judged]


def _judged(status: Status, one: Attempt) -> tuple[Missing, ...]:
    expect = status.inject.expect
    if expect is None or not (expect.by_hand or status.ticked is not None):
        return one.missing
    others = tuple(name for name in one.missing if name not in ("rubric", "without", "tick"))
    if status.ticked is None:
        return (*(name for name in one.missing if name != "tick"), "tick")
    return others if status.ticked else (*others, "tick")


def answer_to(status: Status, decisions: Sequence[Decision]) -> Decision | None:
    """The first decision that is what was expected after an inject; None where there is none so far."""
    return next((decisions[one.number - 1] for one in attempts_at(status) if not one.missing), None)


def wrong_answer_to(status: Status) -> Attempt | None:
    """The last attempt that was wrong, where none was right; None where there was none, or it is not judged yet."""
    tried = attempts_at(status)
    if not tried or any(not one.missing for one in tried) or to_judge(status) is not None:
        return None
    return tried[-1]


def to_judge(status: Status) -> Attempt | None:
    """The last attempt, where only whoever leads can say whether it is right, and has not; else None."""
    tried = attempts_at(status)
    waits = tried and status.ticked is None and tried[-1].missing == ("tick",) and all(one.missing for one in tried)
    return tried[-1] if waits else None


def done_of(injects: Sequence[Status], decisions: Sequence[Decision]) -> tuple[int, int]:
    """(done in time, asked for) of some injects.

    One of which the roles asked were empty from its telling to its deadline is left out: the model plays there.
    """
    asked = [status for status in injects if status.asked]
    return sum(in_time(status, answer_to(status, decisions)) for status in asked), len(asked)


def in_time(status: Status, answer: Decision | None) -> bool:
    """Whether what was expected after an inject was done before its deadline; later it is answered late."""
    return answer is not None and (status.deadline is None or answer.at <= status.deadline)
