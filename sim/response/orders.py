"""Orders: decisions from outside the routes, at a time; of a trainee, a facilitator or a what-if."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.response.log import NONE

if TYPE_CHECKING:
    from sim.response.engine import Engine

Action = Literal["stop", "start", "cancel", "prioritise"]


@dataclass(frozen=True, order=True)
class Order:
    """What to do, to what, and when."""

    at: int
    """ms since the start"""
    number: int
    """Orders of one instant are carried out by their numbers, whenever they were given; none twice."""
    action: Action
    case: int
    """Row of the case."""
    account: int = NONE
    """The account's number in the case; NONE for the case itself."""
    route: str = ""
    """Of `start` and `cancel`."""
    rank: int = -1
    """Of `prioritise`: a queue serves the lowest rank first, and everything not prioritised has 0."""


def carry_out(engine: Engine, order: Order) -> bool:
    """Carry out an order; False where it names what the responders do not know or what is not there."""
    plan, knowledge = engine.plan, engine.world.knowledge
    subject = order.case
    if knowledge.reported_at[order.case] < 0:
        return False
    if order.account >= 0:
        subject = int(plan.account_first[order.case]) + order.account
        if subject >= plan.account_first[order.case + 1] or knowledge.known_at[subject] < 0:
            return False
    if order.action == "stop":
        if order.account < 0 or engine.program.bank_desk[knowledge.bank[subject]] < 0:
            return False
        return engine.apply("place_hold", order.case, subject)
    if order.action == "prioritise":
        return engine.prioritise(order.account >= 0, subject, order.rank)
    route = engine.program.route_names.index(order.route)
    if engine.program.of_account[route] != (order.account >= 0):
        return False
    if order.action == "start":
        return engine.start(route, subject, order.case, order.account)
    return engine.cancel(route, subject)
