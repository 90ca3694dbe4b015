"""A desk: people with one role, one roster and one heap-ordered queue.

Written ourselves: `simpy.PriorityResource` sorts its whole queue at every request, and grants a single waiting
request when its capacity rises.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from sim.workflow.rosters import UNLIMITED


class Desk:
    """The people of a desk and the tokens that wait for them. People are numbered from 1; the lowest free one works.

    A person whose shift ends finishes the work in hand. With unlimited staff the people have no numbers (0).
    """

    __slots__ = ("busy", "capacity", "free", "number", "numbers", "queue", "until", "waiting")

    def __init__(self, number: int) -> None:
        self.number = number
        self.capacity = 0
        self.until = 0
        """ms at which the capacity may change by the roster: from then on it is to be asked for again."""
        self.numbers: Sequence[int] | None = None
        """Who is on duty, in order; None: the first so many."""
        self.free: list[int] = []
        self.busy: set[int] = set()
        self.queue: list[tuple[int, float, int, int, Any]] = []
        """A heap of places; some may have been left."""
        self.waiting = 0
        """Tokens in the queue that still wait."""

    def staff(self, heads: int) -> None:
        """Set the number of heads on duty."""
        self.capacity = heads
        if heads < UNLIMITED:
            self.free = [person for person in range(1, heads + 1) if person not in self.busy]
            heapify(self.free)

    def staff_with(self, numbers: Iterable[int]) -> None:
        """Set who is on duty, by number: where shifts overlap each has people of its own."""
        self.numbers = sorted(numbers)
        self.capacity = len(self.numbers)
        self.free = [person for person in self.numbers if person not in self.busy]  # in order, so a heap too

    def available(self) -> int:
        """Heads free to begin work now."""
        return UNLIMITED if self.capacity == UNLIMITED else len(self.free)

    def seize(self) -> int:
        """Take the lowest free person."""
        if self.capacity == UNLIMITED:
            return 0
        person = heappop(self.free)
        self.busy.add(person)
        return person

    def let_go(self, person: int) -> None:
        """Give a person back; one whose shift is over goes home."""
        if person:
            self.busy.discard(person)
            if person <= self.capacity if self.numbers is None else person in self.numbers:
                heappush(self.free, person)


class SkilledDesk(Desk):
    """A desk some of whose people have skills: those with the lowest numbers. `free` is in order.

    Who is taken is the free person with the highest number that will do, so that the skilled are kept for what only
    they can do.
    """

    __slots__ = ()

    def can(self, highest: int) -> bool:
        """Whether one of the first `highest` people on duty is free."""
        return bool(self.free) and self.free[0] <= self._number(highest)

    def seize(self) -> int:
        """Take the highest free person."""
        return self.seize_skilled(UNLIMITED)

    def seize_skilled(self, highest: int) -> int:
        """Take the last free one of the first `highest` people on duty."""
        person = self.free.pop(bisect_right(self.free, self._number(highest)) - 1)
        self.busy.add(person)
        return person

    def _number(self, place: int) -> int:
        """The number of the so-manieth on duty."""
        return place if not self.numbers else self.numbers[min(place, len(self.numbers)) - 1]

    def let_go(self, person: int) -> None:
        """Give a person back; one whose shift is over goes home."""
        self.busy.discard(person)
        if person <= self.capacity if self.numbers is None else person in self.numbers:
            insort(self.free, person)
