"""Laws by which rules compute draws themselves: put down when a rule first asks for draws of a kind."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engine.compiled.rules_draws import (
    AT_MOST,
    BRIEFING,
    CHANCE,
    CHECK,
    HAND_OVER,
    KINDS,
    PATIENCE,
    WHOLE,
    WORK_TIME,
    table_of,
)  # fmt: skip
from sim.engine.compiled.rules_laws import ACCOUNT, BY_BANK, CASE, EXPONENTIAL, LOGNORMAL, PIECE, UNIFORM
from sim.engine.compiled.state import State
from sim.fraud.draws import number_of
from sim.scenario import people
from sim.scenario.distributions import DurationDist
from sim.scenario.laws import Exponential, Fixed, Lognormal
from sim.workflow.log import NONE
from sim.workflow.program import Program
from sim.workflow.times import purpose

_COLUMNS = "law_kind", "law_subject", "law_purpose", "law_scale", "law_sigma", "law_changed", "law_factor", "law_add"
_Row = tuple[int, float, float]
"""Kind, scale (ms; the median, or the mean of an exponential law) and sigma."""


def kind_of(program: Program, what: int, step: int) -> tuple[str, Sequence[DurationDist]]:
    """The name of a kind of draw in purposes, and its laws, the longest of whose times counts; none where there is no
    time, or it hangs on the bank."""
    if what == WORK_TIME:
        time = program.time[step]
        return "time", [] if time is None else [time]
    if what == CHANCE:
        return "choose", []
    if what >= BRIEFING:
        return f"briefing {what - BRIEFING + 1}", _briefings(program, step)
    name, law = {
        PATIENCE: ("patience", program.patience[step]),
        HAND_OVER: ("hand-over", program.hand_over[program.desk[step]]),
        AT_MOST: ("at-most", program.at_most[step]),
    }[what]
    assert law is not None
    return name, [law]


def _briefings(program: Program, step: int) -> list[DurationDist]:
    """How long whoever takes over work of a step must be told of it: the laws of its desks."""
    desks = [desk for desk, _ in program.team[step]] or [program.desk[step]]
    rosters = [program.desks[desk].roster for desk in desks]
    ends = [roster.shift_end for roster in rosters if isinstance(roster, people.Desk)]
    return [end.briefing for end in ends if end is not None and end.briefing is not None]


class Laws:
    """The laws of a batch."""

    def __init__(self, s: State, program: Program) -> None:
        self._s, self._program, self._n = s, program, 1
        self._room = _ROOM
        s.fill("law_at", KINDS * s.n_steps * WHOLE)
        for name in _COLUMNS:
            s.fill(name, self._room)
        s.timed_law = NONE

    def put(self, what: int, step: int, attempt: int) -> bool:
        """Let rules compute draws of a kind from now on; False where they cannot, or do already and one was unsure."""
        s, program = self._s, self._program
        table = table_of(s, what, step, attempt)
        if table == NONE or s.law_at[table] > 0:
            return False
        rows = self._rows(what, step)
        if rows is None:
            return False
        if what == CHECK:
            words, subject = f"check:{attempt}", ACCOUNT
        else:
            name, _ = kind_of(program, what, step)
            words, route = purpose(name, program.names[step], attempt), program.route[step]
            subject = PIECE if route == program.duties else ACCOUNT if program.of_account[route] else CASE
        factor, add = (program.factor[step], program.add[step]) if what == WORK_TIME else (1.0, 0)
        changed = int((factor, add) != (1.0, 0)), factor, add
        self._make_room(len(rows))
        number = number_of(words)
        for place, (kind, scale, sigma) in enumerate(rows, self._n):
            values = kind, subject, number, scale, sigma, *changed
            for column, value in zip(_COLUMNS, values, strict=True):
                getattr(s, column)[place] = value
        s.law_at[table] = self._n
        self._n += len(rows)
        return True

    def _rows(self, what: int, step: int) -> list[_Row] | None:
        """The law of a kind of draw; of a bank's work those of all profiles."""
        program = self._program
        if what in (CHANCE, CHECK):
            return [(UNIFORM, 0.0, 0.0)]
        if what == WORK_TIME and program.travel[step]:
            return None
        _, laws = kind_of(program, what, step)
        if what == WORK_TIME and not laws:
            by_profile = [row_of(law) for law in program.profile_time]
            found: list[_Row | None] = [(BY_BANK, 0.0, 0.0), (LOGNORMAL, 0.0, 0.0), *by_profile]
        else:
            found = [row_of(law) for law in laws[:1]] if all(law == laws[0] for law in laws) else [None]
        rows = [row for row in found if row is not None]
        return rows if len(rows) == len(found) else None

    def _make_room(self, rows: int) -> None:
        while self._n + rows > self._room:
            self._room *= 2
            for name in _COLUMNS:
                self._s.grow(name, self._room)


_ROOM = 64
_LONG, _WIDE = 1e9, 3.0
"""ms, and the sigma of their logarithm: where times are so long, or may be, rounding is unsure too often."""


def row_of(dist: DurationDist) -> _Row | None:
    """A law as rules compute it; None where they cannot."""
    law, row = dist.law, None
    if isinstance(law, Fixed):
        row = LOGNORMAL, law.value, 0.0
    elif isinstance(law, Lognormal):
        row = LOGNORMAL, law.median, law.sigma
    elif isinstance(law, Exponential):
        row = EXPONENTIAL, law.scale, 0.0
    return row if row is not None and row[1] < _LONG and row[2] < _WIDE else None
