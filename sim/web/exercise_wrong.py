"""What is wrong with an exercise in the making, in words, and beside which field of its page that is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from pydantic import BaseModel

from sim.exercise import words
from sim.scenario import shape
from sim.scenario.errors import ScenarioError
from sim.web.exercise_labels import LABELS
from sim.words.language import say, translate


class Refusing(Protocol):
    """Whatever says a mistake beside itself."""

    def refuse(self, text: str) -> None:
        """Say it; an empty text takes it away."""


def label(place: Sequence[str], model: type[BaseModel], skip: int = 0) -> str:
    """A path in words without its first parts: ``What a good room does about it, The act``."""
    said: list[str] = []
    kinds: shape.Types = (model,)
    for number, part in enumerate(place):
        of = next((one for one in kinds if shape.is_model(one)), None)
        name = f"{of.__name__}.{part}" if of is not None else ""
        if number < skip:
            pass
        elif name in LABELS:
            said.append(say(LABELS[name]))
        elif part.isdecimal() and said:
            said[-1] += f" {int(part) + 1}"
        elif of is None or part not in shape.fields(of):
            said.append(part)
        kinds = shape.below(kinds, part)
    return say(", ").join(said)


def wrong_words(wrong: ScenarioError) -> str:
    """What is wrong with a value, without its place; acts and ways of telling are called as in the fields."""
    if wrong.read == "nothing":
        return say("this is still missing")
    known = words.CHANNELS if wrong.field.endswith("channel") else words.ACTIONS

    def in_words(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return say("“{what}”", what=say(known[name])) if name in known else found[0]

    return re.sub(r"'([a-z_]+)'|\b([a-z]+_[a-z_]+)\b", in_words, translate(wrong.what))


def beside(error_at: str, shown: Mapping[str, Refusing]) -> str:
    """The path of the field on the page that is nearest to a path; empty for none."""
    inside = [path for path in shown if path == error_at or error_at.startswith(f"{path}.")]
    return max(inside, key=len, default="")
