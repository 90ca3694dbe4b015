"""Who told whom: whom a message reaches, what an answer counts for, and who took a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.exercise.acts import Refused
from sim.exercise.report_timeline import row, timeline
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.words.units import MINUTE
from tests.exercise.rooms import SEATS, room

ASKS = [
    {
        "id": "tell", "at": "1m", "to": ["clerk"], "channel": "phone", "text": "Tell the driver",
        "expect": {"action": "message", "says": {"to": "driver"}}, "deadline": "20m",
    },
    {
        "id": "word", "at": "1m", "to": ["clerk"], "channel": "message", "text": "Say a word",
        "expect": {"action": "message", "says": {"time": True}}, "deadline": "20m",
    },
]  # fmt: skip


def opened(folder: Path | None = None) -> Session:
    """A room in which two injects have asked the clerk."""
    session = Session.start(room(injects=ASKS), folder, seats=SEATS)
    session.advance(session.now + 2 * MINUTE)
    return session


def reads(session: Session) -> dict[str, list[str]]:
    """What each seat, and who watches, reads of what people wrote; in messages and decisions alike."""
    found = {}
    for seat, role in [*((one.id, one.role) for one in SEATS), ("", "facilitator"), ("", "observer")]:
        view = session.view(role, seat)
        told = [one["text"]["en"] for one in view["messages"] if "from" in one]
        assert [one["note"] for one in view["decided"] if one["action"] == "message"] == told
        found[seat or role] = told
    return found


def test_a_message_to_a_role_reaches_it_and_the_sender_s_own() -> None:
    """The clerk to the tracers: both of them, the clerk, and who leads or watches; not the driver."""
    session = opened()
    session.act("a", "message", note="For tracers", to="tracer")
    told = ["For tracers"]
    assert reads(session) == {"a": told, "b": told, "c": told, "d": [], "facilitator": told, "observer": told}


def test_a_message_to_a_person_reaches_that_person_alone() -> None:
    """One tracer to the driver, the other tracer does not read it; an answer goes back the same way."""
    session = opened()
    session.act("b", "message", note="For Du", to="d")
    session.act("d", "message", note="For Bo", to="b", reply="say-1")
    both = ["For Du", "For Bo"]
    assert reads(session) == {"a": [], "b": both, "c": [], "d": both, "facilitator": both, "observer": both}
    assert session.view("tracer", "b")["messages"][-1].get("reply") == "say-1"


def test_a_message_to_who_leads_is_between_the_two() -> None:
    """One tracer to the facilitator: the other tracer reads it neither as a message nor as what was decided."""
    session = opened()
    session.act("b", "message", note="Between us", to="facilitator")
    told = ["Between us"]
    assert reads(session) == {"a": [], "b": told, "c": [], "d": [], "facilitator": told, "observer": told}
    with pytest.raises(Refused):
        session.act("c", "message", note="What?", reply="say-1")  # nobody told the other tracer


def test_a_message_to_everybody_is_as_before() -> None:
    """Nothing in the journal or the view says to whom."""
    session = opened()
    session.act("a", "message", note="All")
    assert all(told == ["All"] for told in reads(session).values())
    assert not {"to", "reply"} & set(session.journal.lines[-1])
    assert not {"to", "only", "reply"} & set(session.view("clerk")["messages"][-1])


@pytest.mark.parametrize(
    ("to", "reply"), [("king", ""), ("z", ""), ("", "nothing"), ("", "say-9"), ("", "say-1"), ("tracer", "spare")]
)
def test_nobody_writes_to_who_is_not_there_nor_answers_what_was_not_heard(to: str, reply: str) -> None:
    """Refused, and nothing is written down."""
    session = opened()
    session.act("b", "message", note="Between us", to="c")
    before = len(session.journal.lines)
    with pytest.raises(Refused):
        session.act("a", "message", note="x", to=to, reply=reply)
    assert len(session.journal.lines) == before


def test_an_expectation_takes_the_address_for_the_name() -> None:
    """A message that is sent to the driver need not name the driver; one that is sent to others must."""
    session = opened()
    session.act("a", "message", note="Go", to="tracer")
    assert session.injects[0].attempts[-1].missing == ("to",)
    session.act("a", "message", note="Go", to="d")
    assert session.injects[0].attempts[-1].missing == ()


def test_an_answer_counts_for_what_it_answers_alone() -> None:
    """In answer to one inject, a message is no attempt at the other."""
    session = opened()
    session.act("a", "message", note="At 14:05, driver", reply="word")
    assert [len(one.attempts) for one in session.injects] == [0, 1]
    session.act("a", "message", note="At 14:06, driver")
    assert [len(one.attempts) for one in session.injects] == [1, 2]


def test_a_call_is_taken_once_for_the_role_and_all_of_it_is_told(tmp_path: Path) -> None:
    """Who took it and when outlives the program; the report says who took which call and who told whom."""
    session = opened(tmp_path)
    with pytest.raises(Refused):
        session.talk.hear("b", "tell")  # the tracers were not called
    session.talk.hear("a", "tell")
    session.talk.hear("a", "tell")
    session.act("a", "message", note="Between us", to="d")
    assert [line["do"] for line in session.journal.lines].count("hear") == 1
    again = Session.load(tmp_path)
    assert again.talk.heard == session.talk.heard
    assert again.talk.addresses == session.talk.addresses
    assert again.view("driver", "d") == session.view("driver", "d")
    found = review(session, most=0)
    rows = [row(found, one) for _, kind, one in timeline(found) if kind in ("heard", "decision")]
    assert rows == ["An took inject 1", "An (Clerk): tell Du"]
