"""How near the reckoning on paper comes to the program: the same decisions played both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.exercise.acts import Refused
from sim.exercise.load import Loaded
from sim.exercise.paper import Card, Choose, Decided, Sheet, play
from sim.exercise.session import Seat, Session
from sim.exercise.yardsticks import saved
from sim.words.units import MINUTE
from sim.workflow.log import NONE


@dataclass(frozen=True)
class Trial:
    """Some decisions, and what they come to in fen."""

    decisions: Sequence[Decided]
    on_paper: int
    by_program: int

    @property
    def apart(self) -> int:
        """fen"""
        return abs(self.on_paper - self.by_program)


def largest(sheet: Sheet) -> Choose:
    """A card a minute, that to which most money comes."""
    came: dict[str, int] = {}
    for line in sheet.lines:
        came[line.target] = came.get(line.target, 0) + line.fen
    return lambda now, open_: [max(open_, key=lambda card: came.get(card.label, 0)).label] if open_ else []


def first(sheet: Sheet) -> Choose:
    """A card a minute, that which was opened first."""
    return lambda now, open_: [card.label for card in open_[:1]]


def last(sheet: Sheet) -> Choose:
    """A card a minute, that which was opened last."""
    return lambda now, open_: [card.label for card in open_[-1:]]


def nothing(sheet: Sheet) -> Choose:
    """Nobody decides."""
    return lambda now, open_: []


PLAYS: Final = {"largest": largest, "first": first, "last": last, "nothing": nothing}
"""By which the bounds are found."""


def trials(loaded: Loaded, sheet: Sheet, like: Session) -> list[Trial]:
    """Some ways of deciding, played both ways.

    Args:
        like: a session of the exercise.
    """
    found = []
    for way in PLAYS.values():
        decisions: list[Decided] = []
        reckoned = play(sheet, _noted(way(sheet), decisions), loaded.exercise.ends, loaded.exercise.starts)
        found.append(Trial(decisions, reckoned.kept, replayed(loaded, sheet, decisions, like)))
    return found


def _noted(choose: Choose, into: list[Decided]) -> Choose:
    def noting(now: int, open_: Sequence[Card]) -> Sequence[str]:
        chosen = choose(now, open_)
        into.extend(Decided(now, label) for label in chosen)
        return chosen

    return noting


def replayed(loaded: Loaded, sheet: Sheet, decisions: Sequence[Decided], like: Session) -> int:
    """fen that the program saves when the same cards are decided on at the same minutes.

    At the seats of the roles that may stop accounts or send teams; what else comes up there is taken at once, and the
    model plays the other seats. What the program does not know yet of a card is asked for again each minute.

    Args:
        like: a session of the exercise.
    """
    cards = {card.label: card for card in sheet.cards}
    exercise = loaded.exercise
    seats = [
        Seat(f"paper-{name}", name, name) for name, role in exercise.roles.items() if {"stop", "team"} & {*role.may}
    ]
    session = Session.start(loaded, seats=seats, plan=like.engine.plan, program=like.engine.program)
    waiting = sorted(decisions, key=lambda one: one.at)
    subjects = {(card.case, card.account) for card in sheet.cards}
    while not session.finished:
        due = [one for one in waiting if one.at <= session.now]
        waiting = [one for one in waiting if one not in due or not _done(session, seats, cards[one.card])]
        _take_others(session, seats, subjects)
        if not session.finished:
            session.advance((session.now // MINUTE + 1) * MINUTE)
    session.play_on()
    return saved(session.run())


def _done(session: Session, seats: Sequence[Seat], card: Card) -> bool:
    """Whether a card was decided on; False where the program does not know of it yet."""
    numbers = {(one.case, one.account): (one.number, one.state) for one in session.known.accounts}
    cases = {one.case: one.number for one in session.known.cases}
    if (card.case, card.account) not in numbers:
        return False
    number, state = numbers[card.case, card.account]
    if state in ("stopped", "frozen"):
        return True
    for seat in seats:
        may: Mapping[str, object] = dict.fromkeys(session.exercise.role(seat.role).may)
        for action in ("stop", "team"):
            if action in may:
                try:
                    session.act(seat.id, action, case=cases[card.case], account=number)
                except Refused:
                    continue
                return True
    return True


def _take_others(session: Session, seats: Sequence[Seat], subjects: set[tuple[int, int]]) -> None:
    """Take at once what is open at the seats and about no card."""
    known = {(one.case, one.number): one.account for one in session.known.accounts}
    rows = {one.number: one.case for one in session.known.cases}
    for seat in seats:
        for one in session.view(seat.role)["decisions"]:
            row = rows[one["case"]]
            account = NONE if one["account"] == NONE else known[row, one["account"]]
            if (row, account) in subjects or session.finished:
                continue
            try:
                session.act(seat.id, "take", case=one["case"], account=one["account"], desk=one["desk"])
            except Refused:
                continue
