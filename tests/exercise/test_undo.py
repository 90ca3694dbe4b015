"""What whoever leads did by mistake: a change ends as if it had been meant to end then, an inject comes after all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.exercise.acts import Refused
from sim.exercise.models import Effect
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.yardsticks import conditions
from sim.words.units import MINUTE
from tests.exercise.rooms import SEATS, STARTS, log_of, room

WRONG: dict[str, dict[str, Any]] = {
    "nobody at the analysts": {"staff": {"desk": "analyst", "heads": -90, "lasts": "90m"}},
    "far too many, for ever": {"staff": {"desk": "analyst", "heads": 90, "lasts": "0m"}},
    "the bank that is not meant": {"bank_down": "a", "lasts": "90m"},
}
"""Changes that were not meant."""


def without_orders(log: str) -> list[dict[str, Any]]:
    """The rows of a log without their numbers, but those that say that an order was carried out."""
    rows = [json.loads(line) for line in log.splitlines()]
    return [row | {"seq": 0} for row in rows if row.get("event") != "order"]


def changed(effect: dict[str, Any], *, ended_after: int | None, folder: Path | None = None) -> Session:
    """A room in which the conditions were changed ten minutes after its opening, and perhaps changed back."""
    session = Session.start(room(injects=[]), folder, seats=SEATS)
    session.advance(STARTS + 10 * MINUTE)
    session.change(Effect.model_validate(effect), "lead")
    if ended_after is not None:
        session.advance(session.now + ended_after)
        session.conditions.end(0, "lead")
    session.advance(session.exercise.ends)
    return session


def as_long_as(effect: dict[str, Any], lasts: int) -> dict[str, Any]:
    """The same change, meant to last so long (ms)."""
    text = f"{lasts}ms"
    return effect | {"lasts": text} if "bank_down" in effect else {"staff": effect["staff"] | {"lasts": text}}


@pytest.mark.parametrize("name", WRONG)
def test_the_log_is_as_if_the_change_had_ended_then(name: str) -> None:
    """Ended after twelve minutes, a wrong change leaves the log of one that was meant for twelve minutes."""
    lasts = 12 * MINUTE
    undone = changed(WRONG[name], ended_after=lasts)
    meant = changed(as_long_as(WRONG[name], lasts), ended_after=None)
    left = changed(WRONG[name], ended_after=None)
    logs = [without_orders(log_of(one.finish("lead"))) for one in (undone, meant, left)]
    assert logs[0] == logs[1]
    assert logs[0] != logs[2]  # it mattered


def test_an_ended_order_of_work_gives_way_to_the_one_before() -> None:
    """The desk serves again as it did; a later order of work is not touched by ending an earlier one."""
    session = Session.start(room(injects=[]), seats=SEATS)
    before = next(one["policy"] for one in session.view("facilitator")["desks"] if one["name"] == "analyst")

    def serve(policy: str) -> None:
        session.change(Effect.model_validate({"policy": {"desk": "analyst", "policy": policy}}), "lead")
        session.advance(session.now + MINUTE)

    def served() -> str:
        return next(one["policy"] for one in session.view("facilitator")["desks"] if one["name"] == "analyst")

    serve("largest_first")
    serve("freshest_first")
    with pytest.raises(Refused, match="nothing to do"):
        session.conditions.end(0, "lead")
    session.conditions.end(1, "lead")
    session.advance(session.now + MINUTE)
    assert served() == "largest_first"
    session.act("b", "policy", desk="analyst", policy="most_at_risk")
    session.advance(session.now + MINUTE)
    with pytest.raises(Refused):
        session.conditions.end(0, "lead")  # a trainee has decided otherwise since
    assert served() == "most_at_risk" != before


def test_what_is_over_is_not_ended(tmp_path: Path) -> None:
    """Neither a change whose time has passed, nor one that was ended, nor what is none; and not in a closed room."""
    session = Session.start(room(injects=[]), tmp_path, seats=SEATS)
    session.hold("lead")
    session.resume("lead")
    session.change(Effect.model_validate(WRONG["nobody at the analysts"]), "lead")
    for number, why in ((0, "nobody here knows"), (7, "nobody here knows"), (-1, "nobody here knows")):
        with pytest.raises(Refused, match=why):
            session.conditions.end(number, "lead")
    session.advance(session.now + MINUTE)
    session.conditions.end(1, "lead")
    with pytest.raises(Refused, match="nothing to do"):
        session.conditions.end(1, "lead")
    session.change(Effect.model_validate({"bank_down": "a", "lasts": "5m"}), "lead")
    session.advance(session.now + 5 * MINUTE)
    with pytest.raises(Refused, match="nothing to do"):
        session.conditions.end(3, "lead")
    session.close("lead")
    with pytest.raises(Refused, match="over"):
        session.conditions.end(1, "lead")


def test_an_undone_change_is_played_again_and_told(tmp_path: Path) -> None:
    """The journal gives the same log; the yardsticks know the conditions; the report tells change and end."""
    session = changed(WRONG["nobody at the analysts"], ended_after=3 * MINUTE, folder=tmp_path)
    session.tick()
    again = Session.load(tmp_path)
    assert again.steered == session.steered
    assert again.conditions.ended == session.conditions.ended == {0}
    assert [one.action for one in conditions(session)] == ["heads", "end_heads"]
    session.finish("lead")
    assert log_of(again.finish("lead")) == log_of(session.run())
    found = review(session, most=0)
    assert [one.kind for one in found.timeline if one.kind in ("change", "end")] == ["change", "end"]


def test_a_skipped_inject_comes_after_all() -> None:
    """It is planned again and fires at its time; one whose time is over is for the hand; a fired one stays fired."""
    session = Session.start(room(), seats=SEATS)
    session.skip_inject("slow", "lead")
    session.script.plan("slow", "lead")
    with pytest.raises(Refused):
        session.script.plan("slow", "lead")
    session.advance(STARTS + 38 * MINUTE)
    of = {one.inject.id: one for one in session.injects}
    assert (of["slow"].state, of["slow"].fired_at) == ("fired", STARTS + 37 * MINUTE)
    with pytest.raises(Refused):
        session.script.plan("slow", "lead")
    late = Session.start(room(), seats=SEATS)
    late.skip_inject("slow", "lead")
    late.advance(STARTS + 38 * MINUTE)
    late.script.plan("slow", "lead")
    slow = next(one for one in late.injects if one.inject.id == "slow")
    assert slow.state == "held"
    late.inject("slow", "lead")
    assert slow.state == "fired"
