"""What became of the paper for an account whose stop ended by itself."""

from __future__ import annotations

import pytest

from sim.engine.run import simulate
from sim.measure.lapses import UNDECIDED, lapsed_by_paper
from sim.measure.metrics import measure
from sim.scenario.loader import load

LATE = "routes.freeze.steps.ripe.wait.before_lapse=1ms"


def lapsed(*overrides: str) -> dict[str, int]:
    """fen by outcome, of three weeks of the city; all that lapsed, and nothing else."""
    run = simulate(load("city", ["horizon=21d", *overrides]).scenario)
    measured = measure(run)
    found = lapsed_by_paper(run, measured)
    assert sum(found.values()) == sum(int(fen.sum()) for cause, fen in measured.leak.items() if cause == "lapsed")
    return found


def test_every_fen_that_lapsed_has_the_paper_that_did_not_keep_it() -> None:
    """Claimed by others, of nobody who reported, or too small; where all is claimed, claims take nearly all of it."""
    found = lapsed()
    assert set(found) <= {"disputed", "no_victim", "not_worth_it", "too_late", "held_by_another", UNDECIDED}
    assert len(found) >= 3
    claimed = lapsed("criminals.claims.disputed=0.8")
    assert claimed["disputed"] > 5 * found["disputed"]


def test_a_paper_that_nobody_had_decided_in_time() -> None:
    """It comes to the desk as the stop ends."""
    found, usual = lapsed(LATE), lapsed()
    assert found[UNDECIDED] > sum(found.values()) / 2
    assert usual.get(UNDECIDED, 0) < sum(usual.values()) / 10


def test_without_a_law_nothing_lapses() -> None:
    """Stops last."""
    run = simulate(load("wuhan-35min", ["law=null"]).scenario)
    assert lapsed_by_paper(run, measure(run)) == {}


@pytest.mark.parametrize("outcome", ["frozen", "returned"])
def test_what_was_frozen_did_not_lapse(outcome: str) -> None:
    """No freeze was filed where a stop ended by itself."""
    assert outcome not in lapsed()
