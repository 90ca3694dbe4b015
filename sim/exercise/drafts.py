"""Exercises in the making: plain values as a file has them, begun empty over a scenario or as a copy of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from itertools import count
from math import inf
from typing import Any, Final, get_origin

from sim.exercise.fits import MOST_PLAYED
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.texts import Texts
from sim.fraud.plan import draw_plan
from sim.scenario import shape
from sim.scenario.models import Scenario
from sim.study.ask.size import size_of
from sim.words.units import DAY, HOUR, MINUTE, format_duration, parse_duration

Draft = dict[str, Any]
FEW: Final = MOST_PLAYED // 2
"""Victims and accounts of a scenario that is drawn to see when its first report comes, and until a new room closes."""
BEFORE: Final = 5 * MINUTE
"""ms that a room opens before the first report."""
LASTS: Final = 50 * MINUTE
"""ms that a new exercise lasts."""
NEW_ROLE: Final = {"sees": ["cases", "amounts", "accounts"], "may": ["take", "message"], "deadline": "6m"}
"""What a role sees and may do until somebody says another."""
NEW_INJECT: Final = {"channel": "message"}
BARE: Final = (
    "schema_version", "name", "scenario", "set", "seed", "replication", "starts", "ends", "speed", "briefing",
    "call_in", "routes", "scoring",
)  # fmt: skip
"""What is left of an exercise without roles and injects."""
ANSWER: Final = "5m"
"""Time for an answer until somebody says another."""


def empty(name: str, base: str, scenario: Scenario) -> Draft:
    """An exercise without roles and injects over a scenario.

    Args:
        name: of the exercise.
        base: name of the scenario.
    """
    starts, ends = opening(scenario)
    return {
        "schema_version": 1, "name": name, "scenario": base, "seed": 1, "starts": format_duration(starts),
        "ends": format_duration(ends), "speed": 1.5,
        "briefing": {
            "en": "You are the duty team of an anti-fraud centre. Each of you decides what is next at your own desks;"
            " the people there do the work in the time that it takes.",
            "zh": "你们是反诈中心的值班组。每个席位决定本席位下一步先办什么；具体工作由各席位人员按实际所需时间完成。",
        },
    }  # fmt: skip


def copy_of(loaded: Loaded, name: str, *, bare: bool = False) -> Draft:
    """An exercise as its file has it, under another name.

    Args:
        loaded: read from a file.
        bare: only its cases, its luck and its times, without what people are told and who they are.
    """
    assert loaded.read is not None
    made = deepcopy(loaded.read.data) | {"name": name}
    return {part: value for part, value in made.items() if part in BARE} if bare else made


def opening(scenario: Scenario) -> tuple[int, int]:
    """When a room may open and close, in ms since the scenario's start: a little before the first report where the
    scenario has few victims; else on its first morning.
    """
    limit = scenario.horizon + scenario.follow_up
    starts = 9 * HOUR
    if size_of(scenario).items <= FEW:
        reported = draw_plan(scenario, 1, 0).victims.reported
        first = int(reported.min()) if len(reported) else limit
        starts = max(0, first - BEFORE) // MINUTE * MINUTE
    else:
        midnight = scenario.start.hour * HOUR + scenario.start.minute * MINUTE
        starts = (starts - midnight) % DAY
        while starts > HOUR and size_of(scenario, starts + LASTS).items > FEW:
            starts //= 2
    starts = min(starts, max(0, limit - LASTS))
    return starts, min(starts + LASTS, limit)


def free_id(stem: str, taken: Collection[str]) -> str:
    """A name that nothing has yet: ``inject-3``."""
    return next(name for number in count(len(taken) + 1) if (name := f"{stem}-{number}") not in taken)


def order(injects: Sequence[Mapping[str, Any]]) -> list[int]:
    """The places of injects in the order in which board, paper and report number them: by time, those without last."""
    return sorted(range(len(injects)), key=lambda place: _time(injects[place].get("at")))


def _time(value: Any) -> float:
    try:
        return inf if value is None else parse_duration(value)
    except ValueError:
        return inf


def texts(value: Any) -> tuple[str, str]:
    """A text in English and in Chinese, as a file has it; one that serves both stands in both."""
    if isinstance(value, dict):
        return str(value.get("en", "")), str(value.get("zh", ""))
    return (str(value), str(value)) if value is not None else ("", "")


def text_of(english: str, chinese: str) -> Any:
    """Inverse of `texts`: one text where it serves both languages or the other is missing, None for none."""
    if english and chinese and english != chinese:
        return {"en": english, "zh": chinese}
    return english or chinese or None


def well_formed(value: Any, kinds: shape.Types = (Exercise,)) -> bool:
    """Whether lists are lists and mappings are mappings wherever an exercise has them, whatever else they say.

    Args:
        kinds: the types that the value may have.
    """
    if any(shape.is_model(kind, Texts) for kind in kinds):
        inside = value.values() if isinstance(value, dict) else [value]
        return not any(isinstance(one, dict | list) for one in inside)
    origins: list[Any] = [get_origin(kind) for kind in kinds]
    if dict in origins or any(map(shape.is_model, kinds)):
        return isinstance(value, dict) and all(well_formed(one, shape.below(kinds, at)) for at, one in value.items())
    if list in origins:
        return isinstance(value, list) and all(well_formed(one, shape.below(kinds, 0)) for one in value)
    return not kinds or Any in kinds or not isinstance(value, dict | list)
