"""What a session tells and keeps: who sits where, what happened, which orders were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.engine.orders import Order
from sim.exercise.models import Effect


def whole(text: str) -> str:
    """A text as it can be written and sent: half a character, which no encoding has, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


Steering = Literal["change", "end", "skip", "hold", "plan", "edit", "clock"]


@dataclass(frozen=True)
class Seat:
    """Somebody in the room."""

    id: str
    role: str
    name: str


@dataclass(frozen=True)
class Happening:
    """Something that a room is told: of kind `opened`, `missed`, `inject` or `ended`."""

    at: int
    kind: str
    id: str = ""
    """Of an inject."""
    desk: str = ""
    """Of a decision that opened, or that nobody took in time."""


@dataclass(frozen=True)
class Steered:
    """What whoever leads an exercise did beside telling an inject, and every change of conditions."""

    at: int
    kind: Steering
    """Conditions were changed, or a change was ended; an inject is never told, by hand only, planned again, or
    another than in the exercise; or the clock was stopped."""
    by: str
    """Empty where an inject that came by itself changed the conditions."""
    id: str = ""
    """Of the inject; empty for none."""
    effect: Effect | None = None
    """Of a change."""

    @property
    def until(self) -> int | None:
        """ms at which a change is over; None for never."""
        if self.effect is None:
            return None
        lasts = self.effect.staff.lasts if self.effect.staff else self.effect.lasts
        return self.at + lasts if lasts else None


@dataclass(frozen=True)
class Given:
    """An order that the session gave to the engine, and whose it was."""

    order: Order
    by: str
    """`seat`, `conditions` (an inject or the facilitator) or `room` (who sits there)."""
    decision: int = 0
    """Number of the decision; 0 for none."""
