"""Values that a file need not write, and that a form offers all the same: the breaks, absence and wage of each desk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from sim.scenario import marks
from sim.scenario.models import Scenario
from sim.words.language import key, say

ACCEPTED: Final = {
    "wage": key("an amount such as 50 yuan"),
    "breaks": key("such as 12:00 30m 2: from when, how long, how many are away; several apart by ;"),
}
"""By the last part of its path: what a value that is not written may be, where its type says no range."""
_BREAK: Final = re.compile(r"(\d{1,2}:\d{2})\s+(\S+)\s+(\d{1,5})")


def offered(scenario: Scenario) -> Iterator[tuple[str, ...]]:
    """The paths of the values that nobody has written and that are offered, in the order of the model."""
    yield from _offered(scenario, ())


def _offered(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, BaseModel):
        if not _offers(type(value)) or getattr(value, "staff", None) == "unlimited":
            return
        for name, info in type(value).model_fields.items():
            below = getattr(value, name)
            at = (*path, info.alias or name)
            if below is None and marks.said(info, "offered"):
                yield at
            yield from _offered(below, at)
    elif isinstance(value, dict | list):
        for one, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _offered(below, (*path, str(one)))


@lru_cache(maxsize=1_000)
def _offers(kind: type[BaseModel]) -> bool:
    """Whether some field of a model, or below one, is offered."""
    return any(
        marks.said(info, "offered") or any(map(_offers, marks.models_in(info.annotation)))
        for info in kind.model_fields.values()
    )


def accepted(path: tuple[str, ...]) -> str:
    """What a value that is not written may be, in the language of the context; empty where its type says it."""
    return say(ACCEPTED[path[-1]]) if path[-1] in ACCEPTED and marks.own(Scenario, path, "offered") else ""


def as_file(path: tuple[str, ...], text: str) -> str:
    """What somebody typed as a file writes it: breaks are typed as ``12:00 30m 2; 12:30 30m 1``."""
    if not _is_breaks(path):
        return text
    parts = [one.strip() for one in re.split("[;；]", text.replace("：", ":")) if one.strip()]
    found = [_BREAK.fullmatch(one) for one in parts]
    breaks = [{"at": one[1], "lasts": one[2], "staff": int(one[3])} for one in found if one]
    return json.dumps(breaks) if breaks and len(breaks) == len(parts) else text


def _is_breaks(path: tuple[str, ...]) -> bool:
    return path[-1] == "breaks" and bool(marks.own(Scenario, path, "offered"))
