"""Automatic players: they do what injects ask for, and know nothing but their role's view."""

from __future__ import annotations

from typing import Any

import pytest

from sim.exercise.expect import Expect
from sim.exercise.injects import answer_to, in_time
from sim.exercise.players import Player, dry_run, expected_of
from sim.exercise.session import Seat, Session
from sim.exercise.styles import LAST_MOMENT, unanswered
from sim.exercise.wishing import wishes
from sim.words.units import MINUTE
from tests.exercise.rooms import ENDS, SEATS, STARTS, room

EVERYTHING = ["take", "stop", "team", "call_bank", "write_off", "call_in", "policy", "message", "any"]


def asks(action: str, **more: str) -> dict[str, Any]:
    """An inject after an hour that expects an action within fifty minutes."""
    to = ["clerk", "tracer", "driver"]
    return {
        "id": "ask", "at": "60m", "to": to, "channel": "phone", "text": "Now", "deadline": "50m",
        "expect": {"action": action, **more},
    }  # fmt: skip


@pytest.mark.parametrize("action", EVERYTHING)
def test_they_do_what_an_inject_expects(action: str) -> None:
    """Whatever kind of action it is, somebody does it after the inject and before its deadline."""
    session = dry_run(room(seed=5, injects=[asks(action)]))
    (status,) = session.injects
    answer = answer_to(status, session.decisions)
    assert in_time(status, answer)
    assert answer is not None
    assert action in ("any", answer.action)


@pytest.mark.parametrize("action", ["take", "call_bank", "call_in", "policy", "any"])
def test_they_do_it_at_the_desk_at_which_it_is_expected(action: str) -> None:
    """With a desk named, what is done elsewhere does not answer; they do it there."""
    desk = "bank:*" if action != "call_in" else "analyst"
    session = dry_run(room(seed=5, injects=[asks(action, desk=desk)]))
    (status,) = session.injects
    assert in_time(status, answer_to(status, session.decisions))


def test_only_who_is_expected_to_answers() -> None:
    """A word that the driver should say is said by nobody else."""
    session = dry_run(room(seed=5, injects=[asks("message", by="driver")]))
    assert [one.role for one in session.decisions if one.action == "message"] == ["driver"]


def test_a_message_whose_time_is_over_is_let_go() -> None:
    """After the deadline of an inject its action is wished for no more."""
    session = Session.start(room(seed=5, injects=[asks("policy")]), seats=SEATS)
    expected = expected_of(session.exercise)
    session.advance(STARTS + 60 * MINUTE)
    assert any(wish["action"] == "policy" for wish in wishes(session.view("tracer"), expected))
    session.advance(STARTS + 111 * MINUTE)
    assert session.view("tracer")["messages"][0]["state"] == "open"
    assert not any(wish["action"] == "policy" for wish in wishes(session.view("tracer"), expected))


def test_a_glance_tells_what_the_view_tells() -> None:
    """Whoever is careless looks up for what a view shows, whether it is made or not."""
    session = Session.start(room(seed=5, injects=[asks("take")]), seats=SEATS)
    found = []
    while not session.finished:
        session.advance(min(ENDS, session.now + 2 * MINUTE))
        for seat in SEATS if not session.finished else ():
            view = session.view(seat.role)
            late = any(one["deadline"] - view["now"] <= LAST_MOMENT for one in view["decisions"])
            found.append(late or unanswered(view))
            assert session.views.presses(seat.role, LAST_MOMENT) == found[-1]
            if found[-1] and session.now % (4 * MINUTE):
                Player(seat, style="careless", luck=(1,)).play(session)
    assert {True, False} == {*found}


class Peephole:
    """All of a session that a player may touch: its view, its clock, and what it asks for."""

    def __init__(self, session: Session) -> None:
        self.view, self.act, self._session = session.view, session.act, session

    @property
    def now(self) -> int:
        """ms since the scenario's start"""
        return self._session.now


def test_a_player_needs_nothing_but_the_view_of_its_role() -> None:
    """Through a peephole that shows only views it plays as it does with the whole session before it."""
    played = []
    for look in (lambda session: session, Peephole):
        session = Session.start(room(seed=5, injects=[asks("stop")]), seats=[SEATS[1]])
        player = Player(Seat("b", "tracer", "Bo"), expected={"ask": Expect(action="stop")})
        while not session.finished:
            session.advance(min(ENDS, session.now + MINUTE))
            if not session.finished:
                player.play(look(session))
        played.append(session.decisions)
    assert played[0] == played[1]
    assert {one.action for one in played[0]} >= {"take", "stop"}
