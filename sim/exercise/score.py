"""The points of a session.

Money is scored between what the same seats save with nobody deciding and the best play found (`yardsticks`): a room
that does nothing has none of it, however much the desks save by themselves. A room that was closed before its end has
no score, since what it would have come to is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.engine.run import Run
from sim.exercise.injects import Status, done_of
from sim.exercise.session import Decision, Session
from sim.exercise.yardsticks import (
    by_policies,
    conditions,
    end_of,
    manned,
    played_by,
    saved,
    undecided,
    whole_yuan,
)
from sim.measure.ceiling import ceiling_of
from sim.measure.metrics import measure
from sim.measure.money import PREVENTED

AS_IT_IS = ""
"""Name of the play where every desk keeps its own policy, and the model decides alone."""
GOOD_PLAY = "good"
"""Name of automatic play at the seats."""
LEAST_STAKE = 0.01
"""Share of what is at stake by which the best play must beat nobody's deciding, else there is nothing to score."""

Unscored = Literal["", "early", "empty", "no_stake"]
"""Why there is no score: the room was closed before its end (or is still open), nobody ever sat at a seat that
decides, or nothing that anybody tried saved more than nobody's deciding."""


@dataclass(frozen=True)
class Scores:
    """fen that were saved (came back, or were never paid), and points out of 100."""

    result: int
    baseline: int
    """The same seats, and nobody decides: each decision waits for its deadline."""
    alone: int
    """Nobody sits there, the model plays every desk and waits for nobody."""
    best: int
    """The most of all that was tried, the room's own play apart."""
    best_play: str
    """Name of the queue policy, `good` for automatic players at the seats; empty where the model plays as it is."""
    policies: Mapping[str, int]
    """By each queue policy that is another than the desks' own: fen, the model alone playing."""
    ceiling: int
    loss: int
    prevented: int
    """Of the result: never paid."""
    unscored: Unscored
    recovered_points: float | None
    """From 0 (no more than with nobody deciding) to 100 (the best play found, or more); None without a score."""
    injects_points: float | None
    """None where no inject asked anybody who sat there."""
    decisions_points: float | None
    """None where there was nothing to decide."""
    total: float | None
    """Out of 100, by the weights of the exercise; without points for injects their weight is shared by the others, in
    proportion to theirs, or equally where both have none. None without a score."""


def scores_of(session: Session, run: Run, decided: float | None) -> Scores:
    """The scores of a session.

    Args:
        run: of the session, to the end of the follow-up.
        decided: share of its decisions that were not late; None where there were none.
    """
    measured = measure(run, ceiling_of(session.scenario, run.plan))
    prevented = int(measured.fate.fen(PREVENTED).sum())
    result, loss = whole_yuan(int(measured.recovered.sum()) + prevented), whole_yuan(measured.loss.sum())
    alone, policies = saved(end_of(session, conditions(session))), by_policies(session)
    unscored = _open_end(session)
    baseline = alone if unscored == "empty" else saved(end_of(session, undecided(session)))
    plays = {AS_IT_IS: alone, **policies}
    if not unscored:
        plays[GOOD_PLAY] = saved(played_by(session))
    best_play, best = max(plays.items(), key=lambda it: it[1])
    if not unscored and best - baseline < LEAST_STAKE * (loss + prevented):
        unscored = "no_stake"
    money = None if unscored else min(1.0, max(0.0, (result - baseline) / (best - baseline)))
    done = share_done(session.injects, session.decisions)
    return Scores(
        result=result, baseline=baseline, alone=alone, best=best, best_play=best_play, policies=policies,
        ceiling=whole_yuan(int(measured.recoverable.sum() + measured.early.sum()) + prevented),
        loss=loss, prevented=whole_yuan(prevented), unscored=unscored, recovered_points=_points(money),
        injects_points=_points(done), decisions_points=_points(decided),
        total=_total(session, money, done, decided) if _counts(session, unscored) else None,
    )  # fmt: skip


def _open_end(session: Session) -> Unscored:
    """Why a session has no score, whatever was at stake."""
    if session.now < session.exercise.ends:
        return "early"
    return "" if manned(session) else "empty"


def _counts(session: Session, unscored: Unscored) -> bool:
    """Whether there is a score: money that nobody could save more of is no bar where it weighs nothing."""
    return not unscored or (unscored == "no_stake" and session.exercise.scoring.recovered == 0)


def _total(session: Session, money: float | None, done: float | None, decided: float | None) -> float | None:
    """Points by the weights of the exercise."""
    scoring = session.exercise.scoring
    parts = [] if money is None else [(scoring.recovered, money)]
    if decided is not None:
        parts.append((scoring.decisions, decided))
    if done is not None:
        parts.append((scoring.injects, done))
    elif sum(weight for weight, _ in parts) == 0:
        parts = [(1.0, share) for _, share in parts]
    return points_of(parts)


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def points_of(parts: Iterable[tuple[float, float]]) -> float | None:
    """Points out of 100 for (weight, share) of each part; None where no part weighs anything."""
    listed = list(parts)
    whole = sum(weight for weight, _ in listed)
    return 100 * sum(weight * share for weight, share in listed) / whole if whole else None


def share_done(injects: Sequence[Status], decisions: Sequence[Decision]) -> float | None:
    """Share of the injects that asked somebody for an action after which it was done in time; None where none did."""
    done, asked = done_of(injects, decisions)
    return done / asked if asked else None
