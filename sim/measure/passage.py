"""How cases go through the routes: how often to each step and by each arrow, how long, and what leaks there.

The log tells of steps at which time may pass: work, waits, ends. Between two of them a token has gone through steps
that take no time (choices, effects, starts); it is counted on the shortest way through those, which is nearly always
the only one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.engine.run import Runs
from sim.fraud.groups import Ints
from sim.measure.leak import Leaks
from sim.measure.numbers import sum_by
from sim.measure.work import work_of
from sim.workflow.log import ACCOUNT_SHIFT, NONE, OUTCOME, QUEUED, WAITING, Rows
from sim.workflow.program import AWAIT, WAIT, WORK, Program

_TOLD = (QUEUED, WAITING, OUTCOME)
"""Rows of the log that say that a token came to a step."""


@dataclass(frozen=True)
class Passage:
    """Of several replications together; divide by `runs` for one."""

    program: Program
    runs: int
    reached: Ints
    """By step: how often a token came there."""
    taken: Mapping[tuple[int, int], int]
    """By arrow (step, step): how often. An arrow from NONE leads to the first step of a route."""
    waited: Mapping[int, Ints]
    """By step of work: ms of each spell until somebody began."""
    worked: Mapping[int, Ints]
    """By step of work: ms of each spell of a person; by step of a wait: until the token went on."""
    leaked: Ints
    """By step: fen that left for good while a case or an account stood there; background routes book none."""

    def and_(self, other: Passage) -> Passage:
        """Both together, of one program."""
        taken = {one: self.taken.get(one, 0) + other.taken.get(one, 0) for one in {**self.taken, **other.taken}}
        return Passage(
            self.program, self.runs + other.runs, self.reached + other.reached, taken,
            _both(self.waited, other.waited), _both(self.worked, other.worked), self.leaked + other.leaked,
        )  # fmt: skip

    def steps_of(self, route: int) -> list[int]:
        """The steps of a route, in the order in which its file has them."""
        return [step for step, its in enumerate(self.program.route) if its == route]


def passage_of(runs: Runs, leaks: Leaks, amount: Ints) -> Passage:
    """Count.

    Args:
        runs: any.
        leaks: of them.
        amount: by transfer, fen.
    """
    program, rows = runs.program, runs.of_cases
    kind, works = rows.kind, np.append(np.array(program.kind) == WORK, False)[rows.step]
    on_the_way = (kind == WAITING) & works  # to a desk that hears of it later
    told = rows.at(np.flatnonzero(np.isin(kind, _TOLD) & (rows.step >= 0) & ~on_the_way))
    step, route = told.step.astype(np.int64), np.array(program.route)[told.step]
    subject = told.key >> ACCOUNT_SHIFT  # case and account: a token is a subject on a route
    order = np.lexsort((np.arange(len(told)), route, subject))
    step, route, subject, time = step[order], route[order], subject[order], told.time[order]
    ended = (told.kind == OUTCOME)[order]
    goes_on = np.append(False, (subject[1:] == subject[:-1]) & (route[1:] == route[:-1]) & ~ended[:-1])
    before = np.where(goes_on, np.roll(step, 1), NONE)
    ways = _Ways(program)
    reached, taken = np.zeros(len(program.names), dtype=np.int64), dict[tuple[int, int], int]()
    pairs, counts = np.unique(np.stack([before, step, route], axis=1), axis=0, return_counts=True)
    for (start, end, its), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        way = ways.between(start, end, its)
        for arrow in pairwise(way):
            taken[arrow] = taken.get(arrow, 0) + count
            reached[arrow[1]] += count
    waits = np.isin(np.array(program.kind)[step], (WAIT, AWAIT)) & np.append(goes_on[1:], False)
    rested = _by_step(step[waits], np.roll(time, -1)[waits] - time[waits])
    waited, worked = _work(rows)
    counted = leaks.step >= 0
    leaked = sum_by(leaks.step[counted], amount[leaks.transfer[counted]], len(program.names))
    return Passage(program, len(runs), reached, taken, waited, worked | rested, leaked)


def _both(one: Mapping[int, Ints], other: Mapping[int, Ints]) -> dict[int, Ints]:
    none = np.zeros(0, dtype=np.int64)
    return {step: np.concatenate([one.get(step, none), other.get(step, none)]) for step in {**one, **other}}


def _work(rows: Rows) -> tuple[dict[int, Ints], dict[int, Ints]]:
    """By step: how long work waited for somebody, and how long it then took."""
    work = work_of(rows)
    step = work.rows.step.astype(np.int64)
    begun = (work.begun != NONE) & (step >= 0)
    done = begun & (work.ended != NONE)
    return (
        _by_step(step[begun], (work.begun - work.enabled)[begun]),
        _by_step(step[done], (work.ended - work.begun)[done]),
    )


def _by_step(step: Ints, time: Ints) -> dict[int, Ints]:
    return {one: time[step == one] for one in np.unique(step).tolist()}


def arrows_of(program: Program, step: int) -> Iterator[int]:
    """The steps to which a token may go from a step, each once."""
    following = (
        *(to for _, _, to in program.branches[step]), program.next[step], program.on_renege[step],
        program.on_exhausted[step], program.on_timeout[step],
    )  # fmt: skip
    yield from dict.fromkeys(to for to in following if to != NONE)


class _Ways:
    """The shortest ways between two steps that the log tells of, through such as take no time."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[int, int, int], list[int]] = {}

    def between(self, start: int, end: int, route: int) -> list[int]:
        """From a step (NONE: from where the route begins) to another; both ends are in it.

        A token that has no way from one to the other was started anew in between.
        """
        key = (start, end, route)
        if key not in self._known:
            found = self._search(start, end, route)
            self._known[key] = found or self._search(NONE, end, route) or [NONE, end]
        return self._known[key]

    def _search(self, start: int, end: int, route: int) -> list[int]:
        came: dict[int, int] = {}
        edge = [start]
        while edge:
            at = edge.pop(0)
            if at not in (start, NONE) and self._takes_time(at):
                continue
            after: Sequence[int] = [self._program.first[route]] if at == NONE else [*arrows_of(self._program, at)]
            for to in after:
                if to in came:
                    continue
                came[to] = at
                if to == end:
                    return self._back(came, start, end)
                edge.append(to)
        return []

    @staticmethod
    def _back(came: dict[int, int], start: int, end: int) -> list[int]:
        way = [end]
        while True:
            way.append(came[way[-1]])
            if way[-1] == start:
                return way[::-1]

    def _takes_time(self, step: int) -> bool:
        return self._program.kind[step] in (WORK, WAIT, AWAIT) or self._program.outcome[step] != ""
