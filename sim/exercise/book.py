"""The book of a session: what was done in it and what happened, each with its moment."""

from __future__ import annotations

from typing import Any

from sim.exercise.clock import Clock
from sim.exercise.journal import Journal
from sim.exercise.models import Effect
from sim.exercise.records import Happening, Steered, Steering


class Book:
    """What is written down: lines of the journal, what the room is not told yet, and what whoever leads did."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.replaying = False
        """Whether what is done is in the journal already."""
        self.steered: list[Steered] = []
        """What whoever leads did, and every change of conditions, in order."""
        self.version = 0
        """Another number whenever what anybody sees may have changed, the clock apart."""
        self._clock = clock
        self._untold: list[Happening] = []

    def note(self, do: str, **fields: Any) -> None:
        """Write a line of the journal; only then is anything done.

        Raises:
            OSError: it cannot be written.
        """
        if not self.replaying:
            self.journal.add({"at": self._clock.now, "do": do, **fields})
        self.version += do != "tick"

    def tick(self) -> None:
        """Note how far the clock is, so that a session rebuilt comes back to this moment.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self.journal.lines or self.journal.lines[-1]["at"] < self._clock.now:
            self.note("tick")

    def steer(self, kind: Steering, by: str, id: str = "", effect: Effect | None = None) -> None:
        """Write down what whoever leads did now, or an inject to the conditions."""
        self.steered.append(Steered(self._clock.now, kind, by, id, effect))

    def tell(self, *happened: Happening) -> None:
        """Keep for the room what it is to be told; what is seen has changed with it, even where nobody is told."""
        self._untold += happened
        self.version += 1

    def untold(self) -> list[Happening]:
        """What the room was not told yet; it is told with this."""
        untold, self._untold = self._untold, []
        return untold
