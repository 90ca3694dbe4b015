"""Many runs: their number, their order and their luck."""

from __future__ import annotations

from math import isnan
from typing import Any

import pytest

from sim.engine.choice import ENGINE
from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.study.ask.experiment import replicate, run_arms, same_fraud
from sim.study.ask.latency import with_latency
from sim.words.units import MINUTE
from tests.properties.elements import ELEMENTS, with_elements
from tests.worlds import city


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two runs have the same metrics; NaN equals NaN."""
    return one.keys() == other.keys() and all(
        value == other[name] or (isnan(value) and isnan(other[name])) for name, value in one.items()
    )


def test_replication_r_is_the_single_run_r(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a study measures of its replication r is what a single run with that seed and number measures."""
    monkeypatch.setenv(ENGINE, "reference")  # machine code is done before it could say how far it is
    scenario = city()
    told: list[tuple[float, int]] = []
    runs = replicate(scenario, 4, seed=9, progress=lambda done, total: told.append((done, total)))
    assert len(runs) == 4
    assert all(same(one, measure(simulate(scenario, 9, r)).metrics) for r, one in enumerate(runs))
    assert not same(runs[0], runs[1])
    assert [one for one in told if one[0] == int(one[0])] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert told == sorted(told)
    assert len(told) > 40  # a long run says how far it is


@pytest.mark.parametrize("fraud_differs", [False, True])
def test_an_arm_does_not_touch_the_next(fraud_differs: bool) -> None:
    """Each arm of a study has the metrics that it has alone, whether the arms share their plans or not."""
    other = {"horizon": "10h"} if fraud_differs else {"staff": (4, 4, 4)}
    arms = [city(), city(**other), city(latency={"analyst": {"factor": 3.0}})]
    results = run_arms(arms, 3, seed=2)
    for number, arm in enumerate(arms):
        assert all(same(one[number], alone) for one, alone in zip(results, replicate(arm, 3, seed=2), strict=True))


def test_a_latency_comes_on_top_of_the_scenarios_own() -> None:
    """A stage that a scenario slows down itself is scaled in whole and then prolonged."""
    own = city(latency={"analyst": {"factor": 3.0, "add": "10m"}})
    changed = with_latency(own, "analyst", 0.5, 7 * MINUTE).latency["analyst"]
    assert (changed.factor, changed.add) == (1.5, 12 * MINUTE)
    assert own.latency["analyst"].factor == 3
    with pytest.raises(ValueError, match="no stage is named 'analist'; known: all, "):
        with_latency(own, "analist", 1.0)


def changed(model: Any, path: str, value: Any) -> Any:
    """A copy of a model with the value at a dotted path replaced."""
    head, _, rest = path.partition(".")
    inner = model[head] if isinstance(model, dict) else getattr(model, head)
    new = changed(inner, rest, value) if rest else value
    if isinstance(model, Scenario):  # a copy would keep what was computed from the old values
        return Scenario.model_construct(**{name: getattr(model, name) for name in Scenario.model_fields} | {head: new})
    return model | {head: new} if isinstance(model, dict) else model.model_copy(update={head: new})


FULL = with_elements(ELEMENTS)
DRAWN = {
    "victims.scams.scam.rails.machine": 0.1,
    "victims.channels.call.share": 0.5, "victims.districts.east.share": 0.5,
    "victims.rails.machine.delay": FULL.criminals.retry, "victims.rails.machine.profile": None,
    "victims.ages.old": 0.2, "criminals.night.factor": 2.0,
    "criminals.exits.cash.pending.share": 0.1, "criminals.exits.cash.pending": None, "criminals.reuse.pool": 7,
    "criminals.innocent": None, "criminals.places.town": 0.5, "banks.a.customers": 0.2, "banks.a.share": 0.2,
    "banks.a.profile": None, "banks.a.monitoring.false_per_day": 1.0, "banks.a.monitoring.ages": ["young"],
    "prevention.warnings.false_per_day": 1.0, "prevention.leads.by_hour": [1.0] * 24,
    "start": FULL.start.replace(hour=6),
}  # fmt: skip
NOT_DRAWN = {
    "victims.rails.wire.fails": 0.1,
    "victims.districts.east.travel": FULL.criminals.retry, "criminals.exits.cash.pending.reach": "machine",
    "banks.a.monitoring.detects": 0.1, "banks.a.monitoring.least": 7, "prevention.warnings.share": 0.1,
    "prevention.leads.after": FULL.criminals.retry, "start": FULL.start.replace(day=14), "title": "Another",
}  # fmt: skip


@pytest.mark.parametrize("path", DRAWN)
def test_arms_with_another_fraud_share_no_plan(path: str) -> None:
    """Whatever the plan or the ceiling depends on makes another fraud."""
    other: Scenario = changed(FULL, path, DRAWN[path])
    assert not same_fraud([FULL, other])


@pytest.mark.parametrize("path", NOT_DRAWN)
def test_arms_that_differ_in_the_response_share_a_plan(path: str) -> None:
    """What neither the plan nor the ceiling reads makes no other fraud."""
    other: Scenario = changed(FULL, path, NOT_DRAWN[path])
    assert same_fraud([FULL, other])
