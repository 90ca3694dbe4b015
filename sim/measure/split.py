"""Who gains and who loses: the money and the people of a run by group.

By bank and by layer every fen counts where it ended: at the account that it was held on, lies on or last left; fen
never paid lie on victims' own accounts. The other ways split the victims, with all their money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, Runs, runs_of
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.metrics import Measured
from sim.measure.money import HELD_ELSEWHERE, PREVENTED, distinct_stopped, ends_of
from sim.measure.numbers import ratios, sum_by
from sim.measure.ways import By
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
    """Runs by group: each array has one number for each group of each replication, replication after replication."""

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


def split(run: Run | Runs, measured: Measured, by: By) -> Split:
    """Split what came of a run, or of several.

    Args:
        run: any.
        measured: of the same.
        by: hour is the hour of the day, local time, of the first payment; day is its day since the start; delay runs
            from there to the report.
    """
    runs = runs_of(run)
    plan, fate, t = runs.plan, measured.fate, runs.plan.transfers
    if by in OF_FEN:
        groups, of_account = _by_account(runs, by)
        of_transfer = runs.plans.of_transfer * len(groups) + of_account[t.source]
    else:
        groups, of_case = _by_delay(runs, measured) if by == "delay" else _by_victim(runs, by)
        of_case = runs.plans.of_case * len(groups) + of_case
        of_transfer = of_case[t.case]
    cells = len(groups) * len(runs)

    def total(fen: Ints) -> Ints:
        return sum_by(of_transfer, fen, cells)

    fen = {
        "loss": total(ends_of(fate)), "recovered": total(fate.recovered), "prevented": total(fate.fen(PREVENTED)),
        "stopped": total(distinct_stopped(plan, fate)), "still_moving": total(measured.moving_by_transfer),
        "held_elsewhere": total(fate.fen(HELD_ELSEWHERE)),
    }  # fmt: skip
    exits = measured.leaks.transfer
    for number, cause in enumerate(measured.leaks.causes):
        mine = exits[measured.leaks.cause == number]
        fen[f"leak.{cause}"] = sum_by(of_transfer[mine], t.amount[mine], cells)
    if by in OF_FEN:
        nobody = np.zeros(cells, dtype=np.int64)
        return Split(groups, fen, {}, np.full(cells, np.nan), nobody)
    latency, with_stop = _latency(runs, measured, of_case, cells)
    return Split(groups, fen, _people(measured, of_case, cells), latency, with_stop)


def split_metrics(run: Run | Runs, measured: Measured, by: By) -> list[dict[str, float]]:
    """A split as named numbers, `GROUP/METRIC`, by replication: yuan, people, and each group's share recovered.

    Every replication of a scenario has the same names.
    """
    runs = runs_of(run)
    one, only_in = split(runs, measured, by), measured.leaks.only_in
    shares = ratios(one.fen["recovered"], one.fen["loss"]).tolist()
    fen = {name: amounts.tolist() for name, amounts in one.fen.items()}
    people = {name: count.tolist() for name, count in one.people.items()}
    found: list[dict[str, float]] = []
    for number in range(len(runs)):
        mine: dict[str, float] = {}
        found.append(mine)
        unknown = {f"leak.{cause}" for cause, there in only_in.items() if not there[number]}
        for cell, group in enumerate(one.groups, number * len(one.groups)):
            numbers = {name: float(count[cell]) for name, count in people.items()}
            if people:
                numbers["cases_with_stop"] = float(one.with_stop[cell])
                numbers["response_latency"] = float(one.latency[cell])
            numbers["loss"], numbers["recovered_share"] = fen["loss"][cell] / YUAN, shares[cell]
            numbers |= {
                name: amounts[cell] / YUAN for name, amounts in fen.items() if name != "loss" and name not in unknown
            }
            mine |= {f"{group}/{name}": value for name, value in numbers.items()}
    return found


def _people(measured: Measured, of_case: Ints, cells: int) -> dict[str, Ints]:
    return {name: np.bincount(of_case[mine], minlength=cells) for name, mine in measured.people.items()}


def _latency(runs: Runs, measured: Measured, of_case: Ints, cells: int) -> tuple[NDArray[np.float64], Ints]:
    """By cell: mean seconds from the report to the first stop, and the cases that have both."""
    mine = (measured.reported <= runs.end_by_case) & (measured.first_stop < NEVER)
    waited = np.maximum(0, measured.first_stop[mine] - measured.reported[mine])
    cases = np.bincount(of_case[mine], minlength=cells)
    with np.errstate(invalid="ignore"):
        return np.bincount(of_case[mine], waited, cells) / 1000 / cases, cases


def _by_account(runs: Runs, by: By) -> tuple[list[str], Ints]:
    """Names of the groups, and the group of each account."""
    accounts = runs.plan.accounts
    if by == "layer":
        deepest = runs.scenario.criminals.deepest_layer + 1  # where leaving money may rest once more
        return [str(layer) for layer in range(deepest + 1)], accounts.layer
    names = [*(holder.name for holder in runs.scenario.holders), OWN]
    return names, np.where(accounts.bank < 0, len(names) - 1, accounts.bank)


def _by_victim(runs: Runs, by: By) -> tuple[list[str], Ints]:
    """Names of the groups, and the group of each case."""
    scenario, victims = runs.scenario, runs.plan.victims
    if by == "hour":
        clock = (victims.first_payment + scenario.week_offset) % DAY
        return [f"{hour:02d}:00" for hour in range(24)], clock // HOUR
    if by == "day":
        days = -(-scenario.horizon // DAY)
        return [f"day {day + 1}" for day in range(days)], np.clip(victims.first_payment // DAY, 0, days - 1)
    return names_of(scenario, by), {
        "scam": victims.scam, "channel": victims.channel, "district": victims.district, "age": victims.age,
    }[by]  # fmt: skip


def _by_delay(runs: Runs, measured: Measured) -> tuple[list[str], Ints]:
    """Names of the bands of the report delay, and the band of each case."""
    delay = measured.reported - runs.plan.victims.first_payment
    band = np.searchsorted(np.array([*DELAYS.values()]), delay)  # a delay of 10 min is in to-10m
    return [*DELAYS, "later", "never"], np.where(measured.reported >= NEVER, len(DELAYS) + 1, band)


def names_of(scenario: Scenario, by: By) -> list[str]:
    """The groups of victims that a scenario tells apart; one of all where it does not."""
    victims = scenario.victims
    named = {
        "scam": victims.scams, "channel": victims.channels, "district": victims.districts, "age": victims.ages,
    }[by]  # fmt: skip
    return list(named or {ALL: None})
