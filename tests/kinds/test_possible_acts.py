"""One list of possible acts serves the pages, the terminal and the automatic players."""

from __future__ import annotations

from functools import cache

import pytest

from sim.exercise.injects import answer_to, in_time
from sim.exercise.load import load_exercise
from sim.exercise.offers import about, about_case, key_of, offers
from sim.exercise.players import everybody, look_of, reaction_of
from sim.exercise.session import Decision, Seat, Session
from sim.exercise.shipped import names
from sim.exercise.solo import Solo
from sim.words.units import SECOND


@cache
def played(name: str) -> tuple[Session, list[Decision]]:
    """A shipped exercise with a player at every seat, and what was done that no list had when it was done."""
    exercise = load_exercise(name)
    players = everybody(exercise.exercise, reaction_of(exercise.exercise))
    every = look_of(exercise.exercise)
    session = Session.start(exercise, seats=[player.seat for player in players])
    middle, unlisted = (exercise.exercise.starts + exercise.exercise.ends) // 2, []
    while not session.finished:
        session.advance((session.now // every + 1) * every)
        if session.now >= middle:
            for status in [one for one in session.injects if one.inject.manual and one.state == "planned"]:
                session.inject(status.inject.id, "test")
        for player in [] if session.finished else sorted(players, key=lambda one: one.ready):
            if session.now < player.ready:
                continue
            listed = {key_of(one) for one in offers(session.view(player.seat.role))}
            before = len(session.decisions)
            player.play(session)
            for one in session.decisions[before:]:
                plain = {"action": one.action, "case": one.case, "account": one.account, "policy": one.policy}
                if not any(key_of(plain | {"desk": desk}) in listed for desk in (one.desk, "")):
                    unlisted.append(one)
    return session, unlisted


@pytest.mark.parametrize("name", names())
def test_every_shipped_exercise_is_answered_by_acts_that_a_page_offers(name: str) -> None:
    """What each inject expects is done in time, and nothing is done that the page of the seat has no button for."""
    session, unlisted = played(name)
    assert unlisted == []
    late = [
        one.inject.id for one in session.injects if one.asked and not in_time(one, answer_to(one, session.decisions))
    ]
    assert late == []


def test_a_team_can_be_sent_to_a_victim_whose_case_is_on_no_desk() -> None:
    """The dispatcher's page of `keeps-paying` has a button for it, which works once."""
    session = Session.start(load_exercise("keeps-paying"), seats=[Seat("d", "dispatcher", "Du")])
    found: list[int] = []
    while not found:
        session.advance(session.now + SECOND)
        assert not session.finished
        view = session.view("dispatcher")
        found = [one["case"] for one in view["cases"] if about_case(view, one) and not view["decisions"]]
    session.act("d", "team", case=found[0])
    assert session.decisions[-1].action == "team"
    view = session.view("dispatcher")
    (case,) = (one for one in view["cases"] if one["case"] == found[0])
    assert about_case(view, case) == []


def test_the_terminal_lists_the_same_acts() -> None:
    """`can` names a stop of each account that the list has, as it is typed; each of these is done."""
    session = Session.start(load_exercise("wuhan-35min"))
    solo = Solo(session, ["analyst"])
    stops: set[str] = set()
    while not stops:
        solo.do("wait 30s")
        assert not session.finished
        stops = {
            f"stop {one['case']}.{one['account']}" for one in offers(session.view("analyst")) if one["action"] == "stop"
        }
    said = " ".join(solo.do("can"))
    assert all(one in said for one in stops)
    assert "say TEXT" in said
    before = len(session.decisions)
    solo.do(min(stops))
    assert len(session.decisions) == before + 1


def test_what_is_typed_and_on_no_list_is_refused_with_what_can_be_done() -> None:
    """Every act on every account, case and desk that is seen: done if it is listed, else one line, and nothing."""
    session = Session.start(load_exercise("wuhan-35min"), seats=[Seat("b", "bank-desk", "Bo")])
    solo = Solo(session, ["analyst"])
    while not session.view("analyst")["accounts"]:
        solo.do("wait 30s")
        assert not session.finished
    view = session.view("analyst")
    subjects = [f"{one['case']}.{one['account']}" for one in view["accounts"]]
    subjects += [f"{one['case']}" for one in view["cases"]] + ["9", "9.9"]
    typed = [f"{word} {one}" for word in ("stop", "call", "team", "drop") for one in subjects]
    typed += [f"{word} {one['name']}{of}" for word, of in (("staff", ""), ("order", " fifo")) for one in view["desks"]]
    tried = 0
    for line in typed:
        possible, decided = solo.possible(), len(session.decisions)
        if line in possible:
            continue
        (said,) = solo.do(line)
        assert said.startswith("Not done: ")
        assert "Can be done now: " in said
        assert sum(one in said for one in possible) >= min(len(possible), 5)
        assert len(session.decisions) == decided
        tried += 1
    assert tried > len(typed) / 2


def test_nothing_is_offered_without_a_right() -> None:
    """A role that may do nothing has an empty list, whatever it sees."""
    session = Session.start(load_exercise("wuhan-35min"), seats=[Seat("a", "analyst", "An")])
    session.advance(session.exercise.starts + 1_800 * SECOND)
    view = session.view("analyst") | {"may": []}
    assert view["accounts"]
    assert list(offers(view)) == []
    assert about(view, view["accounts"][0]) == []
