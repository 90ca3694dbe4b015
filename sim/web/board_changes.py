"""The changes of conditions that are in force, as the board lists them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sim.exercise import words
from sim.exercise.records import Steered
from sim.web import said
from sim.words.language import say

MOST_CHANGES: Final = 6
"""Changes of conditions that the board lists."""


def in_force(steered: Sequence[Steered], now: int) -> list[tuple[int, Steered]]:
    """(number, change) of the changes of conditions that are not over, the latest first; of orders of work the last."""
    found: list[tuple[int, Steered]] = []
    ordered: set[str] = set()
    for number, one in reversed([*enumerate(steered)]):
        if one.effect is None or (one.until is not None and one.until <= now):
            continue
        if one.effect.policy is not None:
            if one.effect.desk in ordered:
                continue
            ordered.add(one.effect.desk)
        found.append((number, one))
    return found


def change_words(start: datetime, one: Steered) -> str:
    """What is changed, and until when."""
    assert one.effect is not None
    what = words.effect(one.effect)
    return what if one.until is None else say("{what}, until {time}", what=what, time=said.at(start, one.until))
