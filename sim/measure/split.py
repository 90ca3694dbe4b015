"""Who gains and who loses: the money and the people of a run by group.

By bank and by layer every fen counts where it ended: at the account that it was held on, lies on or last left; fen
never paid lie on victims' own accounts. The other ways split the victims, with all their money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.metrics import Measured
from sim.measure.money import HELD_ELSEWHERE, PREVENTED, distinct_stopped, ends_of, sum_by
from sim.measure.numbers import ratio
from sim.measure.ways import By
from sim.response.run import Run
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE, YUAN

OF_FEN: tuple[By, ...] = ("bank", "layer")
"""Ways that split fen; the others split victims."""
DELAYS: dict[str, int] = {
    "to-10m": 10 * MINUTE, "to-20m": 20 * MINUTE, "to-30m": 30 * MINUTE, "to-1h": HOUR, "to-2h": 2 * HOUR,
    "to-4h": 4 * HOUR, "to-6h": 6 * HOUR, "to-12h": 12 * HOUR, "to-24h": DAY, "to-72h": 3 * DAY,
}  # fmt: skip
"""Bands of the report delay (first payment to report) and where each ends, in ms; then `later` and `never`."""
OWN = "(victims)"
"""The group of victims' own accounts among the banks."""
ALL = "all"
"""The one group of what a scenario does not tell apart."""


@dataclass(frozen=True)
class Split:
    """A run by group: each array has one number for each group."""

    groups: Sequence[str]
    fen: dict[str, Ints]
    """Amounts: loss, recovered, prevented, stopped, still_moving, held_elsewhere and leak.CAUSE. loss is the sum of
    recovered, still_moving, held_elsewhere and all leaks, group by group."""
    people: dict[str, Ints]
    """Victims, and of them those who got all, part or nothing back; empty where fen are split."""
    latency: NDArray[np.float64]
    """Seconds from the report to the first stop, the mean over cases that have one; NaN for none, and where fen are
    split."""
    with_stop: Ints
    """Cases that have one."""


def split(run: Run, measured: Measured, by: By) -> Split:
    """Split what came of a run.

    Args:
        run: any run.
        measured: of the same run.
        by: hour is the hour of the day, local time, of the first payment; day is its day since the start; delay runs
            from there to the report.
    """
    plan, fate, t = run.plan, measured.fate, run.plan.transfers
    if by in OF_FEN:
        groups, of_account = _by_account(run, by)
        of_transfer = of_account[t.source]
    else:
        groups, of_case = _by_delay(run, measured) if by == "delay" else _by_victim(run, by)
        of_transfer = of_case[t.case]

    def total(fen: Ints) -> Ints:
        return sum_by(of_transfer, fen, len(groups))

    fen = {
        "loss": total(ends_of(fate)), "recovered": total(fate.recovered), "prevented": total(fate.fen(PREVENTED)),
        "stopped": total(distinct_stopped(plan, fate)), "still_moving": total(measured.moving_by_transfer),
        "held_elsewhere": total(fate.fen(HELD_ELSEWHERE)),
    }  # fmt: skip
    exits = measured.leaks.transfer
    for number, cause in enumerate(measured.leaks.causes):
        mine = exits[measured.leaks.cause == number]
        fen[f"leak.{cause}"] = sum_by(of_transfer[mine], t.amount[mine], len(groups))
    if by in OF_FEN:
        nobody = np.zeros(len(groups), dtype=np.int64)
        return Split(groups, fen, {}, np.full(len(groups), np.nan), nobody)
    latency, with_stop = _latency(run, measured, of_case, len(groups))
    return Split(groups, fen, _people(measured, of_case, len(groups)), latency, with_stop)


def split_metrics(run: Run, measured: Measured, by: By) -> dict[str, float]:
    """A split as named numbers, `GROUP/METRIC`: yuan, people, and each group's share recovered.

    Every replication of a scenario has the same names.
    """
    one = split(run, measured, by)
    found: dict[str, float] = {}
    for number, group in enumerate(one.groups):
        amounts = {name: int(fen[number]) / YUAN for name, fen in one.fen.items()}
        share = ratio(int(one.fen["recovered"][number]), int(one.fen["loss"][number]))
        people = {name: float(count[number]) for name, count in one.people.items()}
        if people:
            people |= {
                "cases_with_stop": float(one.with_stop[number]), "response_latency": float(one.latency[number]),
            }  # fmt: skip
        numbers = {**people, "loss": amounts.pop("loss"), "recovered_share": share, **amounts}
        found |= {f"{group}/{name}": value for name, value in numbers.items()}
    return found


def _people(measured: Measured, of_case: Ints, groups: int) -> dict[str, Ints]:
    return {name: np.bincount(of_case[mine], minlength=groups) for name, mine in measured.people.items()}


def _latency(run: Run, measured: Measured, of_case: Ints, groups: int) -> tuple[NDArray[np.float64], Ints]:
    """By group: mean seconds from the report to the first stop, and the cases that have both."""
    mine = (measured.reported <= run.end) & (measured.first_stop < NEVER)
    waited = np.maximum(0, measured.first_stop[mine] - measured.reported[mine])
    cases = np.bincount(of_case[mine], minlength=groups)
    with np.errstate(invalid="ignore"):
        return np.bincount(of_case[mine], waited, groups) / 1000 / cases, cases


def _by_account(run: Run, by: By) -> tuple[list[str], Ints]:
    """Names of the groups, and the group of each account."""
    accounts = run.plan.accounts
    if by == "layer":
        deepest = run.scenario.criminals.deepest_layer + 1  # where leaving money may rest once more
        return [str(layer) for layer in range(deepest + 1)], accounts.layer
    names = [*(holder.name for holder in run.scenario.holders), OWN]
    return names, np.where(accounts.bank < 0, len(names) - 1, accounts.bank)


def _by_victim(run: Run, by: By) -> tuple[list[str], Ints]:
    """Names of the groups, and the group of each case."""
    scenario, victims = run.scenario, run.plan.victims
    if by == "hour":
        clock = (victims.first_payment + scenario.week_offset) % DAY
        return [f"{hour:02d}:00" for hour in range(24)], clock // HOUR
    if by == "day":
        days = -(-scenario.horizon // DAY)
        return [f"day {day + 1}" for day in range(days)], np.clip(victims.first_payment // DAY, 0, days - 1)
    return names_of(scenario, by), {
        "scam": victims.scam, "channel": victims.channel, "district": victims.district, "age": victims.age,
    }[by]  # fmt: skip


def _by_delay(run: Run, measured: Measured) -> tuple[list[str], Ints]:
    """Names of the bands of the report delay, and the band of each case."""
    delay = measured.reported - run.plan.victims.first_payment
    band = np.searchsorted(np.array([*DELAYS.values()]), delay)  # a delay of 10 min is in to-10m
    return [*DELAYS, "later", "never"], np.where(measured.reported >= NEVER, len(DELAYS) + 1, band)


def names_of(scenario: Scenario, by: By) -> list[str]:
    """The groups of victims that a scenario tells apart; one of all where it does not."""
    victims = scenario.victims
    named = {
        "scam": victims.scams, "channel": victims.channels, "district": victims.districts, "age": victims.ages,
    }[by]  # fmt: skip
    return list(named or {ALL: None})


def metrics_of(runs, ceiling, by):
    for place, run in enumerate(runs):
        from sim.measure.metrics import measure

        measured = measure(run, ceiling.part(runs.plans, place, place + 1))
        yield measured.metrics if by is None else measured.metrics | split_metrics(run, measured, by)
