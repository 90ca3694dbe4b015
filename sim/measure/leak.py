"""The leak ledger: every lost fen has exactly one cause.

Money that had rested under a stop is lost to the end of that stop: lapsed by itself, or released by a decision. For
the rest the cause is the stage, at the moment of the exit, of the deepest account on the money's path that was known
by then (through any case or lead); if none was known, the stage of the case. Events at the instant of the exit come
after it. Steps of routes in the background are no stages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Runs
from sim.fraud.settle import NEVER
from sim.measure.holds import TIME_BITS, HoldTable
from sim.measure.money import OUT, Fate, credited_of
from sim.measure.numbers import firsts, there
from sim.workflow.log import (
    ALERT,
    BEGIN,
    HANDED_OVER,
    KNOWN,
    NONE,
    OUTCOME,
    QUEUED,
    REPORT,
    WAITING,
    Rows,
)
from sim.workflow.program import OUT_OF_REACH, WORK, WRITTEN_OFF, Program

BEFORE_DISCOVERY = "before_discovery"
BEFORE_REPORT = "before_report"
NEVER_REPORTED = "never_reported"
NOT_CHASED = "not_chased"
"""Known, but no route was started for it."""
LAPSED = "lapsed"
RELEASED = "released"
LEAD = 1
"""Value of an alert that names a suspicious account."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Leaks:
    """One row per exit that happened."""

    transfer: Ints
    cause: Ints
    """Index into `causes`."""
    causes: Sequence[str]
    step: Ints
    """The step at which the subject stood, waiting or at work, where the cause is one of a step's; else NONE."""
    hold: Ints
    """Row of the hold that ended, where it is lost to that; else NONE."""
    only_in: Mapping[str, Flags]
    """By cause that not every replication knows: those that do."""


def causes_of(runs: Runs) -> list[str]:
    """All causes a scenario can book a loss under, in the order of the race."""
    program = runs.program
    main = [not program.background[route] for route in program.route]
    pairs = zip(program.leak_wait, program.leak_work, main, strict=True)
    steps = [name for wait, work, chase in pairs if chase for name in (wait, work)]
    outcomes = _outcomes(program)
    if _written_off(runs).any():  # by order, at a desk that does not write off by itself
        outcomes.append(WRITTEN_OFF)
    ends = [LAPSED] * (runs.scenario.law is not None) + [RELEASED] * ("release" in program.effect)
    first = [BEFORE_DISCOVERY, BEFORE_REPORT, NEVER_REPORTED]
    names = [*first, *steps, OUT_OF_REACH, *outcomes, NOT_CHASED, *ends]
    return [name for name in dict.fromkeys(names) if name]


def _outcomes(program: Program) -> list[str]:
    """How the routes may end that are not in the background."""
    return [name for name, route in zip(program.outcome, program.route, strict=True) if not program.background[route]]


def _written_off(runs: Runs) -> Flags:
    """By replication: something was written off at a desk."""
    ended = runs.of_cases.only(OUTCOME)
    return np.bincount(runs.plans.of_case[ended.case[ended.desk >= 0]], minlength=len(runs)) > 0


def leaks_of(runs: Runs, fate: Fate, holds: HoldTable, reported: Ints) -> Leaks:
    """The cause of each exit that happened by the end of a runs.

    Args:
        runs: any.
        fate: of their amounts at their ends.
        holds: of the runs.
        reported: by case, ms of its report (NEVER for none).
    """
    plan, victims = runs.plan, runs.plan.victims
    causes = causes_of(runs)
    number = {name: i for i, name in enumerate(causes)}
    exits = np.flatnonzero(fate.place == OUT)
    case, out_at = plan.transfers.case[exits], runs.times[exits]

    known_at, first_known = _known(runs)
    deepest = _deepest_known(runs, exits, known_at, out_at)
    early = deepest == NONE
    subject = np.where(early, case, len(victims) + plan.accounts.card[deepest])
    cause, step = _Stages(runs, number, subject, first_known).before(subject, out_at)
    before = early & (out_at <= reported[case])
    cause[before] = number[BEFORE_REPORT]
    cause[before & (out_at <= victims.discovered[case])] = number[BEFORE_DISCOVERY]
    cause[early & (reported[case] >= NEVER)] = number[NEVER_REPORTED]

    ended = _hold_that_ended(runs, exits, holds)
    for name, by_itself in ((LAPSED, True), (RELEASED, False)):
        mine = (ended >= 0) & (holds.lapsed[ended] == by_itself) if len(holds) else ended >= 0
        if mine.any():
            cause[mine] = number[name]
            step[mine] = NONE
    step[before | (cause == number[NEVER_REPORTED])] = NONE
    only_in = {} if WRITTEN_OFF in _outcomes(runs.program) else {WRITTEN_OFF: _written_off(runs)}
    return Leaks(exits, cause, causes, step, ended, only_in)


def _deepest_known(runs: Runs, exits: Ints, known_at: Ints, out_at: Ints) -> Ints:
    """For each exit the deepest account on its path that was known before a time; NONE without one."""
    t = runs.plan.transfers
    above = np.full(len(runs.plan.accounts), NONE, dtype=np.int64)
    inside = t.target >= 0
    above[t.target[inside]] = t.source[inside]
    deepest = t.source[exits].copy()
    left = np.arange(len(exits))
    while len(left):  # each round one account further up, for those that were not known
        of = deepest.take(left)
        unknown = (of != NONE) & (known_at.take(runs.plan.accounts.card.take(of)) >= out_at.take(left))
        left = left[unknown]
        deepest[left] = above.take(of[unknown])
    return deepest


def _hold_that_ended(runs: Runs, exits: Ints, holds: HoldTable) -> Ints:
    """For each exit the hold under which its money rested last, and which ended; NONE without one."""
    plan, t = runs.plan, runs.plan.transfers
    at, found, left = exits, np.full(len(exits), -1, dtype=np.int64), np.arange(len(exits))
    credited = credited_of(plan, runs.times)
    while len(holds) and len(left):  # each round one transfer further up
        inside = np.flatnonzero(t.parent.take(at) >= 0)
        at, left = at.take(inside), left.take(inside)
        touching = holds.touching(plan.accounts.card.take(t.source.take(at)), credited.take(at), runs.times.take(at))
        found[left] = touching
        open_ = np.flatnonzero(touching < 0)
        at, left = t.parent.take(at.take(open_)), left.take(open_)
    return found


def card_of(runs: Runs, rows: Rows) -> Ints:
    """By row of a log, all of accounts: the row of the plan's accounts that is the first on that card."""
    return runs.plan.accounts.card.take(runs.plan.account_first.take(rows.case) + rows.account)


def _known(runs: Runs) -> tuple[Ints, NDArray[np.intp]]:
    """By card, ms at which it became known (NEVER where it did not); and the log rows that say so.

    A later credit on a known account is reported too, but its stage goes on.
    """
    rows, accounts = runs.of_cases, runs.plan.accounts
    alerts = rows.of(ALERT)
    leads = alerts[rows.only(ALERT).value == LEAD]
    told = np.sort(np.concatenate([rows.of(KNOWN), leads]))
    known = rows.at(told)
    first, card = firsts(card_of(runs, known))
    known_at = np.full(len(accounts), NEVER, dtype=np.int64)
    known_at[card] = known.time[first]
    return known_at, told[first]


class _Stages:
    """What subjects wait for, as step functions of time read from the log.

    A subject is the row of a case, or the number of cases plus the card of an account. Only those asked for are read.
    """

    def __init__(self, runs: Runs, number: dict[str, int], subjects: Ints, first_known: NDArray[np.intp]) -> None:
        rows, cases = runs.of_cases, len(runs.plan.victims)
        wanted = there(subjects, cases + len(runs.plan.accounts))
        tables, chase = _tables(runs.program, number)
        told: list[tuple[NDArray[np.intp], Rows, Ints | None]]
        told = [(place, rows.at(place), None) for place in (first_known, rows.of(REPORT))]
        told += [(rows.of(kind), rows.only(kind), table) for kinds, table in tables for kind in kinds]
        columns = []
        for place, some, table in told:
            account, step = some.account, some.step
            subject = np.where(account < 0, some.case, cases + card_of(runs, some))
            asked = np.flatnonzero(wanted.take(subject) & (True if table is None else chase.take(step)))
            key = (subject.take(asked) << TIME_BITS) + some.time.take(asked)
            step = np.full(len(asked), NONE) if table is None else step.take(asked)
            cause = np.full(len(asked), number[NOT_CHASED]) if table is None else table.take(step)
            columns.append((place.take(asked), key, cause, step))
        place, key, cause, step = (np.concatenate(column) for column in zip(*columns, strict=True))
        back = np.argsort(place)[::-1]
        last, self._key = firsts(key.take(back))  # of an instant only the last in the log counts
        self._cause, self._step = (one.take(back).take(last) for one in (cause, step))

    def before(self, subject: Ints, time: Ints) -> tuple[Ints, Ints]:
        """Cause and step of each subject at the last row strictly before a time; NONE where it has none yet."""
        if not len(self._key):
            return np.full(len(subject), NONE, dtype=np.int64), np.full(len(subject), NONE, dtype=np.int64)
        place = np.searchsorted(self._key, (subject << TIME_BITS) + time, side="left") - 1
        found = (place >= 0) & (self._key.take(place) >> TIME_BITS == subject)
        cause, step = (np.where(found, one.take(place), NONE).astype(np.int64) for one in (self._cause, self._step))
        return cause, step


def _tables(program: Program, number: dict[str, int]) -> tuple[list[tuple[tuple[int, ...], Ints]], NDArray[np.bool_]]:
    """Kinds of log rows with the causes they begin by step (the last for no step: out of reach), and the main steps."""

    def table(names: Sequence[str], last: int) -> Ints:
        return np.array([*(number.get(name, NONE) for name in names), last])

    columns = zip(program.kind, program.leak_wait, program.outcome, strict=True)
    ended = [WRITTEN_OFF if kind == WORK else wait or outcome for kind, wait, outcome in columns]
    tables = [
        ((QUEUED, WAITING, HANDED_OVER), table(program.leak_wait, number[OUT_OF_REACH])),
        ((BEGIN,), table(program.leak_work, NONE)),
        ((OUTCOME,), table(ended, number[OUT_OF_REACH])),
    ]
    return tables, np.array([*(not program.background[route] for route in program.route), True])
