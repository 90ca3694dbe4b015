"""What an exercise is worth as a test of people: how far apart good play, play without thought and none come out.

Each way of playing is played by automatic players on the same victims and the same luck; the points are those of a
room (`score`), the money held against the same two yardsticks for all. Careless play presses buttons at random, so it
is the mean of several tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from sim.exercise.injects import answer_to, in_time
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.players import dry_run
from sim.exercise.score import LEAST_STAKE, points_of, share_done
from sim.exercise.session import Session
from sim.exercise.styles import Style
from sim.exercise.yardsticks import by_policies, conditions, end_of, saved
from sim.words.units import MINUTE

CLEAR: Final = 15.0
"""Points by which good play must beat nobody's deciding."""
SLIGHT: Final = 5.0
"""Points by which careless play may beat it at most."""
MARGIN: Final = 10.0
"""Points more than `CLEAR` that a seed must show to be accepted, so that it holds when the model changes a little."""
TRIES: Final = 3
"""Of careless play."""
QUIET: Final = 2 * MINUTE
"""ms of the trainees' own time after which somebody who has nothing to do, to answer or to read is idle."""
MOST_IDLE: Final = 1 / 3
"""Share of the exercise for which a seat may be idle."""


@dataclass(frozen=True)
class Merit:
    """One exercise with one seed, played in every way. Points are out of 100, money in fen."""

    seed: int
    good: float
    first_come: float
    careless: float
    """Of what some tries did on average."""
    nobody: float
    nobody_saves: int
    best_saves: int
    stake: int
    """What victims paid, or would have paid, with nobody deciding."""
    unmet: tuple[str, ...]
    """Injects that never came, or that good play did not answer as expected, in time."""
    idle: dict[str, float]
    """By seat: share of the exercise in which it had nothing to do, in good play."""

    @property
    def matters(self) -> bool:
        """Whether decisions matter: good play clearly beats nobody, and careless play does not."""
        return self.good >= self.nobody + CLEAR and self.careless <= self.nobody + SLIGHT

    @property
    def most_idle(self) -> float:
        """Of the seat that is idle longest."""
        return max(self.idle.values(), default=0.0)

    @property
    def accepted(self) -> bool:
        """Whether it is fit to be played: decisions matter, each inject meets its moment, nobody sits idle."""
        return (
            self.matters and self.good >= self.nobody + CLEAR + MARGIN and not self.unmet
            and self.most_idle <= MOST_IDLE
        )  # fmt: skip


def with_seed(loaded: Loaded, seed: int) -> Loaded:
    """An exercise with other victims and other luck."""
    return replace(loaded, exercise=loaded.exercise.model_copy(update={"seed": seed}))


def merit_of(loaded: Loaded, *, first_try: int = 0, tries: int = TRIES) -> Merit:
    """What an exercise is worth.

    Args:
        first_try, tries: which of the tries of careless play, to hold what was accepted by some against others.
    """
    good, idle = dry_run(loaded), dry_run(loaded, style="nobody")
    low = saved(idle.run())
    plays = [saved(end_of(good, conditions(good))), *by_policies(good).values(), saved(good.run())]
    high, stake = max(plays), int(good.engine.plan.victims.loss.sum())
    careless = [dry_run(loaded, style="careless", luck=first_try + number) for number in range(tries)]
    first_come = dry_run(loaded, style="first_come")

    def points(*sessions: Session) -> float:
        return _points(sessions, low, high, stake)

    return Merit(
        seed=loaded.exercise.seed, good=points(good), first_come=points(first_come), careless=points(*careless),
        nobody=points(idle), nobody_saves=low, best_saves=high, stake=stake, unmet=_unmet(good), idle=idle_of(good),
    )  # fmt: skip


def _points(sessions: Sequence[Session], low: int, high: int, stake: int) -> float:
    """As `score` has them, of what some sessions did on average; without a scale the money counts as nothing."""
    scoring = sessions[0].exercise.scoring
    wide = high - low >= LEAST_STAKE * stake and high > low
    mean = sum(saved(one.run()) for one in sessions) / len(sessions)
    money = min(1.0, max(0.0, (mean - low) / (high - low))) if wide else 0.0
    shares = [share_done(one.injects, one.decisions) for one in sessions]
    done = [one for one in shares if one is not None]
    parts = [(scoring.recovered, money), *([(scoring.injects, sum(done) / len(done))] if done else [])]
    return points_of(parts) or 0.0


def _unmet(session: Session) -> tuple[str, ...]:
    return tuple(
        one.inject.id
        for one in session.injects
        if one.state != "fired"
        or (one.inject.expect is not None and not in_time(one, answer_to(one, session.decisions)))
    )


def idle_of(session: Session) -> dict[str, float]:
    """By seat: the share of an exercise in which nothing had come up for longer than `QUIET` of the trainees' time.

    What comes up for a seat is what it decides, and what its role is told; no more, so that who only watches others is
    idle.
    """
    exercise = session.exercise
    found = {}
    for seat in session.seats.values():
        told = [one.fired_at for one in session.injects if one.state == "fired" and one.told_to(seat.role)]
        mine = [one.at for one in session.decisions if one.seat == seat.id]
        found[seat.name] = quiet_share(sorted([*told, *mine]), exercise)
    return found


def quiet_share(moments: Sequence[int], exercise: Exercise) -> float:
    """The share of an exercise that lies further than `QUIET` behind the last of some moments (ms), in their order."""
    most = round(QUIET * exercise.speed)
    all_ = [exercise.starts, *moments, exercise.ends]
    quiet = sum(max(0, after - before - most) for before, after in pairwise(all_))
    return quiet / (exercise.ends - exercise.starts)


def styles_of(one: Merit) -> list[tuple[Style, float]]:
    """The points of each way of playing, the best first as they should be."""
    return [("good", one.good), ("first_come", one.first_come), ("careless", one.careless), ("nobody", one.nobody)]
