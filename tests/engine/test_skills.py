"""Skills: who can do what at a desk, by hand and for random work."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.orders import Order
from sim.engine.run import Run, simulate
from sim.words.units import MINUTE
from sim.workflow.log import BEGIN, FINISH, QUEUED
from tests.examples import some
from tests.worlds import exponential, listed, route, rows_of, victims, work, world

GOLD = {"gold": 1}


def mixed(skills: dict[str, int] | None, staff: Any, *times: int, gold: tuple[int, ...] = ()) -> Run:
    """Cases in minutes, each an hour of work; those in `gold` need the skill (they are started by orders)."""
    step = work(time="1h", skill="gold") if skills else work(time="1h")
    routes = {"none": route({"pause": {"wait": {"for": 0}, "leak": {"wait": "pause"}}}),
              "plain": route({"plain": work(time="1h")}), "gold": route({"gold": step})}  # fmt: skip
    desk = {"staff": staff, **({"skills": skills} if skills else {})}
    scenario = world(
        victims=listed(*(time * MINUTE for time in times)), on_report="none", routes=routes, desks={"desk": desk}
    )
    orders = [Order(time * MINUTE, row, "start", row, route="gold" if row in gold else "plain")
              for row, time in enumerate(times)]  # fmt: skip
    return simulate(scenario, orders=orders)


def begun(run: Run) -> dict[int, tuple[int, int]]:
    """By case: (minute, person) at which its work began."""
    return {row[2]: (row[0] // MINUTE, row[7]) for row in rows_of(run.rows, BEGIN)}


def test_the_skilled_are_kept_free_for_what_only_they_can_do() -> None:
    """Ordinary work goes to the highest number, so that person 1, who has the skill, is free when it is needed."""
    assert begun(mixed(GOLD, 3, 0, 1, 2, gold=(2,))) == {0: (0, 3), 1: (1, 2), 2: (2, 1)}
    assert begun(mixed(None, 3, 0, 1, 2)) == {0: (0, 1), 1: (1, 2), 2: (2, 3)}


def test_work_that_waits_for_a_skill_blocks_nobody() -> None:
    """Person 1 is busy: the second piece for the skill waits, and ordinary work behind it is begun."""
    assert begun(mixed(GOLD, 2, 0, 1, 2, gold=(0, 1))) == {0: (0, 1), 2: (2, 2), 1: (60, 1)}


def test_of_the_skilled_the_least_skilled_works() -> None:
    """Who has a rare skill has the others too, and is spared by work for a commoner one."""
    steps = {"work": work(time="1h", skill="common")}
    desk = {"staff": 3, "skills": {"rare": 1, "common": 2}}
    scenario = world(victims=listed(0, 1, 2), routes={"call": route(steps)}, desks={"desk": desk})
    assert [(row[2], row[0], row[7]) for row in rows_of(simulate(scenario).rows, BEGIN)] == [
        (0, 0, 2), (1, 1, 1), (2, 60 * MINUTE, 2),
    ]  # fmt: skip


@settings(max_examples=some(40))
@given(
    staff=st.integers(1, 4), some=st.integers(1, 4), seed=st.integers(0, 2**40), p=st.floats(0.1, 0.9),
    policy=st.sampled_from(["fifo", "freshest_first", "most_at_risk"]),
)  # fmt: skip
def test_work_is_done_by_who_can_and_nobody_who_can_is_idle(
    staff: int, some: int, seed: int, p: float, policy: str
) -> None:
    """At no instant does work wait for which someone free has the skill; skilled work is done by the skilled."""
    some = min(some, staff)
    steps = {
        "pick": {"choose": [{"p": p, "to": "gold"}, {"else": "plain"}]},
        "gold": work(time=exponential(20 * MINUTE), skill="gold", to="done"),
        "plain": work(time=exponential(20 * MINUTE)),
        "done": {"end": "done"},
    }
    scenario = world(
        victims=victims({"rate": {"per_day": 60.0 * staff}}), routes={"call": route(steps)},
        desks={"desk": {"staff": staff, "skills": {"gold": some}, "queue": policy}},
    )  # fmt: skip
    run = simulate(scenario, seed)
    rows, gold = run.rows, run.program.names.index("call.gold")
    waiting, busy = {True: 0, False: 0}, set[int]()
    for seq in range(len(rows)):
        kind, skilled, person = int(rows.kind[seq]), int(rows.step[seq]) == gold, int(rows.person[seq])
        waiting[skilled] += {QUEUED: 1, BEGIN: -1}.get(kind, 0)
        if kind == BEGIN:
            assert person not in busy
            assert person <= (some if skilled else staff)
            busy.add(person)
        elif kind == FINISH:
            busy.remove(person)
        if seq + 1 == len(rows) or rows.time[seq + 1] > rows.time[seq]:
            free = set(range(1, staff + 1)) - busy
            assert not (free and waiting[False])
            assert not (waiting[True] and any(one <= some for one in free))
    assert not any(waiting.values())
