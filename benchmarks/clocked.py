"""One run on the engine asked for, with what it cost: all of it, and the part that is spent in machine code."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import Literal

from sim.engine.compiled import run as compiled
from sim.engine.compiled.machine import Entry, machine
from sim.engine.run import Run, simulate_many
from sim.fraud.plan import Plan, plans_of
from sim.scenario.models import Scenario
from sim.workflow.program import Program

Engine = Literal["reference", "compiled"]


@dataclass
class Clocked:
    """A run, and its processor seconds; plan, its indexes and machine code were there before the clock started."""

    run: Run
    seconds: float
    loop_seconds: float
    """In machine code alone: without filling the columns, drawing the working times and handing over the log."""


def clocked(scenario: Scenario, plan: Plan, program: Program, engine: Engine) -> Clocked:
    """Run a plan once."""
    in_loop = [0.0]
    if engine == "compiled":
        entries = machine()
        entered = tuple(_clocking(entry, in_loop) for entry in entries)
        compiled.machine = lambda: entered
        _ = plan.outgoing, plan.same_card
    else:
        _ = plan.forest
    gc.collect()
    start = time.process_time()
    (together,) = simulate_many(scenario, plans_of(plan), program, engine=engine)
    spent = time.process_time() - start
    (run,) = together
    return Clocked(run, spent, in_loop[0])


def _clocking(entry: Entry, total: list[float]) -> Entry:
    """The same rule, whose time is added up."""

    def called(address: int) -> int:
        start = time.process_time()
        code = entry(address)
        total[0] += time.process_time() - start
        return code

    return called
