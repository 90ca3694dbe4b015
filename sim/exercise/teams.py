"""What each team (all who share a role) did, from the review: the same rule of points as for a seat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.exercise.review import Review


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
    """Injects to the role after which something was expected."""
    done: int
    """Of these, done in time, by whoever."""
    points: float | None
    """Out of 100, by the weights of the exercise; None where there was nothing to decide or to do."""


def teams(review: Review) -> Iterator[TeamScore]:
    """Every role of the exercise that had anything to decide or to do, in its order."""
    scoring = review.exercise.scoring
    for role in review.exercise.roles:
        mine = [one for one in review.decisions if one.role == role]
        asked = [one for one in review.injects if one.expected is not None and role in one.to]
        if not mine and not asked:
            continue
        late, done = sum(one.late for one in mine), sum(one.in_time for one in asked)
        parts = [(scoring.decisions, 1 - late / len(mine))] if mine else []
        parts += [(scoring.injects, done / len(asked))] if asked else []
        whole = sum(weight for weight, _ in parts)
        yield TeamScore(
            role=role, decisions=sum(one.seat != "" for one in mine), missed=sum(one.seat == "" for one in mine),
            late=late, minutes_lost=sum(one.minutes_lost or 0.0 for one in mine),
            fen_lost=sum(one.fen_lost or 0 for one in mine), expected=len(asked), done=done,
            points=100 * sum(weight * part for weight, part in parts) / whole if whole else None,
        )  # fmt: skip
