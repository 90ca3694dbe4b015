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
from sim.response.log import BEGIN, HANDED_OVER, KNOWN, NONE, OUTCOME, QUEUED, REPORT, WAITING
from sim.response.routes import OUT_OF_REACH, WORK, Program
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

    known_at, first_known = _known(run)
    deepest, above = plan.transfers.source[exits].copy(), _account_above(run)
    while True:
        deeper = (deepest != NONE) & (known_at[deepest] >= out_at)
        if not deeper.any():
            break
        deepest = np.where(deeper, above[deepest], deepest)

    subject = np.where(deepest == NONE, case, len(victims) + deepest)
    cause = _Stages(run, number, subject, first_known).before(subject, out_at)
    early = deepest == NONE
    cause[early & (out_at <= victims.reported[case])] = number[BEFORE_REPORT]
    cause[early & (out_at <= victims.discovered[case])] = number[BEFORE_DISCOVERY]
    cause[early & (victims.reported[case] >= NEVER)] = number[NEVER_REPORTED]
    return Leaks(transfer=exits, cause=cause, causes=causes)


def _account_above(run: Run) -> Ints:
    """By account: the account that credited it; NONE for a victim's own."""
    t = run.plan.transfers
    above = np.full(len(run.plan.accounts), NONE, dtype=np.int64)
    inside = t.target >= 0
    above[t.target[inside]] = t.source[inside]
    return above


def _known(run: Run) -> tuple[Ints, NDArray[np.bool_]]:
    """By account, ms at which it became known (NEVER where it did not); and flags of the log rows that say so.

    A later credit on a known account is reported too, but its stage goes on.
    """
    rows = run.rows.of(KNOWN)
    known = run.rows.at(rows)
    account, first = np.unique(run.plan.account_first[known.case] + known.account, return_index=True)
    known_at = np.full(len(run.plan.accounts), NEVER, dtype=np.int64)
    known_at[account] = known.time[first]
    flags = np.zeros(len(run.rows), dtype=bool)
    flags[rows[first]] = True
    return known_at, flags


class _Stages:
    """What subjects wait for, as step functions of time read from the log.

    A subject is the row of a case, or the number of cases plus the row of an account. Only those asked for are
    read, and the log part by part: a year of a city has millions of rows.
    """

    def __init__(self, run: Run, number: dict[str, int], subjects: Ints, first_known: NDArray[np.bool_]) -> None:
        program, cases = run.program, len(run.plan.victims)
        wait = np.array([number.get(name, NONE) for name in program.leak_wait] + [number[OUT_OF_REACH]])
        work = np.array([number.get(name, NONE) for name in program.leak_work] + [NONE])
        ended = np.array(
            [
                number.get(o if k == WORK else w or o, NONE)
                for k, w, o in zip(program.kind, program.leak_wait, program.outcome, strict=True)
            ]
            + [number[OUT_OF_REACH]]
        )
        wanted = np.zeros(cases + len(run.plan.accounts) + 1, dtype=bool)  # the last for rows about nobody
        wanted[subjects] = True
        keys, causes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int16)]
        for first in range(0, len(run.rows), _PART):
            rows = run.rows.part(first, first + _PART)
            kind, step, case, account = rows.kind, rows.step, rows.case, rows.account
            subject = np.where(account >= 0, cases + run.plan.account_first[case] + account, case)
            told = (
                np.isin(kind, (REPORT, QUEUED, WAITING, BEGIN, HANDED_OVER, OUTCOME))
                | first_known[first : first + _PART]
            )
            told &= wanted[subject]
            cause = np.full(len(rows), number[NOT_CHASED], dtype=np.int16)
            for kinds, table in (((QUEUED, WAITING, HANDED_OVER), wait), ((BEGIN,), work), ((OUTCOME,), ended)):
                mine = np.isin(kind, kinds)
                cause[mine] = table[step[mine]]
            # (subject, time) as one sortable number: a log's times are under 2**40 ms (34 years).
            keys.append((subject[told] << _TIME_BITS) + rows.time[told])
            causes.append(cause[told])
        key = np.concatenate(keys)
        order = np.argsort(key, kind="stable")  # the log is in order of time: the last of an instant stays last
        self._key, self._cause = key[order], np.concatenate(causes)[order]

    def before(self, subject: Ints, time: Ints) -> Ints:
        """Cause of each subject at the last row strictly before a time; NONE where it has none yet."""
        if not len(self._key):
            return np.full(len(subject), NONE, dtype=np.int64)
        place = np.searchsorted(self._key, (subject << _TIME_BITS) + time, side="left") - 1
        found = (place >= 0) & (self._key[place] >> _TIME_BITS == subject)
        return np.where(found, self._cause[place], NONE).astype(np.int64)


_TIME_BITS = 40
_PART = 500_000
