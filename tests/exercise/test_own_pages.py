"""A page for each who took part: the own figures, the dearest minutes, and nobody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from sim.exercise import otherwise, report, report_text, words
from sim.exercise.learning import statements
from sim.exercise.own_page import DEAREST, because, dearest_of, own_page, result, score
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.teams import teams
from sim.exercise.undecided import LeftToDesks
from sim.words import language as lang
from sim.words.language import money
from sim.words.units import MINUTE, YUAN
from tests.exercise.plays import MARKUP, NAMES, exercise, played, reviewed
from tests.exercise.test_review import SEATS, by_hand, take

pytestmark = pytest.mark.xdist_group("played")  # one worker plays and reviews the room, for all that read of it


def made(place: int, language: lang.Language = "en") -> str:
    """The page of one of the three, its style apart."""
    with lang.using(language):
        return own_page(reviewed(), exercise().scenario, [reviewed().seats[place]]).partition("</style>\n</head>")[2]


def test_the_page_has_the_figures_of_its_seat() -> None:
    """Decisions, late ones and answers as the review counts them."""
    for place, seat in enumerate(reviewed().seats):
        left = sum(report_text.is_missed(one) and one.role == seat.role for one in reviewed().decisions)
        with lang.using("en"):
            assert result(seat, left) in unescape(made(place))
            assert f"You decided {seat.decisions} times." in made(place)
            if left:
                assert f"{left} decisions were left to the desks of your role." in made(place)


def test_the_dearest_minutes_are_the_own_ones() -> None:
    """Three at most, those that cost most of what the seat decided late or its role left undecided."""
    for place, seat in enumerate(reviewed().seats):
        mine = [
            one for one in reviewed().decisions
            if one.seat == seat.seat or (one.role == seat.role and report_text.is_missed(one))
        ]  # fmt: skip
        cost = sorted((one.fen_lost or 0 for one in mine if (one.fen_lost or 0) > 0), reverse=True)[:DEAREST]
        text = made(place)
        assert re.findall(r"<li><strong>(.*?)</strong>", text) == [money(fen) for fen in cost]
        assert ("No delay of yours cost money by itself." in text) == (not cost)


def test_the_own_score_is_that_of_the_record_and_says_of_what() -> None:
    """To the tenth, with the weights of the exercise; where a seat has none, neither has one."""
    told = {one["actor"]["account"]["name"]: one["result"]["score"]["raw"]
            for one in statements(reviewed()) if one["verb"]["id"].endswith("scored")}  # fmt: skip
    assert told
    for place, seat in enumerate(reviewed().seats):
        found = re.findall(r"Your own score: ([\d.]+) of 100, for (.*?)\.", made(place))
        assert [float(points) for points, _ in found] == [told[seat.seat]] * (seat.seat in told)
        weights = {f"weight {weight:g}" in of for _, of in found for weight in [exercise().exercise.scoring.injects]}
        assert weights <= {bool(seat.expected)}


def test_what_has_no_weight_is_in_nobodys_score() -> None:
    """Late decisions cost no points where the exercise gives them none: what was asked is the whole of it."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 2)
    take(session, 2, 45)  # fourteen minutes after it came up
    session.advance(90 * MINUTE)
    found = review(session)
    (seat,) = found.seats
    assert (seat.late, seat.done, seat.expected, seat.points) == (2, 1, 1, 100.0)
    assert [one.points for one in teams(found)] == [100.0]
    with lang.using("en"):
        said = score(found.exercise.scoring, seat)
    assert said.startswith("Your own score: 100 of 100, for what was asked of you, done in time (weight 25).")


def test_a_delay_that_was_bad_luck_is_called_that_on_the_own_page() -> None:
    """In the words of the report, with the reason; one that was not held against luck says so."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 9)
    take(session, 2, 33)
    session.advance(90 * MINUTE)
    found = review(session, plans=4)
    one = next(it for it in found.counterfactuals if it.kind == "at_once")
    assert one.decided is not None
    with lang.using("en"):
        told = because(found, one.decided)
        assert told == words.sentences([otherwise.reason(found, one), otherwise.luck(one)])
        assert "On 4 other plans" in told
        assert told in unescape(own_page(found, session.scenario, list(found.seats)))
        other = replace(one.decided, at=one.decided.at + 1)
        assert because(found, other).startswith("It was not held against other plans")
        without = replace(found, counterfactuals=[replace(it, odds=None) for it in found.counterfactuals])
        assert because(without, other) == ""


def test_a_reason_accounts_for_the_whole() -> None:
    """What the named account does not make, the others make, to the yuan; or take away again."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 9)
    session.advance(90 * MINUTE)
    found = review(session)
    one = next(it for it in found.counterfactuals if it.kind == "at_once")
    assert one.why is not None
    with lang.using("en"):
        for fen, rest, others, said in (
            (41_678, 27_257, 3, "3 more accounts make the other 27,257 yuan, in smaller parts."),
            (41_678, 27_257, 1, "One more account makes the other 27,257 yuan."),
            (70_000, -1_065, 2, "2 more accounts take 1,065 yuan of it away again."),
            (68_935, 0, 0, ""),
        ):
            why = replace(one.why, fen=fen * YUAN, rest=rest * YUAN, others=others)
            told = otherwise.reason(found, replace(one, more=68_935 * YUAN, why=why))
            assert told.endswith(said)
            assert bool(said) == ("more account" in told)


def test_the_dearest_come_first_and_none_that_cost_nothing() -> None:
    """Of five, of which two cost nothing or saved something, the three others in the order of their money."""
    one = reviewed().decisions[0]
    costs = (30, -10, 90, 0, None, 50)
    found = dearest_of([replace(one, fen_lost=None if it is None else it * YUAN) for it in costs])
    assert [it.fen_lost for it in found] == [90 * YUAN, 50 * YUAN, 30 * YUAN]


def test_the_page_tells_nobody_elses_decisions() -> None:
    """Another's name is there only where another answered what this role was asked, too."""
    review_ = reviewed()
    for place, seat in enumerate(review_.seats):
        others = {one.name for one in review_.seats} - {seat.name, MARKUP}  # the title has that, too
        answered = {one.by for one in review_.injects if seat.role in one.asked}
        answered |= {one.wrong_by for one in review_.injects if seat.role in one.asked}
        text = unescape(made(place))
        assert seat.name in text
        assert [name for name in others - answered if name in text] == []


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_people_have_a_page_each_and_no_markup_of_theirs_works(language: lang.Language, tmp_path: Path) -> None:
    """One article for each who took part, a new sheet for all but the first; what they typed is text."""
    with lang.using(language):
        written, _ = report.write_report(reviewed(), exercise().scenario, tmp_path)
    assert "people.html" in {one.name for one in written}
    text = (tmp_path / "people.html").read_text(encoding="utf-8").partition("</style>\n</head>")[2]
    assert text.count("<article") == len(reviewed().seats)
    assert text.count('<article class="new">') == len(reviewed().seats) - 1
    assert MARKUP not in text
    assert MARKUP in unescape(text)
    assert NAMES[2] in text


def test_what_was_left_to_desks_is_what_the_review_calls_missed() -> None:
    """A room tells it as it happens, by the same numbers and moments."""
    for name, role in exercise().exercise.roles.items():
        told = [(one.at, one.desk, one.case, one.account) for one in LeftToDesks(played(), role).so_far()]
        missed = [one for one in reviewed().decisions if report_text.is_missed(one) and one.role == name]
        assert sorted(told) == sorted((one.at, one.desk, one.case, one.account) for one in missed)
    assert any(report_text.is_missed(one) for one in reviewed().decisions)
