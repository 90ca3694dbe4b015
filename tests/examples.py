"""How much a claim is tried on: some examples and parameters in `make test`, all of them in `make test-long`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

FREE = "free"
"""The profile of `make test-long`, which draws new examples each time."""
SHARE = 0.4
FEWEST = 8


def some(full: int) -> int:
    """The `max_examples` of a property that in full is tried on so many."""
    if settings.get_current_profile_name() == FREE:
        return full
    return max(min(full, FEWEST), round(SHARE * full))


def shortly(full: Iterable[Any], *short: Any) -> list[Any]:
    """The parameters of a test that says the same of each: `make test` tries some, `make test-long` all others.

    Args:
        full: of a test with several parameters, a tuple for each time that it is tried.
    """
    every = list(full)
    assert all(one in every for one in short), "what is tried shortly is none of them"
    return [pytest.param(*_parts(one), marks=() if one in short else pytest.mark.long) for one in every]


def _parts(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)
