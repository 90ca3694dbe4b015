"""The leak ledger: every lost fen has exactly one cause.

The cause is the stage, at the moment of the exit, of the deepest account on the money's path that was known by then;
if none was known, the stage of the case. Events at the instant of the exit come after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.settle import NEVER
from sim.measure.money import Fate
from sim.response.log import BEGIN, KNOWN, NONE, OUTCOME, QUEUED, REPORT, WAITING
from sim.response.routes import OUT_OF_REACH, Program
from sim.response.run import Run

BEFORE_DISCOVERY = "before_discovery"
BEFORE_REPORT = "before_report"
NEVER_REPORTED = "never_reported"
NOT_CHASED = "not_chased"
"""Known, but no route was started for it."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Leaks:
    """One row per exit that happened."""

    transfer: Ints
    cause: Ints
    """Index into `causes`."""
    causes: Sequence[str]


def causes_of(program: Program) -> list[str]:
    """All causes a scenario can book a loss under, in the order of the race."""
    steps = [name for pair in zip(program.leak_wait, program.leak_work, strict=True) for name in pair]
    outcomes = [name for name in program.outcome if name]
    first = [BEFORE_DISCOVERY, BEFORE_REPORT, NEVER_REPORTED]
    return list(dict.fromkeys([*first, *(n for n in steps if n), OUT_OF_REACH, *outcomes, NOT_CHASED]))


def leaks_of(run: Run, fate: Fate) -> Leaks:
    """The cause of each exit that happened by the end of a run."""
    plan, victims = run.plan, run.plan.victims
    causes = causes_of(run.program)
    number = {name: i for i, name in enumerate(causes)}
    exits = np.flatnonzero(fate.out)
    case, out_at = plan.transfers.case[exits], run.times[exits]

    stages = _Stages(run, number)
    cause = stages.of_case(case, out_at)
    reported = victims.reported[case]
    early = out_at <= reported
    cause[early] = number[BEFORE_REPORT]
    cause[out_at <= victims.discovered[case]] = number[BEFORE_DISCOVERY]
    cause[reported >= NEVER] = number[NEVER_REPORTED]

    account = plan.transfers.source[exits].copy()
    above = _account_above(run)
    open_ = np.ones(len(exits), dtype=bool)
    while open_.any():
        known = open_ & (stages.known_at[account] < out_at)
        if known.any():
            cause[known] = stages.of_account(account[known], out_at[known])
        open_ &= ~known
        account = np.where(open_, above[account], account)
        open_ &= above[account] != NONE  # stop at the victim's own account, which nobody chases
    return Leaks(transfer=exits, cause=cause, causes=causes)


def _account_above(run: Run) -> Ints:
    """By account: the account that credited it; NONE for a victim's own."""
    t = run.plan.transfers
    above = np.full(len(run.plan.accounts), NONE, dtype=np.int64)
    inside = t.target >= 0
    above[t.target[inside]] = t.source[inside]
    return above


class _Stages:
    """What each subject waits for, as a step function of time read from the log."""

    def __init__(self, run: Run, number: dict[str, int]) -> None:
        program, plan = run.program, run.plan
        wait = np.array([number.get(name, NONE) for name in program.leak_wait] + [number[OUT_OF_REACH]])
        work = np.array([number.get(name, NONE) for name in program.leak_work] + [NONE])
        ended = np.array(
            [number.get(w or o, NONE) for w, o in zip(program.leak_wait, program.outcome, strict=True)]
            + [number[OUT_OF_REACH]]
        )
        rows = run.rows.at(np.flatnonzero(np.isin(run.rows.kind, (KNOWN, REPORT, QUEUED, WAITING, BEGIN, OUTCOME))))
        kind, step, case, account = rows.kind, rows.step, rows.case, rows.account
        cause = np.full(len(rows), number[NOT_CHASED], dtype=np.int16)
        for kinds, table in (((QUEUED, WAITING), wait), ((BEGIN,), work), ((OUTCOME,), ended)):
            mine = np.isin(kind, kinds)
            cause[mine] = table[step[mine]]
        subject = np.where(account >= 0, plan.account_first[case] + account, case)
        known = np.flatnonzero(kind == KNOWN)
        # A later credit on a known account is reported too, but its stage goes on.
        _, first = np.unique(subject[known], return_index=True)
        telling = (kind != KNOWN) & (account >= 0)
        telling[known[first]] = True
        self._of_account = _Steps(subject[telling], rows.time[telling], cause[telling])
        of_case = account < 0
        self._of_case = _Steps(subject[of_case], rows.time[of_case], cause[of_case])
        self.known_at = np.full(len(plan.accounts), NEVER, dtype=np.int64)
        self.known_at[subject[known[first]]] = rows.time[known[first]]

    def of_account(self, account: Ints, before: Ints) -> Ints:
        """Cause of each account at the last log row before a time."""
        return self._of_account.before(account, before)

    def of_case(self, case: Ints, before: Ints) -> Ints:
        """Cause of each case at the last log row before a time."""
        return self._of_case.before(case, before)


class _Steps:
    """Many step functions of time, one per subject, in two sorted arrays."""

    def __init__(self, subject: Ints, time: Ints, value: NDArray[np.int16]) -> None:
        # (subject, time) as one sortable number: a log's times are under 2**40 ms (34 years).
        key = (subject << _TIME_BITS) + time
        order = np.argsort(key, kind="stable")  # the log is in order of time: the last of an instant stays last
        self._key, self._value = key[order], value[order]

    def before(self, subject: Ints, time: Ints) -> Ints:
        """Value of each subject strictly before a time; NONE where it has none yet."""
        if not len(self._key):
            return np.full(len(subject), NONE, dtype=np.int64)
        place = np.searchsorted(self._key, (subject << _TIME_BITS) + time, side="left") - 1
        found = (place >= 0) & (self._key[place] >> _TIME_BITS == subject)
        return np.where(found, self._value[place], NONE).astype(np.int64)


_TIME_BITS = 40
