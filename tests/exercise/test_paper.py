"""The paper pack: what is played from its text alone is what the program makes of the same decisions."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from sim.exercise import paper_page
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.pack import pack
from sim.exercise.paper import FOREVER, Box, Card, Decided, Desk, Line, Ring, Sheet
from sim.exercise.paper_board import Choose, play
from sim.exercise.paper_sheet import sheet_of, undisturbed
from sim.exercise.paper_trial import TRIES, replayed
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.words import language as lang
from sim.words.units import MINUTE, YUAN
from tests.exercise.paper_player import Chooses, PaperCard, PaperRoom

FEW = 1
"""Ways of deciding by which the bounds of the short form are found."""
MOST = 0.15
"""Share of what the victims pay that the bounds are wide at most."""


@cache
def opened(name: str) -> tuple[Loaded, Session, Sheet]:
    loaded = load_exercise(name)
    session = Session.start(loaded)
    return loaded, session, sheet_of(loaded, session)


@cache
def printed(name: str, tries: int, language: lang.Language = "en") -> str:
    with lang.using(language):
        return paper_page.page_of(*opened(name), tries)


def largest(now: int, waiting: list[PaperCard]) -> list[str]:
    """One decision a minute, about the most money."""
    return [max(waiting, key=lambda card: card.amount).label] if waiting else []


def by_chance(seed: int) -> Chooses:
    """Some of the cards, some of the minutes."""
    luck = random.Random(seed)
    share = luck.choice([0.1, 0.25, 0.5, 0.9])

    def chooses(now: int, waiting: list[PaperCard]) -> list[str]:
        some = [card.label for card in waiting if luck.random() < share]
        luck.shuffle(some)
        return some

    return chooses


def stated(page: str) -> tuple[int, int]:
    """The bound and what the victims pay, in yuan, as the page says them."""
    read = re.search(r"is within ([\d,]+) yuan of yours.*?of the ([\d,]+) yuan", PaperRoom(page).prose)
    assert read
    bound, stake = (int(one.replace(",", "")) for one in read.groups())
    return bound, stake


def played_both_ways(name: str, page: str, chooses: Chooses) -> tuple[int, int]:
    """Yuan by the text of a page alone, and by the program with the same decisions."""
    room = PaperRoom(page)
    on_paper = room.play(chooses)
    loaded, session, sheet = opened(name)
    opens = sheet.opens - room.opens
    decided = [Decided(minute + opens, label, place) for minute, label, place in room.decisions]
    again = play(sheet, lambda now, _: [one.card for one in decided if one.at == now])
    assert on_paper == pytest.approx(again.fen / YUAN, abs=len(sheet.lines))  # each line is rounded to the yuan
    return on_paper, round(replayed(loaded, sheet, decided, session) / YUAN)


@pytest.mark.parametrize("name", names())
def test_the_text_alone_comes_to_what_the_program_does(name: str) -> None:
    """Short form: a fixed way of deciding and one by chance, in every shipped exercise."""
    page = printed(name, FEW)
    bound, _ = stated(page)
    for chooses in (largest, by_chance(7)):
        on_paper, by_program = played_both_ways(name, page, chooses)
        assert abs(on_paper - by_program) <= bound


@pytest.mark.long
@pytest.mark.parametrize("name", names())
def test_the_text_alone_comes_to_what_the_program_does_however_it_is_played(name: str) -> None:
    """As printed, with nobody deciding, the fixed way, and twenty by chance; the bounds tell good play from none."""
    page = printed(name, TRIES)
    bound, stake = stated(page)
    results = [played_both_ways(name, page, one) for one in (lambda *_: [], largest, *map(by_chance, range(20)))]
    assert all(abs(on_paper - by_program) <= bound for on_paper, by_program in results), results
    assert bound <= MOST * stake
    assert max(by_program for _, by_program in results) - results[0][1] > bound


def test_the_page_says_what_its_text_comes_to() -> None:
    """What the page prints of a room in which nobody decides is what its own tables come to."""
    page = printed("wuhan-35min", FEW)
    read = re.search(r"anything, it is ([\d,]+) yuan", PaperRoom(page).prose)
    assert read
    found = PaperRoom(page).play(lambda *_: [])
    assert int(read[1].replace(",", "")) == pytest.approx(found, abs=len(PaperRoom(page).lines))


def test_a_stop_is_worth_more_the_sooner_it_is_decided() -> None:
    """The same card, decided at once and late: what lies on the account grows less."""
    page = printed("wuhan-35min", FEW)
    room = PaperRoom(page)
    first = next(card.label for card in room.cards.values() if card.kind == "account")

    def only(after: int) -> Chooses:
        return lambda now, waiting: [
            card.label for card in waiting
            if card.kind == "call" or (card.label == first and now - card.since >= after)
        ]  # fmt: skip

    early, late = (PaperRoom(page).play(only(after)) for after in (0, 5))
    assert early >= late
    assert PaperRoom(page).play(lambda *_: []) < early


def small(*, rings: tuple[Ring, ...], bank: int) -> Sheet:
    """A call whose payment goes to one account; from there it goes on in minute 20, where the room closes."""
    call = Card("1", 0, -1, "", 0, 1000, [Box("intake", {"intake": 1}, 1, 0)], rings)
    account = Card("1-A", 0, 1, "icbc", 1, 1000, [Box("bank", {"bank": 1}, bank, 0)])
    lines = [Line(1, "1", 0, "", "1-A", 0, 1000, ""), Line(2, "1", 1, "1-A", "", 25, 1000, "cash")]
    desks = {name: Desk(name, 30, [(0, 1)], []) for name in ("intake", "bank")}
    return Sheet([call, account], lines, desks, {"1": FOREVER}, 1.0, 0, 20, 1000)


def named(*decisions: tuple[int, str]) -> Choose:
    """Some cards in some minutes, once they are open."""
    return lambda now, cards: [card.label for card in cards if (now, card.label) in decisions]


def test_a_caller_who_rings_again_takes_another_time() -> None:
    """Answered at the first ring it takes 9 minutes, at the second 3: the account is open from then on."""
    sheet = small(rings=(Ring(1, 4, 9), Ring(6, FOREVER, 3)), bank=2)
    for answered, opens in ((1, 10), (6, 9)):
        early, there = (play(sheet, named((answered, "1"), (at, "1-A"))) for at in (opens - 1, opens))
        assert early.stops == {}
        assert there.stops == {"1-A": opens + 2}


def test_what_is_in_hand_at_the_close_gets_done() -> None:
    """A stop that was begun in the last minute counts, one that still waits does not."""
    sheet = small(rings=(Ring(1, FOREVER, 3),), bank=5)
    assert play(sheet, named((1, "1"), (19, "1-A"))).fen == 1000
    assert play(sheet, named((1, "1"))).fen == 0


def test_a_victim_who_is_reached_keeps_every_payment_that_was_due() -> None:
    """Also those to accounts too small for a card: a victim's lines are all payments that fall due by the close."""
    _, session, sheet = opened("keeps-paying")
    t, times = session.engine.plan.transfers, undisturbed(session)
    victims = [card for card in sheet.cards if card.account == 0]
    assert len(victims) >= 10
    for card in victims:
        due = (t.parent < 0) & (t.case == card.case) & (times < (sheet.closes + 0.5) * MINUTE)
        assert sum(line.fen for line in sheet.lines if line.source == card.label) == t.amount[due].sum()


def test_both_languages_have_the_same_tables() -> None:
    """Every label, minute and amount is in the Chinese page, too."""
    english, chinese = (PaperRoom(printed("county-night", 0, one)) for one in lang.LANGUAGES)
    for one, other in zip(english.lines.values(), chinese.lines.values(), strict=True):
        assert (one.number, one.hangs_on, one.leaves, one.yuan) == (
            other.number, other.hangs_on, other.leaves, other.yuan)  # fmt: skip
    assert english.rings == chinese.rings
    assert english.notice == chinese.notice
    assert list(english.cards) == list(chinese.cards)
    assert english.play(largest) == chinese.play(largest)


def test_nothing_of_the_tables_is_in_the_trainees_part() -> None:
    """No card, minute or line stands in what trainees are given; a card to cut out tells no minutes."""
    loaded, _, sheet = opened("wuhan-35min")
    trainees = pack(loaded)
    assert not any(f"{round(line.fen / YUAN):,}" in trainees for line in sheet.lines)
    assert not any(card.label in trainees for card in sheet.cards if "-" in card.label)
    slips = printed("wuhan-35min", FEW).split('<div class="deck">')[1]
    assert "→" not in slips
    assert not re.search(r"\d\d:\d\d", slips)
    assert slips.count('<section class="slip">') == len(sheet.cards)


def test_the_facilitator_has_the_questions_of_the_debrief() -> None:
    """What the room is to be asked stands beside its result, and not in the trainees' part."""
    loaded = opened("wuhan-35min")[0]
    for question in loaded.exercise.debrief:
        assert question.text.en in printed("wuhan-35min", FEW)
        assert question.text.en not in pack(loaded)
