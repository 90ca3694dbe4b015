"""The exercise evaluation guide: for each objective what is expected and when, with room for times, notes and a rating.

Its parts are those of an EEG of the field's doctrine (FEMA, Homeland Security Exercise and Evaluation Program, 2020).
"""

from __future__ import annotations

from typing import Any, Final

from sim.exercise import words
from sim.exercise.load import Loaded
from sim.exercise.models import Inject, Objective
from sim.exercise.report_labels import RATINGS
from sim.exercise.report_page import fill
from sim.words.language import clock, date, duration, key, say

LABELS: Final = {
    "guide": key("Evaluation guide"),
    "evaluator": key("Evaluator"),
    "room": key("Room and date"),
    "number": key("no."),
    "when": key("When"),
    "task": key("What is expected"),
    "observed": key("Observed at, by whom"),
    "notes": key("Notes, each with its time"),
    "rating": key("Rating"),
    "key": key("Ratings"),
    "none": key("No inject of the exercise tries this objective: rate what you see."),
    "of_all": key("Rate an objective by what was done, not by how it ended: luck has its part in that."),
}
LINES: Final = 6
"""Empty lines for notes under an objective."""


def guide(loaded: Loaded) -> str:
    """The guide as a self-contained page, in the language of this context."""
    exercise = loaded.exercise
    numbers = words.numbers(exercise)
    opens, closes = loaded.scenario.when(exercise.starts), loaded.scenario.when(exercise.ends)
    return fill(
        "guide.html", say("Evaluation guide: {title}", title=words.told(exercise.title)), LABELS,
        exercise=words.told(exercise.title),
        span=say(
            "{date}, {start} to {end} of simulated time ({length}).", date=date(opens), start=clock(opens),
            end=clock(closes), length=duration(exercise.ends - exercise.starts),
        ),
        objectives=[_objective(loaded, one, numbers) for one in exercise.objectives],
        ratings=[{"letter": letter, "text": say(text)} for letter, text in RATINGS], lines=LINES,
    )  # fmt: skip


def _objective(loaded: Loaded, one: Objective, numbers: dict[str, str]) -> dict[str, Any]:
    of = {inject.id: inject for inject in loaded.exercise.injects}
    tries = [of[name] for name in one.injects]
    tries.sort(key=lambda inject: int(numbers[inject.id]))
    return {
        "text": words.told(one.text),
        "tasks": [_task(loaded, inject, numbers[inject.id]) for inject in tries],
    }


def _task(loaded: Loaded, inject: Inject, number: str) -> dict[str, str]:
    exercise = loaded.exercise
    if inject.at is None:
        when = words.condition(inject.when) if inject.when else say("when the facilitator says so")
    else:
        when = clock(loaded.scenario.when(exercise.starts + inject.at), seconds=False)
    what = words.expected(exercise, inject.expect, inject.deadline) or say("nothing is asked for")
    if inject.expect is None or inject.expect.by is None:  # else it names its role itself
        what = say("{to}: {what}", to=words.roles(exercise, inject.to), what=what)
    return {"number": number, "when": when, "what": what}
