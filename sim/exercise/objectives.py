"""What an exercise shows of each objective: how its injects were answered, and what is measured of it.

An objective is no finding: that its injects were answered in time does not say that what it asks for was done. What it
measures (`first_stop`) is counted on the log, of all cases that are reported in the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.models import Exercise, Objective
from sim.exercise.session import Decision, Session
from sim.words.language import duration, say
from sim.workflow.log import HOLD, REPORT, Rows


@dataclass(frozen=True)
class Shown:
    """What is shown of one objective so far."""

    id: str
    done: int
    """Of its injects, answered as they should be, in time."""
    asked: int
    """Of its injects, those that asked somebody who sat there."""
    stopped: int = 0
    """Cases whose first account was stopped in time."""
    due: int = 0
    """Cases of which that is known: stopped in time, or their time is over."""

    @property
    def met(self) -> bool:
        """Whether all that is shown is as it should be, and anything is."""
        return (self.asked, self.due) != (0, 0) and (self.done, self.stopped) == (self.asked, self.due)


def shown(
    exercise: Exercise, injects: Sequence[Status], decisions: Sequence[Decision], rows: Rows, now: int
) -> list[Shown]:
    """What is shown of each objective of an exercise.

    Args:
        rows: of the log, up to `now` (ms) at least.
    """
    found = []
    for one in exercise.objectives:
        tried = [status for status in injects if status.inject.id in one.injects and status.asked]
        done = sum(in_time(status, answer_to(status, decisions)) for status in tried)
        stopped, due = (0, 0) if one.first_stop is None else _stopped(rows, one.first_stop, exercise, now)
        found.append(Shown(one.id, done, len(tried), stopped, due))
    return found


def so_far(session: Session) -> list[Shown]:
    """What a session shows of each objective now."""
    return shown(session.exercise, session.injects, session.decisions, session.engine.log.columns(), session.now)


def _stopped(rows: Rows, within: int, exercise: Exercise, now: int) -> tuple[int, int]:
    """(stopped in time, known) of the cases that are reported in the room."""
    mine = rows.at(rows.of(REPORT))
    reported = {case: at for case, at in zip(mine.case.tolist(), mine.time.tolist(), strict=True)
                if exercise.starts <= at < min(exercise.ends, now)}  # fmt: skip
    mine = rows.at(rows.of(HOLD))
    stopped: dict[int, int] = {}
    for case, account, at in zip(mine.case.tolist(), mine.account.tolist(), mine.time.tolist(), strict=True):
        if account > 0 and case in reported and reported[case] <= at <= now:
            stopped.setdefault(case, at)
    good = sum(case in stopped and stopped[case] <= at + within for case, at in reported.items())
    late = sum(stopped.get(case, now) > at + within for case, at in reported.items() if at + within < now)
    return good, good + late


def told(one: Objective, found: Shown) -> str:
    """What is shown of an objective, in words; empty where nothing is."""
    parts = []
    if found.asked:
        parts.append(say("answers to its injects in time: {done} of {n}", done=found.done, n=found.asked))
    if one.first_stop is not None and found.due:
        parts.append(say(
            "cases with a first stop within {time} of the report: {done} of {n}", time=duration(one.first_stop),
            done=found.stopped, n=found.due,
        ))  # fmt: skip
    return say("; ").join(parts)
