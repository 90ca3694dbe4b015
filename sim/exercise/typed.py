"""The acts that may be tried now, as somebody at a terminal types them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sim.exercise.offers import Asked, View, offers
from sim.response.log import NONE

SHORT: Final = {"stop": "stop", "call": "call_bank", "team": "team", "drop": "write_off"}
"""What is typed before the number of an account or a case, and the action that it stands for."""


def lines_of(views: Sequence[View], numbers: Mapping[tuple[str, int, int], int]) -> list[str]:
    """What may be typed by somebody with these views, without doubles.

    Args:
        views: of the trainee's roles.
        numbers: of the open decisions by (desk, case, account), as they were listed.
    """
    return [one for one in dict.fromkeys(_typed(wish, numbers) for view in views for wish in offers(view)) if one]


def _typed(wish: Asked, numbers: Mapping[tuple[str, int, int], int]) -> str:
    """An act as it is typed; empty for a decision that is not listed."""
    action, desk = wish["action"], wish.get("desk", "")
    if action == "message":
        return "say TEXT"
    if action == "call_in":
        return f"staff {desk}"
    if action == "policy":
        return f"order {desk} {wish['policy']}"
    case, account = wish["case"], wish["account"]
    if action == "take":
        number = numbers.get((desk, case, account))
        return f"{number}" if number else ""
    short = next(word for word, one in SHORT.items() if one == action)
    return f"{short} {case}" if account == NONE else f"{short} {case}.{account}"
