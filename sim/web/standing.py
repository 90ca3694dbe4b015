"""How a room stands, without anything that its people may not see: for a projector, and for teams side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sim.exercise.injects import done_of
from sim.exercise.seen import View
from sim.exercise.undecided import LeftToDesks
from sim.scenario.plain import read_plain
from sim.web.after import SUMMARY, folder_of, of_whole
from sim.web.room import Room
from sim.words.language import key

SAVED: Final = key("Saved is what came back, and what victims were kept from paying; the score counts the same.")


class Known(NamedTuple):
    """The money that responders know of, in fen."""

    paid: int
    """What victims have reported."""
    caught: int
    """What stops and teams have found."""
    out: int
    """What is known to have left the banks."""


def money_of(view: View) -> Known:
    """The money that a view tells of."""
    cases, accounts, flows = view.get("cases", ()), view.get("accounts", ()), view.get("flows", ())
    return Known(
        paid=sum(one.get("paid", 0) for one in cases),
        caught=sum(one.get("caught", 0) for one in accounts),
        out=sum(one.get("amount", 0) for one in flows if one["target"] < 0),
    )


@dataclass(frozen=True)
class Standing:
    """How one room stands."""

    money: Known
    decisions: int
    missed: int
    """Decisions that were left to the desks."""
    done: int
    """Of what injects asked for, done in time."""
    asked: int
    saved: int | None
    """fen that came back in the end or were never paid; None before that is worked out."""
    points: float | None
    """Out of 100; None before the report of the whole exercise is made, and where there are none."""
    reported: bool
    """The report of the whole exercise is made."""


class Watch:
    """Looks at one room again and again."""

    def __init__(self, room: Room) -> None:
        self.room = room
        roles = room.session.exercise.roles.values()
        self._left = [LeftToDesks(room.session, role) for role in roles if role.desks]

    def now(self) -> Standing:
        """How it stands now."""
        room, session = self.room, self.room.session
        view = session.view("facilitator")
        done, asked = done_of(session.injects, session.decisions)
        left = {one for each in self._left for one in each.so_far()}
        over = session.finished and room.outcome is not None and not room.moved_on
        return Standing(
            money_of(view), session.decided, len(left), done, asked,
            room.outcome.saved if over and room.outcome else None, points_of(room) if session.finished else None,
            of_whole(room.folder, session.exercise.ends),
        )  # fmt: skip


def points_of(room: Room) -> float | None:
    """The points that the report of a room tells; None where there is none of the whole exercise."""
    if not of_whole(room.folder, room.session.exercise.ends):
        return None
    try:
        said: dict[str, Any] = json.loads(read_plain(folder_of(room.folder, "en") / SUMMARY))
        points = said["points"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return float(points) if type(points) in (int, float) and 0 <= points <= 100 else None
