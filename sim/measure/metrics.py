"""Every number of a run, computed from its plan, its log and its settled transfers. Money in yuan, times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

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
    sum_by,
)
from sim.measure.numbers import count, ratio, yuan
from sim.measure.others import all_money, others_at, stopped_by_account
from sim.measure.residence import residence_metrics
from sim.measure.service import service_levels
from sim.measure.stages import stage_metrics
from sim.measure.stops import delays_by_value, stop_metrics, stops_of
from sim.measure.wrongful import distinct, wrongful_metrics
from sim.response.log import ALERT, FREEZE, REFUSED, REPORT
from sim.response.run import Run

ALERTS = ("warning", "lead", "alarm")
"""Kinds of alert, by the value of their log row."""


@dataclass(frozen=True)
class Measured:
    """What came of a run, by case (fen and ms) and as named numbers (yuan and seconds)."""

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
    metrics: dict[str, float]
    """NaN where a number has no meaning in this run (a mean over no cases)."""

    @property
    def moving_by_transfer(self) -> Ints:
        """fen by transfer that are still moving."""
        return self.fate.fen(MOVING, UNDER_STOP)


def measure(run: Run, ceiling: Ceiling | None = None) -> Measured:
    """Measure a run.

    Args:
        run: any run, also one that is not finished.
        ceiling: of the run's plan, where it was computed before (it depends on the plan and on who can be asked, not
            on the response).
    """
    plan = run.plan
    ceiling = ceiling_of(run.scenario, plan) if ceiling is None else ceiling
    fate, holds = money_of(run)
    reported = _reported(run)
    leaks = leaks_of(run, fate, holds, reported)
    early = held_early(run, ceiling, holds)
    stops = stops_of(run, holds, reported)
    first_stop, last_stop = stops.span(len(plan.victims))
    loss, recovered = by_case(plan, fate.paid), by_case(plan, fate.recovered)
    measured = Measured(
        fate=fate, leaks=leaks, loss=loss, stopped=by_case(plan, distinct_stopped(plan, fate)),
        recovered=recovered, lost=by_case(plan, fate.out),
        moving=by_case(plan, fate.fen(MOVING, UNDER_STOP)), elsewhere=by_case(plan, fate.fen(HELD_ELSEWHERE)),
        recoverable=by_case(plan, compared(run, ceiling, early)),
        early=by_case(plan, np.where(early, fate.recovered, 0)), leak=_by_cause(run, leaks), reported=reported,
        first_stop=first_stop, last_stop=last_stop, people=_people(run, fate, loss, recovered), metrics={},
    )  # fmt: skip
    parts = (
        _money(run, measured),
        stop_metrics(run, stops, holds, reported),
        delays_by_value(run, loss, reported),
        _victims(measured, run.end),
        _events(run, holds),
    )
    others = others_at(plan, holds, run.end, lapses=run.scenario.law is not None)
    stages = stage_metrics(run, stopped_by_account(run, others))
    more = (desk_metrics(run), service_levels(run, reported), residence_metrics(run), stages)
    for part in (*parts, wrongful_metrics(run, holds), *more):
        measured.metrics.update(part)
    measured.metrics.update(all_money(others, measured.metrics))
    return measured


def _reported(run: Run) -> Ints:
    """By case: ms of its report as the log tells it, else as the plan has it for later."""
    reported = run.plan.victims.reported.copy()
    reported[reported <= run.end] = NEVER
    told = run.rows.at(run.rows.of(REPORT))
    reported[told.case] = told.time
    return reported


def _by_cause(run: Run, leaks: Leaks) -> dict[str, Ints]:
    t, cases = run.plan.transfers, len(run.plan.victims)
    cell = leaks.cause * cases + t.case[leaks.transfer]
    fen = sum_by(cell, t.amount[leaks.transfer], len(leaks.causes) * cases).reshape(len(leaks.causes), cases)
    return dict(zip(leaks.causes, fen, strict=True))


# -- metrics by subject ----------------------------------------------------------------------------------


def _money(run: Run, measured: Measured) -> Iterator[tuple[str, float]]:
    fate, loss, recovered = measured.fate, measured.loss, measured.recovered
    reporter = measured.reported <= run.end
    compared_with = measured.recoverable.sum()
    yield "loss", yuan(loss)
    yield "reported_loss", yuan(loss[reporter])
    yield "stopped", yuan(measured.stopped)
    yield "frozen", yuan(fate.fen(FROZEN))
    yield "intercepted", yuan(fate.fen(INTERCEPTED))
    yield "returned", yuan(fate.returned)
    yield "under_stop", yuan(fate.fen(UNDER_STOP))
    yield "prevented", yuan(fate.fen(PREVENTED))
    yield "recovered", yuan(recovered)
    yield "recovered_share", ratio(recovered.sum(), loss.sum())
    yield "recovered_share_reported", ratio(recovered[reporter].sum(), loss[reporter].sum())
    yield "recovered_early", yuan(measured.early)
    yield "recoverable_at_report", yuan(measured.recoverable)
    yield "recoverable_share", ratio(compared_with, loss.sum())
    yield "response_efficiency", ratio(recovered.sum() - measured.early.sum(), compared_with)
    yield "still_moving", yuan(measured.moving)
    yield "held_elsewhere", yuan(measured.elsewhere)
    for name, fen in measured.leak.items():
        yield f"leak.{name}", yuan(fen)


def _people(run: Run, fate: Fate, loss: Ints, recovered: Ints) -> dict[str, Flags]:
    cases = len(run.plan.victims)
    paid, prevented = (
        np.bincount(run.plan.transfers.case[mine], minlength=cases) > 0 for mine in (fate.made, fate.place == PREVENTED)
    )
    return {
        "victims": paid, "prevented_cases": prevented, "victims_whole": (recovered >= loss) & (loss > 0),
        "victims_part": (recovered > 0) & (recovered < loss), "victims_nothing": (recovered == 0) & (loss > 0),
    }  # fmt: skip


def _victims(measured: Measured, end: int) -> Iterator[tuple[str, float]]:
    yield "reports", count(measured.reported <= end)
    for name, mine in measured.people.items():
        yield name, count(mine)


def _events(run: Run, holds: HoldTable) -> Iterator[tuple[str, float]]:
    """Orders refused, freezes filed, stops that lapsed, and alerts with those that were about nobody's victim."""
    rows, bystander = run.rows, run.plan.victims.bystander
    filed = rows.at(rows.of(FREEZE))
    yield "refused_orders", float(len(rows.of(REFUSED)))
    yield "freezes", float(distinct(cards(run.plan, filed), filed.time))
    yield "lapses", count(holds.lapsed & (run.plan.accounts.number[holds.card] > 0))
    alerts = rows.at(rows.of(ALERT))
    false = bystander[alerts.case] > 0
    yield "alerts", float(len(alerts))
    yield "false_alerts", count(false)
    for value, name in enumerate(ALERTS):
        mine = alerts.value == value
        if mine.any():
            yield f"alerts.{name}", count(mine)
            yield f"false_alerts.{name}", count(mine & false)
