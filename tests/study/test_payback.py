"""Payback: what is bought, divided by what it brings a year beyond its running cost."""

from __future__ import annotations

from math import inf, isnan

import pytest

from sim.report.findings.arms import rows
from sim.scenario.loader import changed, load
from sim.study.ask.compare import differences
from sim.study.ask.payback import bought_by, charged_to, paybacks
from sim.study.run.runner import Arm
from sim.words.units import YEAR
from tests.little import CENTRE


def arms(folder: pytest.TempPathFactory, *settings: str) -> list[Arm]:
    """A centre whose places cost 20,000 yuan each over five years, and the same with changes."""
    place = folder.mktemp("payback") / "little.yaml"
    place.write_text(CENTRE.replace("wage: 60 yuan", "wage: 60 yuan, set_up: 20k yuan, set_up_years: 5"))
    base = load(str(place))
    return [Arm("was", base.scenario), Arm("more", changed(base, list(settings)).scenario)]


def runs(net: float, arms: list[Arm]) -> list[list[dict[str, float]]]:
    """Two runs in which the second arm is `net` yuan better, cost counted, give or take one yuan."""
    return [
        [
            {"recovered": 1000.0, "prevented": 0.0, "cost": 100.0, "loss": 2000.0},
            {"recovered": 1000.0 + net + luck, "prevented": 0.0, "cost": 100.0, "loss": 2000.0},
        ]
        for luck in (-1.0, 1.0)
    ]


def test_payback_is_what_is_bought_by_what_it_brings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One place more for 20,000 yuan that brings 500 in two days, the part of the place that was charged put back."""
    both = arms(tmp_path_factory, "desks.analyst.staff=2")
    assert bought_by(both[0].scenario) == 20_000
    charged = charged_to(both[1].scenario) - charged_to(both[0].scenario)
    assert charged == pytest.approx(20_000 * 2 / (5 * 365), rel=1e-3)
    found = paybacks(both, differences(["was", "more"], runs(500.0, both), ("net_benefit",)))["more"]
    yearly = (500.0 + charged) * YEAR / both[0].scenario.horizon
    assert found.bought == 20_000
    assert found.years == pytest.approx(20_000 / yearly)
    assert found.low < found.years < found.high
    table = rows(differences(["was", "more"], runs(500.0, both), ("net_benefit",)), ["was", "more"], {"more": found})
    assert next(row for row in table if row[0] == "payback, years")[2].startswith(f"{found.years:.2g} (")


def test_what_brings_nothing_never_pays_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """And where nothing is bought there is nothing to pay back."""
    both = arms(tmp_path_factory, "desks.analyst.staff=2")
    found = paybacks(both, differences(["was", "more"], runs(-500.0, both), ("net_benefit",)))["more"]
    assert found.years == found.high == inf
    same = arms(tmp_path_factory, "desks.analyst.wage=50 yuan")
    found = paybacks(same, differences(["was", "more"], runs(500.0, same), ("net_benefit",)))["more"]
    assert found.bought == 0
    assert isnan(found.years)
