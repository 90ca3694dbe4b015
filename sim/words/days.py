"""Days of the week as people say them: ``Monday to Friday and holidays``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sim.words.language import key, listed, say

_NAMES: Final = {
    "mon": key("Monday"), "tue": key("Tuesday"), "wed": key("Wednesday"), "thu": key("Thursday"), "fri": key("Friday"),
    "sat": key("Saturday"), "sun": key("Sunday"),
}  # fmt: skip
"""By day as a file writes it, Monday first."""
HOLIDAY: Final = "holiday"
_RUN: Final = 3
"""Days in a row that are told by the first and the last."""


def are_days(value: Any) -> bool:
    """Whether a value is a list of days of the week, holidays among them or not."""
    return isinstance(value, list | tuple) and bool(value) and all(one in (*_NAMES, HOLIDAY) for one in value)


def days_in_words(days: Sequence[str]) -> str:
    """``every day``, ``Monday to Friday``, ``Saturday, Sunday and holidays``.

    Args:
        days: such as `are_days`, in any order.
    """
    holidays = [say("holidays")] if HOLIDAY in days else []
    if set(_NAMES) <= set(days):
        return listed([say("every day"), *holidays])
    return listed([*(part for run in _runs(days) for part in _told(run)), *holidays])


def _runs(days: Sequence[str]) -> list[list[str]]:
    """Days that follow each other, together."""
    runs: list[list[str]] = [[]]
    for day, name in _NAMES.items():
        if day in days:
            runs[-1].append(say(name))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _told(run: list[str]) -> list[str]:
    return run if len(run) < _RUN else [say("{first} to {last}", first=run[0], last=run[-1])]
