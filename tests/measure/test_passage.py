"""How cases go through routes: what is counted of a run, against the log and the ledger of causes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.run import simulate_many
from sim.fraud.plan import draw_plans
from sim.measure.metrics import measure
from sim.measure.passage import Passage, passage_of
from sim.scenario.loader import load
from sim.study.ask.passage import passage
from sim.workflow.log import NONE, OUTCOME, QUEUED
from sim.workflow.program import AWAIT, WAIT, WORK, compile_routes

SCENARIO = load("china", ["follow_up=20d"]).scenario


@pytest.fixture(scope="module")
def both() -> tuple[Passage, object, object]:
    """Two runs side by side, counted and measured."""
    program = compile_routes(SCENARIO)
    runs = next(iter(simulate_many(SCENARIO, draw_plans(SCENARIO, 1, range(2)), program)))
    measured = measure(runs)
    return passage_of(runs, measured.leaks, measured.fate.amount), runs, measured


def test_steps_of_work_are_reached_as_often_as_the_log_says(both: tuple) -> None:
    """Each time a token queues it came there once; each end is reached as often as a token ended there."""
    found, runs, _ = both
    rows = runs.of_cases
    for step, kind in enumerate(found.program.kind):
        mine = rows.step == step
        if kind == WORK:
            assert found.reached[step] == np.count_nonzero(mine & (rows.kind == QUEUED))
        elif found.program.outcome[step]:
            assert found.reached[step] == np.count_nonzero(mine & (rows.kind == OUTCOME))
    assert found.reached.sum() > 1000


def test_what_comes_to_a_step_came_by_its_arrows_and_goes_on_by_them(both: tuple) -> None:
    """Counts are those of a flow: into a step as often as it is reached, out of it never more often."""
    found, _, _ = both
    into, out = np.zeros(len(found.reached), dtype=int), np.zeros(len(found.reached), dtype=int)
    for (before, step), count in found.taken.items():
        into[step] += count
        if before != NONE:
            out[before] += count
    assert into.tolist() == found.reached.tolist()
    assert (out <= found.reached).all()
    no_time = [step for step, kind in enumerate(found.program.kind) if kind not in (WORK, WAIT, AWAIT)]
    passed = [step for step in no_time if not found.program.outcome[step]]
    assert out[passed].tolist() == found.reached[passed].tolist()  # nothing stays where no time passes


def test_what_leaks_at_steps_is_what_their_causes_booked(both: tuple) -> None:
    """Fen by step, added up over the steps of a cause, are at most the cause's, and nearly all of it."""
    found, _, measured = both
    leaks, program = measured.leaks, found.program
    by_cause = dict.fromkeys(leaks.causes, 0)
    for transfer, step, cause in zip(leaks.transfer, leaks.step, leaks.cause, strict=True):
        if step != NONE:
            assert leaks.causes[cause] in (program.leak_wait[step], program.leak_work[step], program.outcome[step])
            by_cause[leaks.causes[cause]] += int(measured.fate.amount[transfer])
    assert sum(by_cause.values()) == found.leaked.sum() > 0
    assert by_cause["bank"] == int(measured.leak["bank"].sum())


def test_parts_added_up_are_the_whole() -> None:
    """Two runs, one by one, count what they count together."""
    whole = passage(SCENARIO, replications=2)
    parts = [passage_part(replication) for replication in (0, 1)]
    added = parts[0].and_(parts[1])
    assert added.runs == whole.runs == 2
    assert (added.reached == whole.reached).all()
    assert added.taken == whole.taken
    assert (added.leaked == whole.leaked).all()
    assert {step: sorted(times.tolist()) for step, times in added.waited.items()} == {
        step: sorted(times.tolist()) for step, times in whole.waited.items()
    }


def passage_part(replication: int) -> Passage:
    """One replication, counted."""
    program = compile_routes(SCENARIO)
    runs = next(iter(simulate_many(SCENARIO, draw_plans(SCENARIO, 1, [replication]), program)))
    measured = measure(runs)
    return passage_of(runs, measured.leaks, measured.fate.amount)
