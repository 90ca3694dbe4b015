"""What ships with the program, read once for a server: reading all of it takes most of a second."""

from __future__ import annotations

from functools import cache

from sim.exercise.load import Entry, list_exercises
from sim.scenario import catalogue
from sim.scenario.catalogue import Entry as ScenarioEntry


@cache
def scenarios() -> list[ScenarioEntry]:
    """Every shipped scenario, as a list shows it."""
    return catalogue.list_scenarios()


@cache
def exercises() -> list[Entry]:
    """Every shipped exercise, as a list shows it."""
    return list_exercises()
