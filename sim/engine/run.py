"""One run: the plan, one log, and the settled transfers, with the configuration that made them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import __version__
from sim.engine.choice import ENGINE, ENGINES
from sim.engine.compiled.program import why_not
from sim.engine.compiled.ready import UNCOMPILED, pace
from sim.engine.compiled.run import Compiled, TooSmallError
from sim.engine.orders import Order
from sim.engine.reference import Engine
from sim.fraud.plan import Plan, Plans, draw_plan, draw_plans, plans_of
from sim.scenario.errors import EngineError
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.words.phrases import phrase
from sim.workflow.calendar import Calendar
from sim.workflow.log import CASE_SHIFT, Rows, named
from sim.workflow.program import Program, compile_routes


@dataclass(frozen=True)
class Run:
    """What a run keeps. Every number, picture and export is computed from these."""

    scenario: Scenario
    program: Program
    plan: Plan
    rows: Rows
    times: NDArray[np.int64]
    """ms at which each transfer of the plan happened; NEVER where it did not."""
    end: int
    """ms of the end of the follow-up."""
    calendar: Calendar
    """Who was rostered when."""

    @property
    def header(self) -> dict[str, Any]:
        """What identifies the run: scenario, seed, replication, version, and a digest of the scenario's content."""
        return {
            "scenario": self.scenario.name,
            "digest": digest(self.scenario),
            "seed": self.plan.seed,
            "replication": self.plan.replication,
            "version": __version__,
            "start": self.scenario.when(0).isoformat(),
        }

    def named_log(self) -> dict[str, list[Any]]:
        """The log with names, ids and ISO times, column by column."""
        columns = named(
            self.rows, list(self.program.names), [desk.name for desk in self.program.desks], self.plan.victims.id
        )
        when = [self.scenario.when(t).isoformat(timespec="milliseconds") for t in columns["time_ms"]]
        return {"seq": columns["seq"], "time_ms": columns["time_ms"], "time": when, **columns}


@dataclass(frozen=True)
class Runs:
    """Replications of one scenario side by side: all cases, accounts and transfers are numbered through."""

    scenario: Scenario
    program: Program
    plans: Plans
    rows: Rows
    """The log of all, one after the other (see `log.Packed`)."""
    row_first: NDArray[np.int64]
    """By replication: its first row, and the number of rows at the end."""
    times: NDArray[np.int64]
    """By transfer, as in `Run`."""
    ends: NDArray[np.int64]
    """By replication, as in `Run`."""
    calendars: Sequence[Calendar]
    """By replication."""

    def __len__(self) -> int:
        return len(self.plans)

    def __iter__(self) -> Iterator[Run]:
        """Each run alone."""
        for number, plan in enumerate(self.plans):
            first, last = self.row_first[number : number + 2].tolist()
            transfers = slice(*self.plans.transfer_first[number : number + 2])
            rows = self.rows.of_run(first, last, number, int(self.plans.case_first[number]))
            yield Run(
                self.scenario, self.program, plan, rows, self.times[transfers], int(self.ends[number]),
                self.calendars[number],
            )  # fmt: skip

    @property
    def plan(self) -> Plan:
        """Of all replications."""
        return self.plans.whole

    @cached_property
    def of_cases(self) -> Rows:
        """The rows of the log that are about cases: not about staff, nor about work that is no case."""
        return self.rows.at(np.flatnonzero(self.rows.key >= 1 << CASE_SHIFT))

    @property
    def end_by_case(self) -> NDArray[np.int64]:
        """By case: ms of the end of its run."""
        return self.ends[self.plans.of_case]

    @property
    def end_by_transfer(self) -> NDArray[np.int64]:
        """By transfer: ms of the end of its run."""
        return self.ends[self.plans.of_transfer]


def runs_of(run: Run | Runs) -> Runs:
    """One run as several."""
    if isinstance(run, Runs):
        return run
    return Runs(
        run.scenario, run.program, plans_of(run.plan), run.rows, np.array([0, len(run.rows)]), run.times,
        np.array([run.end], dtype=np.int64), [run.calendar],
    )  # fmt: skip


def digest(scenario: Scenario) -> str:
    """Twelve hex digits of the content of a scenario; of a user's policy or table what it says, not where it lies."""
    text = scenario.model_dump_json()
    for queue in sorted({desk.queue for desk in scenario.desks.values() if ".py:" in desk.queue}):
        file, _, function = queue.rpartition(":")
        text = text.replace(json.dumps(queue), json.dumps(f"{Path(file).read_text(encoding='utf-8')}:{function}"))
    for source in scenario.victims.arrivals.values():
        if isinstance(source, ListedArrivals) and source.file is not None:
            content = hashlib.sha256(Path(source.file).read_bytes()).hexdigest()
            text = text.replace(json.dumps(source.file, ensure_ascii=False), json.dumps(content))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def result_of(engine: Engine) -> Run:
    """The run of an engine so far (its end is the last event where it has not finished)."""
    return Run(
        scenario=engine.scenario,
        program=engine.program,
        plan=engine.plan,
        rows=engine.log.columns(),
        times=np.array(engine.world.times, dtype=np.int64),
        end=engine.now if engine.end is None else engine.end,
        calendar=engine.calendar,
    )


def simulate_many(
    scenario: Scenario,
    plans: Plans,
    program: Program,
    *,
    orders: Sequence[Iterable[Order]] = (),
    engine: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Runs]:
    """Simulate replications of a scenario, so many together as the engine can, each told as soon as it is done.

    They are the same on every engine.

    Args:
        plans: of the replications, drawn before.
        orders: decisions from outside, by replication; none for none in any.
        engine: one of ENGINES; None: as the environment says.
        progress: as in `simulate`.

    Raises:
        EngineError: the compiled engine was asked for and cannot run the scenario.
        ValueError: an order names what is not there.
    """
    place, engine = 0, engine or os.environ.get(ENGINE, ENGINES[0])
    reason = why_not(program, scenario) if engine != "reference" else ""
    if engine == "compiled" and reason is None and importlib.util.find_spec("numba") is None:
        reason = phrase("Numba is not installed (pip install 'fundfreeze[fast]')")
    if engine == "compiled" and reason is not None:
        raise EngineError(phrase("--engine compiled: {reason}; accepted: reference, or auto", reason=reason))
    while place < len(plans):
        accounts = int(plans.account_first[-1] - plans.account_first[place])
        if reason is None and (engine == "compiled" or pace.go_over(accounts)):
            try:
                left = plans.part(place, len(plans))
                ran = Compiled(scenario, program, plain=UNCOMPILED).run(left, orders[place:])
                yield Runs(scenario, program, left, ran.rows, ran.row_first, ran.times, ran.ends, ran.calendars)
                return
            except TooSmallError:
                reason = phrase("too small")
        began = time.process_time()
        given = orders[place] if orders else ()
        run = simulate(scenario, plan=plans[place], program=program, orders=given, progress=progress)
        pace.one_done(time.process_time() - began)
        place += 1
        yield runs_of(run)


def simulate_decided(
    scenario: Scenario,
    plan: Plan,
    program: Program,
    orders: Sequence[Iterable[Order]],
    dwells: Sequence[NDArray[np.int64]] = (),
) -> Iterator[Runs]:
    """Simulate one replication again and again, each time with other decisions from outside, some of them together.

    Args:
        plan: of the replication; it is drawn again, once, for those that run together.
        orders: by run.
        dwells: by run: the column `dwell` of the plan's transfers; none where money rests as in the plan.

    Raises:
        ValueError: an order names what is not there.
    """
    together = how_many_together(len(plan.accounts))
    for first in range(0, len(orders), together):
        some, others = orders[first : first + together], dwells[first : first + together]
        plans = _side_by_side(scenario, plan, len(some))
        if others:
            transfers = replace(plans.whole.transfers, dwell=np.concatenate(others))
            plans = replace(plans, whole=replace(plans.whole, transfers=transfers))
        yield from simulate_many(scenario, plans, program, orders=some)


_drawn_last: list[tuple[Scenario, Plan, Plans]] = []
"""What was drawn side by side last: a review asks for the same plan as often as it asks whether it was luck."""


def _side_by_side(scenario: Scenario, plan: Plan, many: int) -> Plans:
    """A plan so many times in one."""
    for of, one, plans in tuple(_drawn_last):
        if of is scenario and one is plan and len(plans) == many:
            return plans
    plans = draw_plans(scenario, plan.seed, [plan.replication] * many)
    _drawn_last[:] = [(scenario, plan, plans)]  # one of them: the plans of rooms live as long as the rooms
    return plans


def how_many_together(accounts: int) -> int:
    """Runs to simulate together whose plans have so many accounts each."""
    return min(max(1, _ACCOUNTS // max(1, accounts)), _TOGETHER)


_ACCOUNTS, _TOGETHER = 50_000, 128
"""Accounts of all runs that are simulated together, and how many runs these are, at most: more only take memory."""


def simulate_each(
    scenario: Scenario, seed: int, replications: Sequence[int], *, engine: str | None = None
) -> Iterator[Run]:
    """Simulate replications of a scenario as `simulate_many` does, each told alone."""
    for runs in simulate_many(
        scenario, draw_plans(scenario, seed, replications), compile_routes(scenario), engine=engine
    ):
        yield from runs


def simulate_one(scenario: Scenario, seed: int, replication: int) -> Run:
    """One replication of a scenario, on the engine that suits it; `simulate` is the one to read."""
    return next(simulate_each(scenario, seed, [replication]))


def simulate(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    *,
    plan: Plan | None = None,
    program: Program | None = None,
    orders: Iterable[Order] = (),
    deadlines: Mapping[str, int] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Run:
    """Simulate one replication of a scenario.

    Args:
        scenario: what to simulate.
        seed, replication: they name the luck; the same three give the same run.
        plan: drawn before by `draw_plan` for the same fraud, seed and replication (to share between what-ifs).
        program: compiled before by `compile_routes` from the same scenario.
        orders: decisions from outside.
        deadlines: by desk, ms that somebody from outside has to decide what is next there.
        progress: told the share of the run that is over, now and then; it does not change the run.
    """
    engine = Engine(
        scenario,
        draw_plan(scenario, seed, replication) if plan is None else plan,
        compile_routes(scenario) if program is None else program,
        orders,
        deadlines,
    )
    engine.run(progress)
    return result_of(engine)
