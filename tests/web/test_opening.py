"""Opening a room at a difficulty, without a browser: what was chosen is what is played, and what trainees read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from sim.exercise.levels import LEVELS, Difficulty
from sim.exercise.load import list_exercises, load_exercise
from sim.web.access import Access
from sim.web.opening import Opening
from sim.web.rooms import Rooms
from sim.web.rooms_page import _list_of
from sim.web.seat import _Seat
from sim.web.site import Site
from sim.words.units import MINUTE
from tests.web import inside
from tests.web.conftest import PIN

NAME = "wuhan-35min"


@pytest.mark.parametrize("difficulty", LEVELS)
def test_a_room_is_opened_at_the_difficulty_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, difficulty: Difficulty
) -> None:
    """As the exercise is with that difficulty in its file; in practice a seat reads what a message asks for."""
    site, rooms = Site(tmp_path, Access(PIN, b"k" * 32)), Rooms(tmp_path / "rooms")
    entry = next(one for one in list_exercises() if one.name == NAME)
    form, page, rooms_page = inside.new_page(), inside.new_page(), inside.new_page()

    async def open_and_look() -> None:
        with form:
            opening = Opening(rooms, entry, partial(load_exercise, entry.path))
            inside.choose(opening._difficulty, difficulty)
            await opening._open()
        (room,) = rooms.rooms.values()
        assert room.session.exercise == load_exercise(NAME, [f"difficulty={difficulty}"]).exercise
        injects = room.session.exercise.injects
        asked = next(one for one in injects if one.expect is not None and one.channel == "message")
        (role,) = asked.asked(list(room.session.exercise.roles))[:1]
        room.sit(f"{role}-1", "Li")
        room.session.resume("test")
        room.session.advance(room.session.exercise.starts + (asked.at or 0) + MINUTE)
        with page:
            _Seat(inside.request(), site, rooms, room, f"{role}-1").show()
        told = [text for text in inside.texts(page) if asked.text.en in text]
        assert told
        with rooms_page:
            _list_of(rooms)
        shown = any(text.endswith(f", {difficulty}") for text in inside.texts(rooms_page))
        assert shown == (difficulty != "normal")
        assert any("(asked for: " in text for text in told) == LEVELS[difficulty].hints

    inside.run(open_and_look, monkeypatch)
