"""The clock of a session: how far it is, whether it moves, how fast, and whether the room is over. It moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sim.words.units import SECOND


@dataclass
class Clock:
    """The time of a session; whoever has it can read it, `Course` lets it go on."""

    speed: float
    """Simulated seconds in a second."""
    now: int = 0
    """ms since the scenario's start, up to which everything has happened."""
    held: bool = False
    """Whether it waits for `resume`."""
    closed: bool = False
    """Whether the room is over: nobody can do anything more."""

    @property
    def next_second(self) -> int:
        """ms of the next whole second."""
        return (self.now // SECOND + 1) * SECOND
