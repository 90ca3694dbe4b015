"""What the live page knows of a centre, and what it asks about it; read and changed beside the event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.report.findings.doubts import doubts_of
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.ask.compare import TIMES
from sim.study.ask.size import size_of
from sim.study.ask.week import representative_week
from sim.study.run.runner import Arm
from sim.web.estimating import Question
from sim.web.form import FormField, fields_of
from sim.web.scenarios import read, set_values
from sim.words.language import say
from sim.words.units import DAY

AT_ONCE: Final = 45_000
"""Victims and accounts of a run that takes about half a second: of more, a shorter period is looked at first."""
PERIODS: Final = (90, 28, 7)
"""Days that are tried then."""


@dataclass(frozen=True)
class Centre:
    """What the page knows of the centre that was chosen."""

    source: Path | str
    loaded: Loaded[Scenario]
    fields: Sequence[FormField]
    kept: Mapping[str, str]
    """By path, what the page sets by itself: a period that is short enough."""
    address: str
    """Of the form with every value, on which studies are asked for."""

    @property
    def file(self) -> str:
        """What a command calls it: the name of a shipped scenario, or of its file as it is taken away."""
        return self.source if isinstance(self.source, str) else f"{self.loaded.scenario.name}.yaml"


def centre_of(source: Path | str, address: str) -> Centre:
    """Read a centre.

    Raises:
        ScenarioError: it is wrong.
        OSError: it cannot be read.
    """
    loaded = read(source)
    scenario = loaded.scenario
    size = size_of(scenario)
    kept = {}
    if size.items > AT_ONCE:
        days = next((one for one in PERIODS if size.items * one * DAY / scenario.horizon <= AT_ONCE), PERIODS[-1])
        if days * DAY < scenario.horizon:
            kept["horizon"] = f"{days}d"
    return Centre(source, loaded, fields_of(loaded), kept, address)


def scenario_of(centre: Centre, settings: Sequence[str]) -> Scenario:
    """The centre as it is changed.

    Raises:
        ScenarioError: a value is wrong.
    """
    return set_values(centre.loaded, settings).scenario


def question_of(
    centre: Centre, settings: Sequence[str], arms: Sequence[tuple[str, Sequence[str]]] = ()
) -> tuple[Question, Sequence[str]]:
    """What is asked of a centre as it is changed, and what the changed centre can hardly mean.

    Args:
        centre: as it was chosen.
        settings: its changes.
        arms: others that are compared with it, by name what they change.

    Raises:
        ScenarioError: a value is wrong.
    """
    timed = [one for one in settings if one.partition("=")[0] in TIMES]
    now = set_values(centre.loaded, settings)
    before = set_values(centre.loaded, timed).scenario if len(timed) < len(settings) else None
    one_week = set_values(now, representative_week(now.scenario)).scenario
    beside = []
    if arms:
        beside = [Arm(say("as it was"), set_values(centre.loaded, timed).scenario)]
        beside += [Arm(name, set_values(centre.loaded, changes).scenario) for name, changes in arms]
        if before is not None and all(sorted(changes) != sorted(settings) for _, changes in arms):
            beside.append(Arm(say("what is set now"), now.scenario))
    return Question(now.scenario, before, one_week, beside), doubts_of(now.scenario)


def tried(
    centre: Centre, settings: Sequence[str], arms: Sequence[tuple[str, Sequence[str]]] = ()
) -> tuple[Question | None, Sequence[str], ScenarioError | None]:
    """As `question_of`, or what is wrong."""
    try:
        return *question_of(centre, settings, arms), None
    except ScenarioError as error:
        return None, (), error
