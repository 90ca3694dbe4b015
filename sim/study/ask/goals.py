"""Round goals that a ladder of rosters reaches: what each of them costs is the price of its first rung."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isnan, log10
from typing import Final

from sim.study.infer.stats import Summary

MOST: Final = 6
"""Goals in a table."""
_ROUND: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
"""Seconds, as people step through times; above half a day whole days."""


def sure(one: Summary, *, at_most: bool) -> float:
    """What is reached with 95% confidence: the edge of the interval; a share below 0 is none.

    Args:
        one: the metric of a roster.
        at_most: as in `goals_of`.
    """
    return one.high if at_most else max(one.low, 0.0)


def goals_of(edges: Sequence[float], *, at_most: bool = False, width: float = 0.0) -> list[tuple[float, int]]:
    """Round values that the rungs of a ladder reach, the easiest first.

    Args:
        edges: by rung, the cheapest first: what it is `sure` to reach, which a goal must not be beyond. NaN where a
            rung reaches nothing.
        width: what cannot be told apart, such as half an interval: goals lie no closer.
        at_most: whether the metric is a time in seconds, of which less is better; else a share, of which more is.

    Returns:
        Goal, and the place of the first rung that reaches it.
    """
    there = [edge for edge in edges if not isnan(edge)]
    low, high = min(there, default=0.0), max(there, default=0.0)
    if not high > low:
        return []
    fine = (high - low) / MOST
    marks = _marks(low, high, max(fine, width), at_most=at_most) or _marks(low, high, fine, at_most=at_most)[-1:]
    sign = -1 if at_most else 1
    reached = ((mark, [sign * edge >= sign * mark - _TINY for edge in edges]) for mark in marks)
    return [(mark, which.index(True)) for mark, which in reached if any(which)]


def _marks(low: float, high: float, least: float, *, at_most: bool) -> list[float]:
    """Round values from the easiest to the hardest, at least so far apart; a share of 0 is no goal."""
    if at_most:
        step = _seconds(least)
        return [step * number for number in range(floor(high / step), ceil(low / step) - 1, -1)]
    step = _decimal(least)
    return [step * number for number in range(max(1, ceil(low / step)), floor(high / step) + 1)]


_TINY: Final = 1e-12


def _decimal(least: float) -> float:
    """1, 2 or 5 times a power of ten, at least so much."""
    power = 10.0 ** (ceil(log10(least)) - 1)
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least - _TINY)


def _seconds(least: float) -> float:
    """A round number of seconds, at least so many."""
    day = 86_400.0
    return next((float(step) for step in _ROUND if step >= least), day * ceil(least / day))
