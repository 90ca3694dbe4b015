"""Whether a room can be played on a server: what is too large is told before anything is simulated.

Each tick of a room looks at all that its people know, and its opening plays all that was before; both grow with the
victims until the room closes, and the memory with all that the scenario has.
"""

from __future__ import annotations

from typing import Final

from sim.exercise.load import Loaded
from sim.scenario.errors import Origin, ScenarioError
from sim.study.ask.size import size_of
from sim.words.phrases import phrase

MOST_PLAYED: Final = 4_000
"""Victims and accounts until a room closes: with more, a tick of its clock takes longer than the other rooms wait."""
MOST_DRAWN: Final = 300_000
"""Victims and accounts of its whole scenario: about twice a city-year, and 300 MB."""


def check_size(loaded: Loaded) -> None:
    """Refuse an exercise that is too large for a room.

    Raises:
        ScenarioError: as said, with how large it is and what makes it smaller.
    """
    scenario, ends = loaded.scenario, loaded.exercise.ends
    whole = size_of(scenario)
    if whole.items > MOST_DRAWN:
        read = phrase(
            "about {victims} victims with {accounts} accounts in all",
            victims=_about(whole.victims), accounts=_about(whole.accounts),
        )  # fmt: skip
        accepted = phrase("at most {most:,} together: a shorter horizon or fewer victims, under set", most=MOST_DRAWN)
        raise ScenarioError(Origin(loaded.exercise.name), "scenario", read, accepted)
    played = size_of(scenario, ends)
    if played.items > MOST_PLAYED:
        read = phrase(
            "about {victims} victims with {accounts} accounts before the room closes",
            victims=_about(played.victims), accounts=_about(played.accounts),
        )  # fmt: skip
        accepted = phrase(
            "at most {most:,} together: an earlier time, or a later start of the scenario, under set",
            most=MOST_PLAYED,
        )
        raise ScenarioError(Origin(loaded.exercise.name), "ends", read, accepted)


def _about(number: float) -> str:
    """A whole number as an estimate says it: two digits."""
    digits = max(len(f"{round(number)}") - 2, 0)
    return f"{round(number, -digits):,.0f}"
