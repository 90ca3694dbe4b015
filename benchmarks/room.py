"""`python -m benchmarks.room`: what a second of an exercise costs, with the views of all its roles.

Automatic players decide meanwhile; what they cost is not counted. Exits with 1 where the target is missed.
"""

from __future__ import annotations

import sys
import time
from statistics import fmean, quantiles

from sim.exercise.load import load_exercise
from sim.exercise.players import everybody
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.exercise.vocabulary import ALWAYS
from sim.words.units import SECOND

MOST_MS = 2.0
"""For a tick on average."""


def ticks(name: str) -> list[float]:
    """Seconds of processing for each simulated second of an exercise."""
    loaded = load_exercise(name)
    roles = loaded.exercise.roles
    players = everybody(loaded.exercise)
    session = Session.start(loaded, seats=[player.seat for player in players])
    found = []
    while not session.finished:
        start = time.perf_counter()
        session.advance(session.now + SECOND)
        for role in (*roles, *ALWAYS):
            session.view(role)
        found.append(time.perf_counter() - start)
        for player in players:
            if not session.finished:
                player.play(session)
    return found


def main() -> int:
    """Print a line for each shipped exercise; 1 where one is too slow."""
    missed = 0
    for name in names():
        found = ticks(name)
        mean, rare = 1000 * fmean(found), 1000 * quantiles(found, n=100)[-1]
        missed += mean > MOST_MS
        print(f"{name}: {len(found):,} ticks, {mean:.2f} ms on average (at most {MOST_MS:g}), {rare:.1f} ms 1 in 100")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
