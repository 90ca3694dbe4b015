"""Small arithmetic of metrics: what has no meaning is NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.scenario.units import YUAN

NAN = float("nan")


def yuan(fen: NDArray[np.int64]) -> float:
    """The sum of some amounts in fen, in yuan."""
    return int(fen.sum()) / YUAN


def ratio(part: float | np.number, whole: float | np.number) -> float:
    """NaN where the whole is 0."""
    return float(part) / float(whole) if whole else NAN


def mean(values: NDArray[np.integer] | NDArray[np.floating]) -> float:
    """NaN over nothing."""
    return float(values.mean()) if len(values) else NAN


def quantile(values: NDArray[np.integer] | NDArray[np.floating], share: float) -> float:
    """Interpolated between neighbours; NaN over nothing."""
    return float(np.quantile(values, share)) if len(values) else NAN


def count(flags: NDArray[np.bool_]) -> float:
    """How many hold."""
    return float(np.count_nonzero(flags))
