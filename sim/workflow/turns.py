"""The ends of shifts at which something happens besides people going home."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import Ints


class Turns:
    """The ends of shifts at a desk with a rule for them: by time, the lanes whose shift ends."""

    def __init__(self, lanes: Mapping[int, Collection[int]]) -> None:
        self.lanes = lanes
        self.times = np.array(sorted(lanes), dtype=np.int64)
        self._bits = np.array([*(sum(1 << lane for lane in lanes[time]) for time in sorted(lanes)), 0], dtype=np.int64)

    def bits_at(self, times: Ints) -> Ints:
        """The lanes whose shift ends at each time, as bits."""
        if not len(self.times):
            return np.zeros(len(times), dtype=np.int64)
        place = np.searchsorted(self.times, times)
        found = np.append(self.times, -1)[place] == times
        return np.asarray(np.where(found, self._bits[place], 0))

    def changes(self, times: Ints, heads: Ints) -> NDArray[np.bool_]:
        """Of steps (the last axis of the heads; that before it are lanes): where heads change, or a shift ends."""
        new = np.ones((*heads.shape[:-2], heads.shape[-1]), dtype=bool)
        new[..., 1:] = (heads[..., 1:] != heads[..., :-1]).any(axis=-2)
        if len(self.times):
            new |= self.bits_at(times) > 0
        return new


NO_TURNS = Turns({})
