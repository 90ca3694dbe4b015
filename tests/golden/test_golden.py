"""Every kept run is what it was, to the bit: its log, its settled transfers and its metrics."""

from __future__ import annotations

import pytest

from tests.examples import shortly
from tests.golden.digests import digests_of, read
from tests.golden.plays import plays
from tests.golden.rooms import Room, rooms

KEPT = read()
PLAYS = dict(plays())
SHORT = list(PLAYS)[::3]
"""Of three seeds one: of each scenario alone and with orders, of each element switched off, of each exercise."""
ROOMS = dict(rooms())


def test_the_kept_runs_are_those_that_there_are() -> None:
    """No run is without a digest, no digest without a run."""
    assert list(KEPT) == [*PLAYS, *ROOMS]


@pytest.mark.parametrize("name", shortly(PLAYS, *SHORT))
def test_a_run_is_what_it_was(name: str) -> None:
    """A difference that is meant is announced in the changelog, and kept by `python -m tests.golden`."""
    assert digests_of(PLAYS[name]()) == KEPT[name]


@pytest.mark.parametrize(("name", "room"), ROOMS.items(), ids=list(ROOMS))
def test_a_room_is_what_it_was(name: str, room: Room) -> None:
    """What every role saw at every look, the journal, the orders and the scores, led and played automatically."""
    assert room() == KEPT[name]
