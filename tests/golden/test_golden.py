"""Every kept run is what it was, to the bit: its log, its settled transfers and its metrics."""

from __future__ import annotations

import pytest

from tests.golden.digests import digests_of, read
from tests.golden.plays import Play, plays
from tests.golden.rooms import Room, rooms

KEPT = read()
PLAYS = dict(plays())
ROOMS = dict(rooms())


def test_the_kept_runs_are_those_that_there_are() -> None:
    """No run is without a digest, no digest without a run."""
    assert list(KEPT) == [*PLAYS, *ROOMS]


@pytest.mark.parametrize(("name", "play"), PLAYS.items(), ids=list(PLAYS))
def test_a_run_is_what_it_was(name: str, play: Play) -> None:
    """A difference that is meant is announced in the changelog, and kept by `python -m tests.golden`."""
    assert digests_of(play()) == KEPT[name]


@pytest.mark.parametrize(("name", "room"), ROOMS.items(), ids=list(ROOMS))
def test_a_room_is_what_it_was(name: str, room: Room) -> None:
    """What every role saw at every look, the journal, the orders and the scores, led and played automatically."""
    assert room() == KEPT[name]
