"""Pages of rooms beside one another, without a browser: when what one does is on the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from sim.exercise.load import load_exercise
from sim.exercise.session import Session
from sim.exercise.talk import is_from
from sim.web.access import Access
from sim.web.board import Board
from sim.web.parts import table
from sim.web.places import About
from sim.web.rooms import Rooms
from sim.web.seat import _Seat
from sim.web.site import Site
from sim.web.standing import Standing, Watch
from sim.web.talk import Calls, Messages
from sim.web.teams_page import _Teams
from sim.words.units import MINUTE
from sim.workflow.log import NONE
from tests.exercise.rooms import SEATS, room
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
            task = next(one for one in room.session.view("analyst")["decisions"] if one["account"] != NONE)
            said = f"Li took account {task['account']} of case {task['case']}"
            assert said not in inside.texts(board)
            # Nothing is awaited from here on, so no tick of any clock comes between.
            assert seat._act("take", task["case"], task["account"], task["desk"])
        assert said in inside.texts(board)

    inside.run(decide, monkeypatch)


def test_the_board_of_teams_looks_at_the_team_that_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each of its changes, and at no other: with six teams each tick of six rooms looked at all six."""
    site, rooms = Site(tmp_path, Access(PIN, b"k" * 32)), Rooms(tmp_path / "rooms")
    for letter in "AB":
        rooms.open(load_exercise("wuhan-35min"), {}, About(group="g", team=f"Team {letter}"))
    one, other = rooms.teams("g")
    looked: list[str] = []
    now = Watch.now

    def seen(watch: Watch) -> Standing:
        looked.append(watch.room.about.team)
        return now(watch)

    monkeypatch.setattr(Watch, "now", seen)
    page = inside.new_page()

    async def play() -> None:
        with page:
            _Teams(inside.request(), site, rooms, "g").show()
        assert looked == ["Team A", "Team B"]
        other.sit("analyst-1", "Li")
        with other.deed() as session:
            session.resume("test")
            session.act("analyst-1", "message", note="x")
        assert looked[2:] == ["Team B", "Team B"]
        assert "09:45:00, running" in inside.texts(page)
        with other.deed() as session:
            session.advance(one.session.now + 1000)
        assert "09:45:01, running" in inside.texts(page)

    inside.run(play, monkeypatch)


def test_nobody_is_told_of_an_own_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote is no news to that seat and has no button that answers it; a colleague's has both."""

    async def look() -> None:
        session = Session.start(room(injects=[]), seats=SEATS)
        session.act("b", "message", note="From Bo")
        for seat, news in (("b", False), ("c", True)):
            view = session.view("tracer", seat)
            with inside.new_page() as client:
                calls = Calls(session, seat, "tracer", lambda _: True, None)
                own = partial(is_from, seat=seat, decisions=session.decisions)
                messages = Messages(session.exercise, session.scenario.start, lambda _: None, own=own)
                calls.show(view)
                messages.show(view)
            assert any("One new message" in text for text in inside.texts(client)) == news
            (button,) = [one for one in client.elements.values() if getattr(one, "text", "") == "Answer"]
            assert bool(button.props.get("hidden")) != news

    inside.run(look, monkeypatch)


def test_a_table_of_many_figures_is_few_elements_and_says_markup_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with every figure of two scenarios took a second of the server: each cell was an element of its own."""

    async def look() -> None:
        with inside.new_page() as client:
            before = len(client.elements)
            table(("<i>", "n"), [(f"<b>{number}\udc80", "1 & 2") for number in range(1000)], "all")
        assert len(client.elements) - before < 10
        (body,) = [one for one in client.elements.values() if one.tag == "tbody"]
        row = "<tr><th scope=row>&lt;b&gt;7?<td class=number>1 &amp; 2</tr>"
        assert row in body.props["innerHTML"]
        assert "<b>" not in body.props["innerHTML"]

    inside.run(look, monkeypatch)
