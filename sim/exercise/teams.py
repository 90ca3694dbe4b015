"""What each team (all who share a role) did, from the review: the same rule of points as for a seat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.exercise.decided import share_in_time
from sim.exercise.review import Review
from sim.exercise.score import points_of


@dataclass(frozen=True)
class TeamScore:
    """What all who share a role did, and what nobody did."""

    role: str
    decisions: int
    """Taken by somebody."""
    missed: int
    """That the default policy had to take."""
    late: int
    """Of both, too late."""
    minutes_lost: float
    fen_lost: int
    expected: int
    """Injects after which something was expected of the role while somebody had it."""
    done: int
    """Of these, done in time, by whoever."""
    answered_late: int
    """Of these, done after the deadline."""
    points: float | None
    """As of a seat."""


def teams(review: Review) -> Iterator[TeamScore]:
    """Every role of the exercise that had anything to decide or to do, in its order."""
    scoring = review.exercise.scoring
    for role in review.exercise.roles:
        mine = [one for one in review.decisions if one.role == role]
        asked = [one for one in review.injects if role in one.asked]
        if not mine and not asked:
            continue
        share, done = share_in_time(mine), sum(one.in_time for one in asked)
        parts = [] if share is None else [(scoring.decisions, share)]
        parts += [(scoring.injects, done / len(asked))] if asked else []
        yield TeamScore(
            role=role, decisions=sum(one.seat != "" for one in mine), missed=sum(one.seat == "" for one in mine),
            late=sum(one.late for one in mine), minutes_lost=sum(one.minutes_lost or 0.0 for one in mine),
            fen_lost=sum(one.fen_lost or 0 for one in mine), expected=len(asked), done=done,
            answered_late=sum(one.late for one in asked),
            points=points_of(parts),
        )  # fmt: skip
