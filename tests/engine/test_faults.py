"""Faults inside the model: whatever breaks down, the run ends, and the log says what waited for what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine import reference as engine
from sim.engine.run import Run, simulate
from sim.engine.tokens import Token
from sim.fraud.settle import NEVER
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR
from sim.workflow.log import BEGIN, CALLED_IN, FINISH, FREEZE, HOLD, QUEUED
from tests.engine.tokens_in_log import IN_QUEUE, Followed, follow
from tests.measure.whole import whole

START = 5 * HOUR + 17 * 60_000
"""The time of day, a Monday, at which the small town begins."""
SECTIONS: dict[str, Any] = whole().model_dump(mode="json", by_alias=True, exclude_none=True)


def broken(section: str, **changes: Any) -> Scenario:
    """The small town with every element on, and some entries of a section replaced key by key."""
    merged = {name: SECTIONS[section].get(name, {}) | change for name, change in changes.items()}
    return whole(**{section: SECTIONS[section] | merged})


def at_desk(run: Run, desk: str, kind: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Times of the rows of one kind at a desk."""
    rows = run.rows.at(run.rows.of(kind))
    return rows.time[rows.desk == [spec.name for spec in run.program.desks].index(desk)]


def sound_run(scenario: Scenario, seed: int) -> tuple[Run, Followed]:
    """A run that has ended, and its tokens: each that was started has one end, and no fen is lost or new."""
    started: list[Token] = []

    def start(*args: int) -> Token:
        started.append(Token(*args))
        return started[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Token", start)
        run = simulate(scenario, seed)
    found = follow(run)
    assert sum(found.ends.values()) == len(started)
    check_money(run)
    return run, found


def check_money(run: Run) -> None:
    """All that was paid is out or on an account that it came to, and the ledger says so case by case, to the fen."""
    t, done = run.plan.transfers, run.times <= run.end
    assert (run.times[t.parent >= 0] >= run.times[t.parent[t.parent >= 0]]).all()
    balance = np.zeros(len(run.plan.accounts), dtype=np.int64)
    np.add.at(balance, t.target[done & (t.target >= 0)], t.amount[done & (t.target >= 0)])
    np.subtract.at(balance, t.source[done & (t.parent >= 0)], t.amount[done & (t.parent >= 0)])
    paid, out = t.amount[done & (t.parent < 0)].sum(), t.amount[done & (t.target < 0)].sum()
    assert (balance >= 0).all()
    assert paid == out + balance.sum() > 0
    result = measure(run)
    assert result.loss.sum() == paid
    leaks = np.sum(list(result.leak.values()), axis=0)
    assert np.array_equal(result.loss, result.recovered + leaks + result.moving)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_where_nothing_is_broken(seed: int) -> None:
    """With all as it should be, every token has its end and every fen its place; nobody is left waiting."""
    _, found = sound_run(whole(react=seed % 2 == 0), seed)
    assert found.ends.keys() == {"outcome"}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bank_down_for_six_hours(seed: int) -> None:
    """While a bank is down it begins no order; those that come meanwhile wait, and are taken up when it is back."""
    scenario = broken("banks", b={"outages": [{"at": "6h", "lasts": "6h"}]})
    scenario = scenario.model_copy(update={"desks": whole().desks | open_all_day(scenario)})
    run, found = sound_run(scenario, seed)
    assert found.ends.keys() == {"outcome"}
    begun, joined = at_desk(run, "bank:b", BEGIN), at_desk(run, "bank:b", QUEUED)
    assert not ((begun >= 6 * HOUR) & (begun < 12 * HOUR)).any()
    meanwhile = np.count_nonzero((joined >= 6 * HOUR) & (joined < 12 * HOUR))
    assert np.count_nonzero(begun == 12 * HOUR) >= meanwhile > 0
    other = at_desk(run, "bank:a", BEGIN)
    assert ((other >= 6 * HOUR) & (other < 12 * HOUR)).any()


def open_all_day(scenario: Scenario) -> dict[str, Any]:
    """Analysts without end, so that orders reach the banks at any hour."""
    return {"analyst": scenario.desks["analyst"].model_copy(update={"staff": "unlimited", "shifts": None})}


@pytest.mark.parametrize("seed", [1, 2])
def test_all_analysts_absent(seed: int) -> None:
    """Where no analyst ever comes, no entry is begun: each waits at its desk, by name, until the run is cut off."""
    scenario = broken("desks", analyst={"absence": 1.0})
    run, found = sound_run(scenario, seed)
    assert run.end == scenario.horizon + scenario.follow_up
    assert not len(at_desk(run, "analyst", BEGIN))
    joined = len(at_desk(run, "analyst", QUEUED))
    assert found.waited_for.keys() == {("analyst", "account.entry"), ("analyst", "lead.look")}
    assert sum(found.waited_for.values()) == found.ends[IN_QUEUE] == joined > 10


def test_a_surge_of_fifty_times_the_rate() -> None:
    """With 50 times the victims the queues grow, more people are called in, all is worked off, and no fen is lost."""
    often = {"arrivals": {"rate": {"per_day": 50 * 40.0}}}
    called = {"above": 30, "heads": 3, "after": "30m", "lasts": "4h"}
    analyst = SECTIONS["desks"]["analyst"] | {"surge": called}
    flood = whole(victims=SECTIONS["victims"] | often, horizon="3h", desks=SECTIONS["desks"] | {"analyst": analyst})
    run, found = sound_run(flood, 1)
    usual = simulate(whole(horizon="3h"), 1)
    assert len(run.plan.victims) > 20 * np.count_nonzero(usual.plan.victims.bystander == 0)
    assert found.ends.keys() == {"outcome"}
    assert len(at_desk(run, "analyst", CALLED_IN)) > 2
    assert measure(run).metrics["wait.analyst"] > 10 * measure(usual).metrics["wait.analyst"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_roster_with_a_gap(seed: int) -> None:
    """Nothing is begun in a gap of the roster of six days; what waited is taken up in the first moment after it."""
    monday = [{"days": ["mon"], "from": "05:00", "to": "09:00", "staff": 2}]
    scenario = broken("desks", legal={"staff": None, "shifts": monday})
    run, found = sound_run(scenario, seed)
    assert found.ends.keys() == {"outcome"}
    begun, joined = at_desk(run, "legal", BEGIN), at_desk(run, "legal", QUEUED)
    of_week = (begun + START) % (7 * DAY)
    assert (of_week >= 5 * HOUR).all()
    assert (of_week < 9 * HOUR).all()
    open_again = 7 * DAY + 5 * HOUR - START
    in_gap = np.count_nonzero((joined >= 9 * HOUR - START) & (joined < open_again))
    assert np.count_nonzero(begun == open_again) == min(in_gap, 2) > 0
    legal = run.calendar[[spec.name for spec in run.program.desks].index("legal")]
    assert legal.at(9 * HOUR - START - 1) == 2
    assert legal.at(9 * HOUR - START) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_no_bank_can_be_asked(seed: int) -> None:
    """Where no bank can be asked none is, no account at one is held, and each order to one ends out of reach."""
    silent = {name: {**bank, "profile": None} for name, bank in SECTIONS["banks"].items()}
    run, found = sound_run(whole(banks=silent), seed)
    assert found.ends.keys() == {"outcome"}
    a, rows = run.plan.accounts, run.rows
    assert not [spec.name for spec in run.program.desks if spec.name in ("bank:a", "bank:b", "bank:c")]
    for kind in (HOLD, FREEZE):
        mine = rows.at(rows.of(kind))
        row = run.plan.account_first[mine.case] + mine.account
        assert not ((a.bank[row] >= 0) & (a.bank[row] < len(run.scenario.banks)) & (mine.account > 0)).any()
    assert measure(run).metrics["leak.out_of_reach"] > 0
    assert (run.times[run.plan.transfers.exit >= 0] < NEVER).any()


@pytest.mark.parametrize("kind", [QUEUED, BEGIN, FINISH])
def test_work_lost_or_counted_twice_is_seen(kind: int) -> None:
    """A log without one of its rows of work, or with one of them twice, is refused by what follows the tokens."""
    run = simulate(whole(), 1)
    rows = run.rows
    some, every = rows.of(kind), np.arange(len(rows))
    for row in some[:: max(1, len(some) // 5)].tolist():
        for chosen in (np.delete(every, row), np.insert(every, row, row)):
            with pytest.raises(AssertionError):
                follow(replace(run, rows=rows.at(chosen)))
