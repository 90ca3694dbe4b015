"""What an exercise shows of its objectives: what is measured is counted, and an answered inject claims no more."""

from __future__ import annotations

from sim.exercise import objectives
from sim.exercise.load import load_exercise
from sim.exercise.objectives import so_far
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.words.language import using
from sim.words.units import MINUTE
from tests.exercise.test_review import SEATS, by_hand, take


def played(within: str | None) -> Session:
    """Both cases taken, and the inject answered in time: the first stops come 16 and 17 minutes after the reports."""
    wanted = {"id": "fast", "text": "Stops are fast.", "injects": ["ask"]}
    session = Session.start(by_hand(objectives=[wanted | ({"first_stop": within} if within else {})]), seats=SEATS)
    take(session, 1, 2)
    take(session, 2, 33)
    return session


def stops(session: Session, minute: float) -> tuple[int, int, bool]:
    """(stopped in time, known, met) at a minute."""
    session.advance(round(minute * MINUTE))
    (found,) = so_far(session)
    assert (found.done, found.asked) == (1, 1)
    return found.stopped, found.due, found.met


def test_what_is_measured_is_judged_on_what_is_measured() -> None:
    """With its inject answered in time, the objective is not met while a first stop came late; and what is still open
    counts neither way."""
    fast = Session.start(by_hand(), seats=SEATS)
    take(fast, 1, 2)
    fast.advance(30 * MINUTE)
    (first,) = [one.at // MINUTE for one in review(fast, most=0).timeline if one.kind == "stop"][:1]
    session = played(f"{first - 1}m")  # the first was reported in minute 1, and just makes it
    assert stops(session, 40) == (1, 1, True)
    assert stops(session, 89) == (1, 2, False)
    late = played(f"{first - 2}m")
    assert stops(late, 89) == (0, 2, False)


def test_an_objective_that_measures_nothing_claims_its_injects_alone() -> None:
    """Its words say whose answers were in time, never that what it asks for was done."""
    session = played(None)
    session.advance(89 * MINUTE)
    (found,) = so_far(session)
    (one,) = session.exercise.objectives
    with using("en"):
        assert objectives.told(one, found) == "answers to its injects in time: 1 of 1"


def test_board_and_report_say_the_same() -> None:
    """Of a session that is closed, in both languages, nothing that comes after the close counted."""
    session = played("20m")
    session.advance(40 * MINUTE)
    session.finish("")
    (live,) = so_far(session)
    assert list(review(session, most=0).objectives) == [live]
    for language, text in (("en", "first stop within 20 min"), ("zh", "首次止付")):
        with using(language):
            assert text in objectives.told(session.exercise.objectives[0], live)


def test_the_shipped_claim_of_ten_minutes_is_measured() -> None:
    """Nobody decides in Wuhan: first accounts are not stopped in ten minutes, and it is not told as met."""
    loaded = load_exercise("wuhan-35min")
    session = Session.start(loaded, seats=[])
    session.advance(loaded.exercise.ends)
    found = so_far(session)[0]
    assert loaded.exercise.objectives[0].first_stop == 10 * MINUTE
    assert found.due >= 5
    assert found.stopped < found.due
    assert not found.met
