"""The files of `fundfreeze staff`: the roster, what the next head buys, what each goal costs, and the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.report.findings.csv_text import table as csv
from sim.report.findings.roster_week import week_of
from sim.report.findings.staffing import named, shifts_of
from sim.report.findings.text import bounded
from sim.report.publish.files import save_figure, write_text
from sim.scenario.people import WEEKDAYS
from sim.study.ask.offered_load import HOURS
from sim.study.ask.staff import Staffed


def write(result: Staffed, folder: Path) -> list[Path]:
    """Write roster.csv, roster-by-hour.csv, next-head.csv, goals.csv, and the picture staff.svg and staff.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.staff import staff_figure  # matplotlib only for pictures

    figure = staff_figure(result)
    return [
        write_text(folder / "roster.csv", csv(("desk", "shift", "heads_now", "heads", "busiest_hour_erlangs"),
                                              _shifts(result))),
        write_text(folder / "roster-by-hour.csv", csv(("weekday", "hour", "desk", "heads_now", "heads",
                                                       "load_erlangs"), _hours(result))),
        write_text(folder / "next-head.csv", csv(_NEXT, _next_rows(result))),
        write_text(folder / "goals.csv", csv(_goal_columns(result), _goal_rows(result))),
        *save_figure(figure, folder / "staff"),
    ]  # fmt: skip


def _shifts(result: Staffed) -> Iterator[Sequence[Any]]:
    for variable, now, heads, load in shifts_of(result):
        yield variable.desk, variable.when, now, heads, load


def _hours(result: Staffed) -> Iterator[Sequence[Any]]:
    before, after = (week_of(result.scenario, result, one.heads) for one in (result.now, result.best))
    for day, name in enumerate(WEEKDAYS):
        for hour in range(HOURS):
            for desk, load in result.load.items():
                yield name, hour, desk, before[desk][day][hour], after[desk][day][hour], float(load[hour])


_NEXT = ("desk", "shift", "saved_yuan", "saved_low", "saved_high", "cost_yuan", "net_yuan", "net_low",
         "net_high", "n")  # fmt: skip


def _next_rows(result: Staffed) -> Iterator[Sequence[Any]]:
    for variable, one in zip(result.variables, result.next_heads, strict=True):
        saved, net = one.saved, one.net
        yield (variable.desk, variable.when, saved.mean, saved.low, saved.high, one.cost.mean, net.mean, net.low,
               net.high, net.n)  # fmt: skip


def _goal_columns(result: Staffed) -> Sequence[str]:
    names = [
        "cost",
        "saved",
        "net",
        "recovered_share",
        *([result.aim.metric] if result.aim and result.aim_ladder else []),
    ]
    return "heads", *(f"{name}_{part}" for name in names for part in ("mean", "low", "high")), "roster", "n"


def _goal_rows(result: Staffed) -> Iterator[Sequence[Any]]:
    """Every rung of the ladders, by cost."""
    rungs = {one.heads: one for one in (*result.ladder, *result.aim_ladder)}
    for rung in sorted(rungs.values(), key=lambda one: one.cost.mean):
        told = [bounded("cost", rung.cost), rung.saved, rung.net, bounded("recovered_share", rung.share)]
        if result.aim_ladder and result.aim and rung.measure:
            told.append(bounded(result.aim.metric, rung.measure))
        numbers = [value for one in told for value in (one.mean, one.low, one.high)]
        yield sum(rung.heads), *numbers, named(result, rung), rung.cost.n
