"""Who answers an inject, and when: only those who were told, or who is named, and late is late."""

from __future__ import annotations

from typing import Any

import pytest

from sim.exercise import report_text
from sim.exercise.load import Loaded
from sim.exercise.report_sheets import sheets
from sim.exercise.review import Injected, review
from sim.exercise.session import Seat, Session
from sim.exercise.teams import teams
from sim.words.language import LANGUAGES, say, using
from sim.words.units import MINUTE
from tests.exercise.rooms import room
from tests.exercise.test_review import by_hand

SEATS = [Seat("a", "clerk", "An"), Seat("b", "watch", "Bo")]


def asked(**inject: Any) -> Loaded:
    """A room in which the clerk is asked in minute 2 for a message within 5 minutes."""
    role = {"title": "Role", "desks": [], "sees": ["cases"], "may": ["message"]}
    told = {
        "id": "ask", "at": "2m", "to": ["clerk"], "channel": "phone", "text": "Well?", "deadline": "5m",
        "expect": {"action": "message"},
    } | inject  # fmt: skip
    roles = {"clerk": role, "watch": role}
    return room(by_hand().scenario, starts=0, ends="90m", roles=roles, injects=[told])


def answered(loaded: Loaded, *said: tuple[str, int]) -> tuple[Session, Injected]:
    """The session, and what became of the inject: who (by the seat) says something in which minute."""
    session = Session.start(loaded, seats=SEATS)
    for seat, minute in said:
        session.advance(minute * MINUTE)
        session.act(seat, "message", note="Yes")
    session.advance(session.exercise.ends)
    session.finish("")
    (found,) = review(session).injects
    return session, found


def test_who_was_not_told_does_not_answer() -> None:
    """A word of somebody who never heard of it is no answer; the first of one who did is."""
    assert answered(asked(), ("b", 3))[1].done_at is None
    _, found = answered(asked(), ("b", 3), ("a", 4))
    assert (found.by, found.in_time, found.done_at) == ("An", True, 4 * MINUTE)


def test_who_is_named_answers_though_others_were_told() -> None:
    """`expect.by` alone counts: who was told passes it on."""
    loaded = asked(expect={"action": "message", "by": "watch"})
    assert answered(loaded, ("a", 3))[1].done_at is None
    session, found = answered(loaded, ("a", 3), ("b", 4))
    assert (found.by, found.in_time) == ("Bo", True)
    scores = {one.name: (one.expected, one.done) for one in review(session).seats}
    assert scores == {"An": (0, 0), "Bo": (1, 1)}
    assert {one.role: (one.expected, one.done) for one in teams(review(session))}["watch"] == (1, 1)


def test_a_late_answer_is_kept_as_late_and_never_counts() -> None:
    """It is told as late to the trainee, the facilitator, the report, the workbook and the scores, with no points."""
    session, found = answered(asked(), ("a", 9), ("a", 10))
    assert (found.by, found.done_at, found.in_time, found.late) == ("An", 9 * MINUTE, False, True)
    assert report_text.actual(found) == "answered late, by An after 7 min"
    assert session.view("clerk")["messages"][0]["state"] == "late"
    (seen,) = session.view("facilitator")["injects"]
    assert (seen["done_by"], seen["done_at"], seen["done_late"]) == ("An", 9 * MINUTE, True)
    made = review(session)
    assert made.scores.injects_points == 0.0
    an = made.seats[0]
    assert (an.expected, an.done, an.answered_late, an.points) == (1, 0, 1, 0.0)
    assert [(one.expected, one.done, one.answered_late) for one in teams(made) if one.role == "clerk"] == [(1, 0, 1)]
    assert report_text.done_of(an.done, an.answered_late, an.expected) == "0 of 1, 1 late"
    rows = {sheet.name: sheet.rows for sheet in sheets(made, session.scenario)}
    assert [row[-1] for row in rows["Injects"]] == ["late"]
    assert [row[-2] for row in rows["Scores"] if row[0] == "An"] == [1]


@pytest.mark.parametrize(("minute", "state", "says"), [(6, "done", "in time"), (None, "open", "not at all")])
def test_in_time_and_not_at_all_are_told_apart(minute: int | None, state: str, says: str) -> None:
    """What was answered before the deadline is done; what nobody answered is open."""
    session, _ = answered(asked(), *([("a", minute)] if minute else []))
    assert session.view("clerk")["messages"][0]["state"] == state
    rows = {sheet.name: sheet.rows for sheet in sheets(review(session), session.scenario)}
    assert [row[-1] for row in rows["Injects"]] == [says]


def test_amounts_of_the_workbook_are_in_yuan_in_every_language() -> None:
    """Its heads never speak of another unit than its cells have."""
    session, _ = answered(asked())
    for language in LANGUAGES:
        with using(language):
            heads = [
                say(column.head) for sheet in sheets(review(session), session.scenario) for column in sheet.columns
            ]
        assert not any("万" in head for head in heads)
