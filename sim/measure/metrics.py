"""Every number of a run, computed from its plan, its log and its settled transfers. Money in yuan, times in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.ceiling import Ceiling, ceiling_of, compared, held_early
from sim.measure.desks import desk_metrics
from sim.measure.holds import HoldTable, cards
from sim.measure.leak import Leaks, leaks_of
from sim.measure.money import (
    FROZEN,
    HELD_ELSEWHERE,
    INTERCEPTED,
    MOVING,
    PREVENTED,
    UNDER_STOP,
    Fate,
    Flags,
    by_case,
    distinct_stopped,
    money_of,
)
from sim.measure.numbers import Metric, count, ratios, sum_by, yuan
from sim.measure.others import all_money, others_at, stopped_by_account
from sim.measure.residence import residence_metrics
from sim.measure.service import service_levels
from sim.measure.stages import stage_metrics
from sim.measure.stops import delays_by_value, stop_metrics, stops_of
from sim.measure.wrongful import distinct, wrongful_metrics
from sim.workflow.log import ALERT, FREEZE, REFUSED, REPORT

ALERTS = ("warning", "lead", "alarm")
"""Kinds of alert, by the value of their log row."""


@dataclass(frozen=True)
class Measured:
    """What came of one run or several, by case (fen and ms) and as named numbers (yuan and seconds)."""

    fate: Fate
    """Where the amount of every transfer is at the end."""
    leaks: Leaks
    """Why each exit could happen."""
    loss: Ints
    stopped: Ints
    recovered: Ints
    lost: Ints
    moving: Ints
    """Also what only a stop payment holds."""
    elsewhere: Ints
    """Held by another force: loss = recovered + lost + elsewhere + moving."""
    recoverable: Ints
    """The ceiling, without what an early hold touched."""
    early: Ints
    """Recovered, and left out of the comparison with the ceiling because an early hold touched it."""
    leak: dict[str, Ints]
    """By cause: fen by case."""
    reported: Ints
    """ms by case; NEVER for who did not report by the end, and never will."""
    first_stop: Ints
    """ms by case, of stops that began at or after the report or were in force then; NEVER without one."""
    last_stop: Ints
    """ms by case, of the same stops, each account's first only; -1 without one."""
    people: dict[str, Flags]
    """By name of a metric: the cases that it counts. A victim paid something; a bystander, or one who was kept from
    paying anything, is none."""
    each: list[dict[str, float]]
    """The metrics of each replication; NaN where a number has no meaning in a run (a mean over no cases)."""

    @property
    def metrics(self) -> dict[str, float]:
        """Those of the one run, or of the first."""
        return self.each[0]

    @property
    def moving_by_transfer(self) -> Ints:
        """fen by transfer that are still moving."""
        return self.fate.fen(MOVING, UNDER_STOP)


def measure(run: Run | Runs, ceiling: Ceiling | None = None) -> Measured:
    """Measure a run, or several at once.

    Args:
        run: any run, also one that is not finished; or several of one scenario.
        ceiling: of the plan, where it was computed before (it depends on the plan and on who can be asked, not on the
            response).
    """
    runs = runs_of(run)
    plan = runs.plan
    ceiling = ceiling_of(runs.scenario, plan) if ceiling is None else ceiling
    fate, holds = money_of(runs)
    reported = _reported(runs)
    leaks = leaks_of(runs, fate, holds, reported)
    early = held_early(runs, ceiling, holds)
    stops = stops_of(runs, holds, reported)
    first_stop, last_stop = stops.span(len(plan.victims))
    loss, recovered = by_case(plan, fate.paid), by_case(plan, fate.recovered)
    measured = Measured(
        fate=fate, leaks=leaks, loss=loss, stopped=by_case(plan, distinct_stopped(plan, fate)),
        recovered=recovered, lost=by_case(plan, fate.out),
        moving=by_case(plan, fate.fen(MOVING, UNDER_STOP)), elsewhere=by_case(plan, fate.fen(HELD_ELSEWHERE)),
        recoverable=by_case(plan, compared(runs, ceiling, early)),
        early=by_case(plan, np.where(early, fate.recovered, 0)), leak=_by_cause(runs, leaks), reported=reported,
        first_stop=first_stop, last_stop=last_stop, people=_people(runs, fate, loss, recovered),
        each=[{} for _ in runs.ends],
    )  # fmt: skip
    others_end = runs.ends.take(runs.plans.of_account.take(plan.others.account)) if len(runs) > 1 else runs.ends
    others = others_at(plan, holds, others_end, lapses=runs.scenario.law is not None)
    own = [*_money(runs, measured), *stop_metrics(runs, stops, holds, reported)]
    parts: tuple[Iterable[Metric], ...] = (
        own, delays_by_value(runs, loss, reported), _victims(runs, measured), _events(runs, holds),
        wrongful_metrics(runs, holds), desk_metrics(runs), service_levels(runs, reported), residence_metrics(runs),
        stage_metrics(runs, stopped_by_account(plan, others)),
        all_money(runs, others, {one.name: one.values for one in own}),
    )  # fmt: skip
    _hand_out([metric for part in parts for metric in part], measured.each)
    return measured


def _hand_out(metrics: Sequence[Metric], each: Sequence[dict[str, float]]) -> None:
    """Give each replication its numbers by name."""
    for name, values, there in metrics:
        for number, (mine, value) in enumerate(zip(each, values.tolist(), strict=True)):
            if there is None or there[number]:
                mine[name] = value


def _reported(runs: Runs) -> Ints:
    """By case: ms of its report as the log tells it, else as the plan has it for later."""
    reported = runs.plan.victims.reported.copy()
    reported[reported <= runs.end_by_case] = NEVER
    told = runs.of_cases.only(REPORT)
    reported[told.case] = told.time
    return reported


def _by_cause(runs: Runs, leaks: Leaks) -> dict[str, Ints]:
    t, cases = runs.plan.transfers, len(runs.plan.victims)
    cell = leaks.cause * cases + t.case[leaks.transfer]
    fen = sum_by(cell, t.amount[leaks.transfer], len(leaks.causes) * cases).reshape(len(leaks.causes), cases)
    return dict(zip(leaks.causes, fen, strict=True))


# -- metrics by subject ----------------------------------------------------------------------------------


def _money(runs: Runs, measured: Measured) -> Iterator[Metric]:
    fate, loss, recovered = measured.fate, measured.loss, measured.recovered
    n, of, of_transfer = len(runs), runs.plans.of_case, runs.plans.of_transfer
    reporter = measured.reported <= runs.end_by_case
    whole, back, compared_with, early = (
        sum_by(of, fen, n) for fen in (loss, recovered, measured.recoverable, measured.early)
    )
    yield Metric("loss", yuan(of, loss, n))
    yield Metric("reported_loss", yuan(of[reporter], loss[reporter], n))
    yield Metric("stopped", yuan(of, measured.stopped, n))
    yield Metric("frozen", yuan(of_transfer, fate.fen(FROZEN), n))
    yield Metric("intercepted", yuan(of_transfer, fate.fen(INTERCEPTED), n))
    yield Metric("returned", yuan(of_transfer, fate.returned, n))
    yield Metric("under_stop", yuan(of_transfer, fate.fen(UNDER_STOP), n))
    yield Metric("prevented", yuan(of_transfer, fate.fen(PREVENTED), n))
    yield Metric("recovered", yuan(of, recovered, n))
    yield Metric("recovered_share", ratios(back, whole))
    told = (sum_by(of[reporter], fen[reporter], n) for fen in (recovered, loss))
    yield Metric("recovered_share_reported", ratios(*told))
    yield Metric("recovered_early", yuan(of, measured.early, n))
    yield Metric("recoverable_at_report", yuan(of, measured.recoverable, n))
    yield Metric("recoverable_share", ratios(compared_with, whole))
    yield Metric("response_efficiency", ratios(back - early, compared_with))
    yield Metric("still_moving", yuan(of, measured.moving, n))
    yield Metric("held_elsewhere", yuan(of, measured.elsewhere, n))
    for name, fen in measured.leak.items():
        yield Metric(f"leak.{name}", yuan(of, fen, n), measured.leaks.only_in.get(name))


def _people(runs: Runs, fate: Fate, loss: Ints, recovered: Ints) -> dict[str, Flags]:
    cases = len(runs.plan.victims)
    paid, prevented = (
        np.bincount(runs.plan.transfers.case[mine], minlength=cases) > 0
        for mine in (fate.made, fate.place == PREVENTED)
    )
    return {
        "victims": paid, "prevented_cases": prevented, "victims_whole": (recovered >= loss) & (loss > 0),
        "victims_part": (recovered > 0) & (recovered < loss), "victims_nothing": (recovered == 0) & (loss > 0),
    }  # fmt: skip


def _victims(runs: Runs, measured: Measured) -> Iterator[Metric]:
    of, n = runs.plans.of_case, len(runs)
    yield Metric("reports", count(of, measured.reported <= runs.end_by_case, n))
    for name, mine in measured.people.items():
        yield Metric(name, count(of, mine, n))


def _events(runs: Runs, holds: HoldTable) -> Iterator[Metric]:
    """Orders refused, freezes filed, stops that lapsed, and alerts with those that were about nobody's victim."""
    rows, bystander, n = runs.of_cases, runs.plan.victims.bystander, len(runs)
    of_case, of_account = runs.plans.of_case, runs.plans.of_account
    filed, refused, alerts = (rows.only(kind) for kind in (FREEZE, REFUSED, ALERT))
    yield Metric("refused_orders", np.bincount(of_case[refused.case], minlength=n).astype(np.float64))
    freezes = of_account[distinct(cards(runs.plan, filed), filed.time)]
    yield Metric("freezes", np.bincount(freezes, minlength=n).astype(np.float64))
    lapsed = holds.lapsed & (runs.plan.accounts.number[holds.card] > 0)
    yield Metric("lapses", count(of_account[holds.card], lapsed, n))
    of, false = of_case[alerts.case], bystander[alerts.case] > 0
    yield Metric("alerts", np.bincount(of, minlength=n).astype(np.float64))
    yield Metric("false_alerts", count(of, false, n))
    for value, name in enumerate(ALERTS):
        mine = alerts.value == value
        some = count(of, mine, n)
        yield Metric(f"alerts.{name}", some, some > 0)
        yield Metric(f"false_alerts.{name}", count(of, mine & false, n), some > 0)
