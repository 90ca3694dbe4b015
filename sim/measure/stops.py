"""Accounts under a stop, and how soon after the report; and how late the money is reported. Times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable, cards
from sim.measure.money import Flags, Ints, field_of
from sim.measure.numbers import Metric, Values, count, firsts, mean, quantile, ratios, sum_by, there
from sim.measure.wrongful import distinct
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import CLOSED, HOLD, Rows

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


def stops_of(run: Run | Runs, holds: HoldTable, reported: Ints) -> Stops:
    """The stops of a run that count.

    Args:
        run: any run, or several.
        holds: of the same.
        reported: by case, ms of its report (NEVER for none).
    """
    runs = runs_of(run)
    hold = _stop_rows(runs)
    card, since = cards(runs.plan, hold), reported[hold.case]
    end = holds.end_of(holds.last(card, hold.time))
    counts = np.flatnonzero((hold.time >= since) | (end > since))
    subject = hold.case[counts] * np.int64(len(runs.plan.accounts) + 1) + card[counts]
    row = counts[firsts(subject)[0]]  # the log is in order of time
    return Stops(case=hold.case[row].astype(np.int64), card=card[row], time=hold.time[row])


def stop_metrics(runs: Runs, stops: Stops, holds: HoldTable, reported: Ints) -> Iterator[Metric]:
    """Accounts stopped, how soon, and (`accounts_found`) how many of them had victims' own money on them.

    `accounts_stopped_within.N`: distinct accounts of each case under a stop N minutes after its report, over all cases.
    """
    n, of_case, of_account = len(runs), runs.plans.of_case, runs.plans.of_account
    reporter = reported <= runs.end_by_case
    first, last = stops.span(len(reported))
    with_stop = reporter & (first < NEVER)
    mine, told = of_case[with_stop], reported[with_stop]
    hold = _stop_rows(runs)
    card = cards(runs.plan, hold)
    found = hold.value > 0

    def different(of: Ints) -> Values:
        return count(of_account, there(of, len(of_account)), n)

    def events(of: Ints, time: Ints) -> Values:
        return np.bincount(of_account[distinct(of, time)], minlength=n).astype(np.float64)

    yield Metric("accounts_stopped", different(card))
    yield Metric("accounts_found", different(card[found]))
    asked = runs.scenario.stopped_within
    for limit in STOPPED_WITHIN if asked is None else asked:
        under = of_case[_under_stop(stops, holds, reported, limit)]
        yield Metric(f"accounts_stopped_within.{limit // MINUTE}", np.bincount(under, minlength=n).astype(np.float64))
    yield Metric("empty_stops", events(card, hold.time) - events(card[found], hold.time[found]))
    delay = reported[reporter] - runs.plan.victims.first_payment[reporter]
    yield Metric("report_delay", mean(of_case[reporter], delay, n) / 1000)
    latency = np.maximum(0, first[with_stop] - told)
    yield Metric("response_latency", mean(mine, latency, n) / 1000)
    for name, share in (("p05", 0.05), ("median", 0.5), ("p95", 0.95)):
        yield Metric(f"response_latency_{name}", quantile(mine, latency, share, n) / 1000)
    yield Metric("containment_time", mean(mine, np.maximum(0, last[with_stop] - told), n) / 1000)
    yield Metric("cases_with_stop", count(of_case, with_stop, n))
    without = count(of_case, reporter & ~with_stop, n)
    yield Metric("cases_without_stop_share", ratios(without, count(of_case, reporter, n)))
    closed = runs.of_cases.only(CLOSED)
    yield Metric("cases_censored", count(of_case[closed.case], closed.value == 1, n))


def _under_stop(stops: Stops, holds: HoldTable, reported: Ints, limit: int) -> Ints:
    """The cases of the accounts that are under a hold `limit` ms after the report, or at the run's end if sooner."""
    at = reported[stops.case] + limit
    told = (reported[stops.case] < NEVER) & (stops.time <= at)
    row = holds.last(stops.card[told], at[told])
    return stops.case[told][(row >= 0) & (holds.end_of(row) > at[told])]


def delays_by_value(runs: Runs, loss: Ints, reported: Ints) -> Iterator[Metric]:
    """`loss_reported_within.N`: the share of all loss, by value, of victims who reported within N minutes.

    Args:
        runs: any.
        loss: fen by case.
        reported: by case, ms of its report (NEVER for none).
    """
    n, of = len(runs), runs.plans.of_case
    delay, whole = reported - runs.plan.victims.first_payment, sum_by(of, loss, n)
    for minutes in REPORTED_WITHIN:
        soon = (reported <= runs.end_by_case) & (delay <= minutes * MINUTE)
        yield Metric(f"loss_reported_within.{minutes}", ratios(sum_by(of[soon], loss[soon], n), whole))


def _stop_rows(runs: Runs) -> Rows:
    """The rows of the log that say that a stop began."""
    hold = runs.of_cases.only(HOLD)
    return hold.at(np.flatnonzero(_is_stop(runs)[runs.plan.account_first[hold.case] + hold.account]))


def _is_stop(runs: Runs) -> Flags:
    """By account: a hold on it is a stop: not prevention, and not the work of a field team."""
    plan = runs.plan
    return (plan.accounts.number > 0) & ~field_of(runs.scenario, plan)
