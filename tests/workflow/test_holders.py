"""Money that rests with no bank: who can be asked for it, and what that is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.measure.ceiling import ceiling_of
from sim.measure.metrics import measure
from sim.report.findings.case import gather
from sim.scenario.models import Scenario
from sim.words.units import DAY
from sim.workflow.program import NONE, compile_routes
from tests.worlds import branching, case, ceiling, city, exponential, stop_everything, victims, world

PROFILES = {
    "machine": {"staff": "unlimited", "time": "5m"},
    "wallets": {"staff": "unlimited", "time": "2m", "queue": "freshest_first"},
}

NEAR = {"near": {"share": 1.0, "profile": "machine"}}


def resting(reach: str | None = "wallets", atm: str | None = "machine", **sections: Any) -> Scenario:
    """Victims who pay by phone and at machines, and money that leaves by a way with a rest or by one without."""
    pending = {"share": 0.6, "dwell": exponential(3_600_000), "reach": reach} if reach else None
    robbed = victims(
        {"rate": {"per_day": 40.0}},
        loss={"lognormal": {"median": "1k yuan", "p90": "6k yuan"}}, most_payments=4, rails={"machine": 0.4},
        discovery=exponential(1_200_000),
    )  # fmt: skip
    return world(
        **{
            "victims": robbed | {"rails": {"machine": {"delay": "24h", "profile": atm}}},
            "criminals": branching(
                exits={
                    "cash": {"share": 0.5, "dwell": "20m"},
                    "coin": {"share": 0.5, "dwell": "15m", "pending": pending},
                }
            ),
            "banks": {"near": {"share": 0.7, "profile": "machine"}, "far": {"share": 0.3}},
            "bank_profiles": PROFILES,
            "desks": {"desk": {"staff": "unlimited"}},
            "routes": stop_everything("9m"),
        }
        | sections
    )


def test_holders_that_can_be_asked_have_desks_behind_those_of_the_banks() -> None:
    """Desks stand in the order of the holders: roles, banks, exits, machines; who has no profile has no desk."""
    program = compile_routes(resting())
    assert [desk.name for desk in program.desks] == ["desk", "bank:near", "exit:coin", "rail:machine"]
    assert list(program.bank_desk) == [1, NONE, NONE, 2, 3]
    assert [NONE if p == NONE else list(PROFILES)[p] for p in program.bank_profile] == [
        "machine", NONE, NONE, "wallets", "machine",
    ]  # fmt: skip
    assert program.desks[2].policy == "freshest_first"
    beyond = compile_routes(resting(reach="field", atm=None))
    assert [desk.name for desk in beyond.desks] == ["desk", "bank:near"]
    assert list(beyond.bank_desk) == [1, NONE, NONE, NONE, NONE]


def test_without_resting_money_the_desks_are_those_of_roles_and_banks() -> None:
    """Exits and machines that hold nothing add no desk."""
    names = [desk.name for desk in compile_routes(city()).desks]
    assert names == ["intake", "analyst", "police", "car", "bank:quick", "bank:slow"]


@pytest.mark.parametrize("replication", range(10))
def test_an_instant_response_also_gets_what_rests(replication: int) -> None:
    """With latency 0 every case gets its ceiling to the fen, resting money included."""
    scenario = resting(latency={"all": {"factor": 0.0}}, banks=NEAR)
    plan = draw_plan(scenario, 7, replication)
    result = measure(simulate(scenario, 7, replication, plan=plan))
    assert np.array_equal(result.recovered, result.recoverable)
    assert np.array_equal(result.recovered, ceiling(scenario, plan))


def test_who_can_be_asked_for_resting_money_raises_the_ceiling() -> None:
    """Each of a profile for machines and for a pending exit brings more within reach; a field team as much as one."""
    plan = draw_plan(resting(), 7, 0)

    def most(reach: str | None, atm: str | None) -> int:
        return int(ceiling_of(resting(reach, atm), plan).recoverable.sum())

    assert most(None, None) < most("wallets", None) < most("wallets", "machine")
    assert most(None, None) < most(None, "machine") < most("wallets", "machine")
    assert most("field", "machine") == most("wallets", "machine")


def test_a_told_case_names_the_holders() -> None:
    """Told case by case, money also rests at a cash machine and on the way out as coin."""
    run = simulate(resting())
    names = {a.bank for row in range(len(run.plan.victims)) for a in gather(run, row).mules}
    assert names == {"near", "far", "a cash machine", "the coin"}


def test_the_ceiling_holds_a_shared_card_from_the_first_report_of_any_case() -> None:
    """Of two cases on one account only one is reported: the money of both that still rests there is within reach."""
    reuse = {"share": 1.0, "pool": 1, "lifetime": "2d"}
    robbed = victims({"list": {"cases": [case(0), case(60_000, reports=False)]}}, report_lag="2m")
    scenario = world(victims=robbed, criminals=branching(exit_by_layer=[1.0], exits=SLOW, reuse=reuse))
    plan = draw_plan(scenario, 1, 0)
    assert plan.accounts.card.tolist() == [0, 1, 2, 1]
    assert ceiling_of(scenario, plan).recoverable.tolist() == [100_000, 100_000]
    assert plan.victims.reported[1] == NEVER


SLOW = {"cash": {"share": 1.0, "dwell": f"{DAY}ms"}}
