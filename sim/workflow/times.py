"""Working and waiting times: each belongs to a task (subject, step, attempt), never to whoever works on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import Keys, uniform, uniform_one
from sim.fraud.groups import Column, Ints, choice, column, ms_by_group
from sim.fraud.plan import Plan
from sim.scenario.distributions import DurationDist
from sim.scenario.sampling import sample_ms
from sim.scenario.victims import District
from sim.workflow.program import NONE, Program


def purpose(what: str, step: str, attempt: int) -> str:
    """What a draw for an attempt at a step is for."""
    return f"{what}:{step}:{attempt}"


class Task(Protocol):
    """What a time belongs to."""

    step: int
    subject: int
    """Row of the account, the case or the piece of work."""

    @property
    def attempt(self) -> int:
        """How often the subject came to the step."""


class Times:
    """The drawn times of one plan under one workflow, in ms. First attempts are drawn for all subjects at once."""

    def __init__(
        self,
        program: Program,
        plan: Plan,
        districts: Mapping[str, District] | None = None,
        duties: Sequence[Keys] = (),
    ) -> None:
        """
        Args:
            program, plan: of one run.
            districts: to which there are ways.
            duties: keys of the pieces of work of each duty.
        """
        self._duties = duties
        self._program = program
        self._plan = plan
        self._districts = districts
        self._tables: dict[tuple[str, int], Column] = {}

    def again(self, task: Task) -> int:
        """The time of a later attempt of a task."""
        return int(self.column(task.step, task.attempt, np.array([task.subject]))[0])

    def common(self, task: Task, dist: DurationDist | None, what: str) -> int:
        """As `drawn`, for what most subjects need: their first attempts are drawn for all of them at once."""
        if task.attempt > 1:
            return self.drawn(task, dist, what)
        step = task.step
        table = self._tables.get((what, step))
        if table is None:
            assert dist is not None
            table = self._tables[what, step] = column(self.of(step, dist, what, 1))
        return table[task.subject]

    def subjects(self, step: int) -> int:
        """How many subjects a step may have."""
        return len(self._keys(step))

    def _keys(self, step: int) -> Keys:
        """What the draws of all subjects of a step hang on."""
        if self._program.route[step] == self._program.duties:
            return self._duties[step - self._program.first[self._program.duties]]
        on_account = self._program.of_account[self._program.route[step]]
        return self._plan.accounts.key if on_account else self._plan.victims.key

    def drawn(self, task: Task, dist: DurationDist | None, what: str) -> int:
        """A drawn time of a task's subject for its step and attempt."""
        assert dist is not None
        u = uniform_one(self.key(task), purpose(what, self._program.names[task.step], task.attempt))
        return int(sample_ms(dist, np.array([u]))[0])

    def chance(self, task: Task) -> float:
        """The uniform number that decides a choose."""
        return uniform_one(self.key(task), purpose("choose", self._program.names[task.step], task.attempt))

    def key(self, task: Task) -> int:
        """What all draws of a task's subject hang on."""
        return int(self._keys(task.step)[task.subject])

    def _travel(self, on_account: bool, rows: NDArray[np.int64], u: NDArray[np.float64]) -> NDArray[np.int64]:
        """Ways to districts in ms: a victim's own; an account is held in one drawn for it."""
        if self._districts is None:
            return np.zeros(len(rows), dtype=np.int64)
        ways = list(self._districts.values())
        if on_account:
            district = choice(uniform(self._plan.accounts.key[rows], "district"), [way.share for way in ways])
        else:
            district = self._plan.victims.district[rows]
        here = DurationDist.parse(0)
        return ms_by_group(district, [way.travel or here for way in ways], u)

    def first(self, step: int) -> Column:
        """By subject: the time of its first attempt at a step."""
        return column(self.column(step))

    def column(self, step: int, attempt: int = 1, rows: Ints | None = None) -> Ints:
        """By subject: the time of an attempt at a step.

        Args:
            rows: the subjects; None for all.
        """
        program, accounts = self._program, self._plan.accounts
        on_account = program.of_account[program.route[step]]
        keys = self._keys(step) if rows is None else self._keys(step)[rows]
        u = uniform(keys, purpose("time", program.names[step], attempt))
        dist = program.time[step]
        if dist is not None:
            drawn = sample_ms(dist, u)
        else:
            drawn = np.zeros(len(u), dtype=np.int64)
            bank = accounts.bank if rows is None else accounts.bank[rows]
            profile = np.array([*program.bank_profile, NONE]).take(bank)
            for number, time in enumerate(program.profile_time):
                mine = profile == number
                if mine.any():
                    drawn[mine] = sample_ms(time, u[mine])
        if program.travel[step]:
            way = uniform(keys, purpose("travel", program.names[step], attempt))
            drawn = drawn + self._travel(on_account, np.arange(len(keys)) if rows is None else rows, way)
        if program.factor[step] != 1.0:
            drawn = np.rint(drawn * program.factor[step]).astype(np.int64)
        return drawn + program.add[step]

    def of(self, step: int, dist: DurationDist, what: str, attempt: int, rows: Ints | None = None) -> Ints:
        """By subject: a drawn time of another kind, such as its patience, for an attempt at a step."""
        keys = self._keys(step) if rows is None else self._keys(step)[rows]
        return sample_ms(dist, uniform(keys, purpose(what, self._program.names[step], attempt)))

    def chances(self, step: int, attempt: int, rows: Ints | None = None) -> NDArray[np.float64]:
        """By subject: the uniform number that decides a choose at an attempt."""
        keys = self._keys(step) if rows is None else self._keys(step)[rows]
        return uniform(keys, purpose("choose", self._program.names[step], attempt))
