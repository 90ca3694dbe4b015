"""A desk: people with one role, one roster and one heap-ordered queue.

Written ourselves: `simpy.PriorityResource` sorts its whole queue at every request, and grants a single waiting
request when its capacity rises.
"""

from __future__ import annotations

from bisect import bisect_right
from heapq import heapify, heappop, heappush
from typing import Any

from sim.scenario.people import Rostered
from sim.scenario.units import DAY

WEEK = 7 * DAY
UNLIMITED = 1 << 30


class Roster:
    """Heads on duty as a step function of time, repeated every week."""

    def __init__(self, rostered: Rostered, week_offset: int) -> None:
        self._offset = week_offset
        self._starts: list[int] = [0]
        self._heads: list[int] = [0]
        if rostered.shifts is None:
            self._heads = [UNLIMITED if rostered.staff == "unlimited" else int(rostered.staff or 0)]
            return
        steps: dict[int, int] = {0: 0}
        for shift in rostered.shifts:
            for start, end in shift.spans():
                for time, change in ((start, shift.staff), (end % WEEK, -shift.staff)):
                    steps[time] = steps.get(time, 0) + change
                if end >= WEEK:  # on duty when the week begins
                    steps[0] += shift.staff
        heads = 0
        changes: list[tuple[int, int]] = []
        for time in sorted(steps):
            heads += steps[time]
            if not changes or changes[-1][1] != heads:
                changes.append((time, heads))
        self._starts = [time for time, _ in changes]
        self._heads = [heads for _, heads in changes]

    def at(self, time: int) -> int:
        """Heads on duty at a time (ms since the scenario's start)."""
        return self._heads[bisect_right(self._starts, (time + self._offset) % WEEK) - 1]

    def next_change(self, time: int) -> int | None:
        """The first time after `time` at which the number of heads changes; None if it never does."""
        if len(self._starts) == 1:
            return None
        week, into = divmod(time + self._offset, WEEK)
        place = bisect_right(self._starts, into)
        if place == len(self._starts):
            week, place = week + 1, 0
            if self._heads[0] == self._heads[-1]:
                place = 1  # the week begins as it ended
        return week * WEEK + self._starts[place] - self._offset

    def next_open(self, time: int) -> int | None:
        """The first time from `time` on with someone on duty; None if there is none ever."""
        opening: int | None = time
        for _ in range(len(self._starts) + 1):
            if opening is None or self.at(opening) > 0:
                return opening
            opening = self.next_change(opening)
        return None


class Desk:
    """The people of a desk and the tokens that wait for them. People are numbered from 1; the lowest free one works.

    A person whose shift ends finishes the work in hand. With unlimited staff the people have no numbers (0).
    """

    __slots__ = ("busy", "capacity", "free", "number", "queue", "waiting")

    def __init__(self, number: int) -> None:
        self.number = number
        self.capacity = 0
        self.free: list[int] = []
        self.busy: set[int] = set()
        self.queue: list[tuple[int, int, int, int, Any]] = []
        """A heap of places; some may have been left."""
        self.waiting = 0
        """Tokens in the queue that still wait."""

    def staff(self, heads: int) -> None:
        """Set the number of heads on duty."""
        self.capacity = heads
        if heads < UNLIMITED:
            self.free = [person for person in range(1, heads + 1) if person not in self.busy]
            heapify(self.free)

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
            if person <= self.capacity:
                heappush(self.free, person)
