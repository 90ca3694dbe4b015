"""Injects that have not come are changed in mid-room: text, time, recipients; what does not fit is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.exercise.acts import Refused
from sim.exercise.report_timeline import row, timeline
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.scenario.errors import ScenarioError
from sim.words.units import MINUTE
from tests.exercise.rooms import INJECTS, SEATS, STARTS, room


def test_an_inject_comes_as_it_was_changed(tmp_path: Path) -> None:
    """Its new text at its new time to its new role, with the new deadline; the journal plays it again; it is told."""
    session = Session.start(room(injects=INJECTS[:2]), tmp_path, seats=SEATS)
    session.script.edit("slow", "lead", {"text": "Two are ill", "at": "5m", "to": ["driver"], "deadline": "3m"})
    session.advance(STARTS + 6 * MINUTE)
    again = Session.load(tmp_path)
    again.advance(STARTS + 6 * MINUTE)
    for one in (session, again):
        told = one.view("driver")["messages"]
        assert [(it["at"], it["text"]["en"], it.get("deadline")) for it in told] == [
            (STARTS + 5 * MINUTE, "Two are ill", STARTS + 8 * MINUTE)
        ]
        assert not [it for it in one.view("tracer")["messages"] if it["text"]["en"] == "Two are ill"]
    found = review(session, most=0)
    told = [row(found, one) for _, kind, one in timeline(found) if kind in ("edit", "inject")]
    assert told == ["inject 1: Begin", "lead changed inject 2", "inject 2: Two are ill"]


@pytest.mark.parametrize(
    ("made", "field", "read", "accepted"),
    [
        ({"text": None}, "text", "nothing", "required"), ({"at": "0m"}, "at", "'0m'", "a time to come"),
        ({"at": "soon"}, "at", "'soon'", "a time such as 35m"), ({"to": []}, "to", "", "a list of 1 or more"),
        ({"to": ["tracer", "king"]}, "to.1", "'king'", "tracer"),
        ({"channel": "pigeon"}, "channel", "'pigeon'", "phone"),
        ({"at": None}, "", "an inject that never fires", "at, when or manual"),
        ({"when": {"known": 0}}, "when.known", "0", "at least 1"),
        ({"expect": {"action": "team"}}, "expect.action", "'team'", "a role asked can do"),
        ({"expect": {"action": "take", "desk": "police"}}, "expect.desk", "'police'", "a desk at which"),
        ({"deadline": None}, "", "", "deadline goes with expect"),
    ],
)  # fmt: skip
def test_a_change_that_is_not_taken_says_which_field_is_wrong(
    made: dict[str, Any], field: str, read: str, accepted: str
) -> None:
    """What was read there, and what would be taken, as of a file; the path counts from the inject."""
    session = Session.start(room(), seats=SEATS)
    session.advance(STARTS + MINUTE)
    with pytest.raises(ScenarioError) as told:
        session.script.fitting("slow", made)
    assert told.value.field == field
    assert read in told.value.read
    assert accepted in told.value.accepted
    with pytest.raises(Refused, match="the exercise would not take that"):
        session.script.edit("slow", "lead", made)


@pytest.mark.parametrize("to", [["tracer"], ["clerk", "driver"], ["clerk", "tracer", "driver", "observer"]])
def test_recipients_are_any_roles_and_those_before_again(to: list[str]) -> None:
    """One, a pair and all, and then the pair that it was."""
    session = Session.start(room(), seats=SEATS)
    session.script.edit("slow", "lead", {"to": ["clerk", "tracer"]})
    for now in (to, ["clerk", "tracer"]):
        session.script.edit("slow", "lead", {"to": now})
        assert next(one.inject.to for one in session.injects if one.inject.id == "slow") == now


@pytest.mark.parametrize(
    ("inject", "made"),
    [
        ("none", {}), ("first", {"text": "Too late"}), ("slow", {"at": "0m"}), ("slow", {"at": "30h"}),
        ("slow", {"to": ["king"]}), ("slow", {"to": []}), ("slow", {"text": None}), ("slow", {"deadline": None}),
        ("slow", {"at": None}), ("slow", {"expect": {"action": "team"}}), ("slow", {"channel": "pigeon"}),
        ("slow", {"when": {}}), ("slow", {"colour": "red"}),
    ],
)  # fmt: skip
def test_what_the_exercise_would_not_take_is_refused(inject: str, made: dict[str, Any]) -> None:
    """Unknown or told already, a time that is over, nobody there, an answer that nobody can give: all is as before."""
    session = Session.start(room(), seats=SEATS)
    session.advance(STARTS + MINUTE)
    before = len(session.journal.lines), [one.inject for one in session.injects]
    with pytest.raises(Refused):
        session.script.edit(inject, "lead", made)
    assert (len(session.journal.lines), [one.inject for one in session.injects]) == before


def test_a_condition_or_the_hand_may_take_the_place_of_a_time() -> None:
    """As in the file of an exercise: `at` alone, `when`, or by hand."""
    session = Session.start(room(), seats=SEATS)
    session.script.edit("slow", "lead", {"at": None, "when": {"reported": 1}})
    session.script.edit("spare", "lead", {"manual": False, "at": "9m"})
    session.advance(STARTS + 10 * MINUTE)
    assert {one.inject.id for one in session.injects if one.state == "fired"} >= {"slow", "spare"}
    other = Session.start(room(), seats=SEATS)
    other.script.edit("slow", "lead", {"at": None, "manual": True})
    other.advance(STARTS + 40 * MINUTE)
    assert next(one.state for one in other.injects if one.inject.id == "slow") == "planned"
