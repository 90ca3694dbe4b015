"""Why an exercise is no test of people with its seed, in words, for whoever makes one."""

from __future__ import annotations

from collections.abc import Callable

from sim.exercise.merit import CLEAR, MOST_IDLE, SLIGHT, Merit
from sim.words.language import percent, say


def why_not(one: Merit, called: Callable[[str], str] = str) -> list[str]:
    """What speaks against it; nothing where decisions matter, each inject is met and nobody sits idle.

    Args:
        called: what an inject is called, by its id.
    """
    found = []
    if one.good < one.nobody + CLEAR:
        found.append(
            say("good play beats nobody's deciding by {n:.0f} points, less than {least:.0f}: decisions hardly matter"
                " with this seed", n=one.good - one.nobody, least=CLEAR)
        )  # fmt: skip
    if one.careless > one.nobody + SLIGHT:
        found.append(
            say("careless play beats nobody's deciding by {n:.0f} points, more than {most:.0f}: any click scores",
                n=one.careless - one.nobody, most=SLIGHT)
        )  # fmt: skip
    if one.unmet:
        found.append(say("good play does not meet these injects: {names}", names=", ".join(map(called, one.unmet))))
    if one.most_idle > MOST_IDLE:
        found.append(say("a seat is idle for {share} of the time, more than a third", share=percent(one.most_idle)))
    return found
