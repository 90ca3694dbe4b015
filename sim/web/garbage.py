"""When the server looks for garbage: never through what is large, or old, while the clock of a room runs.

A search holds everybody up until it has looked at every object: a tenth of a second for the modules of the program,
as long for thirty pages, half a second for some rooms over a city-year. Here what is large is set aside, and while a
clock runs what Python does by itself looks at what is new alone; all is looked through when every room stands still.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Final, TypeVar

R = TypeVar("R")

LARGE: Final = 30_000
"""New objects of one work that are set aside: to look at them once takes some milliseconds."""
MOST: Final = 40_000_000
"""Objects set aside, or grown old, since the last search for which no clock waits, some GB; a clock that is late is
better than a server that ends for want of memory."""
OFTEN: Final = gc.get_threshold()
"""New objects before Python looks through them, and how many such searches there are before one of what is older."""
SELDOM: Final = (OFTEN[0], OFTEN[1], MOST // (OFTEN[0] * OFTEN[1]))
"""The same while a clock runs: all are looked at when `MOST` may have grown old."""


class _Aside:
    """What was set aside since the last search through all."""

    count = 0
    working = False
    """Whether a work is under way that makes many objects, which a search would have to look at."""


def search() -> None:
    """Look for garbage among all that is there, and set what is left aside."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _Aside.count = 0


def search_when_still(*, still: bool) -> None:
    """`search` where anything was set aside since the last one, and let Python look at what is old only then.

    Args:
        still: whether no clock runs that could be late.
    """
    gc.set_threshold(*(OFTEN if still else SELDOM))
    if _Aside.count and not _Aside.working and (still or _Aside.count > MOST):
        search()


def without_search(do: Callable[[], R]) -> R:
    """What something returns that makes many objects, one such work at a time: nobody looks at them then or later."""
    gc.disable()
    _Aside.working = True
    try:
        return do()
    finally:
        _Aside.working = False
        made = gc.get_count()[0]
        if made > LARGE:
            gc.freeze()
            _Aside.count += made
        gc.enable()
