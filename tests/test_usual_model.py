"""The engine against the same model written the usual way (a process for everything, an event for every transfer), and
against the same in C."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from benchmarks.flat import compiler, flat
from benchmarks.measure import ours, usual
from benchmarks.workload import Load, scenario
from sim.fraud.plan import draw_plan
from sim.workflow.program import compile_routes


@pytest.mark.parametrize("load", get_args(Load))
@pytest.mark.parametrize("seed", [1, 2])
def test_both_models_stop_the_same_accounts_at_the_same_ms_and_keep_the_same_fen(load: Load, seed: int) -> None:
    """Events for every transfer and `settle` are the same physics; our desks serve as SimPy's resources do."""
    world = scenario(load, 6)
    plan, program = draw_plan(world, seed, 0), compile_routes(world)
    _, stops, exited, recovered = ours(world, plan, program)
    _, usual_stops, usual_exited, usual_recovered = usual(world, plan, program)
    assert len(stops) > 1000
    assert np.array_equal(stops[np.argsort(stops[:, 0])], usual_stops[np.argsort(usual_stops[:, 0])])
    assert (exited, recovered) == (usual_exited, usual_recovered)
    assert exited + recovered == plan.victims.loss.sum()


@pytest.mark.parametrize("load", get_args(Load))
def test_the_limit_in_c_does_the_same_work(load: Load) -> None:
    """What C is timed at stops the same accounts at the same ms; without a compiler it says that there is none."""
    world = scenario(load, 6)
    plan, program = draw_plan(world, 3, 0), compile_routes(world)
    in_c = flat(world, plan, program)
    assert (in_c is None) == (compiler() is None)
    if in_c is not None:
        _, stops, exited, recovered = ours(world, plan, program)
        _, c_stops, c_exited, c_recovered = in_c
        assert np.array_equal(stops[np.argsort(stops[:, 0])], c_stops[np.argsort(c_stops[:, 0])])
        assert (exited, recovered) == (c_exited, c_recovered)
