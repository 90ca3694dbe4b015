"""Two engines, one run: the rules on columns write the log of the reference engine, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.engine.compiled.program import why_not
from sim.engine.compiled.ready import is_compiled
from sim.engine.compiled.run import Compiled
from sim.engine.orders import Order
from sim.engine.run import Runs, simulate, simulate_decided, simulate_many
from sim.fraud.plan import draw_plan, draw_plans
from sim.measure.metrics import measure
from sim.scenario.errors import EngineError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.golden.plays import random_orders, shortened
from tests.properties.orders import check_same
from tests.properties.test_people import CENTRES, centre
from tests.properties.whole import WHOLE
from tests.worlds import city

SEEDS = st.integers(0, 2**40)
CITIES = st.builds(
    city, staff=st.sampled_from([(2, 2, 1), (1, 1, 1), "unlimited"]), react=st.booleans(),
    queue=st.sampled_from(["fifo", "largest_first", "freshest_first", "most_at_risk"]),
)  # fmt: skip


def check_engines(
    scenario: Scenario,
    seed: int,
    replications: int = 1,
    *,
    plain: bool = True,
    decided: bool = False,
    given: Sequence[Order] = (),
) -> None:
    """Replications of a scenario, run and measured together on columns and singly on SimPy, are the same.

    Args:
        decided: with random orders of all actions, others in each, and with seats at two desks.
        given: orders in all of them; none where they are decided at random.
    """
    program = compile_routes(scenario)
    assert why_not(program, scenario) is None
    plans = draw_plans(scenario, seed, range(replications))
    orders = [list(given) for _ in plans]
    deadlines: dict[str, int] = {}
    if decided:
        random = Random(seed)
        orders = [
            with_ends(random, random_orders(random, scenario, plan, program, most=80)) if len(plan.victims) else []
            for plan in plans
        ]
        desks = random.sample([desk.name for desk in program.desks], min(2, len(program.desks)))
        deadlines = {desk: random.choice([1, MINUTE, 20 * MINUTE, 3 * HOUR]) for desk in desks}
    ran = Compiled(scenario, program, plain=plain).run(plans, orders, deadlines)
    together = Runs(scenario, program, plans, ran.rows, ran.row_first, ran.times, ran.ends, ran.calendars)
    metrics = measure(together).each
    for replication, run in enumerate(together):
        mine = orders[replication]
        alone = simulate(scenario, seed, replication, program=program, orders=mine, deadlines=deadlines)
        check_same(alone, run)
        assert to_the_bit(measure(alone).metrics) == to_the_bit(metrics[replication])


def to_the_bit(metrics: Mapping[str, float]) -> dict[str, str]:
    """Metrics that can be compared: what has no meaning equals itself."""
    return {name: repr(value) for name, value in metrics.items()}


def with_ends(random: Random, orders: list[Order]) -> list[Order]:
    """The same, and orders that end some of those for heads: before their time, or when they are over."""
    ends = []
    for one in orders:
        if one.action == "heads" and random.random() < 0.7:
            after = random.choice([0, one.lasts // 2, 20 * MINUTE])
            left = max(0, one.lasts - after) if one.lasts else 0
            ends.append(replace(one, at=one.at + after, number=1000 + one.number, action="end_heads", lasts=left))
    return [*orders, *ends]


@settings(max_examples=some(12))
@given(scenario=WHOLE, seed=SEEDS)
def test_with_every_element_on_or_off_the_engines_agree(scenario: Scenario, seed: int) -> None:
    """Random small cities with elements switched on and off."""
    check_engines(scenario, seed)


@settings(max_examples=some(10))
@given(scenario=CENTRES, seed=SEEDS)
def test_with_every_rule_of_desks_the_engines_agree(scenario: Scenario, seed: int) -> None:
    """Hand-over, overtime, surges, write-offs, other agencies and outages."""
    check_engines(scenario, seed)


@settings(max_examples=some(8))
@given(scenario=CITIES, seed=SEEDS)
def test_with_every_kind_of_step_the_engines_agree(scenario: Scenario, seed: int) -> None:
    """People who give up, teams, joins with limits, cancelled work and holds that end."""
    check_engines(scenario, seed)


@settings(max_examples=some(10))
@given(scenario=st.one_of(WHOLE, CENTRES, CITIES), seed=SEEDS)
@example(centre("fifo", "hand_over"), 99569)  # from a policy that is asked again to one that is asked once
def test_whatever_is_decided_the_engines_agree(scenario: Scenario, seed: int) -> None:
    """Stops, tasks taken and written off, heads, policies and deadlines of desks: orders of all actions."""
    check_engines(scenario, seed, 2, decided=True)


@pytest.mark.long
@settings(max_examples=300, derandomize=False)
@given(scenario=st.one_of(WHOLE, CENTRES, CITIES), seed=SEEDS, decided=st.booleans())
def test_the_engines_agree_on_new_scenarios_each_time(scenario: Scenario, seed: int, decided: bool) -> None:
    """The long form: on each run of the tests others."""
    check_engines(scenario, seed, 2, decided=decided)


@pytest.mark.parametrize("name", ["wuhan-35min", "city", "korea-2015"])
def test_replications_run_together_are_those_run_singly(name: str) -> None:
    """Draws made for several replications at once are the same to the bit."""
    check_engines(shortened(name), 3, 4)


@pytest.mark.xdist_group("compiled")
@pytest.mark.parametrize("name", ["wuhan-35min", "city", "s06-pooled-agencies", "korea-2025-calls"])
def test_machine_code_agrees(name: str) -> None:
    """The rules compiled by Numba write the same log (the first time on a machine this compiles them)."""
    pytest.importorskip("numba")
    check_engines(shortened(name), 2, 2, plain=False)
    check_engines(shortened(name), 2, 2, plain=False, decided=True)
    assert is_compiled()


def test_one_case_decided_in_several_ways_is_each_run_alone() -> None:
    """Runs of one replication with other orders each, together; a case that is not there is refused as it is alone."""
    scenario = load("wuhan-35min").scenario
    program, plan = compile_routes(scenario), draw_plan(scenario, 5, 3)
    ways = [random_orders(Random(number), scenario, plan, program) for number in range(3)]
    together = [run for runs in simulate_decided(scenario, plan, program, ways) for run in runs]
    for run, way in zip(together, ways, strict=True):
        check_same(simulate(scenario, 5, 3, program=program, orders=way), run)
    for bad in ([Order(0, 0, "take", 999, desk="analyst")], [Order(-1, 0, "stop", 0)], [Order(0, 0, "stop", 0)] * 2):
        with pytest.raises(ValueError, match=r"no case 999|the run is past -1 ms|order number 0 at 0 ms is taken"):
            Compiled(scenario, program, plain=True).run(draw_plans(scenario, 5, [3]), [bad])


def test_a_policy_in_python_runs_on_the_reference_engine() -> None:
    """Where the compiled engine is asked for and cannot, it says why; by itself the other one is taken."""
    scenario = load("stop-first").scenario
    program = compile_routes(scenario)
    plans = draw_plans(scenario, 1, [0])
    with pytest.raises(EngineError, match="the queue policy of analyst is a function in Python"):
        next(simulate_many(scenario, plans, program, engine="compiled"))
    [[run]] = simulate_many(scenario, plans, program)
    check_same(run, simulate(scenario, plan=plans[0], program=program))
