"""The work of a batch that is no case: its rates put down for the rule that draws all pieces of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine.compiled.state import State
from sim.fraud.arrivals import BANDS, MOST_IN_CELL, POISSON_1
from sim.fraud.draws import keys_named, roots
from sim.fraud.plan import Plans
from sim.scenario.models import Scenario
from sim.words.units import HOUR
from sim.workflow.duties import rank_of, rates_of
from sim.workflow.program import Program

_COLUMNS = "duty_time", "duty_step", "duty_content", "duty_rank", "duty_key"
"""Of a piece."""
SPREAD = 5.0
"""Standard deviations of their number for which there is room at first, beyond what is expected."""


def put_duties(s: State, scenario: Scenario, program: Program, plans: Plans, draw: Callable[[], int]) -> None:
    """Put all pieces of work that is no case of some replications into the state, each replication's by time.

    Args:
        draw: the rule that draws them and says how many they are (`draw_duties`).
    """
    duties, rates = scenario.duties or {}, rates_of(scenario)
    most = [rate.max(axis=1) for rate in rates]
    s.n_runs, s.n_duties, s.n_hours = len(plans), len(duties), max(map(len, rates), default=0)
    s.band_bits = BANDS  # a number that follows from another file is not compiled in
    s.duty_into, s.duties_until = scenario.week_offset % HOUR, scenario.duties_until
    s.duty_step_first = program.first[program.duties] if duties else 0
    sizes = [rate.size for rate in rates]
    for name, column in (
        ("duty_parts", [rate.shape[1] for rate in rates]), ("duty_rates_first", np.cumsum([0, *sizes])[:-1]),
        ("rank_of_duty", [rank_of(duty) for duty in duties.values()]), ("duty_pieces", np.zeros(len(duties))),
        ("duty_first", np.zeros(len(plans) + 1)), ("duty_most", np.concatenate([[], *most])),
        ("duty_rates", np.concatenate([[], *(rate.ravel() for rate in rates)])), ("in_cell", POISSON_1),
    ):  # fmt: skip
        s.put(name, column)
    owners = [keys_named(roots(plans.seed, plans.replications), f"duty:{name}") for name in duties]
    s.put("duty_owner", np.array(owners, dtype=np.uint64).reshape(len(duties), len(plans)).T.ravel().view(np.int64))
    for name in ("hour_at", "hour_key", "hour_duty"):
        s.room(name, MOST_IN_CELL * sum(int(np.ceil(one.max(initial=0))) for one in most))
    expected = len(plans) * sum(rate.sum() / rate.shape[1] for rate in rates)
    needed = max(0, int(expected + SPREAD * np.sqrt(expected))) + 1
    while True:
        s.duty_room = needed
        for name in _COLUMNS:
            s.room(name, needed)
        needed = draw()
        if needed <= s.duty_room:
            break
    for name in _COLUMNS:
        s.put(name, getattr(s, name)[:needed])
