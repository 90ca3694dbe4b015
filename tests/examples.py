"""How many examples a property is tried on: some in `make test`, all that it asks for in `make test-long`."""

from __future__ import annotations

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
