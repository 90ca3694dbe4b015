"""Duties under way: when each piece of work that is no case comes in, and as what it waits at its desk."""

from __future__ import annotations

import numpy as np

from sim.fraud.arrivals import points, rate_of
from sim.fraud.draws import Keys, key_named, root
from sim.fraud.plan import Plan
from sim.response.log import NONE, STEP_SHIFT, content
from sim.response.routes import Program
from sim.response.tokens import Token
from sim.scenario.models import Scenario

AFTER_CASES = 1 << 39
"""Rank in a queue of what is begun only when no case waits: behind every rank that an order gives."""


class Duties:
    """The duties of one run, each a list of times. A piece of work has a key of its own, and no row anywhere."""

    def __init__(self, scenario: Scenario, plan: Plan, program: Program) -> None:
        self._duties = list((scenario.duties or {}).values())
        self._program = program
        self.keys: list[Keys] = []
        """By duty: what the draws of its pieces of work hang on."""
        self.times: list[list[int]] = []
        """By duty: when its pieces of work come in (ms), in order."""
        self._next = [0] * len(self._duties)
        for name, duty in (scenario.duties or {}).items():
            owner = key_named(root(plan.seed, plan.replication), f"duty:{name}")
            until = scenario.duties_until
            rate = rate_of(scenario, duty.per_day, duty.by_hour, duty.by_weekday, until)
            _, keys, at = points(scenario, owner, rate, until)
            order = np.argsort(at, kind="stable")
            self.keys.append(keys[order])
            self.times.append(at[order].tolist())

    def __len__(self) -> int:
        return len(self._duties)

    def due(self, number: int) -> int | None:
        """When the next piece of work of a duty comes in (ms); None if there is none any more."""
        item, times = self._next[number], self.times[number]
        return times[item] if item < len(times) else None

    def take(self, number: int) -> Token:
        """The piece of work that comes in now, at the step that is its duty."""
        program, item = self._program, self._next[number]
        self._next[number] += 1
        token = Token(program.duties, item, NONE, NONE, content(NONE, item), 0)
        token.step = program.first[program.duties] + number
        token.key = token.content + ((token.step + 1) << STEP_SHIFT) + 1
        token.desk = program.desk[token.step]
        token.rank = AFTER_CASES if self._duties[number].after_cases else 0
        return token
