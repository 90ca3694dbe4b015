"""A dry run of an exercise in the making: automatic players show what comes when, what is met, and who sits idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from sim.exercise import words
from sim.exercise.fits import check_size
from sim.exercise.injects import answer_to, in_time, wrong_answer_to
from sim.exercise.load import Loaded
from sim.exercise.merit import Merit, merit_of, styles_of
from sim.exercise.models import Exercise
from sim.exercise.players import dry_run
from sim.exercise.seeds import from_on, merits, ranked
from sim.exercise.styles import Style
from sim.exercise.worth import why_not
from sim.words.language import counted, key, say

STYLES: dict[Style, str] = {
    "good": key("good play"), "first_come": key("first come, first served"),
    "thoughtless": key("any button, at once"), "careless": key("careless clicks"), "nobody": key("nobody decides"),
}  # fmt: skip

TRIED = 8
"""Seeds that are tried for a better one."""


@dataclass(frozen=True)
class Came:
    """What became of one inject in good play."""

    id: str
    at: int | None
    """ms since the scenario's start at which it came; None: never."""
    expected: bool
    """Whether an answer is expected."""
    answered: int | None
    """ms at which it was answered as expected."""
    late: bool
    lacking: tuple[str, ...]
    """What the last answer lacked, where none was right; words of `injects.Missing`."""

    @property
    def met(self) -> bool:
        """Whether it came, and was answered in time where an answer is expected."""
        return self.at is not None and (not self.expected or (self.answered is not None and not self.late))


@dataclass(frozen=True)
class Rehearsal:
    """What a dry run showed."""

    injects: tuple[Came, ...]
    """In the order of the exercise's list."""
    merit: Merit


def rehearse(loaded: Loaded) -> Rehearsal:
    """Play an exercise with automatic players in every way.

    Raises:
        ScenarioError: it is too large for a room.
        RunError: the scenario cannot be run.
    """
    check_size(loaded)
    session = dry_run(loaded, play_on=False)
    found = {}
    for one in session.injects:
        answer = answer_to(one, session.decisions)
        wrong = wrong_answer_to(one)
        found[one.inject.id] = Came(
            one.inject.id, one.fired_at if one.state == "fired" else None, one.inject.expect is not None,
            None if answer is None else answer.at, answer is not None and not in_time(one, answer),
            () if wrong is None else wrong.missing,
        )  # fmt: skip
    return Rehearsal(tuple(found[one.id] for one in words.in_order(loaded.exercise)), merit_of(loaded))


def played(loaded: Loaded) -> Iterator[Rehearsal]:
    """`rehearse`, as another process is told it."""
    yield rehearse(loaded)


def best_seed(loaded: Loaded) -> Iterator[Merit]:
    """What an exercise is worth with the best of the seeds after its own, as another process is told it."""
    yield ranked(list(merits(loaded, islice(from_on(loaded.exercise.seed + 1, TRIED), TRIED))))[0]


def verdict(one: Rehearsal, exercise: Exercise) -> str:
    """What a dry run showed, in one sentence."""
    against = doubts(one, exercise)
    good, nobody = round(one.merit.good), round(one.merit.nobody)
    if not against:
        return say(
            "It can be played as it is: of 100 points good play has {good} and nobody's deciding {nobody}, and every"
            " inject comes and is answered.", good=good, nobody=nobody,
        )  # fmt: skip
    return counted(
        len(against),
        "It can be played, but one thing speaks against it: of 100 points good play has {good} and nobody's deciding"
        " {nobody}.",
        "It can be played, but {n} things speak against it: of 100 points good play has {good} and nobody's deciding"
        " {nobody}.", good=good, nobody=nobody,
    )  # fmt: skip


def doubts(one: Rehearsal, exercise: Exercise) -> list[str]:
    """What speaks against playing it as it is."""
    numbers = words.numbers(exercise)
    unmet = sorted(one.merit.unmet, key=lambda name: int(numbers[name]))
    return why_not(replace(one.merit, unmet=tuple(unmet)), lambda name: numbers[name])


def outcome(came: Came, clock: Callable[[int], str]) -> str:
    """What became of the answer to an inject, in words.

    Args:
        clock: a moment (ms since the scenario's start) as people read it.
    """
    if came.at is None:
        return say("never came")
    if not came.expected:
        return say("nothing is expected")
    if came.answered is not None:
        at = clock(came.answered)
        return say("answered late, at {time}", time=at) if came.late else say("answered at {time}", time=at)
    if came.lacking:
        return say("answered wrongly: {why}", why=words.lacking(came.lacking))
    return say("not answered")


def points(one: Rehearsal) -> list[tuple[str, float]]:
    """Points of each way of playing, in words."""
    return [(say(STYLES[style]), of) for style, of in styles_of(one.merit)]


def seats(one: Rehearsal, exercise: Exercise) -> list[tuple[str, float]]:
    """By seat: the share of the exercise in which it had nothing to do in good play."""
    found = []
    for seat, share in one.merit.idle.items():
        name, _, number = seat.rpartition(" ")
        title = words.role(exercise, name)
        found.append((f"{title} {number}" if exercise.roles[name].seats > 1 else title, share))
    return found
