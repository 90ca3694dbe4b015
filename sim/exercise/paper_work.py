"""The work on the cards of an exercise on paper, read from runs in which no desk ever waits for people.

A service time belongs to the task, not to who does it: so long it takes in every room. Who waits for whom is played.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.engine.orders import Order
from sim.engine.run import Run
from sim.exercise.load import Loaded
from sim.exercise.paper import FOREVER, Box, Ring
from sim.exercise.session import Seat, Session
from sim.exercise.yardsticks import FIRST_NUMBER, conditions, ends_of
from sim.words.units import MINUTE, SECOND
from sim.workflow.log import BEGIN, FINISH, HOLD, NONE, QUEUED, RENEGED, content
from sim.workflow.rosters import UNLIMITED

_PLENTY: Final = 99
"""Heads more at every desk, with which none waits for people."""
_LATE: Final = 90 * MINUTE
"""ms for which every decision waits in a run that shows how callers ring again and where money ends up."""
_HANDS: Final = 3 * SECOND
"""ms more for each box: a card changes hands."""
CALL, PROTECT = "open_case", "protect"
"""Effects by which the route of a call, and that of a victim who still pays, are told."""


def everybody(loaded: Loaded) -> list[Seat]:
    """Somebody for each role that decides."""
    return [Seat(f"paper-{name}", name, name) for name in loaded.exercise.roles]


def minute_of(ms: float) -> int:
    return round(ms / MINUTE)


@dataclass
class Worked:
    """One piece of work on a subject."""

    desk: str
    team: Counter[str]
    queued: int
    begun: int
    ended: int = NONE


@dataclass(frozen=True)
class Work:
    """The runs of an exercise in which nobody waits for people, and its people."""

    session: Session
    free: Run
    """Enough people, and nobody needs time to decide."""
    slow: Run
    """Enough people, and every decision takes very long."""
    idle: Run
    """Enough people, and nobody decides before the deadline."""
    deadlines: Mapping[str, int]
    """By desk, ms."""
    people: Mapping[str, Sequence[tuple[int, int | None]]]

    @classmethod
    def of(cls, loaded: Loaded, session: Session) -> Work:
        """With its runs."""
        starts = loaded.exercise.starts
        names = [desk.name for desk in session.engine.program.desks]
        people, deadlines = _staff(loaded, session, names)

        def late(deadline: Mapping[str, int]) -> list[Order]:
            return [
                Order(starts, FIRST_NUMBER + len(names) + number, "deadline", desk=desk, lasts=deadline[desk])
                for number, desk in enumerate(names) if deadline[desk]
            ]  # fmt: skip

        base = [
            *conditions(session),
            *(Order(starts, FIRST_NUMBER + number, "heads", desk=desk, heads=_PLENTY)
              for number, desk in enumerate(names)),
        ]  # fmt: skip
        very_late = {desk: _LATE if ms else 0 for desk, ms in deadlines.items()}
        free, slow, idle = ends_of(session, [base, [*base, *late(very_late)], [*base, *late(deadlines)]])
        return cls(session, free, slow, idle, deadlines, people)

    def on(self, run: Run, case: int, account: int, effect: str = "") -> tuple[list[Worked], int]:
        """The work on a subject until it is stopped, and ms at which it is; 0 where it never is.

        Args:
            account: NONE for the case itself.
            effect: only on routes with it; empty for all.
        """
        rows, program = run.rows, run.program
        names = [desk.name for desk in program.desks]
        mine = np.flatnonzero((rows.key >= content(case, account)) & (rows.key < content(case, account + 1)))
        if effect == PROTECT:
            own = np.flatnonzero((rows.case == case) & (rows.account == 0) & (rows.kind == HOLD))
            mine = np.sort(np.concatenate([mine, own]))
        routes = {
            name.split(".")[0]
            for name, done in zip(program.names, program.effect, strict=True) if done == effect or not effect
        }  # fmt: skip
        found: dict[tuple[int, int], Worked] = {}
        columns = (rows.kind, rows.time, rows.step, rows.attempt, rows.desk)
        queued: dict[tuple[int, int], int] = {}
        for kind, at, step, attempt, desk in zip(*(column[mine].tolist() for column in columns), strict=True):
            task = step, attempt
            if kind == HOLD and effect != CALL:
                return [one for one in found.values() if one.ended != NONE], at
            if step < 0 or program.names[step].split(".")[0] not in routes:
                continue
            if kind == QUEUED:
                queued[task] = at
            elif kind == BEGIN:
                one = found.setdefault(task, Worked(names[desk], Counter(), queued.get(task, at), at))
                one.team[names[desk]] += at == one.begun
                if not self.deadlines[one.desk] and self.deadlines[names[desk]]:
                    one.desk = names[desk]
            elif kind == FINISH and task in found:
                found[task].ended = at
        return [one for one in found.values() if one.ended != NONE], 0

    def begun(self, worked: Sequence[Worked]) -> tuple[int, int] | None:
        """Which piece of work was begun at the opening, and the minute in which it is done."""
        begun = [place for place, one in enumerate(worked) if one.begun < self.session.exercise.starts]
        return (begun[-1], minute_of(worked[begun[-1]].ended)) if begun else None

    def rings(self, case: int, reported: int, work: int) -> list[Ring]:
        """The times in which somebody waits to be answered, if nobody does.

        Args:
            reported: ms
            work: minutes at the first desk of a report that nobody has to wait with.
        """
        rows = self.slow.rows
        mine = rows.at(np.flatnonzero((rows.key >= content(case)) & (rows.key < content(case, 0))))
        steps = set(mine.step[mine.kind == RENEGED].tolist())
        rings: list[Ring] = []
        columns = (mine.kind, mine.time, mine.step, mine.attempt)
        for kind, at, step, attempt in zip(*(column.tolist() for column in columns), strict=True):
            if step in steps and kind == QUEUED:
                takes = int(self.session.engine.times.column(step, attempt, np.array([case]))[0])
                rings.append(Ring(minute_of(at), FOREVER, minute_of(takes + _HANDS)))
            elif step in steps and kind == RENEGED:
                rings[-1] = replace(rings[-1], until=minute_of(at))
        return rings or [Ring(minute_of(reported), FOREVER, work)]


def boxes_of(worked: Sequence[Worked], stopped: int) -> list[Box]:
    """Boxes in whole minutes of which the sum is right, not each: minutes that are lost in one are in the next.

    Args:
        stopped: ms at which the stop took effect behind the last; 0 or less: nothing comes behind it.
    """
    boxes, so_far = [], 0
    for place, one in enumerate(worked):
        behind = worked[place + 1].queued if place + 1 < len(worked) else max(stopped, one.ended)
        ended = so_far + one.ended - one.begun + _HANDS
        then = ended + max(0, behind - one.ended)
        boxes.append(
            Box(one.desk, dict(one.team), minute_of(ended) - minute_of(so_far), minute_of(then) - minute_of(ended))
        )
        so_far = then
    return boxes


def _staff(
    loaded: Loaded, session: Session, names: Sequence[str]
) -> tuple[dict[str, list[tuple[int, int | None]]], dict[str, int]]:
    """By desk: its people from when on, and ms to decide there, as they are when nobody decides anything."""
    room = Session.start(loaded, seats=everybody(loaded), plan=session.engine.plan, program=session.engine.program)
    people: dict[str, list[tuple[int, int | None]]] = {name: [] for name in names}
    deadlines: dict[str, int] = {}
    while not room.finished:
        for number, name in enumerate(names):
            heads = room.engine.heads(number)
            now = None if heads == UNLIMITED else heads
            if not people[name] or people[name][-1][1] != now:
                people[name].append((minute_of(room.now), now))
        room.advance((room.now // MINUTE + 1) * MINUTE)
        deadlines = deadlines or dict(zip(names, room.engine.seats.deadlines, strict=True))
    return people, deadlines
