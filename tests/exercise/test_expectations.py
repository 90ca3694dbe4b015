"""Expectations that can fail: each inject of each shipped exercise has a wrong answer, told as wrong, and a right one.

Every answer is given through the list of acts that the page of the seat has.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim.exercise.acts import Refused
from sim.exercise.expect import Says
from sim.exercise.injects import answer_to, in_time
from sim.exercise.judging import named_in, unsaid
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.offers import offers
from sim.exercise.players import Player, everybody, expected_of
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.exercise.styles import Style
from sim.exercise.wishing import wishes
from sim.words.units import MINUTE, SECOND
from tests.exercise.rooms import SEATS, STARTS, room

ASKED = [(name, one.id) for name in names() for one in load_exercise(name).exercise.injects if one.expect is not None]


@cache
def loaded_of(name: str) -> Loaded:
    """A shipped exercise, read once."""
    return load_exercise(name)


def played(name: str, inject: str, answering: Style) -> Session:
    """Good play to the deadline of an inject; how its answers are given is as said: `nobody` gives only wrong ones."""
    loaded = loaded_of(name)
    players = everybody(loaded.exercise)
    session = Session.start(loaded, seats=[player.seat for player in players])
    status = next(one for one in session.injects if one.inject.id == inject)
    while not session.finished:
        session.advance(session.now + 5 * SECOND)
        told = status.state == "fired"
        if told and (session.now > (status.deadline or 0) or answer_to(status, session.decisions)):
            break
        for player in players:
            asked = told and status.inject.asked([player.seat.role])
            if asked and answering == "nobody":
                _wrongly(session, player, status.inject.id)
            elif not session.finished:
                player.play(session)
    return session


def _wrongly(session: Session, player: Player, inject: str) -> None:
    """Answer with an act of the kind that is asked for which is on the page's list, and not what is meant."""
    status = next(one for one in session.injects if one.inject.id == inject)
    view = session.view(player.seat.role)
    right = wishes(view, expected_of(session.exercise))[:1]
    for one in offers(view):
        if one["action"] != status.inject.expect.action or status.attempts:  # type: ignore[union-attr]
            continue
        if right and (one.get("case"), one.get("account")) == (right[0].get("case"), right[0].get("account")):
            continue
        try:
            session.act(player.seat.id, **(one | ({"note": "Received."} if one["action"] == "message" else {})))
        except Refused:
            continue
        return


@pytest.mark.parametrize(("name", "inject"), ASKED)
def test_a_right_answer_is_told_as_right(name: str, inject: str) -> None:
    """Good play answers it in time, and the trainee, the facilitator and the score hear of it."""
    session = played(name, inject, "good")
    status = next(one for one in session.injects if one.inject.id == inject)
    answer = answer_to(status, session.decisions)
    assert answer is not None
    assert in_time(status, answer)
    seen = next(one for one in session.view("facilitator")["messages"] if one["id"] == inject)
    assert seen["state"] == "done"


@pytest.mark.parametrize(("name", "inject"), ASKED)
def test_a_wrong_answer_is_told_as_wrong(name: str, inject: str) -> None:
    """Another act of the same kind does not meet it: it is told as wrong with what it lacks, and no point is had."""
    session = played(name, inject, "nobody")
    status = next(one for one in session.injects if one.inject.id == inject)
    assert answer_to(status, session.decisions) is None
    seen = next(one for one in session.view("facilitator")["messages"] if one["id"] == inject)
    told = next(one for one in session.view("facilitator")["injects"] if one["id"] == inject)
    if status.attempts:
        assert seen["state"] == "wrong"
        assert told["missing"]
    else:
        assert seen["state"] == "open"


def says(note: str, **asked: Any) -> list[str]:
    """What a message lacks of what is asked."""
    exercise = room().exercise
    return list(unsaid(Says.model_validate(asked), note, exercise, []))


@pytest.mark.parametrize(
    ("asked", "right", "wrong", "lacks"),
    [
        ({"to": "tracer"}, "Tracer: the bank is down", "the bank is down", "to"),
        ({"bank": "icbc"}, "ICBC is down", "CCB is down", "bank"),
        ({"bank": "icbc"}, "工行中断", "建行中断", "bank"),
        ({"time": True}, "back in 40 minutes", "back soon", "time"),
        ({"time": True}, "四十分钟后恢复", "很快恢复", "time"),
        ({"time": True}, "since 14:05", "since account 2.7", "time"),
        ({"amount": True}, "held: 120,000 yuan", "held: much", "amount"),
        ({"amount": True}, "止付12万元", "止付不少", "amount"),
        ({"rubric": [{"text": "refers", "words": ["press office"]}]}, "Ask the Press Office.", "No comment.", "rubric"),
    ],
)
def test_a_message_is_held_to_what_it_says(asked: dict[str, Any], right: str, wrong: str, lacks: str) -> None:
    """Whom, which bank, a time, an amount, words of a rubric: in both languages."""
    assert says(right, **asked) == []
    assert says(wrong, **asked) == [lacks]


def test_an_account_is_named_in_every_way_in_which_it_is_shown() -> None:
    """By its number, and in words in both languages."""
    assert named_in("2.7, account 3 of case 1, 案件 4 账户 5") == {(2, 7), (1, 3), (4, 5)}
    assert named_in("nothing") == set()


def ask(**expect: Any) -> dict[str, Any]:
    """An inject after an hour to the tracer."""
    return {"id": "ask", "at": "60m", "to": ["tracer"], "channel": "phone", "text": "Now", "deadline": "50m",
            "expect": expect}  # fmt: skip


def test_what_comes_before_counts() -> None:
    """`before: 2` asks for the first decision since the inject: the second, however right, is wrong."""
    loaded = room(seed=5, injects=[ask(action="policy", before=2)])
    for first in (True, False):
        session = Session.start(loaded, seats=SEATS)
        session.advance(STARTS + 61 * MINUTE)
        if not first:
            session.act("b", "call_in", desk="analyst")
        session.act("b", "policy", desk="analyst", policy="freshest_first")
        (status,) = session.injects
        assert (answer_to(status, session.decisions) is not None) == first
        assert status.attempts[-1].missing == (() if first else ("before",))


def test_whoever_leads_has_the_last_word_where_a_tick_is_asked(tmp_path: Any) -> None:
    """An answer waits for the tick, counts with it, and does not where it is denied; the journal keeps it."""
    loaded = room(seed=5, injects=[ask(action="message", tick=True)])
    session = Session.start(loaded, tmp_path, seats=SEATS)
    session.advance(STARTS + 61 * MINUTE)
    with pytest.raises(Refused):
        session.judge("ask", True, "lead")  # nobody has answered
    session.act("b", "message", note="We are on it")
    (status,) = session.injects

    def state() -> str:
        return next(one["state"] for one in session.view("tracer")["messages"] if one["id"] == "ask")

    assert (answer_to(status, session.decisions), state()) == (None, "open")
    session.judge("ask", False, "lead")
    assert state() == "wrong"
    session.judge("ask", True, "lead")
    assert state() == "done"
    (again,) = Session.load(tmp_path).injects
    assert (again.ticked, again.attempts) == (True, status.attempts)


@pytest.mark.parametrize(
    ("expect", "what"),
    [
        ({"action": "take", "says": {"time": True}}, "says goes with action: message"),
        ({"action": "message", "says": {}}, "at least one of"),
        ({"action": "message", "account": {"pick": "largest"}}, "an act about an account"),
        ({"action": "take", "account": {}}, "at least one of"),
        ({"action": "message", "says": {"rubric": [{"text": "one"}], "least": 2}}, "at most 1"),
    ],
)
def test_an_expectation_that_cannot_be_meant_is_refused(expect: dict[str, Any], what: str) -> None:
    """It is one line that says what is accepted."""
    with pytest.raises(ValueError, match=what):
        room(injects=[ask(**expect)])
