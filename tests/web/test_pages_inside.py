"""Pages of rooms beside one another, without a browser: when what one does is on the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.exercise.load import load_exercise
from sim.web.access import Access
from sim.web.board import Board
from sim.web.rooms import Rooms
from sim.web.seat import _Seat
from sim.web.site import Site
from sim.words.units import MINUTE
from tests.web import inside
from tests.web.conftest import PIN


def test_a_decision_is_on_the_board_before_anything_else_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However busy the machine is: what a trainee presses and what the board then says are one turn of the server."""
    site, rooms = Site(tmp_path, Access(PIN, b"k" * 32)), Rooms(tmp_path / "rooms")
    room = rooms.open(load_exercise("wuhan-35min"), {})
    room.sit("analyst-1", "Li")
    room.session.resume("test")
    room.session.advance(65 * MINUTE)
    board, page = inside.new_page(), inside.new_page()

    async def decide() -> None:
        with board:
            await Board(inside.request(), site, rooms, room).show()
        with page:
            seat = _Seat(inside.request(), site, rooms, room, "analyst-1")
            seat.show()
            task = room.session.view("analyst")["decisions"][0]
            said = f"Li took account {task['account']} of case {task['case']}"
            assert said not in inside.texts(board)
            # Nothing is awaited from here on, so no tick of any clock comes between.
            assert seat._act("take", task["case"], task["account"], task["desk"])
        assert said in inside.texts(board)

    inside.run(decide, monkeypatch)
