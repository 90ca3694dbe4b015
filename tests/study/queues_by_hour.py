"""Random staffing problems whose answer can be known: two desks in a row, served hour by hour, all rosters at once.

Stolen money arrives with the reports of a day, waits for the first desk, then for the second, and melts away while it
waits. What the second desk has done is recovered. Too few people at one desk make those at the other useless, and a
backlog of the night is the day's: the features that make a roster hard to find. One replication is one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.study.infer.trials import Heads, Outcome, Space

SLOTS = 96
_HOURS = 24 / SLOTS
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """One random problem."""

    number: int
    """Names it, and its luck."""
    space: Space
    desk: tuple[int, ...]
    """By variable: 0 or 1."""
    slots: tuple[tuple[int, ...], ...]
    """By variable: the quarters of an hour of its shift."""
    reports: Floats = field(compare=False)
    """By slot: mean number."""
    served: tuple[float, float] = (0.0, 0.0)
    """By desk: reports that a head does in a slot, on average."""
    kept: float = 0.0
    """Share of waiting money that is still there after a slot."""
    loss: float = 0.0
    wage: float = 0.0
    """Yuan a head for the whole day."""

    def __hash__(self) -> int:
        return hash(self.number)

    def rosters(self) -> list[Heads]:
        """Every roster."""
        ranges = (range(low, high + 1) for low, high in zip(self.space.low, self.space.high, strict=True))
        return list(product(*ranges))

    def outcomes(self, rosters: Sequence[Heads], replications: Sequence[int]) -> Floats:
        """[replication][roster][cost, recovered, share recovered]."""
        luck = [_luck(self, r) for r in replications]
        amount, number, speed = (np.array([one[i] for one in luck]) for i in range(3))
        heads = np.zeros((2, SLOTS, len(rosters)))
        for variable, (desk, slots) in enumerate(zip(self.desk, self.slots, strict=True)):
            heads[desk, slots] = [roster[variable] for roster in rosters]
        shape = (len(replications), len(rosters))
        money, waiting = np.zeros((2, *shape)), np.zeros((2, *shape))
        recovered = np.zeros(shape)
        for slot in range(SLOTS):
            money *= self.kept
            money[0] += amount[:, slot, None]
            waiting[0] += number[:, slot, None]
            for desk in (0, 1):
                can = heads[desk, slot] * self.served[desk] * speed[:, slot, desk, None]
                share = np.minimum(1.0, can / np.maximum(waiting[desk], 1e-9))
                moved, done = money[desk] * share, waiting[desk] * share
                money[desk] -= moved
                waiting[desk] -= done
                if desk == 0:
                    money[1] += moved
                    waiting[1] += done
                else:
                    recovered += moved
        rostered = np.array([sum(self.wage * h * len(s) / SLOTS for h, s in zip(one, self.slots, strict=True))
                             for one in rosters])  # fmt: skip
        overtime = waiting.sum(axis=0) * self.wage / (24 / _HOURS) / min(self.served)
        lost = amount.sum(axis=1)[:, None]
        share = np.divide(recovered, lost, out=np.full(shape, np.nan), where=lost > 0)
        return np.stack([rostered + overtime, recovered, share], axis=2)

    def evaluate(self, rosters: Sequence[Heads], replications: Sequence[int]) -> list[list[Outcome]]:
        """The evaluator that a search takes."""
        return [[Outcome(*one) for one in row] for row in self.outcomes(rosters, replications).tolist()]


@lru_cache(maxsize=20_000)
def _luck(world: World, replication: int) -> tuple[Floats, Floats, Floats]:
    """Of a day: money reported by slot, reports by slot, and how fast each desk was in each slot."""
    rng = np.random.default_rng([world.number, replication])
    number = rng.poisson(world.reports)
    amount = np.array([rng.lognormal(np.log(world.loss), 1.0, n).sum() for n in number])
    return amount, number.astype(np.float64), rng.gamma(8.0, 1 / 8.0, (SLOTS, 2))


def random_world(number: int) -> World:
    """A problem with 200 to some 400 rosters on two to four variables."""
    rng = np.random.default_rng([77, number])
    variables = int(rng.integers(2, 5))
    day = range(32, 80)
    night = [slot for slot in range(SLOTS) if slot not in day]
    whole = range(SLOTS)
    desk, slots, most = {
        2: ((0, 1), (whole, whole), (16, 14)),
        3: ((0, 1, 1), (whole, day, night), (7, 7, 5)),
        4: ((0, 0, 1, 1), (day, night, day, night), (5, 3, 5, 3)),
    }[variables]
    served = rng.uniform(0.3, 1.2, 2)
    busy = rng.uniform(0.45, 0.75) * min(
        served[d] * m for d, m, s in zip(desk, most, slots, strict=True) if len(s) > 48 or s is day
    )
    reports = np.where(np.isin(np.arange(SLOTS), day), 1.0, rng.uniform(0.15, 0.6)) * busy
    wage = 24 * rng.uniform(40.0, 90.0)
    melting = rng.uniform(1.0, 6.0) / _HOURS
    # A head at the load is worth several times its wage: the best roster lies inside.
    loss = wage * rng.uniform(3.0, 9.0) / (SLOTS * float(min(served)))
    return World(
        number, Space((1,) * variables, most), desk, tuple(tuple(s) for s in slots), reports,
        served=(float(served[0]), float(served[1])), kept=float(np.exp(-1 / melting)), loss=float(loss),
        wage=float(wage),
    )  # fmt: skip
