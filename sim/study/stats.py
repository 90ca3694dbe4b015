"""Honest error bars over replications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

NAN = float("nan")


@dataclass(frozen=True)
class Summary:
    """One number over replications: mean with its 95% interval, and the spread of single replications."""

    mean: float
    low: float
    high: float
    """Student's t interval of the mean, 95%; NaN for fewer than two replications."""
    median: float
    p05: float
    p95: float
    n: int
    """Replications in which the number had a meaning."""

    def as_dict(self) -> dict[str, float | int | None]:
        """For JSON: NaN becomes None."""
        return {name: None if isnan(value) else value for name, value in asdict(self).items()}


def summary(values: ArrayLike) -> Summary:
    """Summarise one number over replications; NaN values are left out and not counted."""
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    n = len(x)
    if not n:
        return Summary(NAN, NAN, NAN, NAN, NAN, NAN, 0)
    mean = float(np.mean(x))
    half = float(stdtrit(n - 1, 0.975) * np.std(x, ddof=1) / np.sqrt(n)) if n > 1 else NAN
    p05, median, p95 = (float(q) for q in np.quantile(x, [0.05, 0.5, 0.95]))
    return Summary(mean, mean - half, mean + half, median, p05, p95, n)


def summaries(replications: Sequence[Mapping[str, float]]) -> dict[str, Summary]:
    """Summarise every metric over replications."""
    names = list(dict.fromkeys(name for one in replications for name in one))
    return {name: summary([one.get(name, NAN) for one in replications]) for name in names}
