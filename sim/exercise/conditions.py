"""The conditions of a session: how many people a desk has, and whom it serves first, changed while it goes on."""

from __future__ import annotations

from collections.abc import Mapping

from sim.engine.orders import Order, ungiven
from sim.exercise.acts import Refused
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.models import Effect
from sim.exercise.orders import Orders
from sim.exercise.records import Steered
from sim.scenario.people import NAMED_POLICIES

NOBODY_THERE = -1000
"""Heads that a bank which is down has fewer than rostered: whoever they are, nobody is left."""


class Conditions:
    """What injects and whoever leads change. Victims and their luck stay as they are."""

    def __init__(self, desks: Mapping[str, str], clock: Clock, book: Book, orders: Orders) -> None:
        """
        Args:
            desks: the queue policy that each has at the start.
        """
        self.ended: set[int] = set()
        """The changes, by their places in the book, that were ended before they were over."""
        self._desks = desks
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

    def end(self, number: int, by: str) -> None:
        """End a change now; from now on all goes on as if it had been meant to end now.

        Args:
            number: its place in `Book.steered`.

        Raises:
            Refused: unknown (no change), nothing_to_do (it is over, or a later order of work has taken its place),
                finished.
            OSError: the journal cannot be written.
        """
        if self._clock.closed:
            raise Refused("finished")
        steered = self._book.steered
        one = steered[number] if 0 <= number < len(steered) else None
        if one is None or one.kind != "change" or one.effect is None:
            raise Refused("unknown")
        over = number in self.ended or (one.until is not None and one.until <= self._clock.now)
        order = None if over else self._ending(one, one.effect)
        if order is None:
            raise Refused("nothing_to_do")
        self._book.note("end_change", number=number, by=by)
        self._orders.give("conditions", order)
        self.ended.add(number)
        self._book.steer("end", by, one.id, one.effect)

    def _ending(self, one: Steered, effect: Effect) -> Order | None:
        """The order that ends a change that is in force; None where something later has taken its place."""
        if effect.policy is None:
            left = 0 if one.until is None else one.until - self._clock.now
            return ungiven("end_heads", desk=effect.desk, heads=_order_of(effect).heads, lasts=left)
        mine = [it.order for it in self._orders.given if it.order.action == "policy" and it.order.desk == effect.desk]
        last = mine.pop()
        before = mine[-1].policy if mine else self._desks[effect.desk]
        if (last.at, last.policy) != (one.at, effect.policy.policy) or before not in NAMED_POLICIES:
            return None
        return ungiven("policy", desk=effect.desk, policy=before)

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
