"""How cases go through a scenario's routes: a few runs, counted step by step."""

from __future__ import annotations

from sim.engine.run import simulate_many
from sim.fraud.plan import draw_plans
from sim.measure.metrics import measure
from sim.measure.passage import Passage, passage_of
from sim.scenario.models import Scenario
from sim.workflow.program import compile_routes


def passage(scenario: Scenario, *, replications: int = 1, seed: int = 1) -> Passage:
    """Run a scenario and count how often each step is reached, how long it takes, and what leaks there.

    Args:
        scenario: a week of a city says much; a year takes as long as a run of a year.
        replications: runs with different luck, numbered from 0.
        seed: names the luck.
    """
    program, found = compile_routes(scenario), None
    for runs in simulate_many(scenario, draw_plans(scenario, seed, range(replications)), program):
        measured = measure(runs)
        part = passage_of(runs, measured.leaks, measured.fate.amount)
        found = part if found is None else found.and_(part)
    assert found is not None  # at least one run
    return found
