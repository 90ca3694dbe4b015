"""Injects: when each fires, whom it is told, and whether what was expected of the room was done in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from sim.engine.seats import Undecided
from sim.engine.sight import Known
from sim.exercise.acts import Decision
from sim.exercise.models import ALWAYS, Inject, When

State = Literal["planned", "held", "skipped", "fired"]


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


def answers(decision: Decision, status: Status) -> bool:
    """Whether a decision is what was expected after an inject, in time or not."""
    expect = status.inject.expect
    return (
        expect is not None
        and status.state == "fired"
        and decision.at >= status.fired_at
        and expect.action in ("any", decision.action)
        and (expect.desk is None or fnmatchcase(decision.desk, expect.desk))
        and bool(status.inject.asked([decision.role]))
    )


def answer_to(status: Status, decisions: Iterable[Decision]) -> Decision | None:
    """The first decision that is what was expected after an inject; None where there is none so far."""
    return next((decision for decision in decisions if answers(decision, status)), None)


def in_time(status: Status, answer: Decision | None) -> bool:
    """Whether what was expected after an inject was done before its deadline; later it is answered late."""
    return answer is not None and (status.deadline is None or answer.at <= status.deadline)
