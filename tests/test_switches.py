"""Each element of the whole response can be switched off in the base scenario, by one setting."""

from __future__ import annotations

import pytest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.scenario.loader import load

SWITCHES = (
    "criminals.claims", "duties",
    "law", "objections", "prevention", "prevention.blocking", "prevention.line_cut", "prevention.warnings",
    "prevention.leads", "prevention.alarms", "criminals.reaction", "criminals.night", "criminals.places",
    "criminals.reuse", "criminals.innocent", "victims.channels", "victims.ages", "victims.districts", "victims.rails",
    "criminals.exits.cash.pending", "criminals.exits.crypto.pending", "desks.analyst.skills", "desks.analyst.shift_end",
    "desks.analyst.surge", "desks.analyst.absence", "desks.liaison.hand_over", "desks.intake.wage", "calendar",
    "bank_profiles.interface.outages", "bank_profiles.remote.mismatch", "bank_profiles.remote.refusal",
)  # fmt: skip


@pytest.mark.parametrize("switch", [*SWITCHES, "all"])
def test_an_element_can_be_switched_off(switch: str) -> None:
    """A day of the base runs to its end without the element, and is accounted for to the fen."""
    switches = [one for one in SWITCHES if not one.startswith("prevention.")] if switch == "all" else [switch]
    settings = [f"{one}=null" for one in switches]
    scenario = load("china", [*settings, "victims.arrivals.city.per_day=20"]).scenario
    metrics = measure(simulate(scenario)).metrics
    leaks = sum(value for name, value in metrics.items() if name.startswith("leak."))
    assert metrics["loss"] > 0
    ends = metrics["recovered"] + metrics["held_elsewhere"] + metrics["still_moving"]
    assert metrics["loss"] == pytest.approx(ends + leaks, abs=0.001)
