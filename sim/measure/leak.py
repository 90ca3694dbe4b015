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
from sim.measure.money import Fate, account_rows
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
        rows, program, plan = run.rows, run.program, run.plan
        wait = np.array([number.get(name, NONE) for name in program.leak_wait] + [number[OUT_OF_REACH]])
        work = np.array([number.get(name, NONE) for name in program.leak_work] + [NONE])
        ended = np.array(
            [number.get(w or o, NONE) for w, o in zip(program.leak_wait, program.outcome, strict=True)]
            + [number[OUT_OF_REACH]]
        )
        telling = np.flatnonzero(np.isin(rows.kind, (KNOWN, REPORT, QUEUED, WAITING, BEGIN, OUTCOME)))
        kind, step = rows.kind[telling], rows.step[telling]
        cause = np.full(len(telling), number[NOT_CHASED])
        for kinds, table in (((QUEUED, WAITING), wait), ((BEGIN,), work), ((OUTCOME,), ended)):
            mine = np.isin(kind, kinds)
            cause[mine] = table[step[mine]]
        on_account = rows.account[telling] >= 0
        # A later credit on a known account is reported too, but its stage goes on.
        again = (kind == KNOWN) & _repeated(kind == KNOWN, rows.case[telling], rows.account[telling])
        self._of_account = _Steps(
            account_rows(plan, rows, telling[on_account & ~again]),
            rows.time[telling[on_account & ~again]],
            cause[on_account & ~again],
        )
        self._of_case = _Steps(
            rows.case[telling[~on_account]].astype(np.int64), rows.time[telling[~on_account]], cause[~on_account]
        )
        self.known_at = np.full(len(plan.accounts), NEVER, dtype=np.int64)
        known = rows.of(KNOWN)
        np.minimum.at(self.known_at, account_rows(plan, rows, known), rows.time[known])

    def of_account(self, account: Ints, before: Ints) -> Ints:
        """Cause of each account at the last log row before a time."""
        return self._of_account.before(account, before)

    def of_case(self, case: Ints, before: Ints) -> Ints:
        """Cause of each case at the last log row before a time."""
        return self._of_case.before(case, before)


def _repeated(flag: NDArray[np.bool_], case: NDArray[np.int32], account: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Among the flagged rows: those whose (case, account) was flagged in an earlier row."""
    rows = np.flatnonzero(flag)
    key = (case[rows].astype(np.int64) << 24) + account[rows]
    _, first = np.unique(key, return_index=True)
    again = flag.copy()
    again[rows[first]] = False
    return again


class _Steps:
    """Many step functions of time, one per subject, in two sorted arrays."""

    def __init__(self, subject: Ints, time: Ints, value: Ints) -> None:
        order = np.argsort(subject, kind="stable")  # the log is in order of time
        self._subject, self._value = subject[order], value[order]
        self._time = time[order]
        # (subject, time) as one sortable number: times are under 2**40 ms (34 years) apart from NEVER.
        self._key = (self._subject << 40) + self._time

    def before(self, subject: Ints, time: Ints) -> Ints:
        """Value of each subject strictly before a time; NONE where it has none yet."""
        place = np.searchsorted(self._key, (subject << 40) + time, side="left") - 1
        found = (place >= 0) & (self._subject[place] == subject) if len(self._key) else np.zeros(len(subject), bool)
        return np.where(found, self._value[place] if len(self._key) else NONE, NONE).astype(np.int64)
