"""The files that people brought, each as a whole: read, run, and what they asked for came out."""

from __future__ import annotations

import pytest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.scenario.loader import load
from tests.worlds import CASES

SHORT = {
    "staggered-shifts": ["horizon=1d"],
    "half-hour-calls": ["horizon=1d"],
    "makeup-days": ["horizon=1d", "follow_up=2d"],
    "own-city": ["horizon=1d", "follow_up=2d"],
}


@pytest.mark.parametrize("name", SHORT)
def test_a_file_that_was_brought_runs(name: str) -> None:
    """A day of it runs to its end, and its losses are accounted for."""
    metrics = measure(simulate(load(CASES / f"{name}.yaml", SHORT[name]).scenario)).metrics
    assert metrics["loss"] > 0
    leaks = sum(value for key, value in metrics.items() if key.startswith("leak."))
    left = metrics["still_moving"] + metrics["held_elsewhere"]
    assert metrics["loss"] == pytest.approx(metrics["recovered"] + leaks + left, abs=0.001)
