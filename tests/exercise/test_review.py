"""What late decisions cost, on a room worked out by hand, and branches side by side.

Two victims pay 1,000 yuan each and report at once, one in minute 1, one in minute 31. A statement takes 5 minutes, the
bank 10; twenty minutes after it came the money is taken out in cash.
"""

from __future__ import annotations

import pytest

from sim.exercise import report_text
from sim.exercise.branch import outcome_of
from sim.exercise.load import Loaded
from sim.exercise.report_page import page
from sim.exercise.report_sheets import sheets
from sim.exercise.review import Review, review
from sim.exercise.session import Seat, Session
from sim.exercise.teams import teams
from sim.words.units import MINUTE
from tests.exercise.rooms import room
from tests.worlds import criminals, listed, stop_everything, world

YUAN_1000 = 100_000
SEATS = [Seat("a", "clerk", "An")]


def by_hand(**changes: object) -> Loaded:
    """The room of this file."""
    scenario = world(
        victims=listed(MINUTE, 31 * MINUTE), routes=stop_everything("5m"),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": "20m"}}),
        bank_profiles={"machine": {"staff": "unlimited", "time": "10m"}},
    )  # fmt: skip
    clerk = {"title": "Clerk", "desks": ["desk"], "sees": ["cases"], "may": ["take", "message"], "deadline": "30m"}
    inject = {
        "id": "ask", "at": "2m", "to": ["clerk"], "channel": "phone", "text": "Well?", "expect": {"action": "take"},
        "deadline": "5m",
    }  # fmt: skip
    return room(scenario, **{"starts": 0, "ends": "90m", "roles": {"clerk": clerk}, "injects": [inject]} | changes)


def take(session: Session, case: int, minute: float) -> None:
    """Take a case's statement at a minute."""
    session.advance(round(minute * MINUTE))
    session.act("a", "take", case=case)


@pytest.fixture
def late() -> Session:
    """The first case is taken 8 minutes after it opened, the second 2."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 9)
    take(session, 2, 33)
    session.advance(90 * MINUTE)
    return session


def test_minutes_and_money_lost_by_late_decisions(late: Session) -> None:
    """Taken at once, the first is stopped in minute 16, its money still there until 21; in minute 24 it is gone.

    The second, due in minute 51, is stopped in minute 48: 2 minutes are lost, and no money.
    """
    first, second = review(late).decisions
    assert (first.opened, first.at, first.waited) == (MINUTE, 9 * MINUTE, 8 * MINUTE)
    assert (first.minutes_lost, first.fen_lost, first.late) == (8.0, YUAN_1000, True)
    assert (second.minutes_lost, second.fen_lost, second.late) == (2.0, 0, True)


def test_three_counterfactuals_by_hand(late: Session) -> None:
    """The first case taken at once brings its money, as do both at once; with nobody deciding, both are lost."""
    found = review(late)
    told = [(one.kind, one.result, one.more, one.decided and one.decided.case) for one in found.counterfactuals]
    assert told == [
        ("at_once", 2 * YUAN_1000, YUAN_1000, 1),
        ("all_at_once", 2 * YUAN_1000, YUAN_1000, None),
        ("nobody", 0, -YUAN_1000, None),
    ]


def test_what_a_seat_lost(late: Session) -> None:
    """Its account has both decisions' minutes and the money."""
    found = review(late)
    (seat,) = found.seats
    assert (seat.decisions, seat.late, seat.minutes_lost, seat.fen_lost) == (2, 2, 10.0, YUAN_1000)


def test_the_score_by_hand(late: Session) -> None:
    """The room saves one of two thousand yuan; the model alone, good play and the ceiling have both, nobody none.

    What was expected came 7 minutes after the inject, not within 5; both decisions were late: 75 * 1/2 + 0 + 0.
    """
    scores = review(late).scores
    assert (scores.result, scores.baseline, scores.best) == (YUAN_1000, 0, 2 * YUAN_1000)
    assert (scores.alone, scores.unscored) == (2 * YUAN_1000, "")
    assert (scores.ceiling, scores.loss, scores.prevented) == (2 * YUAN_1000, 2 * YUAN_1000, 0)
    assert (scores.recovered_points, scores.injects_points, scores.decisions_points) == (50.0, 0.0, 0.0)
    assert scores.total == pytest.approx(37.5)


def test_an_inject_where_nobody_sat_costs_no_points() -> None:
    """It is the model's: the weight of injects goes to the other parts, and nobody's share has it; said in words."""
    session = Session.start(by_hand())
    session.advance(90 * MINUTE)
    found = review(session)
    (one,) = found.injects
    assert (one.asked, one.unmanned, one.failed) == ((), True, False)
    assert report_text.actual(one) == "nobody sat there: the model"
    scores = found.scores
    assert (scores.injects_points, scores.total, scores.unscored) == (None, None, "empty")
    assert [team.expected for team in teams(found)] in ([], [0])
    assert report_text.score(scores) == "No score: nobody sat at a seat that decides."
    assert "none asked anybody who sat there" in page(found, session.scenario)
    assert sheets(found, session.scenario)[4].rows[0][-1] == "nobody sat there: the model"


@pytest.mark.parametrize(("minute", "asked"), [(1, True), (6, True), (8, False)])
def test_who_sits_down_before_the_deadline_is_asked(minute: int, asked: bool) -> None:
    """An inject of minute 2 with 5 minutes for it is missed by whoever comes by minute 7, and by nobody later."""
    session = Session.start(by_hand())
    session.advance(minute * MINUTE)
    session.join(SEATS[0])
    session.advance(90 * MINUTE)
    found = review(session)
    assert found.injects[0].failed == asked
    assert found.scores.injects_points == (0 if asked else None)
    assert [seat.expected for seat in found.seats] == [int(asked)]


def test_injects_that_weigh_all_leave_their_weight_in_halves() -> None:
    """Where money and decisions weigh nothing and no inject counts, both weigh the same; that none counts is said."""
    session = Session.start(by_hand(scoring={"recovered": 0, "injects": 1, "decisions": 0}))
    session.advance(8 * MINUTE)
    session.join(SEATS[0])
    take(session, 2, 33)
    session.advance(90 * MINUTE)
    scores = review(session).scores
    assert scores.total == pytest.approx((scores.recovered_points + scores.decisions_points) / 2)
    assert "No inject asked anybody who sat there." in report_text.score(scores)


def test_what_was_expected_after_an_inject(late: Session) -> None:
    """It was told in minute 2, expected by minute 7, and done in minute 9 by An: late."""
    (found,) = review(late).injects
    assert (found.fired_at, found.deadline, found.done_at) == (2 * MINUTE, 7 * MINUTE, 9 * MINUTE)
    assert (found.by, found.in_time) == ("An", False)


def test_money_over_time(late: Session) -> None:
    """1,000 yuan are paid in minutes 1 and 31; the first are gone after minute 21, the second held from 48 on."""
    money = {one.at // MINUTE: (one.loss, one.held, one.gone) for one in review(late).money}
    k = YUAN_1000
    assert [money[m] for m in (0, 2, 22, 32, 47, 49)] == [
        (0, 0, 0), (k, 0, 0), (k, 0, k), (2 * k, 0, k), (2 * k, 0, k), (2 * k, k, k),
    ]  # fmt: skip


def test_what_is_not_played_again_is_counted(late: Session) -> None:
    """With room for one replay, the decision with most money and waiting is played again, the other's cost is open."""
    found = review(late, most=1)
    assert found.left_out == 1
    assert [one.fen_lost for one in found.decisions] == [YUAN_1000, None]
    assert review(late).left_out == 0


def test_a_decision_that_nobody_took_is_late() -> None:
    """The default policy has it after 30 minutes: they are lost, and the money that was still there until then."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 1.4)
    session.advance(90 * MINUTE)
    found = review(session)
    missed = next(one for one in found.decisions if one.action == "default")
    assert (missed.case, missed.role, missed.seat, missed.late) == (2, "clerk", "", True)
    assert (missed.opened, missed.at) == (31 * MINUTE, 61 * MINUTE)
    assert (missed.minutes_lost, missed.fen_lost) == (30.0, YUAN_1000)
    assert found.scores.decisions_points == 50.0


def test_a_decision_taken_while_nobody_is_free_loses_nothing() -> None:
    """One person is at the first statement until minute 6: whether the second is taken in minute 2 or 5 is the same."""
    scenario = by_hand().scenario
    both = scenario.model_copy(update={"victims": world(victims=listed(MINUTE, 2 * MINUTE)).victims})
    session = Session.start(Loaded(by_hand().exercise, both), seats=SEATS)
    take(session, 1, 1.1)
    take(session, 2, 5)
    session.advance(90 * MINUTE)
    second = next(one for one in review(session).decisions if one.case == 2)
    assert second.waited == 3 * MINUTE
    assert (second.minutes_lost, second.fen_lost, second.late) == (0.0, 0, False)


def test_a_room_still_open_is_reviewed_as_if_it_closed_now() -> None:
    """What is open goes to the model at once, and the session goes on as if nobody had looked."""
    session = Session.start(by_hand(), seats=SEATS)
    session.advance(5 * MINUTE)
    found = review(session)
    assert (found.ends, found.scores.result) == (5 * MINUTE, 2 * YUAN_1000)
    take(session, 1, 5.5)
    assert len(session.decisions) == 1


def test_branches_side_by_side(late: Session) -> None:
    """Played again from minute 3 with the first case taken at once, 1,000 yuan more are saved."""
    other = late.branch(3 * MINUTE)
    take(other, 1, 3.5)
    take(other, 2, 33)
    other.advance(90 * MINUTE)
    first, second = outcome_of(late), outcome_of(other)
    assert (first.saved, second.saved) == (YUAN_1000, 2 * YUAN_1000)
    assert (second.decisions, second.missed) == (2, 0)


def test_an_open_session_comes_to_what_the_model_alone_makes_of_it(late: Session) -> None:
    """Branched at minute 3 and left there, it comes to what its end comes to, and its clock has not moved."""
    still = late.branch(3 * MINUTE)
    found = outcome_of(still)
    assert (still.now, still.finished) == (3 * MINUTE, False)
    still.finish("test")
    assert found == outcome_of(still)


def test_the_review_leaves_the_session_as_it_is(late: Session) -> None:
    """Reviewed twice it comes to the same, and its journal has no line more."""
    lines = len(late.journal.lines)
    first: Review = review(late)
    assert review(late) == first
    assert len(late.journal.lines) == lines


def test_who_does_nothing_has_no_points() -> None:
    """Nobody's deciding is the zero of the scale, whatever the desks save by themselves; the best play its hundred."""
    session = Session.start(by_hand(), seats=SEATS)
    session.advance(90 * MINUTE)
    scores = review(session).scores
    assert (scores.result, scores.recovered_points, scores.injects_points, scores.total) == (scores.baseline, 0, 0, 0)
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 1.01)
    take(session, 2, 31.01)
    session.advance(90 * MINUTE)
    scores = review(session).scores
    assert (scores.recovered_points, scores.best_play) == (100, "")


def test_a_room_closed_before_its_end_has_no_score() -> None:
    """Closed at once or a minute early it has none, and the report says why; played to its end it has one."""
    for minute in (1, 89):
        session = Session.start(by_hand(), seats=SEATS)
        session.advance(minute * MINUTE)
        session.finish("")
        found = review(session)
        assert (found.scores.total, found.scores.recovered_points, found.scores.unscored) == (None, None, "early")
        assert "closed before its end" in report_text.score(found.scores)
        assert "None" not in page(found, session.scenario)
