"""What the debriefing's headline says of a review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.scenario.units import YUAN
from sim.web.after import summary_of
from tests.exercise.plays import reviewed


@pytest.mark.parametrize(("result", "verdict"), [(600, "good"), (500, ""), (450, "bad")])
def test_only_a_better_room_than_the_model_is_good(result: int, verdict: str) -> None:
    """The headline says the result against the model, and is marked good only where it is more."""
    found = reviewed()
    scores = replace(found.scores, result=result * YUAN, baseline=500 * YUAN, loss=1000 * YUAN)
    said = summary_of(replace(found, scores=scores))
    assert said["verdict"] == verdict
    assert said["finding"].startswith(f"{result} yuan of 1,000 yuan came back: ")
    assert "the model alone" in said["finding"]


def test_the_headline_says_the_best_order_the_ceiling_and_the_dearest_delay() -> None:
    """What the best order of work would have added, the share of the ceiling, and the decision that cost most."""
    found = reviewed()
    amounts = {"result": 400 * YUAN, "best": 500 * YUAN, "ceiling": 800 * YUAN}
    one, *rest = found.decisions
    changed = replace(found, scores=replace(found.scores, **amounts), decisions=[*rest, replace(one, fen_lost=10**12)])
    against = summary_of(changed)["against"]
    assert "The best order of work found brings 100 yuan more." in against
    assert "This room reached 50% of the ceiling of 800 yuan." in against
    assert "The dearest delay, 10,000,000,000 yuan: " in against
    none = replace(changed, decisions=[replace(one, fen_lost=-1)])
    assert "No delay of a decision cost money." in summary_of(none)["against"]
