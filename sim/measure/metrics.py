"""Every number of a run, computed from its plan, its log and its settled transfers. Money in yuan, times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.settle import NEVER
from sim.measure.leak import leaks_of
from sim.measure.money import Ceiling, by_case, ceiling_of, distinct_stopped, money_of
from sim.response.log import BEGIN, CANCELLED, CLOSED, FINISH, HOLD, QUEUED, RENEGED, ROSTER, Rows
from sim.response.run import Run
from sim.scenario.units import YUAN

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class Measured:
    """What came of a run, by case (fen and ms) and as named numbers (yuan and seconds)."""

    loss: Ints
    stopped: Ints
    recovered: Ints
    lost: Ints
    moving: Ints
    recoverable: Ints
    leak: dict[str, Ints]
    """By cause: fen by case."""
    first_stop: Ints
    """ms by case; NEVER without one."""
    last_stop: Ints
    metrics: dict[str, float]
    """NaN where a number has no meaning in this run (a mean over no cases)."""


def measure(run: Run, ceiling: Ceiling | None = None) -> Measured:
    """Measure a run.

    Args:
        run: any run, also one that is not finished.
        ceiling: of the run's plan, where it was computed before (it depends on the plan and on which banks can be
            asked, not on the response).
    """
    plan, rows, victims = run.plan, run.rows, run.plan.victims
    fate, _ = money_of(run)
    if ceiling is None:
        ceiling = ceiling_of(run.scenario, plan)
    cases = len(victims)
    loss, held = by_case(plan, fate.paid), by_case(plan, fate.held)
    lost, moving = by_case(plan, fate.out), by_case(plan, fate.moving)
    stopped = distinct_stopped(plan, fate)

    leaks = leaks_of(run, fate)
    leak = {name: np.zeros(cases, dtype=np.int64) for name in leaks.causes}
    amount, case = plan.transfers.amount[leaks.transfer], plan.transfers.case[leaks.transfer]
    for number, name in enumerate(leaks.causes):
        mine = leaks.cause == number
        np.add.at(leak[name], case[mine], amount[mine])

    hold = rows.of(HOLD)
    first_stop = np.full(cases, NEVER, dtype=np.int64)
    last_stop = np.full(cases, -1, dtype=np.int64)
    np.minimum.at(first_stop, rows.case[hold], rows.time[hold])
    np.maximum.at(last_stop, rows.case[hold], rows.time[hold])

    reporter = victims.reported <= run.end
    with_stop = reporter & (first_stop < NEVER)
    metrics = {
        "victims": float(cases),
        "reports": float(reporter.sum()),
        "loss": _yuan(loss),
        "reported_loss": _yuan(loss[reporter]),
        "stopped": _yuan(stopped),
        "accounts_stopped": float(len(_distinct(rows, hold))),
        "empty_stops": float(np.count_nonzero(rows.value[hold] == 0)),
        "frozen": _yuan(held),
        "recovered": _yuan(held),
        "recovered_share": _ratio(held.sum(), loss.sum()),
        "recovered_share_reported": _ratio(held[reporter].sum(), loss[reporter].sum()),
        "recoverable_at_report": _yuan(ceiling.recoverable),
        "recoverable_share": _ratio(ceiling.recoverable.sum(), loss.sum()),
        "response_efficiency": _ratio(held.sum(), ceiling.recoverable.sum()),
        "report_delay": _mean(victims.reported[reporter] - victims.first_payment[reporter]) / 1000,
        "response_latency": _mean(first_stop[with_stop] - victims.reported[with_stop]) / 1000,
        "containment_time": _mean(last_stop[with_stop] - victims.reported[with_stop]) / 1000,
        "cases_with_stop": float(with_stop.sum()),
        "cases_without_stop_share": _ratio((reporter & ~with_stop).sum(), reporter.sum()),
        "cases_censored": float(np.count_nonzero(rows.value[rows.of(CLOSED)] == 1)),
        "still_moving": _yuan(moving),
        "victims_whole": float(np.count_nonzero((held >= loss) & (loss > 0))),
        "victims_part": float(np.count_nonzero((held > 0) & (held < loss))),
        "victims_nothing": float(np.count_nonzero((held == 0) & (loss > 0))),
        **{f"leak.{name}": _yuan(fen) for name, fen in leak.items()},
        **dict(_desk_metrics(run)),
    }
    return Measured(
        loss=loss, stopped=stopped, recovered=held, lost=lost, moving=moving, recoverable=ceiling.recoverable,
        leak=leak, first_stop=first_stop, last_stop=last_stop, metrics=metrics,
    )  # fmt: skip


def _yuan(fen: Ints) -> float:
    return int(fen.sum()) / YUAN


def _ratio(part: float | np.integer, whole: float | np.integer) -> float:
    return float(part) / float(whole) if whole else NAN


def _mean(values: Ints | Floats) -> float:
    return float(values.mean()) if len(values) else NAN


def _distinct(rows: Rows, chosen: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.unique((rows.case[chosen].astype(np.int64) << 24) + rows.account[chosen])


# -- desks -----------------------------------------------------------------------------------------------


def waits_of(rows: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The log rows at which work began, and how long each had waited in the queue (ms). One row per piece of work."""
    begin, queued = rows.of(BEGIN), rows.of(QUEUED)
    _, first = np.unique(_stay(rows, begin), return_index=True)  # a team begins with several rows
    begin = begin[np.sort(first)]
    key = _stay(rows, queued)
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], _stay(rows, begin))
    return begin, rows.time[begin] - rows.time[queued[order[place]]]


def _stay(rows: Rows, chosen: NDArray[np.intp]) -> Ints:
    """One number for (case, account, step, attempt)."""
    key = rows.case[chosen].astype(np.int64)
    for column, bits in ((rows.account, 20), (rows.step, 10), (rows.attempt, 11)):
        key = (key << bits) + column[chosen] + 1
    return key


def _desk_metrics(run: Run) -> Iterator[tuple[str, float]]:
    """Wait, queue length, answered share, people who gave up and utilisation of every desk."""
    rows, end = run.rows, run.end
    desks = len(run.program.desks)
    begin, wait = waits_of(rows)
    begun = np.bincount(rows.desk[begin], minlength=desks)
    waited = np.bincount(rows.desk[begin], weights=wait, minlength=desks)
    queued = np.bincount(rows.desk[rows.of(QUEUED)], minlength=desks)
    reneged = np.bincount(rows.desk[rows.of(RENEGED)], minlength=desks)
    in_queue = _balance(rows, end, desks, (QUEUED,), (RENEGED, CANCELLED)) - np.bincount(
        rows.desk[begin], weights=end - rows.time[begin], minlength=desks
    )
    busy = _balance(rows, end, desks, (BEGIN,), (FINISH,))
    rostered = _rostered(rows, end, desks)
    for number, desk in enumerate(run.program.desks):
        yield f"wait.{desk.name}", _ratio(waited[number], begun[number]) / 1000
        yield f"queue_length.{desk.name}", _ratio(in_queue[number], end)
        yield f"answered_share.{desk.name}", _ratio(begun[number], queued[number])
        yield f"abandoned.{desk.name}", float(reneged[number])
        yield f"utilisation.{desk.name}", _ratio(busy[number], rostered[number])


def _balance(rows: Rows, end: int, desks: int, enters: tuple[int, ...], leaves: tuple[int, ...]) -> Floats:
    """Integral over time up to `end` of (entered - left), by desk, in ms."""
    total = np.zeros(desks)
    for kinds, sign in ((enters, 1), (leaves, -1)):
        chosen = np.flatnonzero(np.isin(rows.kind, kinds) & (rows.desk >= 0))
        total += sign * np.bincount(rows.desk[chosen], weights=end - rows.time[chosen], minlength=desks)
    return total


def _rostered(rows: Rows, end: int, desks: int) -> Floats:
    """Person-milliseconds on duty by desk; 0 where staff is unlimited (no utilisation)."""
    total = np.zeros(desks)
    chosen = rows.of(ROSTER)
    order = np.lexsort((np.arange(len(chosen)), rows.desk[chosen]))
    chosen = chosen[order]
    desk, time, heads = rows.desk[chosen], rows.time[chosen], rows.value[chosen]
    until = np.full(len(chosen), end, dtype=np.int64)
    same = desk[1:] == desk[:-1]
    until[:-1][same] = time[1:][same]
    np.add.at(total, desk, np.maximum(heads, 0) * np.maximum(0, until - time))
    return total
