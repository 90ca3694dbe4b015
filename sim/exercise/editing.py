"""An inject with other parts, in mid-room: held against the exercise as a file of it is, so a mistake has a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from sim.exercise.load import unfit_inject
from sim.exercise.models import Exercise, Inject
from sim.scenario.errors import Origin, ScenarioError, describe, dotted, split_path
from sim.scenario.explain import explain
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, tree_of
from sim.words.phrases import phrase

_AT: Final = Origin("the inject")
_LAYER: Final = Layer(_AT.file, Provenance(""))


def as_written(inject: Inject) -> dict[str, Any]:
    """The parts of an inject as a file has them, without what it does not say."""
    return inject.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


@dataclass(frozen=True)
class Editing:
    """What an exercise takes."""

    exercise: Exercise
    scenario: Scenario
    desks: Sequence[str]
    """All that the scenario has."""

    def fitted(self, inject: Inject, made: Mapping[str, Any], now: int) -> Inject:
        """An inject of the exercise with other parts.

        Args:
            made: as an exercise file has them; None takes one away.
            now: ms since the scenario's start.

        Raises:
            ScenarioError: the exercise would not take it; its field counts from the inject.
        """
        parts = {name: value for name, value in (as_written(inject) | dict(made)).items() if value is not None}
        ids = [one.id for one in self.exercise.injects]
        number = ids.index(inject.id) if inject.id in ids else len(ids)
        written = self.exercise.model_dump(mode="json", by_alias=True, exclude_none=True)
        injects = [as_written(one) for one in self.exercise.injects]
        injects[number : number + 1] = [parts]
        plain = written | {"injects": injects}
        try:
            exercise = Exercise.model_validate(plain)
        except ValidationError as error:
            wrong = explain(error, Exercise, tree_of(plain, _LAYER))
            raise _inside(wrong.field, wrong.read, wrong.accepted) from None
        for where, read, accepted in unfit_inject(exercise, self.scenario, self.desks, number):
            raise _inside(dotted(where), read, accepted)
        found = exercise.injects[number]
        if found.at is not None and found.at != inject.at and self.exercise.starts + found.at <= now:
            raise ScenarioError(_AT, "at", describe(parts["at"]), phrase("a time to come"))
        return found


def _inside(field: str, read: str, accepted: str) -> ScenarioError:
    """What is wrong with a value of an exercise, told of one inside an inject."""
    return ScenarioError(_AT, ".".join(split_path(field)[2:]), read, accepted)
