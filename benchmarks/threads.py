"""Two threads beside one: `python -m benchmarks.threads DAYS` prints one line of JSON.

Each thread runs the city in machine code, which needs no lock of Python's while it runs. Wall time counts, so two free
cores are needed; whether they are there is seen by two processes that do nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.measure import SEED
from sim.engine.compiled.machine import machine
from sim.engine.run import simulate_many
from sim.fraud.plan import draw_plans
from sim.scenario.loader import load
from sim.workflow.program import compile_routes

BURN = 1.0
"""Seconds of its own processor time that a process burns."""


def burn(_: int) -> float:
    end = time.process_time() + BURN
    while time.process_time() < end:
        pass
    return BURN


def wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cores_free() -> float:
    """How many cores two processes get that want one each."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(abs, range(8)))
        return 2 * BURN / wall(lambda: list(pool.map(burn, range(2))))


def measured(days: int) -> dict[str, Any]:
    """How many times as much two threads do as one, and how many cores were free."""
    scenario = load("city", [f"horizon={days}d"]).scenario
    program = compile_routes(scenario)
    plans = draw_plans(scenario, SEED, range(2))
    machine()

    def run(number: int) -> int:
        mine = plans.part(number, number + 1)
        return sum(len(one.rows) for one in simulate_many(scenario, mine, program, engine="compiled"))

    run(0)
    one = wall(lambda: [run(number) for number in range(2)])
    with ThreadPoolExecutor(2) as pool:
        two = wall(lambda: list(pool.map(run, range(2))))
    return {"gain": one / two, "cores": cores_free()}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
