"""Bands: a distribution as a table in a report has it, so many in each band of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario.laws import Floats
from sim.scenario.lazily import lazily

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")


@dataclass(frozen=True)
class Bands:
    """Bands that follow one another from 0 on, each with a share above 0; flat inside a band.

    The last band may be open: up to its limit the values thin out there, as many from 1 h to 2 h as from 2 h to 4 h
    (flat on a logarithmic scale), for most who are late are just late.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    share: tuple[float, ...]
    open_last: bool = False

    def quantile(self, u: Floats) -> Floats:
        flat = np.asarray(u, dtype=np.float64)
        ends = np.cumsum(self.share)
        place = np.minimum(np.searchsorted(ends, flat, side="left"), len(ends) - 1)
        share, low, high = np.array(self.share), np.array(self.low), np.array(self.high)
        inside = np.clip((flat - (ends - share)[place]) / share[place], 0.0, 1.0)
        out = low[place] + inside * (high[place] - low[place])
        if self.open_last:
            last = place == len(ends) - 1
            out = np.where(last, low[-1] * (high[-1] / low[-1]) ** inside, out)
        return np.asarray(out)

    def cdf(self, x: Floats) -> Floats:
        total = np.zeros(np.shape(x))
        for number, (low, high, share) in enumerate(zip(self.low, self.high, self.share, strict=True)):
            if self.open_last and number == len(self.share) - 1:
                part = np.log(np.clip(x, low, high) / low) / math.log(high / low)
            else:
                part = (np.clip(x, low, high) - low) / (high - low)
            total += share * part
        return np.minimum(total, 1.0)

    def mean(self) -> float:
        means = [(low + high) / 2 for low, high in zip(self.low, self.high, strict=True)]
        if self.open_last:
            means[-1] = (self.high[-1] - self.low[-1]) / math.log(self.high[-1] / self.low[-1])
        return sum(share * mean for share, mean in zip(self.share, means, strict=True))

    def atoms(self) -> Sequence[tuple[float, float]]:
        return ()
