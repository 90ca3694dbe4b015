"""What queueing theory knows in closed form; times in mean service times."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

_TINY = 1e-15
"""The chain is cut off where a state is so much less likely than the likeliest."""


def erlang_c(staff: int, load: float) -> float:
    """Mean wait: A. K. Erlang, 1917 (the recursion over staff is Erlang B's)."""
    offered, blocked = staff * load, 1.0
    for k in range(1, staff + 1):
        blocked = offered * blocked / (k + offered * blocked)
    waits = blocked / (1 - load * (1 - blocked))
    return waits / (staff * (1 - load))


def pollaczek_khinchine(load: float, squared_variation: float) -> float:
    """Mean wait at one server, for any law of service with this squared coefficient of variation."""
    return load / (1 - load) * (1 + squared_variation) / 2


@dataclass(frozen=True)
class ErlangA:
    """What a caller meets."""

    wait: float
    """Mean time in the queue of all callers, whether they were answered or gave up."""
    wait_answered: float
    """Mean time in the queue of those who were answered."""
    abandoned: float
    """Share of the callers who gave up."""
    answered: float
    """Share of the callers who were answered; some of them at once."""


def erlang_a(staff: int, load: float, impatience: float) -> ErlangA:
    """Erlang A with arrivals at rate `staff * load`, service at rate 1 and patience ending at rate `impatience`.

    In state k, min(k, staff) are served and the others wait. Who arrives behind j waiting callers passes j + 1 places;
    at the i-th the head start of i - 1 others and the servers compete with the own patience, so each is left forwards
    with probability (staff + (i - 1) impatience) / (staff + i impatience) after a mean time 1 / (staff + i impatience)
    either way. The product telescopes to staff / (staff + (j + 1) impatience).
    """
    arrivals = staff * load
    weights = [1.0]
    while len(weights) <= staff or weights[-1] > _TINY * max(weights):
        k = len(weights)
        weights.append(weights[-1] * arrivals / (min(k, staff) + max(0, k - staff) * impatience))
    chance = np.array(weights) / sum(weights)
    waiting = np.arange(len(chance) - staff)
    queue = float(waiting @ chance[staff:])
    served = staff / (staff + (waiting + 1) * impatience)
    times = np.cumsum(1 / (staff + (waiting + 1) * impatience))
    answered = float(chance[:staff].sum() + served @ chance[staff:])
    return ErlangA(
        wait=queue / arrivals,  # Little
        wait_answered=float((times * served) @ chance[staff:]) / answered,
        abandoned=impatience * queue / arrivals,  # as many give up as run out of patience in the queue
        answered=answered,
    )


def kept(ratio: float, layers: int = 1) -> float:
    """The share of money that is still there after `ratio` mean dwell times on one or two accounts (exponential)."""
    return exp(-ratio) * (1 + ratio if layers == 2 else 1.0)
