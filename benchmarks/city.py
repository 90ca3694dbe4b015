"""One measurement of a scenario in a fresh process: `python -m benchmarks.city ENGINE SCENARIO DAYS [SETTING ...]`.

It prints one line of JSON. Unlike `benchmarks.measure` it clocks everything that a user waits for: the plan is drawn,
the run made, its numbers measured. The clock is the process's own processor time.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from typing import Any, cast, get_args

from benchmarks.clocked import Engine, clocked
from benchmarks.measure import SEED, tasks_of
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.workflow.program import compile_routes


def measured(scenario: Scenario, engine: Engine) -> dict[str, Any]:
    """Plan, run and measure a scenario once: processor seconds of each, what was done, and the peak memory in MB."""
    program = compile_routes(scenario)
    gc.collect()
    start = time.process_time()
    plan = draw_plan(scenario, SEED, 0)
    planned = time.process_time() - start
    found = clocked(scenario, plan, program, engine)
    start = time.process_time()
    metrics = measure(found.run).metrics
    told = time.process_time() - start
    return {
        "plan_seconds": planned,
        "seconds": found.seconds,
        "loop_seconds": found.loop_seconds,
        "measure_seconds": told,
        "all_seconds": planned + found.seconds + told,
        "cases": int(metrics["reports"]),
        "recovered_share": metrics["recovered_share"],
        "accounts": len(plan.accounts) - len(plan.victims),
        "tasks": tasks_of(found.run),
        "rows": len(found.run.rows),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    engine, name, days, *settings = sys.argv[1:]
    if engine not in get_args(Engine):
        sys.exit(f"usage: python -m benchmarks.city {'|'.join(get_args(Engine))} SCENARIO DAYS [SETTING ...]")
    print(json.dumps(measured(load(name, [f"horizon={int(days)}d", *settings]).scenario, cast(Engine, engine))))
