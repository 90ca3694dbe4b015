"""Who told whom: messages to a role or to a person, what each answers, and who took a call.

A message to everybody is as it ever was; one to a role is seen by that role and by the sender's own, one to a person,
or to those who lead or watch, by these and the sender alone. Whoever leads or watches sees all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.exercise.acts import Decision, Refused, Wish
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.injects import Status
from sim.exercise.models import Exercise
from sim.exercise.people import People
from sim.exercise.vocabulary import ALWAYS

SAID = "say-"
"""How the ids of what people wrote begin; what follows is the number of the decision."""


@dataclass(frozen=True)
class Address:
    """To whom a message goes, and what it answers."""

    role: str = ""
    """Of whom it is for; empty: of everybody."""
    seat: str = ""
    """For this seat alone; empty: for all of the role."""
    name: str = ""
    """Of whoever sits there."""
    reply: str = ""
    """The message that it answers: an inject, or what somebody wrote; empty for none."""


EVERYBODY = Address()


@dataclass(frozen=True)
class Heard:
    """That somebody took a call."""

    at: int
    """ms since the scenario's start"""
    seat: str
    name: str


class Talk:
    """What people of a session say to each other, and which calls they took."""

    def __init__(
        self, exercise: Exercise, clock: Clock, book: Book, people: People, injects: Sequence[Status],
        decisions: Sequence[Decision],
    ) -> None:  # fmt: skip
        """
        Args:
            injects, decisions: as they are at every moment; they grow.
        """
        self.addresses: dict[int, Address] = {}
        """By the number of the decision; none of what goes to everybody and answers nothing."""
        self.heard: dict[tuple[str, str], Heard] = {}
        """By (inject, role): who of the role took the call, or heard out who came."""
        self._exercise = exercise
        self._clock = clock
        self._book = book
        self._people = people
        self._injects = injects
        self._decisions = decisions

    def address(self, wish: Wish, role: str, seat: str) -> Address:
        """To whom a message is to go.

        Args:
            role, seat: of the sender.

        Raises:
            Refused: unknown (no such role or seat, or nothing that the sender was told).
        """
        if wish.reply and not self._was_told(wish.reply, role, seat):
            raise Refused("unknown")
        if wish.to in ("", *self._exercise.roles, *ALWAYS):
            return Address(wish.to, reply=wish.reply)
        person = self._people.seats.get(wish.to)
        if person is None:
            raise Refused("unknown")
        return Address(person.role, person.id, person.name, wish.reply)

    def hear(self, seat_id: str, inject_id: str) -> None:
        """Somebody takes a call, or hears out who has come, for all of the role; the first time counts.

        Raises:
            Refused: unknown (nobody sits there, or was told that).
            OSError: the journal cannot be written.
        """
        seat = self._people.seats.get(seat_id)
        if seat is None or not self._was_told(inject_id, seat.role, seat_id) or inject_id.startswith(SAID):
            raise Refused("unknown")
        if (inject_id, seat.role) in self.heard:
            return
        self._book.note("hear", seat_id=seat_id, inject_id=inject_id)
        self.heard[inject_id, seat.role] = Heard(self._clock.now, seat_id, seat.name)

    def _was_told(self, message: str, role: str, seat: str) -> bool:
        if message.startswith(SAID):
            number = message.removeprefix(SAID)
            known = {f"{one.number}": one for one in self._decisions if one.action == "message"}
            return number in known and audible(known[number], self.addresses, role, seat)
        return any(one.inject.id == message and one.state == "fired" and one.told_to(role) for one in self._injects)


def audible(one: Decision, addresses: Mapping[int, Address], role: str, seat: str = "") -> bool:
    """Whether a message reaches a role, or a seat of it.

    Args:
        seat: empty: whether it reaches anybody of the role.
    """
    to = addresses.get(one.number, EVERYBODY)
    if not to.role or role in ALWAYS:
        return True
    if not to.seat and to.role not in ALWAYS:
        return role in (to.role, one.role)
    return (role == to.role and seat in ("", to.seat)) or (role == one.role and seat in ("", one.seat))


def seats_of(one: Decision, to: Address) -> list[str]:
    """The seats that alone see a message; none where its roles do."""
    if to.seat:
        return [to.seat, one.seat]
    return [one.seat] if to.role in ALWAYS else []


def is_from(one: str, seat: str, decisions: Sequence[Decision]) -> bool:
    """Whether a message, by its id, is one that a seat wrote."""
    number = one.removeprefix(SAID)
    return one.startswith(SAID) and decisions[int(number) - 1].seat == seat
