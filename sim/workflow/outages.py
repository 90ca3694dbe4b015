"""Outages: when a bank executes nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import Keys, key_of, uniform
from sim.scenario.banks import Outage
from sim.scenario.distributions import DurationDist
from sim.scenario.sampling import sample_ms
from sim.workflow.program import DeskSpec

Ints = NDArray[np.int64]


def outages_of(spec: DeskSpec, limit: int, roots: Keys) -> list[list[tuple[int, int]]]:
    """By replication: when a bank executes nothing, as [start, end) in order, those that overlap made one."""
    found: list[list[tuple[int, int]]] = [[] for _ in roots]
    for number, outage in enumerate(spec.outages):
        _add_windows(found, outage, spec.name, key_of(roots, np.full(len(roots), number)), limit)
    return [_merged(windows) for windows in found]


def _merged(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _add_windows(
    found: list[list[tuple[int, int]]], outage: Outage, name: str, owner: Keys, limit: int
) -> None:  # fmt: skip
    """Add the windows of one outage of a bank that begin by `limit`; each is drawn by its number."""

    def drawn(dist: DurationDist, what: str, number: int) -> Ints:
        return sample_ms(dist, uniform(key_of(owner, np.full(len(owner), number)), f"outage-{what}:{name}"))

    at = outage.at or 0
    start = np.full(len(owner), at) if outage.every is None else drawn(outage.every, "gap", 0)
    goes_on, number = start <= limit, 0
    while goes_on.any():
        end = start + drawn(outage.lasts, "lasts", number)
        number += 1
        for one in np.flatnonzero(goes_on).tolist():
            found[one].append((int(start[one]), int(end[one])))
        if outage.every is None:
            return
        start = end + np.maximum(1, drawn(outage.every, "gap", number))
        goes_on &= start <= limit
