"""Small arithmetic of metrics: what has no meaning is NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.words.units import YUAN

NAN = float("nan")


def yuan(fen: NDArray[np.int64]) -> float:
    """The sum of some amounts in fen, in yuan."""
    return total(fen) / YUAN


def total(amounts: NDArray[np.int64]) -> int:
    """The exact sum of whole numbers of at least 0, also where it is beyond 64 bits."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFF_FFFF).sum())


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
