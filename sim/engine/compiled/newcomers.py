"""The newcomers of replications as columns of the state."""

from __future__ import annotations

import numpy as np

from sim.engine.compiled.state import State
from sim.fraud.draws import key_of, roots
from sim.fraud.plan import Plans
from sim.workflow.newcomers import changes_of, rules_of
from sim.workflow.program import Program

_AT_ONCE = 1 << 16
"""Places whose changes are drawn at once, unless one replication has more."""


class Newcomers:
    """When each place at the desks of some replications changed hands: drawn for many of them at once."""

    def __init__(self, s: State, program: Program, plans: Plans) -> None:
        """
        Args:
            s: which has room for the people of all desks.
        """
        self._s = s
        self._roots = roots(plans.seed, plans.replications)
        ends = [*s.busy_first[1:].tolist(), s.n_people]
        self._of = [
            (spec.name, rule, int(first), end)
            for spec, rule, first, end in zip(program.desks, rules_of(program), s.busy_first, ends, strict=True)
            if rule is not None
        ]
        places = sum(end - first for _, _, first, end in self._of)
        self._together = max(1, _AT_ONCE // max(1, places))
        self._from = -self._together
        for name in ("new_first", "new_last"):
            s.fill(name, s.n_people)
        s.fill("came", 0)

    def begin(self, replication: int) -> None:
        """Turn the state to one of the replications."""
        if not self._of:
            return
        if not self._from <= replication < self._from + self._together:
            self._draw(replication)
        place = replication - self._from
        self._s.put("new_first", self._last[place] - self._count[place])
        self._s.put("new_last", self._last[place])

    def _draw(self, replication: int) -> None:
        """Draw the changes of a replication and of those after it."""
        s = self._s
        keys = self._roots[replication : replication + self._together]
        self._from = replication
        self._count, self._last = np.zeros((2, len(keys), s.n_people), dtype=np.int64)
        came, drawn = [], 0
        for name, rule, first, end in self._of:
            people = np.tile(np.arange(end - first), len(keys))
            places = key_of(np.repeat(keys, end - first), people)
            times, counts = changes_of(places, name, rule, s.limit)
            came.append(times)
            self._count[:, first:end] = counts.reshape(len(keys), -1)
            self._last[:, first:end] = (drawn + np.cumsum(counts)).reshape(len(keys), -1)
            drawn += len(times)
        s.put("came", np.concatenate(came))
