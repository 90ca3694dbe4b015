"""Scenarios without any of the later elements give the numbers they gave before there were any."""

from __future__ import annotations

import json
from math import isnan

import pytest

from sim.scenario.loader import load
from sim.study.ask.experiment import replicate
from tests.worlds import PLAIN

METRICS: dict[str, list[dict[str, float | None]]] = json.loads((PLAIN / "metrics.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", METRICS)
def test_a_scenario_without_new_elements_keeps_its_numbers(name: str) -> None:
    """Every metric of every replication kept in the file is the same to the bit; new metrics may stand beside them."""
    kept = METRICS[name]
    runs = replicate(load(PLAIN / f"{name}.yaml").scenario, len(kept), seed=1)
    for replication, (one, before) in enumerate(zip(runs, kept, strict=True)):
        now = {metric: None if isnan(one[metric]) else one[metric] for metric in before}
        assert now == before, replication
