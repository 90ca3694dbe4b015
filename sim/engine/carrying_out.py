"""Carrying out an order in a run of the reference engine."""

from __future__ import annotations

from typing import Protocol

from sim.engine.floor import Floor
from sim.engine.orders import OF_DESK, Order
from sim.engine.seats import Seats
from sim.fraud.plan import Plan
from sim.workflow.program import Program
from sim.workflow.world import World


class Response(Protocol):
    """What an order is carried out on: a run of the response, with its people and what they know."""

    plan: Plan
    program: Program
    world: World
    floor: Floor
    seats: Seats

    def apply(self, effect: str, case: int, subject: int) -> bool:
        """Do an effect to a case or an account; whether it did anything."""

    def prioritise(self, of_account: bool, subject: int, rank: int) -> bool:
        """Serve a subject by a rank of its own; whether it waits anywhere."""

    def take(self, desk: int, of_account: bool, subject: int) -> bool:
        """Have a subject served next at a desk; whether it waits there."""

    def write_off(self, of_account: bool, subject: int) -> bool:
        """Follow a subject no more; whether anybody did."""

    def start(self, route: int, subject: int, case: int, account: int) -> bool:
        """Start a route; whether it was started."""

    def cancel(self, route: int, subject: int) -> bool:
        """Take a subject off a route; whether it was on it."""


def carry_out(engine: Response, order: Order) -> bool:
    """Carry out an order; False where it names what the responders do not know or what is not there."""
    plan, knowledge = engine.plan, engine.world.knowledge
    if order.action in OF_DESK:
        return _change_desk(engine, order)
    subject = order.case
    if knowledge.reported_at[order.case] < 0 and knowledge.alerted_at[order.case] < 0:
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
    if order.action == "take":
        return engine.take(_number(engine.program, order.desk), order.account >= 0, subject)
    if order.action == "write_off":
        return engine.write_off(order.account >= 0, subject)
    route = engine.program.route_names.index(order.route)
    if engine.program.of_account[route] != (order.account >= 0):
        return False
    if order.action == "start":
        return engine.start(route, subject, order.case, order.account)
    return engine.cancel(route, subject)


def _change_desk(engine: Response, order: Order) -> bool:
    desk, until = _number(engine.program, order.desk), order.at + order.lasts if order.lasts else None
    if order.action == "heads":
        engine.floor.staffing.change(desk, order.heads, until)
    elif order.action == "end_heads":
        return engine.floor.staffing.end(desk, order.heads, until)
    elif order.action == "policy":
        engine.floor.serve_by(desk, order.policy)
    else:
        engine.seats.set_deadline(desk, order.lasts)
    return True


def _number(program: Program, name: str) -> int:
    return next(number for number, desk in enumerate(program.desks) if desk.name == name)
