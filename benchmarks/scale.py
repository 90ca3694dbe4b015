"""`python -m benchmarks.scale`: what two processes, of a pool or of a Dask cluster, gain over one.

Two free cores are needed for the figures to mean anything. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from statistics import median

from sim.scenario.loader import load
from sim.study.run.backends import Backend, Pool
from sim.study.run.cluster import Cluster
from sim.study.run.runner import Arm, Runner

LEAST_SPEEDUP = 1.6
"""A pool of two, in one process."""
MOST_OVER_POOL = 1.2
"""A Dask cluster of two, in pools of two, for tasks of a second."""


def busy(seconds: float) -> Iterator[int]:
    """A task that keeps a processor busy for some seconds of its own time, however slow the machine is."""
    end = time.process_time() + seconds
    rounds = 0
    while time.process_time() < end:
        rounds += 1
    yield rounds


def runs_per_second(jobs: int, replications: int) -> float:
    """How many replications of the Wuhan case a second; the workers are there before the clock starts."""
    arm = Arm("wuhan", load("wuhan-35min").scenario)
    with Runner(jobs=jobs) as runner:
        runner.run([arm], 2 * jobs)
        start = time.perf_counter()
        runner.run([arm], replications)
        return replications / (time.perf_counter() - start)


def seconds_for(backend: Backend, tasks: int) -> float:
    """How long a number of tasks of a second take on workers that are there."""
    for _ in backend.map(busy, [0.01] * 8):
        pass
    start = time.perf_counter()
    for _ in backend.map(busy, [1.0] * tasks):
        pass
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument("--replications", type=int, default=400, help="runs of the Wuhan case (default 400)")
    parser.add_argument("--tasks", type=int, default=20, help="tasks of a second (default 20)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind (default 3)")
    args = parser.parse_args()
    from distributed import LocalCluster

    rates: dict[int, list[float]] = {1: [], 2: []}
    times: dict[str, list[float]] = {"pool": [], "dask": []}
    pool = Pool(2)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        cluster = Cluster(local.scheduler_address)
        for _ in range(args.rounds):
            for jobs, found in rates.items():
                found.append(runs_per_second(jobs, args.replications))
            times["pool"].append(seconds_for(pool, args.tasks))
            times["dask"].append(seconds_for(cluster, args.tasks))
        cluster.close()
    pool.close()
    speedup = median(two / one for one, two in zip(rates[1], rates[2], strict=True))
    over = median(dask / two for two, dask in zip(times["pool"], times["dask"], strict=True))
    print(f"one process, runs a second: {median(rates[1]):.1f}; a pool of two: {median(rates[2]):.1f}")
    print(f"  pool of two / one process (target at least {LEAST_SPEEDUP}): {speedup:.2f}")
    print(
        f"{args.tasks} tasks of a second, seconds: pool {median(times['pool']):.1f}, Dask {median(times['dask']):.1f}"
    )
    print(f"  Dask / pool (target {MOST_OVER_POOL} at most): {over:.2f}")
    missed = []
    if speedup < LEAST_SPEEDUP:
        missed.append(f"a pool of two does {speedup:.2f} times the runs of one process, target {LEAST_SPEEDUP}")
    if over > MOST_OVER_POOL:
        missed.append(f"Dask takes {over:.2f} times as long as the pool, target {MOST_OVER_POOL}")
    for one in missed:
        print(f"MISSED: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
