"""What common luck saves: `python -m benchmarks.pairing DAYS REPLICATIONS` prints one line of JSON.

One more trace analyst at night in the city, by recovered share. For an interval of the same width a comparison of
independent runs needs as many times the replications of a paired one as its variance is larger.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sim.scenario.loader import load
from sim.scenario.whatifs import read_whatifs
from sim.study.ask.compare import compare
from sim.study.run.runner import Arm, Runner

SEED = 1
START = "2025-03-03T00:00"
"""A Monday without a holiday near."""
WHAT_IF = "analyst-at-night"


def saved(days: int, replications: int) -> dict[str, Any]:
    """The difference in points with its interval, and the variance of an unpaired over that of a paired difference."""
    base = load("city", [f"start={START}", f"horizon={days}d"])
    arms = [Arm("city", base.scenario), *(Arm(one.name, one.on(base)) for one in read_whatifs(names=[WHAT_IF]))]
    with Runner(seed=SEED) as runner:
        _, row = compare(runner, arms, replications, ["recovered_share"])
    points = {name: 100 * value for name, value in (("mean", row.change.mean), ("low", row.change.low))}
    return {
        "days": days,
        "replications": row.change.n,
        "points": points["mean"],
        "half_width": points["mean"] - points["low"],
        "variance_ratio": row.unpaired,
    }


if __name__ == "__main__":
    days, replications = sys.argv[1:]
    print(json.dumps(saved(int(days), int(replications))))
