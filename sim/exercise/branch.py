"""What a session came to, to be held against another with the same victims and the same luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.exercise.session import Session
from sim.exercise.yardsticks import end_of, played_on, saved
from sim.workflow.log import OVERDUE


@dataclass(frozen=True)
class Outcome:
    """One session, to the end of the follow-up."""

    decisions: int
    missed: int
    """Decisions that nobody took in time."""
    saved: int
    """fen that came back in the end or were never paid, to the whole yuan: what the score counts."""


def outcome_of(session: Session) -> Outcome:
    """What a session came to; one that is still open as if its room closed now and the model alone went on."""
    run = end_of(session, played_on(session))
    return Outcome(
        decisions=session.decided,
        missed=int(np.sum(run.rows.time[run.rows.of(OVERDUE)] <= session.exercise.ends)),
        saved=saved(run),
    )
