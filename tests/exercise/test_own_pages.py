"""A page for each who took part: the own figures, the dearest minutes, and nobody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from sim.exercise import report, report_text
from sim.exercise.own_page import DEAREST, dearest_of, own_page, result
from sim.exercise.undecided import LeftToDesks
from sim.words import language as lang
from sim.words.language import money
from sim.words.units import YUAN
from tests.exercise.plays import MARKUP, NAMES, exercise, played, reviewed

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
