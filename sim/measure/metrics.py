"""Every number of a run, computed from its plan, its log and its settled transfers. Money in yuan, times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.settle import NEVER
from sim.measure.leak import leaks_of
from sim.measure.money import Ceiling, by_case, ceiling_of, distinct_stopped, money_of
from sim.response.log import (
    BEGIN,
    CANCELLED,
    CLOSED,
    FINISH,
    HANDED_OVER,
    HOLD,
    OUTCOME,
    QUEUED,
    RENEGED,
    ROSTER,
    Rows,
)
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

    hold = rows.at(rows.of(HOLD))
    first_stop = np.full(cases, NEVER, dtype=np.int64)
    last_stop = np.full(cases, -1, dtype=np.int64)
    np.minimum.at(first_stop, hold.case, hold.time)
    np.maximum.at(last_stop, hold.case, hold.time)

    reporter = victims.reported <= run.end
    with_stop = reporter & (first_stop < NEVER)
    metrics = {
        "victims": float(cases),
        "reports": float(reporter.sum()),
        "loss": _yuan(loss),
        "reported_loss": _yuan(loss[reporter]),
        "stopped": _yuan(stopped),
        "accounts_stopped": float(len(np.unique(hold.key))),
        "empty_stops": float(np.count_nonzero(hold.value == 0)),
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
        "cases_censored": float(np.count_nonzero(rows.at(rows.of(CLOSED)).value == 1)),
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


# -- desks -----------------------------------------------------------------------------------------------


def waits_of(rows: Rows) -> tuple[NDArray[np.intp], Ints]:
    """The log rows at which work began, and how long each had waited in the queue (ms). One row per piece of work."""
    begin, queued = rows.of(BEGIN), rows.of(QUEUED)
    key, first = np.unique(rows.key[begin], return_index=True)  # a team begins with several rows
    queued = queued[np.argsort(rows.key[queued], kind="stable")]
    since = rows.time[queued[np.searchsorted(rows.key[queued], key)]]
    order = np.argsort(first)
    begin = begin[first[order]]
    return begin, rows.time[begin] - since[order]


def _taken_over(rows: Rows) -> NDArray[np.intp]:
    """The log rows at which handed-over work was begun again, one per piece of work."""
    begin = rows.of(BEGIN)
    begin = begin[np.isin(rows.key[begin], rows.key[rows.of(HANDED_OVER)])]
    _, piece = np.unique(np.stack([rows.key[begin], rows.time[begin]]), axis=1, return_index=True)
    _, first = np.unique(rows.key[begin], return_index=True)
    return begin[np.setdiff1d(piece, first)]


def _desk_metrics(run: Run) -> Iterator[tuple[str, float]]:
    """Wait, queue length, answered share, people who gave up and utilisation of every desk."""
    rows, end = run.rows, run.end
    desks = len(run.program.desks)
    begin, wait = waits_of(rows)
    begun = rows.at(begin)
    began = np.bincount(begun.desk, minlength=desks)
    waited = np.bincount(begun.desk, weights=wait, minlength=desks)
    joined, left, cut = (rows.at(rows.of(kind)) for kind in (QUEUED, RENEGED, CANCELLED))
    queued, reneged = (np.bincount(some.desk, minlength=desks) for some in (joined, left))
    from_queue = cut.at(np.flatnonzero(cut.desk >= 0))
    ended = rows.at(rows.of(OUTCOME))
    dropped = ended.at(np.flatnonzero(ended.desk >= 0))
    in_queue = _until(joined, end, desks) - sum(_until(some, end, desks) for some in (begun, left, from_queue, dropped))
    in_queue += _until(rows.at(rows.of(HANDED_OVER)), end, desks) - _until(rows.at(_taken_over(rows)), end, desks)
    busy = _until(rows.at(rows.of(BEGIN)), end, desks) - _until(rows.at(rows.of(FINISH)), end, desks)
    rostered = _rostered(rows.at(rows.of(ROSTER)), end, desks)
    for number, desk in enumerate(run.program.desks):
        yield f"wait.{desk.name}", _ratio(waited[number], began[number]) / 1000
        yield f"queue_length.{desk.name}", _ratio(in_queue[number], end)
        yield f"answered_share.{desk.name}", _ratio(began[number], queued[number])
        yield f"abandoned.{desk.name}", float(reneged[number])
        yield f"utilisation.{desk.name}", _ratio(busy[number], rostered[number])


def _until(rows: Rows, end: int, desks: int) -> Floats:
    """Sum over rows of the time from each until `end`, by desk, in ms."""
    total: Floats = np.bincount(rows.desk, weights=end - rows.time, minlength=desks).astype(np.float64)
    return total


def _rostered(rows: Rows, end: int, desks: int) -> Floats:
    """Person-milliseconds on duty by desk; 0 where staff is unlimited (no utilisation)."""
    order = np.argsort(rows.desk, kind="stable")
    desk, time, heads = rows.desk[order], rows.time[order], rows.value[order]
    until = np.full(len(order), end, dtype=np.int64)
    same = desk[1:] == desk[:-1]
    until[:-1][same] = time[1:][same]
    total: Floats = np.bincount(desk, np.maximum(heads, 0) * np.maximum(0, until - time), desks).astype(np.float64)
    return total
