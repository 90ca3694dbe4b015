"""How near an exercise on paper comes to the program: the same decisions played both ways, in many ways of deciding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.engine.sight import Known
from sim.exercise.acts import Refused
from sim.exercise.load import Loaded
from sim.exercise.paper import Card, Decided, Sheet
from sim.exercise.paper_board import Choose, play
from sim.exercise.paper_sheet import undisturbed
from sim.exercise.paper_work import everybody
from sim.exercise.session import Session
from sim.fraud.draws import draw
from sim.measure.holds import holds_of
from sim.measure.money import PREVENTED, fate_of
from sim.words.units import MINUTE, SECOND, YUAN
from sim.workflow.log import BEGIN, NONE, Rows

TRIES: Final = 24
"""Ways of deciding at random that are tried for a printed pack."""
TIMES: Final = 1.5
"""The bounds are so many times as wide as the widest gap of all tries ..."""
LEAST: Final = 0.05
"""... and at least this share of what the victims pay."""
LOOK: Final = 5 * SECOND
"""ms between two looks of whoever gives the program the decisions of a paper room."""
EARLY: Final = MINUTE // 2
"""ms by which a minute on paper begins before its time on the clock: times are rounded."""
_SHARES: Final = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Of the open cards, that somebody who decides at random takes in a minute."""


@dataclass(frozen=True)
class Trial:
    """Some decisions, and what they come to in fen."""

    decided: Sequence[Decided]
    on_paper: int
    by_program: int

    @property
    def gap(self) -> int:
        """fen"""
        return abs(self.on_paper - self.by_program)


@dataclass(frozen=True)
class Bounds:
    """How far the program may be from the paper, and how it was found. In fen."""

    fen: int
    tries: int
    widest: int
    """Gap of the tries."""
    nobody: int
    """On paper, when nobody decides anything."""
    largest: int
    """On paper, when the largest card is decided on in each minute."""


def nothing(now: int, open_: Sequence[Card]) -> list[str]:
    """Nobody decides."""
    return []


def largest(now: int, open_: Sequence[Card]) -> list[str]:
    """A card a minute, that of the most money."""
    return [max(open_, key=lambda card: card.fen).label] if open_ else []


def at_random(number: int) -> Choose:
    """Some of the open cards each minute, by chance; every other one the largest of them alone."""
    share = _SHARES[number % len(_SHARES)]

    def choose(now: int, open_: Sequence[Card]) -> list[str]:
        some = [
            card for card in open_
            if float(draw(0, 0, "paper", number, now, card.case, card.account + 1)[0]) < share
        ]  # fmt: skip
        return largest(now, some) if number % 2 else [card.label for card in some]

    return choose


def bounds_of(loaded: Loaded, sheet: Sheet, like: Session, tries: int = TRIES) -> Bounds:
    """The bounds of a sheet, by playing it both ways.

    Args:
        like: a session of the exercise.
        tries: ways of deciding at random.
    """
    idle, good = (trial_of(loaded, sheet, one, like) for one in (nothing, largest))
    others = [trial_of(loaded, sheet, at_random(number), like) for number in range(tries)]
    widest = max(one.gap for one in (idle, good, *others))
    wide = round(max(TIMES * widest, LEAST * sheet.stake))
    thousand = 1000 * YUAN
    return Bounds(-(-wide // thousand) * thousand, tries + 2, widest, idle.on_paper, good.on_paper)


def trial_of(loaded: Loaded, sheet: Sheet, choose: Choose, like: Session) -> Trial:
    """One way of deciding, played both ways."""
    reckoned = play(sheet, choose)
    return Trial(reckoned.decided, reckoned.fen, replayed(loaded, sheet, reckoned.decided, like))


def replayed(loaded: Loaded, sheet: Sheet, decided: Sequence[Decided], like: Session) -> int:
    """fen that are stopped or not paid at the close when a room of the program takes the same decisions.

    Somebody sits at every role, and takes each task at its minute, or as soon as it has come up. What was not decided
    on paper waits for its deadline, what has no card too.

    Args:
        like: a session of the exercise, whose plan and workflow are shared.
    """
    cards = {card.label: card for card in sheet.cards}
    session = Session.start(
        loaded, seats=everybody(loaded), plan=like.engine.plan, program=like.engine.program
    )  # fmt: skip
    waiting = list(decided)
    while not session.finished:
        if waiting and waiting[0].at * MINUTE - EARLY <= session.now:
            waiting = list(_left(loaded, session, waiting, cards))
        due = waiting[0].at * MINUTE - EARLY if waiting else loaded.exercise.ends
        session.advance(max(due, (session.now // LOOK + 1) * LOOK))
    return kept(loaded, sheet, session)


def _left(loaded: Loaded, session: Session, waiting: Sequence[Decided], cards: Mapping[str, Card]) -> Iterator[Decided]:
    """Take what has come up; what is left for later."""
    open_ = {(one.case, one.account, one.desk) for one in session.engine.undecided()}
    known: Known | None = None  # as it is before anything is taken; mostly nothing has come up, and nobody need look
    for one in waiting:
        card = cards[one.card]
        account = NONE if card.account <= 0 else card.account
        desk = card.boxes[one.box].desk
        if one.at * MINUTE - EARLY > session.now or (card.case, account, desk) not in open_:
            yield one
            continue
        known = known or session.known
        case = next(it.number for it in known.cases if it.case == card.case)
        number = next((it.number for it in known.accounts if (it.case, it.account) == (card.case, account)), NONE)
        role = next(name for name, it in loaded.exercise.roles.items() if it.has(desk))
        try:
            session.act(f"paper-{role}", "take", case=case, account=number, desk=desk)
        except Refused:
            yield one


def kept(loaded: Loaded, sheet: Sheet, session: Session) -> int:
    """fen that lie on stopped accounts that have a card, or were due and not paid, at the close of a session.

    An account is stopped, too, when all the work on it was begun.
    """
    run, ends = session.run(), loaded.exercise.ends
    plan, t = run.plan, run.plan.transfers
    fate = fate_of(plan, run.times, holds_of(plan, run.rows), ends, lapses=True)
    accounts = {int(plan.account_first[card.case]) + card.account: card for card in sheet.cards if card.account > 0}
    in_hand = [row for row, card in accounts.items() if _begun(run.rows, card) >= len(card.boxes)]
    spared = [card.case for card in sheet.cards if card.account == 0]
    due = (t.parent < 0) & np.isin(t.case, spared) & (undisturbed(session) <= ends)
    stopped = (fate.held + fate.returned)[np.isin(t.source, list(accounts))].sum()
    return int(stopped + fate.moving[np.isin(t.source, in_hand)].sum() + fate.fen(PREVENTED)[due].sum())


def _begun(rows: Rows, card: Card) -> int:
    """Pieces of work on an account that were begun."""
    mine = (rows.case == card.case) & (rows.account == card.account) & (rows.kind == BEGIN)
    return len(np.unique(rows.key[mine]))
