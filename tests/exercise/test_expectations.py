"""Expectations that can fail: each inject of each shipped exercise has a wrong answer, told as wrong, and a right one.

Every answer is given through the list of acts that the page of the seat has.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from sim.exercise.acts import Refused
from sim.exercise.expect import Says
from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.judging import named_in, unsaid
from sim.exercise.offers import Asked, offers
from sim.exercise.picking import ordered, picked
from sim.exercise.players import everybody, look_of, reaction_of
from sim.exercise.seen import AccountSeen
from sim.exercise.session import Seat, Session
from sim.exercise.shipped import names
from sim.words.units import MINUTE
from sim.workflow.log import NONE
from tests.exercise.rooms import SEATS, STARTS, room
from tests.exercise.test_shipped import loaded_of, played

pytestmark = pytest.mark.xdist_group("shipped")  # one worker plays each shipped exercise, for all that look at it
ASKED = [(name, one.id) for name in names() for one in loaded_of(name).exercise.injects if one.expect is not None]


@cache
def played_wrongly(name: str) -> Session:
    """One in which everybody takes what comes, says no more than a word, and answers each inject with a wrong act."""
    loaded = loaded_of(name)
    exercise = loaded.exercise
    players = everybody(exercise, reaction_of(exercise), style="first_come")
    session = Session.start(loaded, seats=[player.seat for player in players])
    while session.now < exercise.ends:
        session.advance(session.now + look_of(exercise))
        for player in players if not session.finished else ():
            open_ = [one for one in session.injects if _waits_for(one, player.seat, session.now)]
            for status in open_:
                _answer_wrongly(session, player.seat, status)
            if not open_:
                player.play(session)
    session.finish("")
    return session


def _waits_for(status: Status, seat: Seat, now: int) -> bool:
    """Whether an inject asks somebody, who has not tried to answer it yet."""
    asked = status.inject.expect is not None and status.state == "fired" and status.inject.asked([seat.role])
    return bool(asked) and not status.attempts and now <= (status.deadline or 0)


def _answer_wrongly(session: Session, seat: Seat, status: Status) -> None:
    """Do something of the kind that is asked for that is on the page's list, and is not what is meant."""
    expect = status.inject.expect
    assert expect is not None
    listed = list(offers(session.view(seat.role)))
    wrong = [one for one in listed if one["action"] == expect.action and not _meant(session, one)]
    if expect.account is not None:
        known = session.view("facilitator")["accounts"]
        amounts = {(one["case"], one["account"]): one.get("amount", 0) for one in known}
        fitting = [(one["case"], one["account"]) for one in ordered(expect.account, known)]
        rank = {one: -number for number, one in enumerate(fitting)}
        if len({_subject(one) for one in wrong}) < 2 and session.now + MINUTE < (status.deadline or 0):
            return  # the one left might be meant after all, where the better ones are refused
        wrong.sort(key=lambda one: (rank.get(_subject(one), -len(known)), amounts.get(_subject(one), 0)))
    if expect.before is not None and expect.desk is None and expect.account is None:
        since = [one for one in session.decisions if one.at >= status.fired_at and one.role == seat.role]
        others = sum(one.action != "message" for one in since) < expect.before - 1
        wrong = [one for one in listed if (one["action"] not in ("message", expect.action)) == others]
    for one in wrong:
        try:
            session.act(seat.id, **(one | ({"note": "Received."} if one["action"] == "message" else {})))
        except Refused:
            continue
        return


def _subject(act: Asked) -> tuple[int, int]:
    return act.get("case", NONE), act.get("account", NONE)


def _meant(session: Session, act: Asked) -> bool:
    """Whether an act, words apart, is what any inject that was told asks for."""
    asking = [one.inject.expect for one in session.injects if one.state == "fired" and one.inject.expect is not None]
    known = session.view("facilitator")["accounts"]
    for expect in [one for one in asking if one.action == act["action"] and one.action != "message"]:
        about = [one for one in known if _possible(session, expect.action, one)]
        account = expect.account is None or _subject(act) in picked(expect.account, about)
        if account and (expect.desk is None or fnmatchcase(act.get("desk", ""), expect.desk)):
            return True
    return False


def _possible(session: Session, action: str, account: AccountSeen) -> bool:
    """Whether any page lists an act about an account."""
    return any(
        (one["action"], *_subject(one)) == (action, account["case"], account["account"])
        for role in session.exercise.roles
        for one in offers(session.view(role))
    )


@pytest.mark.parametrize(("name", "inject"), ASKED)
def test_a_right_answer_is_told_as_right(name: str, inject: str) -> None:
    """Good play answers it in time, and the trainee, the facilitator and the score hear of it."""
    session, _ = played(name)
    status = next(one for one in session.injects if one.inject.id == inject)
    answer = answer_to(status, session.decisions)
    assert answer is not None
    assert in_time(status, answer)
    for role in ("facilitator", answer.role):
        assert [one["state"] for one in session.view(role)["messages"] if one["id"] == inject] == ["done"]


@pytest.mark.parametrize(("name", "inject"), ASKED)
def test_a_wrong_answer_is_told_as_wrong(name: str, inject: str) -> None:
    """Another act of the same kind does not meet it: it is told as wrong with what it lacks, and no point is had."""
    session = played_wrongly(name)
    status = next(one for one in session.injects if one.inject.id == inject)
    assert status.attempts, "nobody tried it"
    assert answer_to(status, session.decisions) is None
    seen = next(one for one in session.view("facilitator")["messages"] if one["id"] == inject)
    told = next(one for one in session.view("facilitator")["injects"] if one["id"] == inject)
    assert seen["state"] == "wrong"
    assert told["missing"]
    assert told["wrong_by"]


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
