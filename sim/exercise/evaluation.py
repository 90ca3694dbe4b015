"""What evaluators write down while they watch: notes with their time, and a rating of each objective.

The ratings are those of the field's doctrine (FEMA, Homeland Security Exercise and Evaluation Program, 2020): an
objective is performed without, with some or with major challenges, or cannot be performed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sim.exercise.acts import Refused, typed_text
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.models import Exercise
from sim.exercise.records import whole

Rating = Literal["P", "S", "M", "U"]
LETTERS: tuple[Rating, ...] = get_args(Rating)


@dataclass(frozen=True)
class Note:
    """What somebody saw."""

    at: int
    """ms since the scenario's start"""
    by: str
    objective: str
    """Its id; empty for none."""
    text: str


class Evaluation:
    """Notes and ratings of a session; both may be given when the room is over, too."""

    def __init__(self, exercise: Exercise, clock: Clock, book: Book) -> None:
        self.notes: list[Note] = []
        """In order."""
        self.ratings: dict[tuple[str, str], Rating] = {}
        """By (objective, who rates): the last one."""
        self._objectives = frozenset(one.id for one in exercise.objectives)
        self._clock = clock
        self._book = book

    def observe(self, text: str, by: str, objective: str = "") -> Note:
        """Write a note down, at the time of now.

        Raises:
            Refused: unknown (no such objective), nothing_to_do (an empty text), too_long.
            OSError: the journal cannot be written.
        """
        if objective and objective not in self._objectives:
            raise Refused("unknown")
        note = Note(self._clock.now, whole(by), objective, typed_text(text))
        self._book.note("observe", text=note.text, by=note.by, objective=objective)
        self.notes.append(note)
        return note

    def rate(self, objective: str, rating: str, by: str) -> None:
        """Rate an objective; an empty rating takes one's own back.

        Raises:
            Refused: unknown (no such objective or rating).
            OSError: the journal cannot be written.
        """
        letter = next((one for one in LETTERS if one == rating), None)
        if objective not in self._objectives or (rating and letter is None):
            raise Refused("unknown")
        self._book.note("rate", objective=objective, rating=rating, by=whole(by))
        if letter is None:
            self.ratings.pop((objective, whole(by)), None)
        else:
            self.ratings[objective, whole(by)] = letter

    def of(self, objective: str) -> dict[Rating, list[str]]:
        """Who rated an objective how."""
        found: dict[Rating, list[str]] = {letter: [] for letter in LETTERS}
        for (one, by), letter in sorted(self.ratings.items()):
            if one == objective:
                found[letter].append(by)
        return found
