"""Duties under way: when each piece of work that is no case comes in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.fraud.arrivals import points, rate_of
from sim.fraud.draws import Keys, keys_named, roots
from sim.fraud.groups import Floats, Ints
from sim.fraud.plan import Plan
from sim.scenario.duties import Duty
from sim.scenario.models import Scenario

AFTER_CASES = 1 << 39
"""Rank in a queue of what is begun only when no case waits: behind every rank that an order gives."""


class Items(NamedTuple):
    """The pieces of work of one duty in several replications, replication after replication, in the order of time."""

    of: Ints
    """Place of the replication."""
    key: Keys
    """What the draws of each hang on."""
    at: Ints
    """ms at which it comes in."""


def rates_of(scenario: Scenario) -> list[Floats]:
    """By duty: pieces of work an hour, as `arrivals.rate_of` has them."""
    until = scenario.duties_until
    return [
        rate_of(scenario, duty.per_day, duty.by_hour, duty.by_weekday, until)
        for duty in (scenario.duties or {}).values()
    ]


def rank_of(duty: Duty) -> int:
    """The rank by which a piece of work of a duty waits."""
    return AFTER_CASES if duty.after_cases else 0


def items_of(scenario: Scenario, owners: Keys) -> list[Items]:
    """By duty: its pieces of work.

    Args:
        scenario: its duties are read.
        owners: what all draws of each replication hang on.
    """
    until, found = scenario.duties_until, []
    for name, rate in zip(scenario.duties or {}, rates_of(scenario), strict=True):
        of, _, key, at = points(scenario, keys_named(owners, f"duty:{name}"), rate, until)
        order = np.argsort(of * until + at, kind="stable")
        found.append(Items(of[order], key[order], at[order]))
    return found


class Duties:
    """The duties of one run, each a list of times. A piece of work has a key of its own, and no row anywhere."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self._duties = list((scenario.duties or {}).values())
        items = items_of(scenario, roots(plan.seed, [plan.replication]))
        self.keys = [one.key for one in items]
        """By duty: what the draws of its pieces of work hang on."""
        self.times: list[list[int]] = [one.at.tolist() for one in items]
        """By duty: when its pieces of work come in (ms), in order."""
        self._next = [0] * len(self._duties)

    def __len__(self) -> int:
        return len(self._duties)

    def due(self, number: int) -> int | None:
        """When the next piece of work of a duty comes in (ms); None if there is none any more."""
        item, times = self._next[number], self.times[number]
        return times[item] if item < len(times) else None

    def take(self, number: int) -> tuple[int, int]:
        """Which piece of work of a duty comes in now, and the rank by which it waits."""
        item = self._next[number]
        self._next[number] += 1
        return item, rank_of(self._duties[number])
