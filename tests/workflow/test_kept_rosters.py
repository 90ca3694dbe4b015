"""Rosters of late are kept for other runs: whoever asks for other people, other dates or other luck gets their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.fraud.draws import roots
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR
from sim.workflow import calendar
from sim.workflow.calendar import calendars_of
from sim.workflow.hours import Dates
from sim.workflow.program import compile_routes
from sim.workflow.rosters import Roster, shared_by_all
from tests.worlds import world

SHIFTS = [
    {"from": "08:00", "to": "18:00", "staff": 6, "days": ["mon", "tue", "wed", "thu", "fri"]},
    {"from": "10:00", "to": "14:00", "staff": 2, "days": ["sat", "sun", "holiday"]},
]
DESK: dict[str, Any] = {"shifts": SHIFTS, "absence": 0.3}
OTHERS: dict[str, dict[str, Any]] = {
    "another day": {"start": "2025-07-08T00:00:00"},
    "another hour": {"start": "2025-07-07T05:00:00"},
    "a longer period": {"horizon": "30d"},
    "a longer follow-up": {"follow_up": "9d"},
    "a holiday": {"holidays": ["2025-07-09"]},
    "a day that is worked": {"workdays": ["2025-07-12"]},
    "more people": {"desks": {"desk": DESK | {"shifts": [SHIFTS[0] | {"staff": 9}, SHIFTS[1]]}}},
    "more absence": {"desks": {"desk": DESK | {"absence": 0.5}}},
    "nobody absent": {"desks": {"desk": {"shifts": SHIFTS}}},
}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    calendar._late.clear()
    yield
    calendar._late.clear()


def of(**sections: Any) -> Scenario:
    return world(**{"desks": {"desk": DESK}, "horizon": "20d", "follow_up": "1d"} | sections)


def kept(scenario: Scenario, seed: int = 1, replications: range = range(3)) -> list[Roster]:
    """As runs are given them."""
    return [one[0] for one in calendars_of(compile_routes(scenario), scenario, seed, replications)]


def made(scenario: Scenario, seed: int = 1, replications: range = range(3)) -> list[Roster]:
    """Made anew."""
    shared = shared_by_all(compile_routes(scenario).desks[0], Dates.of(scenario))
    return [shared] * len(replications) if isinstance(shared, Roster) else shared.rosters(roots(seed, replications))


def heads(rosters: list[Roster]) -> np.ndarray[Any, Any]:
    """Heads on duty, by roster and half hour."""
    return np.array([one.levels_at(np.arange(0, 20 * DAY, HOUR // 2)).sum(axis=0) for one in rosters])


@pytest.mark.parametrize("other", OTHERS)
def test_another_scenario_has_its_own(other: str) -> None:
    """Asked for after the first, and the first again after it."""
    first, second = of(), of(**OTHERS[other])
    before = heads(kept(first))
    assert np.array_equal(heads(kept(second)), heads(made(second)))
    assert np.array_equal(heads(kept(first)), before)
    if other not in ("a longer period", "a longer follow-up"):
        assert not np.array_equal(heads(kept(second)), before)


def test_other_luck_is_other_absence_and_the_same_is_made_once() -> None:
    """Of many replications only those of late are kept."""
    scenario = of()
    program = compile_routes(scenario)
    first = calendars_of(program, scenario, 1, range(3))
    again = calendars_of(compile_routes(scenario), of(), 1, range(3))
    assert [one[0] for one in first] == [one[0] for one in again]
    for seed in range(2, 12):
        assert np.array_equal(heads(kept(scenario, seed)), heads(made(scenario, seed)))
    assert not np.array_equal(heads(kept(scenario, 2)), heads(kept(scenario, 1)))
    assert np.array_equal(heads(kept(scenario, 1)), heads([one[0] for one in first]))


def test_names_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads file after file keeps so many desks at most."""
    monkeypatch.setattr(calendar, "_NAMES", 5)
    for number in range(20):
        name = f"desk-{number}"
        work = {"work": {"team": {name: 1}, "time": "1m"}, "leak": {"wait": "wait", "work": "work"}}
        steps = {"work": work, "done": {"end": "done"}}
        routes = {"call": {"subject": "case", "first": "work", "steps": steps}}
        kept(world(desks={name: DESK}, routes=routes))
        assert len(calendar._late) <= 5
