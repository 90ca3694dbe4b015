"""The people of a session: who sits there, and what time each desk has to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from sim.engine.orders import ungiven
from sim.exercise.acts import Refused
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.models import Exercise
from sim.exercise.orders import Orders
from sim.exercise.records import Seat, whole
from sim.exercise.vocabulary import ALWAYS


class People:
    """The seats of a room: taken and left. A role that nobody has is played by the model."""

    def __init__(self, exercise: Exercise, desks: Sequence[str], clock: Clock, book: Book, orders: Orders) -> None:
        self.seats: dict[str, Seat] = {}
        """Who sits in the room now, by seat."""
        self.deadlines = dict.fromkeys(desks, 0)
        """By desk, in the order of the program: ms to decide; 0 where nobody sits."""
        self._exercise = exercise
        self._clock = clock
        self._book = book
        self._orders = orders

    @property
    def roles(self) -> set[str]:
        """The roles that somebody has now."""
        return {seat.role for seat in self.seats.values()}

    @property
    def seated(self) -> list[str]:
        """The desks at which somebody has time to decide now."""
        return [desk for desk, deadline in self.deadlines.items() if deadline]

    def join(self, seat: Seat) -> None:
        """Somebody sits down; a role that nobody had decides from now on. A seat that is there gets the new name.

        Raises:
            Refused: unknown (no such role), full, finished.
            OSError: the journal cannot be written.
        """
        there = self.seats.get(seat.id)
        if self._clock.closed:
            raise Refused("finished")
        if seat.role not in (*self._exercise.roles, *ALWAYS) or (there is not None and there.role != seat.role):
            raise Refused("unknown")
        taken = sum(one.role == seat.role for one in self.seats.values())
        if there is None and taken >= self._exercise.role(seat.role).seats:
            raise Refused("full")
        seat = replace(seat, name=whole(seat.name))
        self._book.note("join", **asdict(seat))
        self.seats[seat.id] = seat
        self._set_deadlines()

    def leave(self, seat_id: str) -> None:
        """Somebody leaves; the model plays a role that nobody has.

        Raises:
            Refused: unknown.
            OSError: the journal cannot be written.
        """
        if seat_id not in self.seats:
            raise Refused("unknown")
        self._book.note("leave", seat_id=seat_id)
        del self.seats[seat_id]
        if not self._clock.closed:
            self._set_deadlines()

    def stop_deciding(self) -> None:
        """The room is over: the model decides from now on, whoever still sits there."""
        for desk in self.seated:
            self._set_deadline(desk, 0)

    def _set_deadlines(self) -> None:
        """Give each desk the longest deadline of the roles that decide for it and are there."""
        there = [self._exercise.role(name) for name in self.roles]
        for desk, before in self.deadlines.items():
            deadline = max((role.deadline for role in there if role.has(desk)), default=0)
            if deadline != before:
                self._set_deadline(desk, deadline)

    def _set_deadline(self, desk: str, deadline: int) -> None:
        self.deadlines[desk] = deadline
        self._orders.give("room", ungiven("deadline", desk=desk, lasts=deadline))
