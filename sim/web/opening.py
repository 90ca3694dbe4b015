"""Opening a room for an exercise: how many chairs it has, what it is called, how many teams play it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from sim.exercise import words
from sim.exercise.difficulty import at
from sim.exercise.levels import LEVELS, difference
from sim.exercise.load import Entry, Loaded
from sim.scenario.errors import ScenarioError
from sim.web import said
from sim.web.parts import Field, Tag, box, button, details, go_on, heading, para
from sim.web.places import LONGEST, WATCHING, About
from sim.web.rooms import Rooms
from sim.words import language as lang
from sim.words.language import say, translate
from sim.words.phrases import phrase

MOST_TEAMS: Final = 6
MOST_WATCHING: Final = 6
"""Chairs of each kind for whoever watches or rates; an exercise of many teams needs no more in each room."""


class Opening:
    """One exercise, and how many chairs its room is to have."""

    def __init__(self, rooms: Rooms, entry: Entry, load: Callable[[], Loaded]) -> None:
        self._rooms, self._load, exercise = rooms, load, entry.exercise
        heading(3, words.told(exercise.title))
        if exercise.question is not None:
            para(words.told(exercise.question), "quiet")
        with box("fields"):
            self._counts = {
                name: Field(words.told(role.title), "1", options=[(f"{n}", _seats(n)) for n in range(role.seats + 1)])
                for name, role in exercise.roles.items()
            }
            self._difficulty = Field(
                say("Difficulty"), exercise.difficulty, help_=difference(),
                options=[(name, say(level.name)) for name, level in LEVELS.items()],
            )  # fmt: skip
        with details(say("Name, date, teams, and who watches")), box("fields"):
            watching = [(f"{n}", _chairs(n)) for n in range(MOST_WATCHING + 1)]
            self._counts |= {name: Field(words.role(exercise, name), "1", options=watching) for name in WATCHING}
            self._title = words.told(exercise.title)
            self._name = Field(say("Name of the room"), self._title, maxlength=LONGEST)
            self._date = Field(say("Date"), date.today().isoformat(), type="date")
            self._teams = Field(
                say("Teams, each with a room of its own and the same luck"), "1",
                options=[(f"{n}", f"{n}") for n in range(1, MOST_TEAMS + 1)],
            )  # fmt: skip
        self._mistake = Tag("p", "", "mistake", role="alert")
        self._state = Tag("p", "", "quiet", role="status")
        self._button = button(say("Open this room"), self._open, "main")

    async def _open(self) -> None:
        counts = {role: int(one.value) for role, one in self._counts.items()}
        self._mistake.set_text("")
        self._state.set_text(say("The room is being opened: all that was before is played first."))
        self._button.set(disabled=True)
        try:
            rooms = await self._rooms.open_beside(self._load_at, counts, self._abouts())
        except ScenarioError as error:
            self._mistake.set_text(translate(phrase("{where}: {what}", where=error.field, what=error.what)))
        except OSError as error:
            self._mistake.set_text(said.refusal(error))
        else:
            group = rooms[0].about.group
            go_on(f"/teams/{group}" if group else f"/room/{rooms[0].id}/board", self._button)
        finally:
            if not self._button.is_deleted:
                self._state.set_text("")
                self._button.set(disabled=None)

    def _load_at(self) -> Loaded:
        """The exercise at the difficulty that was chosen."""
        loaded, chosen = self._load(), self._difficulty.value
        level = next(one for one in LEVELS if one == chosen)
        return replace(loaded, exercise=at(loaded.exercise, level))

    def _abouts(self) -> list[About]:
        """What the room, or the room of each team, is called."""
        name = self._name.value
        about = About().named("" if name == self._title else name, self._date.value)
        number = int(self._teams.value)
        if number == 1:
            return [about]
        group = secrets.token_hex(6)
        return [replace(about, group=group, team=chr(ord("A") + n)) for n in range(number)]


def _chairs(n: int) -> str:
    return say("nobody") if n == 0 else lang.counted(n, "{n} seat", "{n} seats")


def _seats(n: int) -> str:
    return say("nobody: the model plays it") if n == 0 else lang.counted(n, "{n} seat", "{n} seats")
