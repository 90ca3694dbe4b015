"""Working and waiting times: each belongs to a task (subject, step, attempt), never to whoever works on it."""

from __future__ import annotations

import numpy as np

from sim.fraud.draws import uniform, uniform_one
from sim.fraud.groups import Column, column
from sim.fraud.plan import Plan
from sim.response.routes import NONE, Program
from sim.response.tokens import Token
from sim.scenario.distributions import DurationDist, sample_ms


class Times:
    """The drawn times of one plan under one workflow, in ms. First attempts are drawn for all subjects at once."""

    def __init__(self, program: Program, plan: Plan) -> None:
        self._program = program
        self._plan = plan

    def again(self, token: Token) -> int:
        """The time of a later attempt of a token at its step."""
        program, step = self._program, token.step
        dist = program.time[step]
        if dist is None:
            dist = program.profile_time[program.bank_profile[self._plan.accounts.bank[token.subject]]]
        return round(self.drawn(token, dist, "time") * program.factor[step]) + program.add[step]

    def drawn(self, token: Token, dist: DurationDist | None, what: str) -> int:
        """A drawn time of a token's subject for its step and attempt."""
        assert dist is not None
        u = uniform_one(self.key(token), f"{what}:{self._program.names[token.step]}:{token.attempt}")
        return int(sample_ms(dist, np.array([u]))[0])

    def chance(self, token: Token) -> float:
        """The uniform number that decides a choose."""
        return uniform_one(self.key(token), f"choose:{self._program.names[token.step]}:{token.attempt}")

    def key(self, token: Token) -> int:
        """What all draws of a token's subject hang on."""
        keys = self._plan.accounts.key if token.account >= 0 else self._plan.victims.key
        return int(keys[token.subject])

    def first(self, step: int) -> Column:
        """By subject: the time of its first attempt at a step."""
        program, plan = self._program, self._plan
        on_account = program.of_account[program.route[step]]
        u = uniform(plan.accounts.key if on_account else plan.victims.key, f"time:{program.names[step]}:1")
        dist = program.time[step]
        if dist is not None:
            drawn = sample_ms(dist, u)
        else:
            drawn = np.zeros(len(u), dtype=np.int64)
            profile = np.array([*program.bank_profile, NONE])[plan.accounts.bank]
            for number, time in enumerate(program.profile_time):
                mine = profile == number
                if mine.any():
                    drawn[mine] = sample_ms(time, u[mine])
        if program.factor[step] != 1.0:
            drawn = np.rint(drawn * program.factor[step]).astype(np.int64)
        return column(drawn + program.add[step])
