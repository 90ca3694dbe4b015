"""One measurement in an older checkout, the first that had a compiled engine: `first_compiled.py SCENARIO DAYS`.

It is run there as a file, for that checkout has no such module: it prints what `benchmarks.city` prints here, of a city
that is planned, run in machine code and measured by the code of that day.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from typing import Any


def measured(name: str, days: int) -> dict[str, Any]:
    """Plan, run and measure a scenario once: processor seconds of it all, what came back, reports and rows."""
    load, draw_plan, simulate_many, compile_routes, machine, measure = (
        getattr(importlib.import_module(f"sim.{module}"), what)
        for module, what in (
            ("scenario.loader", "load"), ("fraud.plan", "draw_plan"), ("response.run", "simulate_many"),
            ("response.routes", "compile_routes"), ("response.compiled.machine", "machine"),
            ("measure.metrics", "measure"),
        )
    )  # fmt: skip
    scenario = load(name, [f"horizon={days}d"]).scenario
    program = compile_routes(scenario)
    machine()
    gc.collect()
    start = time.process_time()
    plan = draw_plan(scenario, 1, 0)
    (run,) = simulate_many(scenario, [plan], program, engine="compiled")
    metrics = measure(run).metrics
    return {
        "all_seconds": time.process_time() - start,
        "cases": int(metrics["reports"]),
        "recovered_share": metrics["recovered_share"],
        "rows": len(run.rows),
    }


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
