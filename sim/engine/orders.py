"""Orders: decisions from outside the routes, at a time; of a trainee, a facilitator or a what-if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

from sim.scenario.people import NAMED_POLICIES
from sim.workflow.log import NONE
from sim.workflow.program import Program

Action = Literal[
    "stop", "start", "cancel", "prioritise", "take", "write_off", "heads", "end_heads", "policy", "deadline"
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
OF_DESK = ("heads", "end_heads", "policy", "deadline")
"""Actions on a desk, not on a case: the last of all."""
FRONT = 1 << 39
"""What puts a task that was taken before every rank that an order gives, and behind work handed over."""


@dataclass(frozen=True, order=True)
class Order:
    """What to do, to what, and when."""

    at: int
    """ms since the start"""
    number: int
    """Orders of one instant are carried out by their numbers, whenever they were given; none twice."""
    action: Action
    case: int = NONE
    """Row of the case; NONE for an action on a desk."""
    account: int = NONE
    """The account's number in the case; NONE for the case itself."""
    route: str = ""
    """Of `start` and `cancel`."""
    rank: int = -1
    """Of `prioritise`: a queue serves the lowest rank first, and everything not prioritised has 0."""
    desk: str = ""
    """Of `take` and of actions on a desk: its name."""
    heads: int = 0
    """Of `heads`: so many more than rostered, or fewer; `end_heads` ends such an order that is in force."""
    lasts: int = 0
    """Of `heads`: ms until it is over, 0 for never; of `end_heads`: until it would have been.
    Of `deadline`: ms that somebody has to decide, 0 for nobody."""
    policy: str = ""
    """Of `policy`: the name of the queue policy from now on."""


ungiven = partial(Order, NONE, NONE)
"""An order that nobody has given yet: whoever gives it says when, and gives it its number."""


def check(order: Order, program: Program, cases: int) -> None:
    """Check that an order names what is there.

    Raises:
        ValueError: no such case, route, desk or policy, or a number that cannot be.
    """
    if order.action not in OF_DESK and not 0 <= order.case < cases:
        raise ValueError(f"no case {order.case}")
    if order.action in ("start", "cancel") and order.route not in program.route_names:
        raise ValueError(f"no route {order.route!r}")
    if order.action in (*OF_DESK, "take") and all(desk.name != order.desk for desk in program.desks):
        raise ValueError(f"no desk {order.desk!r}")
    if order.action == "policy" and order.policy not in NAMED_POLICIES:
        raise ValueError(f"no policy {order.policy!r}")
    if order.lasts < 0:
        raise ValueError(f"an order cannot last {order.lasts} ms")


def all_checked(orders: Iterable[Order], program: Program, cases: int) -> list[Order]:
    """The orders of a whole run in their order.

    Raises:
        ValueError: one names what is not there, or two are the same.
    """
    found = sorted(orders, key=lambda one: (one.at, one.number))
    for one, before in zip(found, [None, *found], strict=False):
        if one.at < 0:
            raise ValueError(f"the run is past {one.at} ms")
        check(one, program, cases)
        if not 0 <= one.number < 1 << 60 or (before and (one.at, one.number) == (before.at, before.number)):
            raise ValueError(f"order number {one.number} at {one.at} ms is taken")
    return found


def deadlines_by_desk(program: Program, deadlines: Mapping[str, int] | None) -> list[int]:
    """By desk, ms that somebody from outside has to decide what is next there; 0: nobody does.

    Raises:
        ValueError: no such desk.
    """
    names, given = [desk.name for desk in program.desks], deadlines or {}
    strange = sorted(set(given) - set(names))
    if strange:
        raise ValueError(f"no desk {strange[0]!r}")
    return [given.get(name, 0) for name in names]
