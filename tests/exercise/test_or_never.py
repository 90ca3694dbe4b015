"""An inject that says how things are comes while they are so, or never: in a file, in a room and in its report."""

from __future__ import annotations

from typing import Any

import pytest

from sim.exercise.load import load_exercise
from sim.exercise.players import dry_run
from sim.exercise.report_timeline import row, timeline
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.words.language import using
from sim.words.units import MINUTE
from tests.exercise.rooms import SEATS, STARTS, room


def told(**parts: Any) -> dict[str, Any]:
    """An inject that says that ten cases are reported."""
    return {"id": "ten", "to": ["tracer"], "channel": "phone", "text": "Ten cases by now", "or_never": True} | parts


@pytest.mark.parametrize(("reported", "state"), [(1, "fired"), (10_000, "skipped")])
def test_it_comes_while_it_is_so_or_never(reported: int, state: str) -> None:
    """It fires with its condition; where that has not held by its time it is skipped, and can be sent by hand still."""
    session = Session.start(room(seed=5, injects=[told(at="60m", when={"reported": reported})]), seats=SEATS)
    session.advance(STARTS + 59 * MINUTE)
    assert session.injects[0].state == ("fired" if state == "fired" else "planned")
    session.advance(STARTS + 61 * MINUTE)
    assert session.injects[0].state == state
    if state == "fired":
        return
    found = review(session, most=0)
    assert list(found.unfired) == ["ten"]
    with using("en"):
        (line,) = [row(found, one) for _, kind, one in timeline(found) if kind == "skip"]
    assert line == "what “Ten cases by now” says was not so by its time: it is never told"
    session.script.plan("ten", "lead")
    assert session.injects[0].state == "held"


@pytest.mark.parametrize("parts", [{"at": "60m"}, {"when": {"reported": 1}}, {"manual": True}])
def test_it_needs_both_a_time_and_a_condition(parts: dict[str, Any]) -> None:
    """Refused in one sentence."""
    with pytest.raises(ValueError, match="or_never goes with at and when"):
        room(injects=[told(**parts)])


def test_the_queue_of_the_night_is_told_only_where_it_grows() -> None:
    """With nobody deciding six accounts are known, all of them stopped: nobody is asked to stop one more."""
    session = dry_run(load_exercise("night-of-two"), style="nobody", play_on=False)
    states = {status.inject.id: status.state for status in session.injects}
    assert states["queue-grows"] == "skipped"
    assert {name for name, state in states.items() if state != "fired"} == {"queue-grows"}
