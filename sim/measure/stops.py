"""Accounts under a stop, and how soon after the report; and how late the money is reported. Times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable, cards
from sim.measure.money import Flags, Ints, field_of
from sim.measure.numbers import count, mean, quantile, ratio
from sim.measure.wrongful import distinct
from sim.response.log import CLOSED, HOLD, Rows
from sim.response.run import Run
from sim.words.units import HOUR, MINUTE

STOPPED_WITHIN: tuple[int, ...] = (10 * MINUTE, 35 * MINUTE, HOUR)
"""ms after the report at which accounts under a stop are counted where the scenario does not say (Wuhan prints 35)."""
REPORTED_WITHIN: tuple[int, ...] = (10, 60, 360, 1440, 4320)
"""Minutes after the first payment at which the share of the money that is reported is read."""


@dataclass(frozen=True)
class Stops:
    """One row per account of a case that was ever stopped: its first stop that answers the case's report.

    A stop in force at the report counts from the report; one over by then was no answer to it. A stop that is repeated
    after a lapse is not another.
    """

    case: Ints
    card: Ints
    time: Ints
    """ms of that stop."""

    def span(self, cases: int) -> tuple[Ints, Ints]:
        """By case: ms of its first and of its last account's stop (NEVER and -1 without one)."""
        first, last = np.full(cases, NEVER), np.full(cases, -1)
        np.minimum.at(first, self.case, self.time)
        np.maximum.at(last, self.case, self.time)
        return first, last


def stops_of(run: Run, holds: HoldTable, reported: Ints) -> Stops:
    """The stops of a run that count.

    Args:
        run: any run.
        holds: of the run.
        reported: by case, ms of its report (NEVER for none).
    """
    hold = _stop_rows(run)
    card, since = cards(run.plan, hold), reported[hold.case]
    end = holds.end_of(holds.last(card, hold.time))
    counts = np.flatnonzero((hold.time >= since) | (end > since))
    subject = hold.case[counts] * np.int64(len(run.plan.accounts) + 1) + card[counts]
    _, first = np.unique(subject, return_index=True)  # the log is in order of time
    row = counts[first]
    return Stops(case=hold.case[row].astype(np.int64), card=card[row], time=hold.time[row])


def stop_metrics(run: Run, stops: Stops, holds: HoldTable, reported: Ints) -> Iterator[tuple[str, float]]:
    """Accounts stopped, how soon, and (`accounts_found`) how many of them had victims' own money on them.

    `accounts_stopped_within.N`: distinct accounts of each case under a stop N minutes after its report, over all cases.
    """
    reporter = reported <= run.end
    first, last = stops.span(len(reported))
    with_stop = reporter & (first < NEVER)
    told = reported[with_stop]
    hold = _stop_rows(run)
    card = cards(run.plan, hold)
    found = hold.value > 0
    yield "accounts_stopped", float(len(np.unique(card)))
    yield "accounts_found", float(len(np.unique(card[found])))
    asked = run.scenario.stopped_within
    for limit in STOPPED_WITHIN if asked is None else asked:
        yield f"accounts_stopped_within.{limit // MINUTE}", _under_stop(stops, holds, reported, limit)
    yield "empty_stops", float(distinct(card, hold.time) - distinct(card[found], hold.time[found]))
    yield "report_delay", mean(reported[reporter] - run.plan.victims.first_payment[reporter]) / 1000
    latency = np.maximum(0, first[with_stop] - told)
    yield "response_latency", mean(latency) / 1000
    yield "response_latency_p05", quantile(latency, 0.05) / 1000
    yield "response_latency_median", quantile(latency, 0.5) / 1000
    yield "response_latency_p95", quantile(latency, 0.95) / 1000
    yield "containment_time", mean(np.maximum(0, last[with_stop] - told)) / 1000
    yield "cases_with_stop", count(with_stop)
    yield "cases_without_stop_share", ratio(count(reporter & ~with_stop), count(reporter))
    yield "cases_censored", count(run.rows.at(run.rows.of(CLOSED)).value == 1)


def _under_stop(stops: Stops, holds: HoldTable, reported: Ints, limit: int) -> float:
    """Accounts of reported cases that are under a hold `limit` ms after the report, or at the run's end if sooner."""
    at = reported[stops.case] + limit
    told = (reported[stops.case] < NEVER) & (stops.time <= at)
    row = holds.last(stops.card[told], at[told])
    return count((row >= 0) & (holds.end_of(row) > at[told]))


def delays_by_value(run: Run, loss: Ints, reported: Ints) -> Iterator[tuple[str, float]]:
    """`loss_reported_within.N`: the share of all loss, by value, of victims who reported within N minutes.

    Args:
        run: any run.
        loss: fen by case.
        reported: by case, ms of its report (NEVER for none).
    """
    delay = reported - run.plan.victims.first_payment
    for minutes in REPORTED_WITHIN:
        soon = (reported <= run.end) & (delay <= minutes * MINUTE)
        yield f"loss_reported_within.{minutes}", ratio(loss[soon].sum(), loss.sum())


def _stop_rows(run: Run) -> Rows:
    """The rows of the log that say that a stop began."""
    hold = run.rows.at(run.rows.of(HOLD))
    return hold.at(np.flatnonzero(_is_stop(run)[run.plan.account_first[hold.case] + hold.account]))


def _is_stop(run: Run) -> Flags:
    """By account: a hold on it is a stop: not prevention, and not the work of a field team."""
    plan = run.plan
    return (plan.accounts.number > 0) & ~field_of(run.scenario, plan)
