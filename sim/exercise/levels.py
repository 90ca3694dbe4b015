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
    hints: bool = False
    """Whether a message of whoever leads says what it asks for."""


LEVELS: Final[Mapping[Difficulty, Level]] = {
    "practice": Level(key("practice"), 1.5, 0.75, hints=True),
    "normal": Level(key("as written"), 1.0, 1.0),
    "hard": Level(key("hard"), 0.75, 1.5),
}
"""People have twice as long to decide in practice, and half as long where it is hard: deadlines over speed."""
DIFFERENCE: Final = key(
    "practice: twice as long to decide and to answer, and messages say what they ask for; hard: half as long"
)


def described(difficulty: Difficulty) -> str:
    """A difficulty in words, with what it does."""
    level = LEVELS[difficulty]
    if difficulty == "normal":
        return say(level.name)
    said = say(
        "{level}: deadlines {deadlines} and speed {speed} of what is written", level=say(level.name),
        deadlines=percent(level.deadlines), speed=percent(level.speed),
    )  # fmt: skip
    return say("{level}, and messages say what they ask for", level=said) if level.hints else said
