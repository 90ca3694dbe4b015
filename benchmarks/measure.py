"""One measurement in a fresh process: `python -m benchmarks.measure MODEL LOAD DAYS` prints one line of JSON.

All models get the same plan; it is drawn, and turned into lists or columns, before the clock starts. Our engines draw
their working times while the clock runs, the others have been given them. The clock is the process's own processor
time, so other work on the machine disturbs it little.
"""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import sys
import time
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.clocked import Clocked, Engine, clocked
from benchmarks.flat import flat
from benchmarks.usual_model import UsualModel, drawn
from benchmarks.workload import Load, scenario
from sim.engine.run import Run
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.words.units import HOUR
from sim.workflow.log import BEGIN, FINISH, HOLD, QUEUED
from sim.workflow.program import Program, compile_routes

Model = Literal["reference", "compiled", "usual", "flat"]
Ints = NDArray[np.int64]
SEED = 1


def ours(
    scenario: Scenario, plan: Plan, program: Program, engine: Engine = "reference"
) -> tuple[Clocked, Ints, int, int]:
    """What a run cost, stops as rows (account, ms), fen that left, and fen that are still on accounts."""
    found = clocked(scenario, plan, program, engine)
    run = found.run
    holds = run.rows.of(HOLD)
    account = plan.account_first[run.rows.case[holds]] + run.rows.account[holds]
    stops = np.stack([account, run.rows.time[holds]], axis=1)
    money, happened = plan.transfers, run.times < NEVER
    exited = money.amount[happened & (money.target < 0)].sum()
    credited = money.amount[happened & (money.target >= 0)].sum()
    debited = money.amount[happened & (money.parent >= 0)].sum()
    return found, stops, int(exited), int(credited - debited)


def usual(scenario: Scenario, plan: Plan, program: Program) -> tuple[float, Ints, int, int]:
    """Processor seconds, stops as rows (account, ms), fen that left, and fen that are still on accounts."""
    workload = drawn(scenario, plan, program)
    gc.collect()
    start = time.process_time()
    model = UsualModel(scenario, workload, program)
    model.run()
    seconds = time.process_time() - start
    return seconds, np.array(model.stops, dtype=np.int64).reshape(-1, 2), model.exited, model.recovered


def tasks_of(run: Run) -> int:
    """Finished pieces of work; those of a team count once."""
    rows = run.rows
    return len(np.unique(rows.key[rows.of(FINISH)]))


def load_of(run: Run, desk: str) -> dict[str, Any]:
    """How busy a desk was: share of rostered time at work, mean wait, mean queue by hour of the day."""
    number = [spec.name for spec in run.program.desks].index(desk)
    rows = run.rows
    mine = (rows.desk == number) & np.isin(rows.kind, (QUEUED, BEGIN, FINISH))
    time, kind = rows.time[mine], rows.kind[mine]
    hours = run.scenario.horizon // HOUR
    roster = run.program.desks[number].roster
    heads = roster.staff if isinstance(roster.staff, int) else 0
    rostered = heads * run.scenario.horizon
    for shift in roster.shifts or []:
        rostered += sum(end - start for start, end in shift.spans()) * shift.staff * hours // 168
    queue = np.cumsum(np.select([kind == QUEUED, kind == BEGIN], [1, -1], 0))
    last = np.searchsorted(time, np.arange(1, hours + 1) * HOUR)
    by_hour = np.concatenate([[0], queue])[last]
    of_day = [float(by_hour[h::24].mean()) for h in range(24)]
    return {
        "utilisation": float((time[kind == FINISH].sum() - time[kind == BEGIN].sum()) / rostered),
        "wait_minutes": float(
            (time[kind == BEGIN].sum() - time[kind == QUEUED].sum()) / (kind == QUEUED).sum() / 60_000
        ),
        "queue_low": min(of_day),
        "queue_high": max(of_day),
        "queue_high_hour": int(np.argmax(of_day)) + 1,
        "queue_max": int(queue.max()),
    }


def measure(model: Model, load: Load, days: int) -> dict[str, Any]:
    """Run one model once and say what it cost and what came out; `absent` where there is no C compiler."""
    world = scenario(load, days)
    program = compile_routes(world)
    plan = draw_plan(world, SEED, 0)
    more: dict[str, Any] = {}
    if model == "usual":
        seconds, stops, exited, recovered = usual(world, plan, program)
    elif model == "flat":
        in_c = flat(world, plan, program)
        if in_c is None:
            return {"absent": "no C compiler"}
        seconds, stops, exited, recovered = in_c
    else:
        found, stops, exited, recovered = ours(world, plan, program, model)
        seconds = found.seconds
        more = {
            "loop_seconds": found.loop_seconds, "desk": load_of(found.run, "analyst"), "tasks": tasks_of(found.run)
        }  # fmt: skip
    stops = stops[np.lexsort((stops[:, 1], stops[:, 0]))]
    return {
        "seconds": seconds,
        "cases": len(plan.victims),
        "accounts": len(plan.accounts) - len(plan.victims),
        "stops": len(stops),
        "digest": hashlib.sha256(stops.tobytes()).hexdigest()[:16],
        "stolen": int(plan.victims.loss.sum()),
        "exited": exited,
        "recovered": recovered,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **more,
    }


if __name__ == "__main__":
    of, at, length = sys.argv[1:]
    if of not in get_args(Model) or at not in get_args(Load):
        sys.exit(f"usage: python -m benchmarks.measure {'|'.join(get_args(Model))} {'|'.join(get_args(Load))} DAYS")
    print(json.dumps(measure(cast(Model, of), cast(Load, at), int(length))))
