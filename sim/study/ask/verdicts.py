"""When a figure of the model is inside what is published, when outside, and when to be inside tells little."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Literal

import numpy as np

from sim.study.ask.published import Figure, most_of
from sim.study.run.worker import Metrics

Verdict = Literal["inside", "outside", "says little", "direction only"]
_HARDLY = 0.8
"""Part of what could be that the middle 90% of cases reaches over from which on a case says little."""


def as_much(figure: Figure, runs: Sequence[Metrics], low: float, high: float) -> float:
    """The share of plays with as much as is printed or more; of a printed upper bound, as much or less."""
    each = np.array([figure.reading.of(run) for run in runs])
    each = each[np.isfinite(each)]
    met = each >= low * (1 - 1e-9) if isfinite(low) else each <= high * (1 + 1e-9)
    return float(met.mean())


def verdict(
    figure: Figure, least: float, most: float, model: float, interval: tuple[float, float], often: float = 1.0
) -> Verdict:
    """Whether the model meets a figure.

    One case tells only whether it lies in the middle 90% of plays. It says little where they reach over most of what
    could be, or where a bound that is printed (at least, at most) cuts through them: either way it could hardly have
    been outside.

    Args:
        figure: what is published.
        least, most: as printed, with its tolerance; infinite at an open end.
        model: the model's figure.
        interval: of a case, the middle 90% of the model's.
        often: of one that was selected, the share of plays that bring as much.
    """
    if figure.kind == "direction only":
        return "direction only"
    if figure.kind == "selected":
        return "inside" if often * (figure.among or 1) >= 1 else "outside"
    if figure.kind == "case":
        low, high = interval
        if high < least or most < low:
            return "outside"
        cut = not (isfinite(least) and isfinite(most)) and not least <= low <= high <= most
        return "says little" if cut or high - low >= _HARDLY * most_of(figure) else "inside"
    return "inside" if least <= model <= most else "outside"
