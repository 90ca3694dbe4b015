"""What rules ask for that was not drawn yet: its law where they can compute it, else columns for all replications of a
batch, rare numbers singly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled.laws import Laws, kind_of
from sim.engine.compiled.rules_draws import (
    BRIEFING,
    CALL_IN,
    CHANCE,
    CHECK,
    KINDS,
    WHOLE,
    WORK_TIME,
    first_place,
    table_of,
)  # fmt: skip
from sim.engine.compiled.state import State
from sim.fraud.draws import draw, uniform
from sim.fraud.groups import Ints
from sim.fraud.plan import Plan
from sim.scenario import people
from sim.scenario.sampling import sample_ms
from sim.scenario.victims import District
from sim.workflow.log import NONE
from sim.workflow.program import Program
from sim.workflow.times import Times

_SINGLES = 1 << 10
_AS_DEAR_AS = 4000
"""Numbers of a column that take as long to draw as a single one."""


class Draws:
    """The draws of a batch, made when a rule first asks for them."""

    def __init__(self, s: State, program: Program, plan: Plan, districts: Mapping[str, District] | None) -> None:
        """
        Args:
            s: where they are kept; the pieces of other work stand in it.
            program: whose steps they are for.
            plan: of all replications.
            districts: to which there are ways.
        """
        self.s, self.program, self.plan = s, program, plan
        self.times = Times(program, plan, districts, [s.duty_key.view(np.uint64)] * s.n_duties)
        s.put("tables", np.zeros(KINDS * s.n_steps * WHOLE, dtype=np.int64))
        s.held.clear()
        self.laws = Laws(s, program)
        self._asked: dict[tuple[int, int, int], int] = {}
        """How often each draw was made singly."""
        self._empty(_SINGLES)

    def _empty(self, room: int) -> None:
        self.s.single_room, self.s.n_singles = room, 0
        for name, value in (("single_subject", 0), ("single_what", NONE), ("single_whole", 0), ("single_real", 0)):
            self.s.fill(name, room, value)

    def supply(self, replication: int) -> None:
        """Make the draws that a rule asked for in the run of a replication."""
        s = self.s
        what, step, attempt, subject = (int(n) for n in (s.need_what, s.need_step, s.need_attempt, s.need_subject))
        if self.laws.put(what, step, attempt):
            return
        table = table_of(s, what, step, attempt)
        if table != NONE and s.law_at[table] == 0 and self._for_all(what, step, attempt):
            s.keep(table, self._drawn(what, step, attempt, None))
        else:
            self._single(replication, what, step, attempt, subject)

    def _for_all(self, what: int, step: int, attempt: int) -> bool:
        """Whether a draw is now made for all subjects: at once where most need it, else when the draws made singly
        have cost as much."""
        if attempt == 1 and what < BRIEFING:
            return True
        mark = what, step, attempt
        self._asked[mark] = asked = self._asked.get(mark, 0) + 1
        return asked * _AS_DEAR_AS > self.times.subjects(step)

    def _drawn(self, what: int, step: int, attempt: int, rows: Ints | None) -> NDArray[Any]:
        program, times = self.program, self.times
        if rows is None and program.route[step] == program.duties:  # of all pieces of other work only its own
            rows, column = np.flatnonzero(self.s.duty_step == step), np.zeros(len(self.s.duty_step), dtype=np.int64)
            column[rows] = self._drawn(what, step, attempt, rows)
            return column
        if what == WORK_TIME:
            return times.column(step, attempt, rows)
        if what == CHANCE:
            return times.chances(step, attempt, rows)
        if what == CHECK:
            keys = self.plan.accounts.key if rows is None else self.plan.accounts.key[rows]
            return uniform(keys, f"check:{attempt}")
        name, laws = kind_of(program, what, step)
        columns = [times.of(step, law, name, attempt, rows) for law in laws]
        return np.asarray(np.maximum.reduce(columns))

    def _single(self, replication: int, what: int, step: int, attempt: int, subject: int) -> None:
        """Draw one number and keep it where `single_of` finds it."""
        s = self.s
        if what == CALL_IN:
            value: float = self._call_in(replication, step, attempt)
        else:
            value = self._drawn(what, step, attempt, np.array([subject]))[0].item()
        if 2 * (s.n_singles + 1) > s.single_room:
            self._rehash()
        self._file((what << 40) + (step << 20) + attempt, subject, value)

    def _file(self, mark: int, subject: int, value: float) -> None:
        s = self.s
        place = first_place(s, mark, subject)
        while s.single_what[place] != NONE:
            place = (place + 1) & (s.single_room - 1)
        s.single_what[place], s.single_subject[place] = mark, subject
        s.single_whole[place], s.single_real[place] = int(value), value
        s.n_singles += 1

    def _rehash(self) -> None:
        s = self.s
        old = [column.copy() for column in (s.single_what, s.single_subject, s.single_whole, s.single_real)]
        self._empty(2 * s.single_room)
        for mark, subject, whole, real in zip(*(column.tolist() for column in old), strict=True):
            if mark != NONE:
                self._file(mark, subject, max(whole, real, key=abs))

    def _call_in(self, replication: int, desk: int, calls: int) -> int:
        spec = self.program.desks[desk]
        assert isinstance(spec.roster, people.Desk)
        assert spec.roster.surge is not None
        u = draw(self.plan.seed, replication, f"call-in:{spec.name}", calls)
        return int(sample_ms(spec.roster.surge.after, u)[0])
