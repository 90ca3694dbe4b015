"""One week that stands for a longer scenario, and the average week of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sim.engine.run import simulate_many
from sim.fraud.plan import draw_plans
from sim.measure.diagnosis import Week, weeks_of
from sim.measure.lapses import lapsed_by_paper
from sim.measure.metrics import measure
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.study.run.runner import Runner
from sim.study.run.worker import Metrics
from sim.words.units import DAY, format_duration
from sim.workflow.program import compile_routes

WEEKS: Final = 13
"""Weeks that an average week is made of, at least, where runs are shorter."""
MOST_RUNS: Final = 30
"""Of them, of cases that are over in hours."""


def representative_week(scenario: Scenario) -> list[str]:
    """Overrides that leave one week of a longer scenario: the first from Monday to Sunday without a
    holiday or a make-up working day.

    A scenario of a week or less, or with listed victims, stays as it is.
    """
    if not goes_on(scenario) or scenario.horizon <= 7 * DAY:
        return []
    start = datetime.combine(scenario.start.date(), datetime.min.time())
    monday = start + timedelta(days=(7 - start.weekday()) % 7 if scenario.start > start or start.weekday() else 0)
    weeks = [monday + timedelta(weeks=n) for n in range(max(1, scenario.horizon // (7 * DAY) - 1))]
    special = scenario.days_off | scenario.days_worked
    free = (week for week in weeks if not any((week + timedelta(days=d)).date() in special for d in range(7)))
    return [f"start={next(free, weeks[0]).isoformat(timespec='minutes')}", "horizon=7d"]


def frame(scenario: Scenario) -> list[str]:
    """Overrides that give another scenario the same time: two arms must meet the same week."""
    return [f"start={scenario.start.isoformat()}", f"horizon={format_duration(scenario.horizon)}"]


def goes_on(scenario: Scenario) -> bool:
    """Whether victims come at a rate: then a year has so many periods. Listed cases happen once."""
    return not any(isinstance(one, ListedArrivals) for one in scenario.victims.arrivals.values())


@dataclass(frozen=True)
class AverageWeek:
    """What some runs show of an average week."""

    desks: Sequence[Week]
    """Every desk by hour."""
    runs: Sequence[Metrics]
    """Of which it is made."""
    lapsed: Mapping[str, float]
    """Shares of the money that left after a stop had lapsed, by how the paper that would have kept it had ended, the
    largest first (see `sim.measure.lapses`); empty where none did."""


def average_week(runner: Runner, scenario: Scenario) -> AverageWeek:
    """Look at an average week of a scenario: of one run that is long enough, of several short ones.

    Give it the whole scenario, not the week that stands for it: that begins with desks that have nothing to do, and
    ends before papers and complaints come, which are half of the work of some.
    """
    runs = min(MOST_RUNS, max(1, round(WEEKS * 7 * DAY / scenario.horizon)))
    return runner.apply(partial(_looked_at, scenario, runner.seed), [range(runs)])[0]


def _looked_at(scenario: Scenario, seed: int, replications: Sequence[int]) -> Iterator[AverageWeek]:
    """The week of some runs side by side, or of as many of them as an engine gives at once."""
    runs = next(simulate_many(scenario, draw_plans(scenario, seed, replications), compile_routes(scenario)))
    measured = measure(runs)
    fen = lapsed_by_paper(runs, measured)
    lapsed = {name: fen[name] / sum(fen.values()) for name in sorted(fen, key=lambda name: -fen[name]) if fen[name]}
    yield AverageWeek(weeks_of(runs), measured.each, lapsed)
