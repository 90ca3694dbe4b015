"""Desks as queues: long runs of one desk cut into batches, and the intervals that judge them.

Every run meets `PER_DAY` victims a day in a Poisson process, and its first tenth is the warm-up. They are made by the
compiled engine, whose logs are those of the other (`tests/engine/test_engines.py`), some twenty times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from sim.engine.run import Run, simulate_many
from sim.fraud.plan import draw_plans
from sim.workflow.log import QUEUED
from sim.workflow.program import compile_routes
from tests.worlds import ms, route, victims, world

Floats = NDArray[np.float64]

PER_DAY = 50_000.0
BETWEEN = 86_400_000 / PER_DAY
"""ms between two arrivals in the mean"""
REPLICATION = 180_000
"""Victims in one replication, about; the first tenth is the warm-up."""
LEAST_BATCHES = 40
CONFIDENCE = 0.99
"""Of all intervals of a family together (Bonferroni)."""


def desk_runs(staff: int, step: dict[str, object], victims_wanted: int, **more: object) -> Iterator[tuple[Run, int]]:
    """Runs of one desk, and into how many batches each is to be cut for at least `LEAST_BATCHES` in all.

    Args:
        staff: people at the desk.
        step: the work step at which everybody arrives.
        victims_wanted: in all runs together, the warm-up not counted.
        more: further steps of the route, by name.
    """
    replications = -(-victims_wanted // REPLICATION)
    each = victims_wanted / replications / 0.9
    scenario = world(
        horizon=ms(each * BETWEEN),
        victims=victims({"rate": {"per_day": PER_DAY}}),
        desks={"desk": {"staff": staff}},
        routes={"call": route({"work": step, **more})},
    )
    program = compile_routes(scenario)
    for replication in range(replications):
        plans = draw_plans(scenario, 1, [replication])
        [[run]] = simulate_many(scenario, plans, program, engine="compiled")
        yield run, -(-LEAST_BATCHES // replications)


def until(run: Run, kind: int) -> Floats:
    """By victim in the order of arrival: ms from joining the queue to the row of this kind; NaN where it has none."""
    rows = run.rows
    joined, left = rows.of(QUEUED), rows.of(kind)
    wait = np.full(len(run.plan.victims), np.nan)
    wait[rows.case[left]] = rows.time[left]
    wait[rows.case[joined]] -= rows.time[joined]
    return wait[rows.case[joined]]  # rows are joined in the order of arrival


def batches(values: Floats, number: int) -> list[Floats]:
    """Values in the order of arrival without the first tenth, cut into consecutive batches."""
    return np.array_split(values[len(values) // 10 :], number)


def check_mean(means: Floats, expected: float, intervals: int, widest: float, what: str) -> str:
    """Check a number against theory by the means of its batches.

    Args:
        means: of the batches.
        expected: what theory says.
        intervals: in the whole family; all of them hold together with probability `CONFIDENCE`.
        widest: allowed half-width as a share of the expected value.
        what: the name of the number.

    Returns:
        What was found, in words.
    """
    quantile = student.ppf(1 - (1 - CONFIDENCE) / intervals / 2, len(means) - 1)
    half = float(quantile * means.std(ddof=1) / np.sqrt(len(means)))
    mean = float(means.mean())
    assert half <= widest * expected, f"{what}: half-width {half / expected:.1%} of the expected value"
    said = f"{what}: {mean:.6g} +- {half:.2g}, theory says {expected:.6g}"
    assert abs(mean - expected) <= half, said
    return said


def people(number: int) -> str:
    """``1 person``, ``2 people``."""
    return "1 person" if number == 1 else f"{number} people"
