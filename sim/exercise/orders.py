"""The orders that a session gives to its engine."""

from __future__ import annotations

from dataclasses import replace

from sim.engine.orders import Order
from sim.engine.reference import Engine
from sim.exercise.clock import Clock
from sim.exercise.records import Given


class Orders:
    """All orders, numbered in the order in which they are given, and whose each was."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.given: list[Given] = []
        """All that the engine took, in order."""
        self._engine = engine
        self._clock = clock
        self._number = 0

    def give(self, by: str, order: Order, *, decision: int = 0, delay: int = 0) -> bool:
        """Give the engine an order for this moment; False where its run is over.

        Args:
            by: `seat`, `conditions` or `room`.
            order: without its time and number.
            decision: number of the decision; 0 for none.
            delay: ms until it is carried out.
        """
        self._number += 1
        if self._engine.finished:
            return False
        order = replace(order, at=self._clock.now + delay, number=self._number)
        self._engine.order(order)
        self.given.append(Given(order, by, decision))
        return True

    def in_vain(self, decision: int) -> None:
        """Nothing came of the orders of what would have been a decision: they are no decision's."""
        self.given[:] = [replace(one, decision=0) if one.decision == decision else one for one in self.given]
