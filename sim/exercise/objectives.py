"""What an exercise shows of each objective: how its injects were answered, and what is measured of it.

An objective is no finding: that its injects were answered in time does not say that what it asks for was done. What it
measures (`first_stop`) is counted on the log, of all cases that are reported in the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.run import Run, runs_of
from sim.exercise.injects import Status, done_of
from sim.exercise.models import Exercise, Objective
from sim.exercise.session import Decision, Session
from sim.fraud.settle import NEVER
from sim.measure.holds import holds_of
from sim.measure.stops import stops_of
from sim.words.language import duration, say
from sim.workflow.log import REPORT


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
    exercise: Exercise, injects: Sequence[Status], decisions: Sequence[Decision], run: Run, now: int
) -> list[Shown]:
    """What is shown of each objective of an exercise.

    Args:
        run: up to `now` (ms) at least.
    """
    found = []
    for one in exercise.objectives:
        done, asked = done_of([status for status in injects if status.inject.id in one.injects], decisions)
        stopped, due = (0, 0) if one.first_stop is None else _stopped(run, one.first_stop, exercise, now)
        found.append(Shown(one.id, done, asked, stopped, due))
    return found


def so_far(session: Session) -> list[Shown]:
    """What a session shows of each objective now."""
    return shown(session.exercise, session.injects, session.decisions, session.run(), session.now)


def _stopped(run: Run, within: int, exercise: Exercise, now: int) -> tuple[int, int]:
    """(stopped in time, known) of the cases reported in the room; a first stop is that of `response_latency`."""
    told = run.rows.only(REPORT)
    reported = np.full(len(run.plan.victims), NEVER)
    reported[told.case] = told.time
    first, _ = stops_of(runs_of(run), holds_of(run.plan, run.rows), reported).span(len(reported))
    here = (reported >= exercise.starts) & (reported < min(exercise.ends, now))
    until = reported + within
    good = here & (first <= np.minimum(until, now))
    return int(good.sum()), int((good | (here & (until < now))).sum())


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
