"""The levels of difficulty: how long people may think, how fast the clock runs, whether they read what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sim.words.language import key, percent, say

Difficulty = Literal["practice", "normal", "hard"]


@dataclass(frozen=True)
class Level:
    """What a difficulty does to an exercise as its file has it."""

    name: str
    deadlines: float
    """Simulated time for decisions and answers, so many times as long."""
    speed: float
    """The clock runs so many times as fast."""
    what: str = ""
    """What people in the room notice of it: deadlines over speed, and hints."""
    hints: bool = False
    """Whether a message of whoever leads says what it asks for."""


LEVELS: Final[Mapping[Difficulty, Level]] = {
    "practice": Level(
        key("practice"), 1.5, 0.75,
        key("twice as long to decide and to answer, and messages say what they ask for"), hints=True,
    ),
    "normal": Level(key("as written"), 1.0, 1.0),
    "hard": Level(key("hard"), 0.75, 1.5, key("half as long to decide and to answer")),
}  # fmt: skip


def described(difficulty: Difficulty) -> str:
    """A difficulty in words, with what it does."""
    level = LEVELS[difficulty]
    if not level.what:
        return say(level.name)
    return say(
        "{level}: deadlines {deadlines} and speed {speed} of what is written, so {what}", level=say(level.name),
        deadlines=percent(level.deadlines), speed=percent(level.speed), what=say(level.what),
    )  # fmt: skip


def difference() -> str:
    """What each difficulty does that is not the exercise as it is written."""
    told = (say("{level}: {what}", level=say(one.name), what=say(one.what)) for one in LEVELS.values() if one.what)
    return say("; ").join(told)


def told(difficulty: Difficulty) -> str:
    """At which difficulty a room plays, in a sentence; empty where it plays the exercise as it is written."""
    return say("Difficulty: {level}.", level=described(difficulty)) if LEVELS[difficulty].what else ""
