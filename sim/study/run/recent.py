"""Finished runs in memory, for whoever asks for much the same again and again; a study keeps its own on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from sys import intern

from sim.measure.ways import By
from sim.study.run.worker import Metrics


class Recent:
    """The runs of the arms that were asked for last, of one seed; several threads may use it."""

    def __init__(self, most: int) -> None:
        """
        Args:
            most: runs that are kept; one takes some 30 KB.
        """
        self.most = most
        self._of: OrderedDict[tuple[str, By | None], dict[int, Metrics]] = OrderedDict()
        self._runs = 0
        self._lock = threading.Lock()

    @property
    def runs(self) -> int:
        """How many are kept."""
        return self._runs

    def read(self, arms: Iterable[str], replications: Sequence[int], by: By | None) -> dict[tuple[str, int], Metrics]:
        """The metrics kept of some arms, by (digest of the arm, replication)."""
        found: dict[tuple[str, int], Metrics] = {}
        with self._lock:
            for arm in dict.fromkeys(arms):
                if (kept := self._of.get((arm, by))) is not None:
                    self._of.move_to_end((arm, by))
                    found |= {(arm, r): kept[r] for r in replications if r in kept}
        return found

    def write(self, arm: str, replication: int, by: By | None, metrics: Metrics) -> None:
        """Keep one finished run; the arms that were longest not asked for go, whole, where there are too many."""
        with self._lock:
            kept = self._of.setdefault((arm, by), {})
            self._runs += replication not in kept
            kept[replication] = {intern(name): value for name, value in metrics.items()}
            self._of.move_to_end((arm, by))
            while self._runs > self.most and len(self._of) > 1:
                _, gone = self._of.popitem(last=False)
                self._runs -= len(gone)
