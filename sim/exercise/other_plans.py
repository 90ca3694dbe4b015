"""A decision held against luck: the same on other plans that share all that had happened when it was to be taken.

Same victims, payments, accounts and amounts, and the same people with the same pace of work. Only how long money rests
that had not moved on yet is drawn anew, from the scenario's own times, of which those are left out that had passed
already. So every order of the session means there what it meant in the room, and a decision that was good by all that
could be known shows as good, however it came out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from sim.engine.orders import Order
from sim.engine.run import Run
from sim.exercise.session import Session
from sim.exercise.yardsticks import ends_on, saved
from sim.fraud.forest import dwells
from sim.fraud.groups import Ints
from sim.study.infer.stats import Summary, summary
from sim.workflow.log import HOLD

PLANS: Final = 50
"""Other plans over which a decision is stated."""
ASKED: Final = "FUNDFREEZE_PLANS"
"""Variable of the environment that says another number, so that the process that makes a room's report hears of it."""
SPARE: Final = 14
"""More draws than plans: what a plan's own draw cannot be any more, another takes the place of."""


def usual() -> int:
    """Other plans over which a report states a decision, unless it is asked for another number."""
    asked = os.environ.get(ASKED, "")
    return min(int(asked), 20 * PLANS) if asked.isascii() and asked.isdecimal() else PLANS


@dataclass(frozen=True)
class Odds:
    """What another decision comes to on other plans, beside what was played, plan by plan."""

    more: Summary
    """fen more that it saves (fewer: negative)."""
    better: int
    """Plans in which it saves more."""
    worse: int

    @property
    def sign(self) -> int:
        """1 where it surely saves more on average (95%), -1 where surely less, 0 where neither is sure."""
        if self.more.low > 0:
            return 1
        return -1 if self.more.high < 0 else 0


class OtherPlans:
    """The other plans of a session; each draw is made once, for all moments."""

    def __init__(self, session: Session, many: int = PLANS) -> None:
        self.session = session
        self.many = many
        self._played: dict[tuple[int, tuple[Order, ...]], list[int]] = {}

    @cached_property
    def _dwells(self) -> Ints:
        """(draw, transfer): ms."""
        plan, scenario = self.session.engine.plan, self.session.scenario
        draws = range(1, self.many + SPARE + 1)
        return np.array([dwells(scenario, plan.victims, plan.transfers, luck) for luck in draws])

    def at(self, run: Run, at: int) -> list[Ints]:
        """By plan that shares with a run all that had happened up to `at` (ms): its column `dwell`."""
        plan = run.plan
        t, times = plan.transfers, run.times
        root = t.parent < 0
        begin = np.where(root, 0, times[t.parent])
        past = root | (times <= at) | (begin + t.dwell <= at)
        waited = np.where(begin <= at, at - begin, -1).astype(np.float64)
        hurried = np.zeros(len(plan.victims), dtype=bool)
        held = run.rows.at(run.rows.of(HOLD))
        hurried[held.case[held.time <= at]] = True
        reaction = self.session.scenario.criminals.reaction
        if reaction is not None and reaction.speed > 0:  # then what is left runs faster
            waited = np.where(hurried[t.case] & (waited > 0), waited / reaction.speed, waited)
        fits = self._dwells > waited
        found = []
        for number in range(self.many):
            order = np.roll(np.arange(len(fits)), -number)
            first = order[fits[order].argmax(axis=0)]
            drawn = self._dwells[first, np.arange(len(t))]
            found.append(np.where(past | ~fits.any(axis=0), t.dwell, drawn))
        return found

    def odds(
        self, run: Run, at: int, orders: Sequence[Order], otherwise: Sequence[Order],
        told: Callable[[], None] = lambda: None,
    ) -> Odds:  # fmt: skip
        """What other orders come to on the plans that share a run up to a moment (ms).

        Args:
            orders: of the session.
            otherwise: the others.
            told: called after each run.
        """
        plans = self.at(run, at)
        more = np.array([a - b for a, b in zip(self._saved(plans, at, otherwise, told),
                                               self._saved(plans, at, orders, told), strict=True)])  # fmt: skip
        return Odds(summary(more), int((more > 0).sum()), int((more < 0).sum()))

    def _saved(self, plans: Sequence[Ints], at: int, orders: Sequence[Order], told: Callable[[], None]) -> list[int]:
        """fen that some orders save on each plan; played once for all who ask."""
        key = at, tuple(orders)
        if key not in self._played:
            found = []
            for run in ends_on(self.session, plans, orders):
                found.append(saved(run))
                told()
            self._played[key] = found
        return self._played[key]
