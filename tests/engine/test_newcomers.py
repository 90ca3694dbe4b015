"""Who is new works more slowly on both engines: the same log, whoever comes, goes, is called in or works in a team."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from sim.engine.compiled import newcomers
from sim.engine.compiled.rules_newcomers import slower
from sim.engine.compiled.run import Compiled
from sim.engine.orders import Order
from sim.engine.run import simulate
from sim.fraud.draws import key_of, root
from sim.fraud.plan import draw_plans
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.newcomers import Newcomers, changes_of, rules_of
from sim.workflow.program import compile_routes
from tests.engine.test_engines import check_engines
from tests.properties.test_people import centre
from tests.properties.whole import whole
from tests.worlds import exponential, same_log, service_times, victims, work, world
from tests.worlds import route as of_route

RULE: dict[str, Any] = {"turnover": 50.0, "slower": 3.0, "for": "14d"}
DAYS = [{"from": "08:00", "to": "18:00", "staff": 2}]
"""Nobody is there at night."""
SHIFTS = [{"from": "07:00", "to": "19:00", "staff": 2}, {"from": "19:00", "to": "07:00", "staff": 1}]
OVERLAP = [*SHIFTS, {"from": "10:00", "to": "22:00", "staff": 1}]
HANDED = {"rule": "hand_over", "briefing": exponential(2 * MINUTE)}
SURGE = {"above": 1, "heads": 3, "after": exponential(20 * MINUTE), "lasts": "2h"}
BUSY: dict[str, Any] = {"victims": victims({"rate": {"per_day": 20.0}}), "horizon": "60d", "follow_up": "1d"}
DESKS: dict[str, dict[str, Any]] = {
    "one place": {"staff": 1},
    "four places": {"staff": 4},
    "nobody at night": {"shifts": DAYS},
    "overlapping shifts": {"shifts": OVERLAP},
    "hand-over": {"shifts": SHIFTS, "shift_end": HANDED},
    "hand-over where shifts overlap": {"shifts": OVERLAP, "shift_end": HANDED},
    "overtime": {"shifts": DAYS, "shift_end": {"rule": "overtime", "most": "3h"}},
    "surge": {"staff": 1, "surge": SURGE},
    "surge where shifts overlap": {"shifts": OVERLAP, "surge": SURGE},
    "skills": {"staff": 4, "skills": {"tracing": 3}},
}


def alone(desk: dict[str, Any], rule: dict[str, Any] | None = RULE) -> Scenario:
    """One desk at which people come and go."""
    skill = {"skill": "tracing"} if "skills" in desk else {}
    step = work(time=exponential(30 * MINUTE), **skill)
    return world(**BUSY, desks={"desk": desk | {"learning": rule}}, routes={"call": of_route({"work": step})})


def in_teams(learning: dict[str, Any]) -> Scenario:
    """Work of teams of three, two of them of one desk; the third works alone afterwards.

    Args:
        learning: by desk, how its people come and go.
    """
    desks: dict[str, Any] = {"desk": {"shifts": SHIFTS}, "car": {"shifts": OVERLAP}, "police": {"staff": 4}}
    team = {"team": {"police": 2, "car": 1}, "time": exponential(20 * MINUTE)}
    steps = {
        "ask": work("desk", exponential(5 * MINUTE)), "go": {"work": team, "leak": {"wait": "go", "work": "go"}},
        "again": work("car", exponential(9 * MINUTE)),
    }  # fmt: skip
    return world(**BUSY | {
        "desks": {name: one | {"learning": learning.get(name)} for name, one in desks.items()},
        "routes": {"call": of_route(steps)}, "victims": victims({"rate": {"per_day": 9.0}}),
    })  # fmt: skip


@pytest.mark.parametrize("desk", DESKS)
def test_whatever_a_desk_is_like_the_engines_agree(desk: str) -> None:
    """Replications together; most work is slower, and who is new learns, and others come, within the run."""
    check_engines(alone(DESKS[desk]), 3, 3)
    check_engines(alone(DESKS[desk]), 4, 2, decided=True)


@pytest.mark.parametrize("rule", [{"slower": 1.5}, {"slower": 1.0}, {"turnover": 0.5}, {"for": "1ms"}, {"for": "900d"}])
def test_whatever_the_rule_is_the_engines_agree(rule: dict[str, Any]) -> None:
    """Times are rounded alike where half of them end on a half; nobody may be new, or all of the time."""
    check_engines(alone({"staff": 2}, RULE | rule), 7, 3)


@pytest.mark.parametrize("new", [("police",), ("car",), ("desk", "car"), ("desk", "car", "police")])
def test_teams_with_newcomers_are_the_same(new: tuple[str, ...]) -> None:
    """Of the first desk of a team, of the second, or of both with other rules: the slowest of them counts."""
    slower = {"desk": 2.0, "car": 1.7, "police": 2.9}
    scenario = in_teams({name: RULE | {"slower": slower[name]} for name in new})
    check_engines(scenario, 5, 2)
    check_engines(scenario, 6, 2, decided=True)


@pytest.mark.parametrize("rule", ["hand_over", "overtime"])
@pytest.mark.parametrize("queue", ["fifo", "most_at_risk", "write_off"])
def test_with_every_rule_of_desks_newcomers_are_the_same(queue: str, rule: str) -> None:
    """Seats, orders, absence, skills, surges and teams at once, where shifts overlap."""
    check_engines(centre(queue, rule, overlap=True, learns=True), 8, 2, decided=True)


def test_who_is_called_in_by_order_may_be_new() -> None:
    """Places beyond the roster change hands too."""
    scenario = alone({"staff": 1})
    orders = [Order(HOUR, 0, "heads", desk="desk", heads=6), Order(2 * DAY, 1, "heads", desk="desk", heads=-2)]
    check_engines(scenario, 2, 2, given=orders)
    run = simulate(scenario, 2, orders=orders)
    assert run.rows.person.max() >= 5


def test_drawn_in_parts_places_change_hands_when_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a batch has more places than are drawn at once, each replication is as it is alone."""
    monkeypatch.setattr(newcomers, "_AT_ONCE", 8)  # of one place and nobody: four replications
    check_engines(alone({"staff": 1}), 3, 6)


def test_at_the_very_ms_the_rules_agree_who_is_new() -> None:
    """From the instant of coming until what was to be learned is learned, and not a ms longer."""
    scenario = alone({"staff": 3})
    program, plans = compile_routes(scenario), draw_plans(scenario, 5, range(3))
    compiled = Compiled(scenario, program, plain=True)
    compiled.run(plans)  # its state is then that of the last replication
    [(number, rule)] = [(number, rule) for number, rule in enumerate(rules_of(program)) if rule is not None]
    seen = Counter[float]()
    for person in (1, 2, 3):
        desk = Newcomers("desk", rule, plans[2], scenario.horizon + scenario.follow_up)
        came, _ = changes_of(key_of(root(5, 2), np.array([person])), "desk", rule, scenario.horizon)
        for at in {one + more for one in came.tolist() for more in (-1, 0, 1, rule.for_ - 1, rule.for_, rule.for_ + 1)}:
            seen[desk.factor(person, at)] += 1
            assert slower(compiled.state, number, person, at) == desk.factor(person, at)
    assert min(seen[1.0], seen[3.0]) > 10


def test_these_desks_have_newcomers_who_learn() -> None:
    """In the scenarios of these tests work is slower than without newcomers, but not all of it."""
    new, none = (simulate(alone({"staff": 4}, rule), 3) for rule in (RULE, None))
    slow, fast = service_times(new.rows), service_times(none.rows)
    times = np.array([slow[one] / fast[one] for one in slow.keys() & fast.keys()])
    assert set(np.round(times, 3)) == {1.0, 3.0}
    assert 0.5 < (times > 2).mean() < 0.95
    assert not same_log(new.rows, none.rows)


@pytest.mark.xdist_group("compiled")
def test_newcomers_in_machine_code_are_the_same() -> None:
    """As in plain Python, with the rounding of the processor."""
    pytest.importorskip("numba")
    for scenario in (alone(DESKS["hand-over"], RULE | {"slower": 1.5}), in_teams({"car": RULE}), whole(),
                     centre("most_at_risk", "hand_over", overlap=True, learns=True)):  # fmt: skip
        check_engines(scenario, 9, 3, plain=False)
        check_engines(scenario, 10, 2, plain=False, decided=True)
