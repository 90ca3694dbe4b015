"""The clock of a session: what happens by itself, however the clock is driven.

Events of the engine and injects happen at moments that do not depend on how far the clock is let go on at once: it
stops at each of them on its way. Whatever else is done to a session is a line of its journal first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.exercise.acts import Decision
from sim.exercise.injects import Status, holds, order_of
from sim.exercise.journal import Journal
from sim.exercise.load import Loaded
from sim.exercise.models import GRID, Effect, Exercise
from sim.exercise.records import Given, Happening, Seat, Steered
from sim.exercise.view import Scene, View
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.response.engine import Engine
from sim.response.log import OVERDUE, QUEUED
from sim.response.orders import Order
from sim.response.routes import Program, compile_routes
from sim.response.seats import Undecided
from sim.response.sight import Known, sight
from sim.scenario.models import Scenario
from sim.words.phrases import phrase
from sim.words.units import SECOND


class Clock:
    """The room's time, its engine, and the injects that fire by themselves."""

    def __init__(
        self, loaded: Loaded, journal: Journal, plan: Plan | None = None, program: Program | None = None
    ) -> None:
        """A room at its opening."""
        self.loaded = loaded
        self.exercise: Exercise = loaded.exercise
        self.scenario: Scenario = loaded.scenario
        plan = plan or draw_plan(self.scenario, self.exercise.seed, self.exercise.replication)
        self.engine = Engine(self.scenario, plan, program or compile_routes(self.scenario))
        self.seats: dict[str, Seat] = {}
        """Who sits in the room now, by seat."""
        self.now = 0
        """ms since the scenario's start, up to which everything has happened."""
        self.held = False
        self.speed = self.exercise.speed
        """Simulated seconds in a second."""
        self.decisions: list[Decision] = []
        self.given: list[Given] = []
        """All orders, in the order in which they were given."""
        self.steered: list[Steered] = []
        """What whoever leads did, and every change of conditions, in order."""
        self.journal = journal
        self._replaying = False
        self._closed = False
        self._played_on = False
        self._names = [desk.name for desk in self.engine.program.desks]
        self._deadlines = [0] * len(self._names)
        """By desk: ms to decide; 0 where nobody sits."""
        self._order_number = 0
        self._read = 0
        """Rows of the log that were looked at."""
        self._told: list[Happening] = []
        """What the room was not told yet."""
        self.injects = [
            Status(one, None if one.at is None else self.exercise.starts + one.at) for one in self.exercise.injects
        ]
        self.version = 0
        """Another number whenever what anybody sees may have changed, the clock apart."""
        self._scene: tuple[int, int, Scene] | None = None
        """The scene of a version, until a moment (ms)."""
        self._views: dict[str, tuple[int, View]] = {}
        holders = [*self._names[len(self.scenario.desks) :]]
        self._banks = frozenset(holders)
        self._field = frozenset(holder.name for holder in self.scenario.holders if holder.field)
        self._field_desks = frozenset(_field_desks(self.scenario))
        routes = zip(self.engine.program.route_names, self.engine.program.of_account, strict=False)
        self._visits = (self.exercise.routes.visit, False) in routes
        self._go(self.exercise.starts)
        self._told.clear()
        self._fire_due()

    # -- letting it go on --------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the room is closed."""
        return self._closed

    def advance(self, until: int) -> list[Happening]:
        """Let the clock go on to `until` (ms); nothing moves while held. Returns what the room was not told yet."""
        if not self.held:
            self._go(until)
        told, self._told = self._told, []
        return told

    def step(self) -> list[Happening]:
        """Go on, in whole seconds, to the next in which anything happens."""
        before, told = self.version, self.advance(self.now)
        while not (told or self.held or self._closed or self.version != before):
            told = self.advance(self._next_second())
        return told

    def to_next(self, limit: int) -> list[Happening]:
        """Go on, in whole seconds, to the next decision that opens or inject that fires, at most to `limit` (ms)."""
        told = self.advance(self.now)
        while not (self.held or self._closed or self.now >= limit or any(one.kind != "missed" for one in told)):
            told += self.advance(min(limit, self._next_second()))
        return told

    def _next_second(self) -> int:
        return (self.now // SECOND + 1) * SECOND

    def hold(self, by: str) -> None:
        """Stop the clock: nobody decides meanwhile."""
        self._note("hold", by=by)
        if by and not self.held:
            self.steered.append(Steered(self.now, "clock", by))
        self.held = True

    def resume(self, by: str) -> None:
        """Let the clock go on."""
        self._note("resume", by=by)
        self.held = False

    def set_speed(self, speed: float, by: str) -> None:
        """Simulated seconds in a second.

        Raises:
            ValueError: not between 0.01 and 3,600.
        """
        if not 0.01 <= speed <= 3600:
            raise ValueError(
                phrase("read {speed:g}, accepted: 0.01 to 3600 simulated seconds in a second", speed=speed)
            )
        self._note("set_speed", speed=speed, by=by)
        self.speed = speed

    def tick(self) -> None:
        """Note in the journal how far the clock is, so that a session rebuilt comes back to this moment.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self.journal.lines or self.journal.lines[-1]["at"] < self.now:
            self._note("tick")

    # -- what happens by itself --------------------------------------------------------------------------------

    def _go(self, until: int) -> None:
        """Let everything happen up to a moment, and stop at each at which an inject may fire."""
        while self.now < until and not self._closed:
            self.now = self._next_stop(until)
            self.engine.advance(self.now)
            self._look()
            if self.now >= self.exercise.starts:
                self._fire_due()
            if self.now >= self.exercise.ends:
                self._close()

    def _next_stop(self, until: int) -> int:
        if self.now < self.exercise.starts:
            return min(until, self.exercise.starts)
        stop = min(until, self.exercise.ends)
        for status in self.injects:
            if status.state == "planned" and status.due is not None and self.now < status.due < stop:
                stop = status.due
        if any(status.waits_for for status in self.injects):
            stop = min(stop, (self.now // GRID + 1) * GRID)
        return stop

    def _look(self) -> None:
        """See what the engine has written down since the last time."""
        count = len(self.engine.log)
        if count == self._read:
            return
        rows = self.engine.log.since(self._read)
        self._read = count
        self.version += 1
        kind, desk = rows.kind, rows.desk
        seated = np.array([deadline > 0 for deadline in self._deadlines])
        told = ((kind == QUEUED) & seated[desk]) | (kind == OVERDUE)
        for row in np.flatnonzero(told).tolist():
            what = "opened" if kind[row] == QUEUED else "missed"
            self._told.append(Happening(int(rows.time[row]), what, desk=self._names[desk[row]]))

    def _fire_due(self) -> None:
        """Fire the injects whose moment or condition has come."""
        for status in self.injects:
            if status.state != "planned":
                continue
            due = status.due is not None and status.due <= self.now
            if not due and status.waits_for and self.now % GRID == 0:
                due = holds(status.waits_for, self.scene.known, self.scene.undecided, self.now)
            if due:
                self._fire(status, "")

    def _fire(self, status: Status, by: str) -> None:
        status.state, status.fired_at, status.by = "fired", self.now, by
        status.seen_by((seat.role for seat in self.seats.values()), self.now)
        self.version += 1
        self._told.append(Happening(self.now, "inject", id=status.inject.id))
        if status.inject.effect is not None:
            self._apply(status.inject.effect, by, status.inject.id)

    def _apply(self, effect: Effect, by: str, inject: str = "") -> bool:
        """Change the conditions, by hand or with an inject; False where the run is over."""
        self._order_number += 1
        done = self._give(order_of(effect, self.now, self._order_number), "conditions")
        if done:
            self.steered.append(Steered(self.now, "change", by, inject, effect))
        return done

    def _close(self) -> None:
        """The room is over: the model decides from now on."""
        for number, deadline in enumerate(self._deadlines):
            if deadline:
                self._set_deadline(number, 0)
        self._closed = True
        self.version += 1
        self._told.append(Happening(self.now, "ended"))

    # -- orders and lines --------------------------------------------------------------------------------------

    def _order(self, by: str, *, decision: int = 0, delay: int = 0, **fields: Any) -> bool:
        """Give the engine an order for this moment; False where its run is over."""
        self._order_number += 1
        order = Order(self.now + delay, self._order_number, **fields)
        return self._give(order, by, decision)

    def _give(self, order: Order, by: str, decision: int = 0) -> bool:
        if self.engine.finished:
            return False
        self.engine.order(order)
        self.given.append(Given(order, by, decision))
        return True

    @property
    def seated(self) -> list[str]:
        """The desks at which somebody has time to decide now."""
        return [name for name, deadline in zip(self._names, self._deadlines, strict=True) if deadline]

    def _set_deadline(self, number: int, deadline: int) -> None:
        self._deadlines[number] = deadline
        self._order("room", action="deadline", desk=self._names[number], lasts=deadline)

    def _note(self, do: str, **fields: Any) -> None:
        """Write a line of the journal; only then is anything done."""
        if not self._replaying:
            self.journal.add({"at": self.now, "do": do, **fields})
        self.version += do != "tick"

    # -- what is known -----------------------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        """All that views of this moment are made of; made anew only when something has changed."""
        if self._scene is None or self._scene[0] != self.version or self.now >= self._scene[1]:
            if self._scene is not None and self._scene[0] == self.version:
                self.version += 1
            undecided: list[Undecided] = [] if self._closed else self.engine.undecided()
            # A deadline passes without a word in the log where nobody is free: then the scene is another.
            until = min((one.deadline + 1 for one in undecided), default=NEVER)
            known = self._scene[2].known if self._played_on and self._scene else sight(self.engine)
            scene = Scene(
                known, undecided, self.decisions, self.injects, self._banks, self._field, self._field_desks,
                self._visits,
            )  # fmt: skip
            self._scene = (self.version, until, scene)
        return self._scene[2]

    @property
    def known(self) -> Known:
        """What responders know now."""
        return self.scene.known


def _field_desks(scenario: Scenario) -> set[str]:
    """Desks whose people go out: those of work with a way to go."""
    steps = (step for route in scenario.routes.values() for step in route.steps.values())
    return {name for step in steps if step.work and step.work.travel and step.work.team for name in step.work.team}
