"""One measurement of a scenario in a fresh process: `python -m benchmarks.city SCENARIO DAYS [SETTING ...]`.

It prints one line of JSON. Unlike `benchmarks.measure` it clocks everything that a user waits for: the plan is drawn,
the run made, its numbers measured. The clock is the process's own processor time.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from typing import Any

from benchmarks.measure import SEED, tasks_of
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.response.run import simulate
from sim.scenario.loader import load
from sim.scenario.models import Scenario


def measured(scenario: Scenario) -> dict[str, Any]:
    """Plan, run and measure a scenario once: processor seconds of each, what was done, and the peak memory in MB."""
    gc.collect()
    clock = [time.process_time()]
    plan = draw_plan(scenario, SEED, 0)
    _ = plan.columns
    clock.append(time.process_time())
    run = simulate(scenario, plan=plan)
    clock.append(time.process_time())
    metrics = measure(run).metrics
    clock.append(time.process_time())
    return {
        "plan_seconds": clock[1] - clock[0],
        "seconds": clock[2] - clock[1],
        "measure_seconds": clock[3] - clock[2],
        "all_seconds": clock[3] - clock[0],
        "cases": int(metrics["reports"]),
        "tasks": tasks_of(run),
        "rows": len(run.rows),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    name, days, *settings = sys.argv[1:]
    print(json.dumps(measured(load(name, [f"horizon={int(days)}d", *settings]).scenario)))
