"""One queue in a fresh process: `python -m benchmarks.queues MODEL STAFF CUSTOMERS` prints one line of JSON.

Customers come at random to a desk that is busy 80% of its time, and are served in their order. `textbook` is SimPy's
way (a process for each customer, a resource), `ciw` a library made for networks of queues, `reference` and `compiled`
a scenario of ours of one route with one step. All of them draw their customers while the clock runs.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import time
from collections.abc import Generator
from statistics import fmean
from typing import Any, Literal, get_args

import ciw
import numpy as np
import simpy

from benchmarks.clocked import Engine, clocked
from benchmarks.measure import SEED
from sim.fraud.plan import draw_plan
from sim.scenario.models import Scenario
from sim.words.units import DAY
from sim.workflow.log import BEGIN, QUEUED
from sim.workflow.program import compile_routes

Model = Literal["textbook", "ciw", "reference", "compiled"]
LOAD = 0.8
PER_DAY = 50_000
BETWEEN = DAY / PER_DAY
"""ms between two customers in the mean; the working time is as long for a load of 1."""


def textbook(staff: int, customers: int) -> tuple[float, list[float]]:
    """Processor seconds, and each customer's wait in ms."""
    chance, env, waits = random.Random(SEED), simpy.Environment(), []
    desk = simpy.Resource(env, capacity=staff)

    def customer() -> Generator[simpy.Event, Any, None]:
        came = env.now
        with desk.request() as mine:
            yield mine
            waits.append(env.now - came)
            yield env.timeout(chance.expovariate(1 / (staff * LOAD * BETWEEN)))

    def source() -> Generator[simpy.Event, Any, None]:
        for _ in range(customers):
            yield env.timeout(chance.expovariate(1 / BETWEEN))
            env.process(customer())

    gc.collect()
    start = time.process_time()
    env.process(source())
    env.run()
    return time.process_time() - start, waits


def in_ciw(staff: int, customers: int) -> tuple[float, list[float]]:
    """As `textbook`."""
    gc.collect()
    start = time.process_time()
    ciw.seed(SEED)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / BETWEEN)],
        service_distributions=[ciw.dists.Exponential(1 / (staff * LOAD * BETWEEN))],
        number_of_servers=[staff],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers)
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return time.process_time() - start, waits


def scenario(staff: int, customers: int) -> Scenario:
    """The queue as a scenario: every victim pays once, calls at once, and is done when the call is."""
    period = f"{round(customers * BETWEEN)}ms"
    return Scenario.model_validate(
        {
            "schema_version": 1, "name": "queue", "title": "One desk", "question": "How long is the wait?",
            "start": "2025-07-07T00:00", "utc_offset": "+08:00", "horizon": period, "follow_up": "60d",
            "victims": {
                "scams": {
                    "scam": {
                        "loss": "1000 yuan", "typical_payment": "1000 yuan", "most_payments": 1, "payment_gap": 0,
                        "discovery": 0, "report_lag": 0, "reports": 1.0,
                    }
                },
                "arrivals": {"all": {"per_day": float(PER_DAY)}},
            },
            "criminals": {
                "typical_transfer": "1000 yuan", "fan_out_spread": 0.0, "amount_spread": 0.0, "most_fan_out": 1,
                "exit_by_layer": [1.0], "deepest_layer": 1, "dwell_by_layer": ["1h"], "spacing": 0, "retry": "1m",
                "exits": {"cash": {"share": 1.0, "dwell": "1h"}},
            },
            "bank_profiles": {"machine": {"staff": "unlimited", "time": 0}},
            "banks": {"bank": {"share": 1.0, "profile": "machine"}},
            "desks": {"desk": {"staff": staff}},
            "on_report": "call",
            "routes": {
                "call": {
                    "subject": "case", "first": "talk",
                    "steps": {
                        "talk": {
                            "work": {
                                "team": {"desk": 1},
                                "time": {"exponential": {"mean": f"{round(staff * LOAD * BETWEEN)}ms"}},
                            },
                            "leak": {"wait": "desk", "work": "desk"},
                        },
                        "done": {"end": "done"},
                    },
                }
            },
        }
    )  # fmt: skip


def ours(staff: int, customers: int, engine: Engine) -> tuple[float, float, list[float]]:
    """As `textbook`, and the seconds without drawing the customers."""
    world = scenario(staff, customers)
    program = compile_routes(world)
    gc.collect()
    start = time.process_time()
    plan = draw_plan(world, SEED, 0)
    planned = time.process_time() - start
    found = clocked(world, plan, program, engine)
    rows = found.run.rows
    wait = np.zeros(len(plan.victims))
    wait[rows.case[rows.of(BEGIN)]] = rows.time[rows.of(BEGIN)]
    wait[rows.case[rows.of(QUEUED)]] -= rows.time[rows.of(QUEUED)]
    return planned + found.seconds, found.seconds, wait.tolist()


def expected(staff: int) -> float:
    """Mean wait in ms: A. K. Erlang, 1917."""
    offered, blocked = staff * LOAD, 1.0
    for number in range(1, staff + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - LOAD * (1 - blocked)) / (1 - LOAD) * LOAD * BETWEEN


def measured(model: Model, staff: int, customers: int) -> dict[str, Any]:
    """Run one model once: microseconds a customer, and its mean wait beside theory's."""
    if model in get_args(Engine):
        seconds, run_seconds, waits = ours(staff, customers, model)  # type: ignore[arg-type]
    else:
        seconds, waits = (textbook if model == "textbook" else in_ciw)(staff, customers)
        run_seconds = seconds
    return {
        "microseconds": 1e6 * seconds / len(waits),
        "run_microseconds": 1e6 * run_seconds / len(waits),
        "customers": len(waits),
        "wait": fmean(waits),
        "expected_wait": expected(staff),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    of, people, count = sys.argv[1:]
    if of not in get_args(Model):
        sys.exit(f"usage: python -m benchmarks.queues {'|'.join(get_args(Model))} STAFF CUSTOMERS")
    print(json.dumps(measured(of, int(people), int(count))))  # type: ignore[arg-type]
