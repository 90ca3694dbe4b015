"""An exercise at a level of difficulty.

A level changes the exercise before its room opens, and nothing else: victims, money and luck stay the same.
"""

from __future__ import annotations

from sim.exercise.levels import LEVELS, Difficulty
from sim.exercise.models import MOST_SPEED, Exercise


def at(exercise: Exercise, difficulty: Difficulty) -> Exercise:
    """An exercise at another difficulty than it has."""
    old, new = LEVELS[exercise.difficulty], LEVELS[difficulty]
    longer = new.deadlines / old.deadlines
    roles = {
        name: role.model_copy(update={"deadline": round(role.deadline * longer)})
        for name, role in exercise.roles.items()
    }
    injects = [
        one if one.deadline is None else one.model_copy(update={"deadline": round(one.deadline * longer)})
        for one in exercise.injects
    ]
    speed = round(min(MOST_SPEED, exercise.speed * new.speed / old.speed), 6)
    changed = {"difficulty": difficulty, "roles": roles, "injects": injects, "speed": speed}
    return exercise.model_copy(update=changed)
