"""What an exercise is worth as a test of people: how far apart good play, play without thought and none come out.

Each way of playing is played by automatic players on the same victims and the same luck; the points are those of a
room (`score`), the money held against the same two yardsticks for all. Careless play presses buttons at random, so it
is the mean of several tries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
TRIES: Final = 6
"""Of careless play: of three, one lucky click in six seldom shows (with them `keeps-paying` was accepted with seeds in
which new tries beat nobody by 13 points on average)."""
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
        return self.matters and _fit(self.good, self.nobody, self.unmet, self.idle)


def _fit(good: float, nobody: float, unmet: Sequence[str], idle: Mapping[str, float]) -> bool:
    """Whether a seed is fit for all that good play shows."""
    return good >= nobody + CLEAR + MARGIN and not unmet and max(idle.values(), default=0.0) <= MOST_IDLE


def with_seed(loaded: Loaded, seed: int) -> Loaded:
    """An exercise with other victims and other luck."""
    return replace(loaded, exercise=loaded.exercise.model_copy(update={"seed": seed}))


def merit_of(loaded: Loaded, *, tries: int = TRIES) -> Merit:
    """What an exercise is worth.

    Args:
        tries: of careless play.
    """
    one = _Scale.of(loaded)
    return one.merit(tries)


def merit_if_fit(loaded: Loaded) -> Merit | None:
    """What an exercise is worth, or None where good play and nobody's deciding alone tell that it is not accepted."""
    one = _Scale.of(loaded)
    fit = _fit(one.points(one.good), one.points(one.idle), _unmet(one.good), idle_of(one.good))
    return one.merit(TRIES) if fit else None


@dataclass(frozen=True)
class _Scale:
    """Good play and nobody's deciding of an exercise, and between which two amounts (fen) money is scored."""

    loaded: Loaded
    good: Session
    idle: Session
    low: int
    high: int
    stake: int

    @classmethod
    def of(cls, loaded: Loaded) -> _Scale:
        """Of an exercise."""
        good, idle = dry_run(loaded), dry_run(loaded, style="nobody")
        plays = [saved(end_of(good, conditions(good))), *by_policies(good).values(), saved(good.run())]
        return cls(loaded, good, idle, saved(idle.run()), max(plays), int(good.engine.plan.victims.loss.sum()))

    def points(self, *sessions: Session) -> float:
        """Of some sessions."""
        return _points(sessions, self.low, self.high, self.stake)

    def merit(self, tries: int) -> Merit:
        """With the other ways of playing, too."""
        return Merit(
            seed=self.loaded.exercise.seed, good=self.points(self.good),
            first_come=self.points(dry_run(self.loaded, style="first_come")),
            careless=self.points(*_carelessly(self.loaded, range(tries))), nobody=self.points(self.idle),
            nobody_saves=self.low, best_saves=self.high, stake=self.stake, unmet=_unmet(self.good),
            idle=idle_of(self.good),
        )  # fmt: skip


def careless_again(loaded: Loaded, one: Merit, first_try: int = TRIES, tries: int = TRIES) -> float:
    """Points of careless play in other tries than those by which a seed was accepted.

    Args:
        one: what the exercise is worth with the seed of `loaded`.
        first_try, tries: the first of the others, and how many.
    """
    sessions = _carelessly(loaded, range(first_try, first_try + tries))
    return _points(sessions, one.nobody_saves, one.best_saves, one.stake)


def _carelessly(loaded: Loaded, numbers: range) -> list[Session]:
    return [dry_run(loaded, style="careless", luck=number) for number in numbers]


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
