"""The rule that draws other work draws what `workflow.duties` does: the same pieces in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.engine.compiled import duties as compiled_duties
from sim.engine.compiled.duties import put_duties
from sim.engine.compiled.rules_duties import draw_duties
from sim.engine.compiled.state import State
from sim.fraud.draws import roots
from sim.fraud.plan import draw_plans
from sim.workflow.duties import AFTER_CASES, items_of
from sim.workflow.log import NONE, content
from sim.workflow.program import compile_routes
from tests.engine.test_engines import check_engines
from tests.worlds import world

RUNS = 3
profiles = st.lists(st.sampled_from([0.0, 0.25, 1.0, 7.0]), min_size=24, max_size=24).filter(any)
finer = st.lists(st.sampled_from([0.0, 1.0, 5.0]), min_size=96, max_size=96).filter(any)


@st.composite
def duties(draw: st.DrawFn) -> Mapping[str, Any]:
    """Up to three kinds of other work."""
    found = {}
    for name in "abc"[: draw(st.integers(1, 3))]:
        found[name] = {
            "team": {"desk": 1}, "time": "1m", "per_day": draw(st.sampled_from([0.5, 24.0, 500.0])),
            "by_hour": draw(profiles | finer),
        } | draw(st.sampled_from([{}, {"after_cases": True}]))  # fmt: skip
    return found


def check(written: Mapping[str, Any], hours: int, start: str, seed: int) -> None:
    """Hold what the rule draws against what the reference engine reads."""
    scenario = world(duties=written, horizon=f"{hours}h", follow_up="0h", start=start)
    program, plans, s = compile_routes(scenario), draw_plans(scenario, seed, range(RUNS)), State()
    put_duties(s, scenario, program, plans, lambda: draw_duties(s))
    items, first = items_of(scenario, roots(seed, range(RUNS))), program.first[program.duties]
    assert len(s.duty_time) == sum(len(one.at) for one in items) == s.duty_first[-1]
    for run in range(RUNS):
        mine = slice(*s.duty_first[run : run + 2])
        step, time = s.duty_step[mine], s.duty_time[mine]
        assert np.array_equal(np.lexsort((step, time)), np.arange(len(step)))  # by time, then duty
        for number, (one, duty) in enumerate(zip(items, written.values(), strict=True)):
            here, of = step == first + number, one.of == run
            assert time[here].tolist() == one.at[of].tolist()
            assert s.duty_key[mine][here].view(np.uint64).tolist() == one.key[of].tolist()
            assert s.duty_content[mine][here].tolist() == content(NONE - run, np.arange(np.count_nonzero(of))).tolist()
            assert set(s.duty_rank[mine][here].tolist()) <= {AFTER_CASES if "after_cases" in duty else 0}


@settings(deadline=None, max_examples=30)
@given(duties(), st.integers(1, 60), st.sampled_from(["2025-07-01T00:00", "2025-07-06T09:41"]), st.integers(0, 99))
@example({"a": {"team": {"desk": 1}, "time": "1m", "per_day": 3000.0}}, 5, "2025-07-01T00:30", 1)
def test_the_same_pieces_come_in(written: Mapping[str, Any], hours: int, start: str, seed: int) -> None:
    check(written, hours, start, seed)


def test_more_than_there_is_room_for_are_drawn_again(monkeypatch: Any) -> None:
    """The room is what is expected and five standard deviations; beyond it nothing is lost."""
    monkeypatch.setattr(compiled_duties, "SPREAD", -10.0)
    check({"a": {"team": {"desk": 1}, "time": "1m", "per_day": 300.0}}, 48, "2025-07-01T00:00", 1)


def test_times_that_no_rule_computes_are_drawn_for_each_kind_alone() -> None:
    """A law that rules know and one that they do not, with patience: one log on both engines."""
    gamma = {"gamma": {"mean": "9m", "shape": 2.0}}
    check_engines(
        world(
            duties={
                "a": {"team": {"desk": 1}, "time": gamma, "per_day": 200.0},
                "b": {"team": {"desk": 1}, "time": {"exponential": {"mean": "4m"}}, "per_day": 90.0,
                      "patience": {"loglogistic": {"median": "5m", "shape": 1.5}}},
            },
            horizon="3d",
        ),
        seed=1,
        replications=2,
    )  # fmt: skip
