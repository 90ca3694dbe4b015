"""How long the victims' money stays where it first came: the residence curve of layer 1, by value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.run import Runs
from sim.fraud.settle import NEVER
from sim.measure.numbers import Metric, ratios, sum_by
from sim.words.units import MINUTE

AFTER: tuple[int, ...] = (15, 60, 1440)
"""Minutes after the credit at which the curve is read (RUSI / Lloyds 2025: 28%, 53% and more than 85% gone)."""


def residence_metrics(runs: Runs) -> Iterator[Metric]:
    """`gone_layer_1.MINUTES`: the share, by value, of what came to layer-1 accounts that had left them so soon.

    Credits whose time has not passed by the end of their run do not count.
    """
    t, accounts, times = runs.plan.transfers, runs.plan.accounts, runs.times
    n, of, end = len(runs), runs.plans.of_transfer, runs.end_by_transfer
    first = (accounts.layer == 1) & (accounts.bank >= 0) & (accounts.bank < len(runs.scenario.banks))
    credit = (t.target >= 0) & first[t.target] & (times < NEVER)
    onward = np.flatnonzero((t.parent >= 0) & credit[t.parent])
    stay = times[onward] - times[t.parent[onward]]
    for minutes in AFTER:
        limit = minutes * MINUTE
        counts = credit & (times + limit <= end)
        gone = onward[(stay <= limit) & counts[t.parent[onward]]]
        left, came = sum_by(of[gone], t.amount[gone], n), sum_by(of[counts], t.amount[counts], n)
        yield Metric(f"gone_layer_1.{minutes}", ratios(left, came))
