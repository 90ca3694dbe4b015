"""Little's law, read off the log."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.workflow.log import BEGIN, CANCELLED, QUEUED, RENEGED
from tests.worlds import city, moments, rows_of, stays


@pytest.mark.parametrize("staff", [(1, 1, 1), (2, 2, 1), (2, 3, 2)])
@pytest.mark.parametrize("seed", [1, 2])
def test_mean_queue_length_is_arrival_rate_times_mean_wait(staff: Any, seed: int) -> None:
    """On a run that starts and ends empty, mean queue length = arrival rate x mean wait exactly, at every desk."""
    run = simulate(city(staff=staff, follow_up="20d"), seed)
    rows, end = run.rows, run.end
    metrics = measure(run).metrics
    assert metrics["cases_censored"] == 0
    queue_of = dict(zip(stays(rows, QUEUED), (row[6] for row in rows_of(rows, QUEUED)), strict=True))
    joined, begun = moments(rows, QUEUED), moments(rows, BEGIN)
    gone = moments(rows, RENEGED)
    for stay, row in zip(stays(rows, CANCELLED), rows_of(rows, CANCELLED), strict=True):
        if row[6] >= 0:  # it left a queue
            gone[stay] = row[0]
    assert joined.keys() == begun.keys() | gone.keys()
    assert not begun.keys() & gone.keys()
    busy = 0
    for number, desk in enumerate(run.program.desks):
        mine = [stay for stay in joined if queue_of[stay] == number]
        changes = [(joined[stay], 1) for stay in mine]
        changes += [(left[stay], -1) for left in (begun, gone) for stay in left if queue_of[stay] == number]
        area = length = last = 0
        for time, change in sorted(changes, key=lambda change: (change[0], -change[1])):
            area += length * (time - last)
            last = time
            length += change
            assert length >= 0
        assert length == 0
        if mine:
            busy += 1
            waited = sum((begun | gone)[stay] - joined[stay] for stay in mine)
            mean_length = Fraction(area, end)
            assert mean_length == Fraction(len(mine), end) * Fraction(waited, len(mine))
            assert metrics[f"queue_length.{desk.name}"] == pytest.approx(float(mean_length), rel=1e-9, abs=1e-12)
            served = [begun[stay] - joined[stay] for stay in mine if stay in begun]
            assert metrics[f"wait.{desk.name}"] == pytest.approx(sum(served) / len(served) / 1000)
    assert busy >= 4
