"""The course of a session: what happens by itself, however the clock is driven.

Events of the engine and injects happen at moments that do not depend on how far the clock is let go on at once: it
stops at each of them on its way.
"""

from __future__ import annotations

import numpy as np

from sim.engine.reference import Engine
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.injects import holds
from sim.exercise.models import GRID, Exercise
from sim.exercise.people import People
from sim.exercise.records import Happening
from sim.exercise.scene import Scenes
from sim.exercise.script import Script
from sim.words.phrases import phrase
from sim.workflow.log import OVERDUE, QUEUED


class Course:
    """Drives the clock: lets it go on, the engine with it and injects at their moments, or holds it."""

    def __init__(
        self, exercise: Exercise, engine: Engine, clock: Clock, book: Book, people: People, script: Script,
        scenes: Scenes,
    ) -> None:  # fmt: skip
        self._exercise = exercise
        self._engine = engine
        self._clock = clock
        self._book = book
        self._people = people
        self._script = script
        self._scenes = scenes
        self._read = 0
        """Rows of the log that were looked at."""

    def open(self) -> None:
        """Let the model play alone up to the opening of the room."""
        self.go(self._exercise.starts)
        self._book.untold()
        self._fire_due()

    def advance(self, until: int) -> list[Happening]:
        """Let the clock go on to `until` (ms); nothing moves while held. Returns what the room was not told yet."""
        if not self._clock.held:
            self.go(until)
        return self._book.untold()

    def step(self) -> list[Happening]:
        """Go on, in whole seconds, to the next in which anything happens."""
        clock, book = self._clock, self._book
        before, told = book.version, self.advance(clock.now)
        while not (told or clock.held or clock.closed or book.version != before):
            told = self.advance(clock.next_second)
        return told

    def to_next(self, limit: int) -> list[Happening]:
        """Go on, in whole seconds, to the next decision that opens or inject that fires, at most to `limit` (ms)."""
        clock = self._clock
        told = self.advance(clock.now)
        while not (clock.held or clock.closed or clock.now >= limit or any(one.kind != "missed" for one in told)):
            told += self.advance(min(limit, clock.next_second))
        return told

    def hold(self, by: str) -> None:
        """Stop the clock: nobody decides meanwhile.

        Raises:
            OSError: the journal cannot be written.
        """
        self._book.note("hold", by=by)
        if by and not self._clock.held:
            self._book.steer("clock", by)
        self._clock.held = True

    def resume(self, by: str) -> None:
        """Let the clock go on.

        Raises:
            OSError: the journal cannot be written.
        """
        self._book.note("resume", by=by)
        self._clock.held = False

    def set_speed(self, speed: float, by: str) -> None:
        """Simulated seconds in a second.

        Raises:
            ValueError: not between 0.01 and 3,600.
            OSError: the journal cannot be written.
        """
        if not 0.01 <= speed <= 3600:
            raise ValueError(
                phrase("read {speed:g}, accepted: 0.01 to 3600 simulated seconds in a second", speed=speed)
            )
        self._book.note("set_speed", speed=speed, by=by)
        self._clock.speed = speed

    def go(self, until: int) -> None:
        """Let everything happen up to a moment, and stop at each at which an inject may fire."""
        clock, exercise = self._clock, self._exercise
        while clock.now < until and not clock.closed:
            clock.now = self._next_stop(until)
            self._engine.advance(clock.now)
            self._look()
            if clock.now >= exercise.starts:
                self._fire_due()
            if clock.now >= exercise.ends:
                self.close()

    def close(self) -> None:
        """The room is over: the model decides from now on."""
        self._people.stop_deciding()
        self._clock.closed = True
        self._book.tell(Happening(self._clock.now, "ended"))

    def _next_stop(self, until: int) -> int:
        now, injects = self._clock.now, self._script.injects
        if now < self._exercise.starts:
            return min(until, self._exercise.starts)
        stop = min(until, self._exercise.ends)
        for status in injects:
            if status.state == "planned" and status.due is not None and now < status.due < stop:
                stop = status.due
        if any(status.waits_for for status in injects):
            stop = min(stop, (now // GRID + 1) * GRID)
        return stop

    def _look(self) -> None:
        """See what the engine has written down since the last time."""
        count = len(self._engine.log)
        if count == self._read:
            return
        rows = self._engine.log.since(self._read)
        self._read = count
        kind, desk, names = rows.kind, rows.desk, list(self._people.deadlines)
        seated = np.array([deadline > 0 for deadline in self._people.deadlines.values()])
        told = ((kind == QUEUED) & seated[desk]) | (kind == OVERDUE)
        self._book.tell(
            *(
                Happening(int(rows.time[row]), "opened" if kind[row] == QUEUED else "missed", desk=names[desk[row]])
                for row in np.flatnonzero(told).tolist()
            )
        )

    def _fire_due(self) -> None:
        """Fire the injects whose moment or condition has come."""
        now = self._clock.now
        for status in self._script.injects:
            if status.state != "planned":
                continue
            over = status.due is not None and status.due <= now
            so = over and not status.inject.or_never
            if not so and status.waits_for and (over or now % GRID == 0):
                scene = self._scenes.now()
                so = holds(status.waits_for, scene.known, scene.undecided, now)
            if so:
                self._script.fire(status)
            elif over:
                self._script.lapse(status)
