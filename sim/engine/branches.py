"""Where a choose leads: the first of its lines whose predicates hold, or that chance picks."""

from __future__ import annotations

from sim.engine.floor import Floor
from sim.engine.tokens import Token
from sim.workflow.log import NONE
from sim.workflow.predicates import PREDICATES, Sight
from sim.workflow.program import Program
from sim.workflow.times import Times
from sim.workflow.world import World


class Branches:
    """The chooses of a workflow, with their predicates looked up."""

    def __init__(self, program: Program, world: World, floor: Floor, times: Times) -> None:
        self._lines = [
            [([(PREDICATES[name], argument) for name, argument in tests], p, to) for tests, p, to in lines]
            for lines in program.branches
        ]
        self._sight = Sight(world.knowledge, floor.calendar, floor.desks, program)
        self._card, self._own = world.card, world.account_first
        self._chance = times.chance

    def choose(self, token: Token, step: int, now: int) -> int:
        """The step a choose leads to. Chances of its lines share one draw of the subject's."""
        below, u = 0.0, -1.0
        see: Sight | None = None
        for tests, p, to in self._lines[step]:
            if p < 1:
                u = self._chance(token) if u < 0 else u
                below += p
                if u < below:
                    return to
            elif not tests:
                return to
            else:
                see = see or self._look(token, now)
                for test, argument in tests:
                    if not test(see, argument):
                        break
                else:
                    return to
        return self._lines[step][-1][2]

    def _look(self, token: Token, now: int) -> Sight:
        """Turn the one sight to a token's subject."""
        see = self._sight
        see.now, see.case = now, token.case
        if token.account >= 0:
            see.account, see.card = token.subject, self._card[token.subject]
        else:
            see.account, see.card = NONE, self._own[token.case]
        return see
