"""What desks had to decide in their people's place: a room tells it to whoever should have decided, when it happens."""

from __future__ import annotations

from dataclasses import dataclass

from sim.exercise.models import Role
from sim.exercise.session import Session
from sim.exercise.view import Numbers
from sim.workflow.log import NONE, OVERDUE


@dataclass(frozen=True)
class LeftToDesk:
    """A decision that nobody took before its deadline: the desk took it in its own order."""

    at: int
    """ms since the scenario's start"""
    desk: str
    case: int
    """As people are shown it."""
    account: int
    """NONE for the case itself."""


class LeftToDesks:
    """All of them for one role of a session, read on in the log as it grows."""

    def __init__(self, session: Session, role: Role) -> None:
        self._session, self._role = session, role
        self._read = 0
        self._found: list[LeftToDesk] = []

    def so_far(self) -> list[LeftToDesk]:
        """Those of the opening and later, in order; those before the room's end only."""
        session, log = self._session, self._session.engine.log
        if len(log) > self._read:
            rows = log.since(self._read)
            self._read = len(log)
            names = [desk.name for desk in session.engine.program.desks]
            mine = rows.at(rows.of(OVERDUE))
            numbers = Numbers.of(session.known) if len(mine.time) else None
            columns = (mine.time.tolist(), mine.desk.tolist(), mine.case.tolist(), mine.account.tolist())
            for at, desk, case, account in zip(*columns, strict=True):
                assert numbers is not None
                if self._role.has(names[desk]) and session.exercise.starts <= at <= session.exercise.ends:
                    shown = NONE if account == NONE else numbers.account.get((case, account), NONE)
                    self._found.append(LeftToDesk(at, names[desk], numbers.case.get(case, NONE), shown))
        return self._found
