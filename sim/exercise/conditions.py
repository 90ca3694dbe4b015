"""The conditions of a session: how many people a desk has, and whom it serves first, changed while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engine.orders import Order, ungiven
from sim.exercise.acts import Refused
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.models import Effect
from sim.exercise.orders import Orders

NOBODY_THERE = -1000
"""Heads that a bank which is down has fewer than rostered: whoever they are, nobody is left."""


class Conditions:
    """What injects and whoever leads change. Victims and their luck stay as they are."""

    def __init__(self, desks: Sequence[str], clock: Clock, book: Book, orders: Orders) -> None:
        self._desks = frozenset(desks)
        self._clock = clock
        self._book = book
        self._orders = orders

    def can(self, effect: Effect) -> bool:
        """Whether there is such a desk or bank."""
        return effect.desk in self._desks

    def change(self, effect: Effect, by: str) -> bool:
        """Change them by hand; False where the run is over.

        Raises:
            Refused: unknown (no such desk or bank), finished.
            OSError: the journal cannot be written.
        """
        if self._clock.closed:
            raise Refused("finished")
        if not self.can(effect):
            raise Refused("unknown")
        self._book.note("change", effect=effect.model_dump(mode="json", exclude_none=True), by=by)
        return self.apply(effect, by)

    def apply(self, effect: Effect, by: str, inject: str = "") -> bool:
        """Change them, by hand or with an inject (its id); False where the run is over."""
        done = self._orders.give("conditions", _order_of(effect))
        if done:
            self._book.steer("change", by, inject, effect)
        return done


def _order_of(effect: Effect) -> Order:
    """The order that changes the conditions."""
    if effect.policy is not None:
        return ungiven("policy", desk=effect.desk, policy=effect.policy.policy)
    if effect.staff is not None:
        return ungiven("heads", desk=effect.desk, heads=effect.staff.heads, lasts=effect.staff.lasts)
    return ungiven("heads", desk=effect.desk, heads=NOBODY_THERE, lasts=effect.lasts or 0)
