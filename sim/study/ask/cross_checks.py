"""The model against other programs: both engines on one log, and a queue beside a library made for queues."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import fields, replace
from math import exp, hypot, log

import numpy as np

from sim.engine.run import simulate_many
from sim.fraud.plan import draw_plans
from sim.scenario.law_parameters import Z90
from sim.scenario.loader import load
from sim.study.ask.theory import BETWEEN, Check, batch_mean, desk, milliseconds, waits
from sim.words.language import key
from sim.workflow.log import Rows
from sim.workflow.program import compile_routes

_PEOPLE, _LOAD, _SPREAD = 2, 0.7, 0.8
_CUSTOMERS = 80_000


def cross_checks() -> list[Check]:
    """Those for which the other program is installed: Numba for the compiled engine, Ciw for the queue."""
    return [
        *(_engines() if importlib.util.find_spec("numba") else ()),
        *(_ciw() if importlib.util.find_spec("ciw") else ()),
    ]


def _engines() -> Iterator[Check]:
    scenario = load("china").scenario
    program, plans = compile_routes(scenario), draw_plans(scenario, 1, [0])
    logs = [next(iter(simulate_many(scenario, plans, program, engine=one))).rows for one in ("reference", "compiled")]
    title = key("rows of the log in which the compiled engine differs from the reference, in `china`")
    yield Check(title, 0.0, float(_apart(*logs)), 0.0)


def _apart(one: Rows, other: Rows) -> int:
    """Rows that differ, or by which one log is longer; a value that differs is a row."""
    found = 0
    for field in fields(Rows):
        first, second = getattr(one, field.name), getattr(other, field.name)
        both = min(len(first), len(second))
        found = max(found, abs(len(first) - len(second)) + int((first[:both] != second[:both]).sum()))
    return found


def _ciw() -> Iterator[Check]:
    """Two people, lognormal work, load 0.7, for which there is no formula: mean wait in service times."""
    import ciw

    service = _PEOPLE * _LOAD * BETWEEN
    median = service * exp(-(_SPREAD**2) / 2)
    law = {"lognormal": {"median": milliseconds(median), "p90": milliseconds(median * exp(_SPREAD * Z90))}}
    title = key("mean wait, 2 people, lognormal work, load 0.7 (the same queue in Ciw), in service times")
    ours = batch_mean(title, waits(desk(_PEOPLE, law)) / service, 0.0)
    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / BETWEEN)],
        service_distributions=[ciw.dists.Lognormal(log(median), _SPREAD)],
        number_of_servers=[_PEOPLE],
    )
    queue = ciw.Simulation(network)
    queue.simulate_until_max_customers(_CUSTOMERS)
    records = sorted(queue.get_all_records(), key=lambda record: record.arrival_date)
    theirs = batch_mean(title, np.array([record.waiting_time for record in records]) / service, 0.0)
    yield replace(ours, theory=theirs.model, half=hypot(ours.half, theirs.half))
