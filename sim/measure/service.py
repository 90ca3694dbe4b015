"""Service levels: the share of tokens whose work at a step was over in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.run import Runs
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.leak import LEAD
from sim.measure.numbers import Metric, count, firsts, ratios
from sim.workflow.log import (
    ACCOUNT_SHIFT,
    ALERT,
    CANCELLED,
    CASE_SHIFT,
    FINISH,
    HANDED_OVER,
    NONE,
    QUEUED,
    Rows,
    step_of,
)


def service_levels(runs: Runs, reported: Ints) -> Iterator[Metric]:
    """`within.ROUTE.STEP` for each step with a `within`: of the tokens that came there, the share done in time.

    The time runs from the case's report, without one from the first alert about it; for a lead from its alert. A token
    that is not done counts once its time has passed; one that was cancelled before does not count.

    Args:
        runs: any.
        reported: by case, ms of its report (NEVER for none).
    """
    n, of_case, ends = len(runs), runs.plans.of_case, runs.end_by_case
    for number, limit, of_lead in _limits(runs):
        subject, ended, cancelled = _work_at(runs.of_cases, number)
        case = (subject >> (CASE_SHIFT - ACCOUNT_SHIFT)) - 1
        began = _alerted(runs.of_cases, subject, ACCOUNT_SHIFT)
        if not of_lead:
            told = reported[case]
            began = np.where(told < NEVER, told, _alerted(runs.of_cases, subject, CASE_SHIFT))
        due = began + limit
        in_time = ended <= due
        counts = in_time | ((due < ends[case]) & (cancelled > due))
        of = of_case[case]
        yield Metric(f"within.{runs.program.names[number]}", ratios(count(of, in_time, n), count(of, counts, n)))


def _limits(runs: Runs) -> list[tuple[int, int, bool]]:
    """(number, ms, whether its subject is a lead) of each step with a service level."""
    program, routes = runs.program, list(runs.scenario.routes.values())
    return [
        (number, limit, routes[program.route[number]].subject == "lead")
        for number, limit in enumerate(program.within)
        if limit != NONE
    ]


def _work_at(rows: Rows, step: int) -> tuple[Ints, Ints, Ints]:
    """The subjects that came to a step, when the first work on each there was done, and when it was cancelled.

    A subject is the part of a log key that names case and account; NEVER where work was not done, or not cancelled.
    Work that was handed over also ends then, and is not done.
    """
    queued, finished, cut, handed = (_at_step(rows, kind, step) for kind in (QUEUED, FINISH, CANCELLED, HANDED_OVER))
    work = firsts(queued.key)[1]
    done, cancelled = np.full(len(work), -1, dtype=np.int64), np.full(len(work), NEVER, dtype=np.int64)
    np.maximum.at(done, np.searchsorted(work, finished.key), finished.time)
    cancelled[np.searchsorted(work, cut.key)] = cut.time
    left_over = np.full(len(work), -1, dtype=np.int64)
    np.maximum.at(left_over, np.searchsorted(work, handed.key), handed.time)
    done[(done <= left_over) | (cancelled < NEVER)] = NEVER
    subject, of = np.unique(work >> ACCOUNT_SHIFT, return_inverse=True)
    first_done, first_cut = np.full(len(subject), NEVER), np.full(len(subject), NEVER)
    np.minimum.at(first_done, of, done)
    np.minimum.at(first_cut, of, cancelled)
    return subject, first_done, first_cut


def _at_step(rows: Rows, kind: int, step: int) -> Rows:
    """The rows of one kind at a step."""
    mine = rows.of(kind)
    return rows.at(mine[step_of(rows.key.take(mine)) == step])


def _alerted(rows: Rows, subject: Ints, shift: int) -> Ints:
    """ms of the first alert about each subject; NEVER without one.

    Args:
        rows: the log.
        subject: case and account as in a log key.
        shift: ACCOUNT_SHIFT to look for leads about the very account, CASE_SHIFT for any alert about its case.
    """
    alerts = rows.only(ALERT)
    if shift == ACCOUNT_SHIFT:
        alerts = alerts.at(np.flatnonzero(alerts.value == LEAD))
    about, first = np.unique(alerts.key >> shift, return_index=True)
    wanted = subject >> (shift - ACCOUNT_SHIFT)
    if not len(about):
        return np.full(len(subject), NEVER, dtype=np.int64)
    place = np.minimum(np.searchsorted(about, wanted), len(about) - 1)
    return np.where(about[place] == wanted, alerts.time[first[place]], NEVER)
