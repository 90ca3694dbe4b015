"""The dry run of an exercise in the making: played in another process, told in words; and a room opened with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from sim.exercise import rehearsal, seeds, words
from sim.exercise.load import Entry, Loaded
from sim.exercise.merit import Merit
from sim.exercise.rehearsal import TRIED, Rehearsal
from sim.scenario.errors import RunError, ScenarioError
from sim.study.run.errors import StudyError
from sim.web import aside, said
from sim.web.exercise_making import Look, Making
from sim.web.exercises import Exercises
from sim.web.opening import Opening
from sim.web.parts import Tag, box, button, para, table
from sim.web.rooms import Rooms
from sim.words.language import percent, say, translate
from sim.words.phrases import phrase, text_of

T = TypeVar("T")
LONGEST: Final = 180.0
"""Seconds of a processor that a dry run may take: the shipped exercises take three."""


class Trying:
    """The part of the page that tries an exercise."""

    def __init__(
        self, rooms: Rooms, exercises: Exercises, making: Making, take_seed: Callable[[int], Any],
        current: Callable[[], Awaitable[Look | None]],
    ) -> None:  # fmt: skip
        """
        Args:
            take_seed: makes another seed that of the exercise.
            current: the exercise as it is on the page.
        """
        self._take_seed, self._current = take_seed, current
        self._rooms, self._exercises, self._making = rooms, exercises, making
        self._look: Look | None = None
        self._tried = ""
        """The exercise that was tried last, as its file has it."""

    def show(self) -> None:
        """Put it on the page."""
        para(
            say(
                "Automatic players sit in every chair: well, carelessly, first come first served, any button at once,"
                " and not at all. That takes some seconds."
            ),
            "quiet",
        )
        with box("row"):
            self._try = button(say("Dry run"), self._run, "main")
            self._open = button(say("Open a room with it"), self._opening)
        self._state = Tag("p", "", "quiet", role="status")
        self._trouble = Tag("p", "", "mistake", role="alert")
        self._place = box()
        self._room = box()

    def tell(self, look: Look) -> None:
        """Something was changed, or nothing is wrong any more."""
        self._look = look
        for one in (self._try, self._open):
            one.set(disabled=look.loaded is None)
        if look.loaded is None:
            self._state.set_text(say("As soon as nothing is missing, it can be tried."))
        elif self._tried and self._tried != look.text:
            self._state.set_text(say("It was changed since this dry run."))
        else:
            self._state.set_text("")

    async def _run(self) -> None:
        look = await self._current()
        if look is None or look.loaded is None:
            return
        found = await self._asked(rehearsal.played, look.loaded, say("It is being played."))
        if isinstance(found, Rehearsal) and not self._place.is_deleted:
            self._tried = look.text
            self._told(found, look.loaded)
            self.tell(self._look or look)

    async def _asked(self, work: Callable[[Loaded], Iterator[T]], loaded: Loaded, meanwhile: str) -> T | None:
        """What another process finds of an exercise; None where it cannot, which is then said."""
        self._trouble.set_text("")
        self._state.set_text(meanwhile)
        for one in (self._try, self._open):
            one.set(disabled=True)
        found = None
        try:
            found = await aside.in_a_process(work, replace(loaded, read=None), LONGEST)
        except ScenarioError as error:
            self._trouble.set_text(translate(phrase("{where}: {what}", where=error.field, what=error.what)))
        except (RunError, StudyError) as error:
            self._trouble.set_text(translate(text_of(error)))
        if self._look is not None and not self._place.is_deleted:
            self.tell(self._look)
        return found

    def _told(self, found: Rehearsal, loaded: Loaded) -> None:
        """Tell what a dry run showed."""
        exercise, merit = loaded.exercise, found.merit
        start, numbers = loaded.scenario.start, words.numbers(exercise)
        clock = partial(said.at, start)
        against = rehearsal.doubts(found, exercise)
        self._place.clear()
        with self._place:
            with box("notice warn" if against else "notice good"):
                para(rehearsal.verdict(found, exercise), "finding")
                if against:
                    with Tag("ul"):
                        for one in against:
                            Tag("li", one)
            if against:
                self._better(loaded, merit)
            by_id = {one.id: one for one in exercise.injects}
            if found.injects:
                rows = [
                    (numbers[one.id], "" if one.at is None else clock(one.at),
                     words.expected(exercise, by_id[one.id].expect, None), rehearsal.outcome(one, clock))
                    for one in found.injects
                ]  # fmt: skip
                head = (say("no."), say("came at"), say("expected"), say("in good play"))
                table(head, rows, say("Which injects came, and what was met"), numbers=False)
            with box("grid"):
                points = [(one, f"{of:.0f}") for one, of in rehearsal.points(found)]
                ways = (say("way of playing"), say("points of 100"))
                table(ways, points, say("What each way of playing comes to"))
                idle = [(one, percent(of)) for one, of in rehearsal.seats(found, exercise)]
                table(
                    (say("seat"), say("idle")), idle, say("How much of the time a seat has nothing to do, in good play")
                )

    def _better(self, loaded: Loaded, now: Merit) -> None:
        """Offer to look for a seed with which it is a better test."""
        place = box()

        async def look() -> None:
            found = await self._asked(rehearsal.best_seed, loaded, say("{n} other seeds are tried.", n=TRIED))
            if found is None or place.is_deleted:
                return
            place.clear()
            with place:
                if seeds.ranked([now, found])[0] is now:
                    para(say("None of {n} other seeds is better: change what happens, not the luck.", n=TRIED))
                    return
                para(
                    say(
                        "With seed {seed} good play has {good:.0f} points and nobody's deciding {nobody:.0f}.",
                        seed=found.seed, good=found.good, nobody=found.nobody,
                    )
                )  # fmt: skip
                button(say("Take seed {seed}", seed=found.seed), partial(self._take_seed, found.seed))

        with place:
            button(say("Look for a better seed"), look)

    async def _opening(self) -> None:
        """Ask how many chairs the room is to have."""
        look = await self._current()
        if look is None or look.loaded is None or self._room.is_deleted:
            return
        path = self._making.path
        entry = Entry(self._making.name, path, look.loaded.exercise)
        self._room.clear()
        with self._room, box("inset"):
            Opening(self._rooms, entry, partial(self._exercises.read, path))
