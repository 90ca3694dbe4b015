"""`python -m benchmarks.engines [--before CHECKOUT] [--rounds N]`: the two engines, and an older version, side by side.

Each measurement is a fresh process that reports the processor time of its work; rounds are interleaved, so that a slow
spell of the machine hits all. With `--before` the same work is done with the code of another checkout of this project
(`git worktree add --detach ../before COMMIT`).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

HERE = Path(__file__).parent.parent
RUNS: Final = {
    "city, 30 days, one run": ("city", "30d", 1),
    "city, a year, one run": ("city", "365d", 1),
    "wuhan-35min, 1,000 runs": ("wuhan-35min", "", 1000),
}
"""Work on plans that are there: (scenario, horizon, runs)."""
COMMANDS: Final = {
    "run wuhan-35min --replications 200": ("run", "wuhan-35min", "--replications", "200", "--jobs", "1"),
    "run wuhan-35min --replications 1000": ("run", "wuhan-35min", "--replications", "1000", "--jobs", "1"),
    "run city --set horizon=28d --replications 4": (
        "run", "city", "--set", "horizon=28d", "--replications", "4", "--jobs", "1",
    ),
}  # fmt: skip
WORK = """
import json, sys, time
from sim.fraud.plan import draw_plans
from sim.workflow.program import compile_routes
from sim.engine.run import simulate
from sim.scenario.loader import load
name, horizon, runs, engine = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
scenario = load(name, [f"horizon={horizon}"] if horizon else []).scenario
program = compile_routes(scenario)
plans = draw_plans(scenario, 1, range(runs))
one_by_one = list(plans)
if engine == "compiled":
    from sim.engine.run import simulate_many
    next(simulate_many(scenario, plans.part(0, 1), program, engine="compiled"))
began = time.process_time()
if engine == "compiled":
    for together in simulate_many(scenario, plans, program, engine="compiled"):
        pass
else:
    for plan in one_by_one:
        run = simulate(scenario, plan=plan, program=program)
print(json.dumps(time.process_time() - began))
"""


def of_runs(checkout: Path, work: tuple[str, str, int], engine: str, files: Path | None) -> float:
    """Seconds of processor time that runs on plans take, without start-up and without the plans."""
    name, horizon, runs = work
    name = _file(name, files)
    done = subprocess.run(
        [sys.executable, "-c", WORK, name, horizon, str(runs), engine], cwd=checkout, env=_environment(checkout),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout))


def of_command(checkout: Path, command: tuple[str, ...], engine: str, files: Path | None) -> float:
    """Seconds of processor time of a whole command, start-up included."""
    chosen = ("--engine", engine) if engine else ()
    words = (command[0], _file(command[1], files), *command[2:])
    before = _children()
    subprocess.run(
        [sys.executable, "-m", "sim", *chosen, *words], cwd=checkout, env=_environment(checkout),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return _children() - before


def _file(name: str, files: Path | None) -> str:
    return name if files is None else str(files.resolve() / f"{name}.yaml")


def _environment(checkout: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(checkout)}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print medians of interleaved rounds, in seconds of processor time, and how they compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of an older version")
    parser.add_argument("--files", type=Path, help="a folder with the older version's scenarios in today's form")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="only work whose name has this in it")
    arguments = parser.parse_args()
    sides = [("reference", HERE), ("compiled", HERE)]
    if arguments.before:
        sides.insert(0, ("before", arguments.before.resolve()))
    print(
        f"{'processor time, s (median)':45}" + "".join(f"{name:>12}" for name, _ in sides) + "   compiled is faster by"
    )
    for title in (one for one in (*RUNS, *COMMANDS) if arguments.only in one):
        times: dict[str, list[float]] = {name: [] for name, _ in sides}
        for _ in range(arguments.rounds):
            for name, checkout in sides:
                engine = "reference" if name == "before" else name
                files = arguments.files if name != "before" else None
                if title in RUNS:
                    times[name].append(of_runs(checkout, RUNS[title], engine, files))
                else:
                    chosen = "" if name == "before" else engine
                    times[name].append(of_command(checkout, COMMANDS[title], chosen, files))
        medians = {name: median(values) for name, values in times.items()}
        faster = ", ".join(f"{medians[name] / medians['compiled']:.1f}" for name in medians if name != "compiled")
        print(f"{title:45}" + "".join(f"{value:12.2f}" for value in medians.values()) + f"   {faster}", flush=True)


if __name__ == "__main__":
    main()
