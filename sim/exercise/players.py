"""Automatic players: each decides from its role's view alone, like a trainee who never tires and never talks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.exercise.acts import Refused
from sim.exercise.load import Loaded
from sim.exercise.session import Seat, Session
from sim.exercise.view import View
from sim.response.log import NONE
from sim.scenario.units import MINUTE, SECOND

REACTION = 20 * SECOND
"""ms of simulated time that a player needs between two decisions."""
_CROWD = 3
"""Tasks that wait for each head of a desk before staff is called in."""
_DUTY = {"en": "Received.", "zh": "收到。"}


@dataclass
class Player:
    """Somebody at a seat. It remembers what it has done, and knows nothing else but the view."""

    seat: Seat
    reaction: int = REACTION
    ready: int = 0
    """ms from which it decides again."""

    def play(self, session: Session) -> None:
        """Decide once, if it is ready and there is anything to decide."""
        view = session.view(self.seat.role)
        if view["now"] < self.ready:
            return
        for wish in wishes(view):
            try:
                session.act(self.seat.id, **wish)
            except Refused:
                continue
            self.ready = session.now + self.reaction
            return


def wishes(view: View) -> list[dict[str, Any]]:
    """What a role might do now, by a view of it, what matters most first."""
    may = frozenset(view["may"])
    found: list[dict[str, Any]] = []
    if "message" in may:
        found += _answers(view)
    if "take" in may:
        found += [
            {"action": "take", "desk": one["desk"], "case": one["case"], "account": one["account"]}
            for one in sorted(view["decisions"], key=lambda one: _urgency(view, one))
        ]
    if "call_in" in may and not any(one["action"] == "call_in" for one in view["decided"]):
        found += [
            {"action": "call_in", "desk": desk["name"]}
            for desk in view["desks"]
            if desk["heads"] and desk["waiting"] > _CROWD * desk["heads"]
        ]
    return found


def _answers(view: View) -> list[dict[str, Any]]:
    """A word about each message that waits for one, the latest first, but one word for each."""
    said = [one["at"] for one in view["decided"] if one["action"] == "message"]
    return [
        {"action": "message", "note": _DUTY["en"]}
        for one in reversed(view["messages"])
        if one["state"] == "open" and not any(at >= one["at"] for at in said)
    ]


def _urgency(view: View, one: View) -> tuple[float, int]:
    """The more money came, and the later it came, the sooner; what is not known counts as nothing."""
    for account in view.get("accounts", ()):
        if (account["case"], account["account"]) == (one["case"], one["account"]):
            age = max(view["now"] - account["credited"], MINUTE)
            return -account.get("amount", 1) / age, one["opened"]
    return (-float("inf") if one["account"] == NONE else 0.0), one["opened"]


def dry_run(
    loaded: Loaded, *, reaction: int = REACTION, folder: Path | None = None, every: int = 5 * SECOND
) -> Session:
    """Play an exercise to its end with an automatic player at every seat, and fire what only a facilitator fires.

    Args:
        reaction: ms of simulated time that a player needs between two decisions.
        folder: for the journal.
        every: ms of simulated time between two looks of a player.
    """
    exercise = loaded.exercise
    players = [
        Player(Seat(f"auto-{role}-{number}", role, f"{role} {number}"), reaction)
        for role, one in exercise.roles.items()
        for number in range(1, one.seats + 1)
    ]
    session = Session.start(loaded, folder, seats=[player.seat for player in players])
    middle = (exercise.starts + exercise.ends) // 2
    while not session.finished:
        session.advance((session.now // every + 1) * every)
        if session.now >= middle:
            for status in [one for one in session.injects if one.inject.manual and one.state == "planned"]:
                session.inject(status.inject.id, "auto")
        for player in players:
            if not session.finished:
                player.play(session)
    session.finish("auto")
    return session
