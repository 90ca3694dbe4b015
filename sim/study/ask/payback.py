"""Payback: how long what an arm buys takes to pay for itself, out of what the arm brings beyond its running cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nan

from sim.scenario.models import Scenario
from sim.scenario.people import Desk
from sim.study.ask.compare import Difference
from sim.study.run.metric_names import NET_BENEFIT
from sim.study.run.runner import Arm
from sim.words.units import YEAR, YUAN


@dataclass(frozen=True)
class Payback:
    """What an arm buys more than the first, and in how many years that has come back."""

    bought: float
    """Yuan for places (`set_up` of each desk, for each person of its largest shift); negative where there are fewer."""
    years: float
    low: float
    high: float
    """95% interval; infinite where it may never come back, NaN where nothing is bought."""


def _bought(scenario: Scenario) -> list[Desk]:
    """The desks whose places have a price."""
    return [desk for desk in scenario.desks.values() if desk.set_up and desk.staff != "unlimited"]


def bought_by(scenario: Scenario) -> float:
    """Yuan that all places of a scenario's desks cost to buy."""
    return sum((desk.set_up or 0) * desk.largest for desk in _bought(scenario)) / YUAN


def charged_to(scenario: Scenario) -> float:
    """Yuan of `bought_by` that the metric `cost` charges to the period."""
    lasts = scenario.horizon
    return sum(desk.set_up_for(lasts, desk.largest) for desk in _bought(scenario)) / YUAN


def paybacks(arms: Sequence[Arm], differences: Sequence[Difference]) -> Mapping[str, Payback]:
    """The payback of every arm but the first, by name; none where net benefit has no meaning.

    The net benefit of a period is freed of the part of the purchase that it was charged, and taken to a year: the
    years are what was bought divided by that (simple payback, without interest).
    """
    first = arms[0].scenario
    found: dict[str, Payback] = {}
    for arm in arms[1:]:
        net = next((one for one in differences if one.arm == arm.name and one.metric == NET_BENEFIT), None)
        if net is None or net.apart or not net.change.n:
            continue
        bought = bought_by(arm.scenario) - bought_by(first)
        charged = charged_to(arm.scenario) - charged_to(first)
        brought = (net.change.mean, net.change.high, net.change.low)
        yearly = [(value + charged) * YEAR / first.horizon for value in brought]
        years = [bought / value if value > 0 else inf for value in yearly] if bought > 0 else [nan] * 3
        found[arm.name] = Payback(bought, years[0], years[1], years[2])
    return found
