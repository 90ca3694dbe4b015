"""The paper pack: what is played from its text alone is what the program makes of the same decisions."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from sim.exercise import paper_page
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.pack import pack
from sim.exercise.paper import Decided, Sheet, play
from sim.exercise.paper_sheet import sheet_of
from sim.exercise.paper_trial import TRIES, replayed
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.words import language as lang
from sim.words.units import YUAN
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
