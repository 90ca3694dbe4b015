"""What an exercise is worth as a test of people: how far apart good play, play without thought and none come out.

Each way of playing is played by automatic players on the same victims and the same luck; the points are those of a
room (`score`), the money held against the same two yardsticks for all. Careless play presses buttons at random, so it
is the mean of what many such rooms score: where one is lucky and another loses money, the loss does not make up for the
luck, since no room scores less than nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import Final

from sim.exercise.injects import answer_to, in_time
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise, Scoring
from sim.exercise.players import dry_run
from sim.exercise.score import LEAST_STAKE, points_of, share_done
from sim.exercise.session import Session
from sim.exercise.styles import Style
from sim.exercise.yardsticks import by_policies, conditions, end_of, played_on, saved
from sim.words.units import MINUTE

CLEAR: Final = 15.0
"""Points by which good play must beat nobody's deciding."""
SLIGHT: Final = 5.0
"""Points by which careless play may beat it at most."""
MARGIN: Final = 10.0
"""Points more than `CLEAR` that a seed must show to be accepted, so that it holds when the model changes a little."""
LEEWAY: Final = 1.5
"""Points less than `SLIGHT` that careless play must show for a seed to be accepted: of tries that let a seed pass, some
did so by luck, and the next come out higher."""
NEAR: Final = 0.5
"""Share of the way from nobody's deciding to good play that no try of careless play may come."""
TRIES: Final = 12
"""Of careless play, by which a seed is accepted: of three, one lucky click in six seldom shows (with them
`keeps-paying` was accepted with seeds in which new tries beat nobody by 13 points on average), of six, too often not
(with them it was 7)."""
AGAIN: Final = 6
"""Other tries of careless play in each accepted seed: what an exercise is held to is their mean over all seeds."""
AT_ONCE: Final = 3
"""Tries of thoughtless play."""
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
    """On average over some tries."""
    nobody: float
    nobody_saves: int
    best_saves: int
    stake: int
    """What victims paid, or would have paid, with nobody deciding."""
    unmet: tuple[str, ...]
    """Injects that never came, or that good play did not answer as expected, in time."""
    idle: dict[str, float]
    """By seat: share of the exercise in which it had nothing to do, in good play."""
    luckiest: float = 0.0
    """Points of the try of careless play that came out best."""
    thoughtless: float = 0.0
    """Whoever presses any button at once, on average over some tries: what being quick alone is worth. It is told, and
    nothing is held to it: in a race whoever stops any account at once does some good."""

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
        """Whether it is fit to be played: decisions matter, each inject meets its moment, nobody sits idle.

        Good and careless play must each show some more than they are held to. No single try of careless play may come
        near good play, either: where one lucky click is worth so much, the mean of some tries tells little of the next.
        """
        slight = self.careless - self.nobody <= SLIGHT - LEEWAY
        lucky = self.luckiest - self.nobody > NEAR * (self.good - self.nobody)
        return slight and not lucky and _fit(self.good, self.nobody, self.unmet, self.idle)


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
    scale = _Scale.of(loaded, dry_run(loaded, play_on=False))
    return scale.merit(list(_carelessly(loaded, range(tries), scale.session)))


def merit_if_fit(loaded: Loaded) -> Merit | None:
    """What an exercise is worth, or None where good play and nobody's deciding alone tell that it is not accepted.

    What can tell most cheaply is asked first: how the room goes, then what nobody's deciding comes to, then the rest.
    """
    good = dry_run(loaded, play_on=False)
    unmet, idle = _unmet(good), idle_of(good)
    if unmet or max(idle.values(), default=0.0) > MOST_IDLE:
        return None
    nobody = Play.of(dry_run(loaded, style="nobody", play_on=False, like=good))
    if not _fit(_points(Play.of(good), nobody.saves, Play.of(good).saves, 0), 0.0, unmet, idle):
        return None  # not even were good play the best that there is
    one = _Scale.of(loaded, good, nobody)
    if not _fit(one.good_points, one.points(one.nobody), unmet, idle):
        return None
    tries: list[Play] = []
    for play in _carelessly(loaded, range(TRIES), good):
        tries.append(play)
        if not one.may_pass(tries):
            return None
    return one.merit(tries)


@dataclass(frozen=True)
class Play:
    """What a room did."""

    scoring: Scoring
    saves: int
    """fen"""
    done: float | None
    """Share of the injects that were answered as expected, in time; None where none asked anybody."""

    @classmethod
    def of(cls, session: Session) -> Play:
        """Of a session that is closed; how it goes on is played by the engine that is quick at it."""
        end = end_of(session, played_on(session))
        return cls(session.exercise.scoring, saved(end), share_done(session.injects, session.decisions))


@dataclass(frozen=True)
class _Scale:
    """Good play and nobody's deciding of an exercise, and between which two amounts (fen) money is scored."""

    loaded: Loaded
    session: Session
    """Of good play."""
    good: Play
    nobody: Play
    high: int
    stake: int

    @classmethod
    def of(cls, loaded: Loaded, good: Session, nobody: Play | None = None) -> _Scale:
        """Of an exercise.

        Args:
            good: closed.
            nobody: where it was played already.
        """
        play = Play.of(good)
        best = max([saved(end_of(good, conditions(good))), *by_policies(good).values(), play.saves])
        return cls(
            loaded, good, play, nobody or Play.of(dry_run(loaded, style="nobody", play_on=False, like=good)), best,
            int(good.engine.plan.victims.loss.sum()),
        )  # fmt: skip

    def points(self, one: Play) -> float:
        """Of a way of playing."""
        return _points(one, self.nobody.saves, self.high, self.stake)

    @property
    def good_points(self) -> float:
        """Of good play."""
        return self.points(self.good)

    def may_pass(self, careless: Sequence[Play]) -> bool:
        """Whether a seed may still be accepted after some of its tries of careless play: the rest can only add."""
        nobody = self.points(self.nobody)
        over = [self.points(one) - nobody for one in careless]
        return sum(over) <= (SLIGHT - LEEWAY) * TRIES and max(over) <= NEAR * (self.good_points - nobody)

    def _at_once(self) -> Iterator[Play]:
        for number in range(AT_ONCE):
            one = dry_run(self.loaded, style="thoughtless", luck=number, play_on=False, like=self.session)
            yield Play.of(one)

    def merit(self, careless: Sequence[Play]) -> Merit:
        """With the other ways of playing, too.

        Args:
            careless: tries of careless play, at least one.
        """
        tries = [self.points(one) for one in careless]
        quick = Play.of(dry_run(self.loaded, style="first_come", play_on=False, like=self.session))
        return Merit(
            seed=self.loaded.exercise.seed, good=self.good_points, first_come=self.points(quick),
            careless=fmean(tries), nobody=self.points(self.nobody), nobody_saves=self.nobody.saves,
            best_saves=self.high, stake=self.stake, unmet=_unmet(self.session), idle=idle_of(self.session),
            luckiest=max(tries), thoughtless=fmean(map(self.points, self._at_once())),
        )  # fmt: skip


def careless_again(loaded: Loaded, one: Merit, first_try: int = TRIES, tries: int = AGAIN) -> float:
    """Points of careless play, on average over other tries than those by which a seed was accepted.

    Args:
        one: what the exercise is worth with the seed of `loaded`.
        first_try, tries: the first of the others, and how many.
    """
    plays = _carelessly(loaded, range(first_try, first_try + tries))
    return fmean(_points(play, one.nobody_saves, one.best_saves, one.stake) for play in plays)


def _carelessly(loaded: Loaded, numbers: range, like: Session | None = None) -> Iterator[Play]:
    """Tries of careless play.

    Args:
        like: a session of the exercise.
    """
    for number in numbers:
        like = dry_run(loaded, style="careless", luck=number, play_on=False, like=like)
        yield Play.of(like)


def _points(play: Play, low: float, high: float, stake: int) -> float:
    """As `score` has them; without a scale the money counts as nothing."""
    wide = high - low >= LEAST_STAKE * stake and high > low
    money = min(1.0, max(0.0, (play.saves - low) / (high - low))) if wide else 0.0
    done = [(play.scoring.injects, play.done)] if play.done is not None else []
    return points_of([(play.scoring.recovered, money), *done]) or 0.0


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
    return [
        ("good", one.good), ("first_come", one.first_come), ("thoughtless", one.thoughtless),
        ("careless", one.careless), ("nobody", one.nobody),
    ]  # fmt: skip
