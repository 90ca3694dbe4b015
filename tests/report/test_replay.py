"""A case moment by moment: its money is always somewhere, and nothing is shown before it happens."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from sim.engine.run import Run, simulate
from sim.report.findings.case import gather
from sim.report.findings.replay import MOST, PLACES, Replay, at, cases_of, replay_of
from sim.scenario.loader import load


@pytest.fixture(scope="module")
def run() -> Run:
    """One run of the printed case, in which accounts are stopped and money gets away."""
    return simulate(load("wuhan-35min").scenario, 1, 0)


@pytest.fixture(scope="module")
def replay(run: Run) -> Replay:
    """Its case, moment by moment."""
    return replay_of(run, cases_of(run)[0][0])


def test_the_money_is_somewhere_at_every_moment(run: Run, replay: Replay) -> None:
    """To the fen: what is at all places together is what the victim pays in the end, and never less than nothing."""
    told = gather(run, cases_of(run)[0][0])
    assert replay.loss == told.loss > 0
    for number in range(len(replay.moments)):
        seen = at(replay, number)
        assert set(seen.money) == set(PLACES)
        assert sum(seen.money.values()) == replay.loss
        assert min(seen.money.values()) >= 0
    last = at(replay, len(replay.moments) - 1).money
    assert last["out"] == sum(told.exited.values())
    assert last["held"] > 0


def test_nothing_is_shown_before_it_happens(replay: Replay) -> None:
    """Out of the banks is what has left by then; nobody works on what has not come."""
    assert [one.at for one in replay.moments] == sorted({one.at for one in replay.moments})
    first = at(replay, 0)
    assert first.money["victim"] + first.money["free"] == replay.loss
    assert first.at_work == first.waiting == []
    for number, moment in enumerate(replay.moments):
        gone = sum(fen for time, fen, _, to in replay.moves if to < 0 and time <= moment.at)
        assert at(replay, number).money["out"] == gone
    somebody = [number for number in range(len(replay.moments)) if at(replay, number).at_work]
    assert somebody


def test_what_was_kept_is_the_same_again(replay: Replay) -> None:
    """Through JSON and back; anything else is refused."""
    kept = json.loads(json.dumps(asdict(replay)))
    assert Replay.read(kept) == replay
    for damage in ({**kept, "moments": []}, {**kept, "moves": [[0, 1, 2, 10**6]]}, {**kept, "work": [{}]}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Replay.read(damage)


def test_cases_are_chosen_each_for_a_reason() -> None:
    """Different cases, at most so many; the first is the one of which most came back."""
    run = simulate(load("county").scenario, 1, 0)
    found = cases_of(run)
    assert 1 < len(found) <= MOST
    assert len({row for row, _ in found}) == len({why for _, why in found}) == len(found)
