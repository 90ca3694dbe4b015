"""The printed cards and tables with which a facilitator plays an exercise without the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sim.exercise import words
from sim.exercise.load import Loaded
from sim.exercise.paper import FOREVER, Card, Desk, Line, Sheet
from sim.exercise.paper_sheet import sheet_of
from sim.exercise.paper_trial import TRIES, Bounds, bounds_of
from sim.exercise.report_page import fill
from sim.exercise.session import Session
from sim.words import names
from sim.words.language import clock, date, exact_money, key, percent, say
from sim.words.units import MINUTE, YUAN

LABELS: Final = {
    "only": key("For the facilitator only"),
    "how": key("How it is played without computers"),
    "result": key("Result"),
    "sum": key("Sum of the lines crossed out"),
    "total": key("Sum of all cases"),
    "debrief": key("Debrief"),
    "calls": key("Calls"),
    "cards": key("Cards"),
    "desks": key("Desks"),
    "lines": key("Lines"),
    "case": key("Case"),
    "card": key("Card"),
    "rings": key("Rings, and minutes at its first desk"),
    "knows": key("The gang knows, minutes after the first line crossed out"),
    "noted": key("Knows at"),
    "what": key("What"),
    "amount": key("Yuan"),
    "begins": key("At the opening"),
    "way": key("Desks and minutes"),
    "stopped": key("Stopped at"),
    "desk": key("Desk"),
    "decide": key("Minutes to decide"),
    "people": key("People"),
    "other": key("Other work: comes at, minutes of one person"),
    "line": key("Line"),
    "behind": key("Hangs on"),
    "from": key("From"),
    "to": key("Goes to"),
    "leaves": key("Leaves at"),
    "decided": key("decided at"),
    "done": key("done at"),
    "busy": key("Who is busy until when"),
    "who": key("Who"),
    "until": key("until"),
    "cut": key("Cards to cut out"),
    "never": key("never knows"),
    "none": key("No call comes before the close: there is nothing to play on paper."),
}
RULES: Final = (
    key(
        "Cut out the cards at the end and keep them to yourself, in their order; the trainees get each when it is"
        " opened. The clock goes from {start} to {end}, minute by minute. In each minute do what follows, in this"
        " order; at {end} only 3 and 4."
    ),
    key(
        "A call rings in the times of the table. Whoever has not been served by the second time hangs up, and"
        " rings again at the next. The number behind a time is what the first desk of its way takes if it is answered"
        " then, whatever the way says."
    ),
    key(
        "Work that ends: the card goes to its next desk, at once or after the minutes behind a +. At the end of"
        " its way a call opens the accounts to which a payment of its case has left in an earlier minute; an"
        " account is stopped; a victim (V) pays no more. The card of a victim is opened when its call leaves its"
        " first desk."
    ),
    key(
        "A stop: cross out each line that leaves the card in this minute or later, and whatever hangs on it. The"
        " lines that left it earlier open the accounts that they go to (a victim's opens none). Note when the gang"
        " of the case knows: the minutes that the table of calls says, after the earliest line crossed out. From"
        " then on {share} of the minutes that are left until a line of this case leaves count, rounded up;"
        " payments keep their time."
    ),
    key(
        "What has waited undecided as long as its desk has to decide goes to the pile of the desk; where nobody"
        " decides (–), at once."
    ),
    key(
        "Whoever is free takes: what was decided first; else the largest amount of the pile; else other work that"
        " has come, oldest first. Note until when they are busy. Where several are named, as many of each must be"
        " free; as long as they are not, nobody at that desk takes anything behind it."
    ),
    key("The trainees say which of their cards are next, in this order; then who is still free takes them, as in 6."),
    key(
        "At the close what is in hand gets done: the card of an account whose work at the last desk of its way was"
        " begun is stopped now, as in 4. Then add up the lines that were crossed out, without those that only hang on"
        " others. That is what is stopped or was never paid, on the accounts that have a card."
    ),
)
SPACES: Final = 9
"""Fields in which to note until when somebody is busy."""
LEFT_OUT: Final = key(
    "Left out on paper: people called in, callers who give up and come on foot, cases and accounts that are too small"
    " for a card (their work is in the list of other work), and what becomes of stopped money after the close."
)


def cards(loaded: Loaded, tries: int = TRIES) -> str:
    """The facilitator's cards and tables as a self-contained page.

    Args:
        tries: ways of deciding at random by which the bounds are found.
    """
    session = Session.start(loaded)
    return page_of(loaded, session, sheet_of(loaded, session), tries)


def page_of(loaded: Loaded, session: Session, sheet: Sheet, tries: int) -> str:
    """The same of a sheet that was read already.

    Args:
        session: of the exercise, at its opening, with nobody there.
    """
    told = _Told(loaded, sheet)
    exercise = loaded.exercise
    return fill(
        "cards.html", say("On paper: {title}", title=words.told(exercise.title)), LABELS,
        exercise=words.told(exercise.title), rules=told.rules(), left_out=say(LEFT_OUT),
        span=say("{date}, {start} to {end}", date=date(loaded.scenario.when(exercise.starts)),
                 start=told.at(sheet.opens), end=told.at(sheet.closes)),
        bounds=_bounds(sheet, bounds_of(loaded, sheet, session, tries)) if sheet.cards else [],
        questions=[words.told(one.text) for one in exercise.debrief],
        calls=[told.call(card) for card in sheet.cards if card.account < 0],
        cards=[told.card(card) for card in sheet.cards],
        desks=[told.desk(desk) for desk in sheet.desks.values()], workers=told.workers(), spaces=SPACES,
        cases=[
            {"case": card.number, "lines": lines}
            for card in sheet.cards
            if card.account < 0 and (lines := [told.line(one) for one in sheet.lines if one.case == card.number])
        ],
    )  # fmt: skip


def _bounds(sheet: Sheet, found: Bounds) -> list[str]:
    """What the result is held against."""
    return [
        say(
            "The program's result for the same decisions is within {bound} of yours, more or less: that is {share}"
            " of the {stake} that the victims pay. In {tries} tries the two were {gap} apart at most.",
            bound=exact_money(found.fen), share=percent(found.fen / sheet.stake, 1), stake=exact_money(sheet.stake),
            tries=found.tries, gap=exact_money(found.widest),
        ),
        say(
            "When nobody decides anything, it is {nobody}; when the card with the largest amount is next in each"
            " minute, it is {largest}.",
            nobody=exact_money(found.nobody), largest=exact_money(found.largest),
        ),
    ]  # fmt: skip


class _Told:
    """A sheet in the language of this context."""

    def __init__(self, loaded: Loaded, sheet: Sheet) -> None:
        self._loaded, self._sheet = loaded, sheet
        known = Counter[str]()
        self._desks: dict[str, str] = {}
        for name in sheet.desks:
            place = names.place(name)
            known[place] += 1
            self._desks[name] = place if known[place] == 1 else f"{place} ({known[place]})"
        self._latest = sheet.opens + (sheet.closes - sheet.opens) / sheet.speed
        """Minute behind which no line leaves before the close, however its gang hurries."""

    def at(self, minute: int) -> str:
        """A minute on the clock, with the days from that of the opening to its own."""
        when, opens = (self._loaded.scenario.when(one * MINUTE) for one in (minute, self._sheet.opens))
        days = (when.date() - opens.date()).days
        return clock(when, seconds=False) + (f" ({days:+d})" if days else "")

    def rules(self) -> list[str]:
        """The rules, in their order."""
        values = {
            "start": self.at(self._sheet.opens), "end": self.at(self._sheet.closes),
            "share": say("half") if self._sheet.speed == 0.5 else percent(self._sheet.speed),
        }  # fmt: skip
        return [say(one, **values) if "{" in one else say(one) for one in RULES]

    def call(self, card: Card) -> dict[str, Any]:
        """A row of the table of calls."""
        after = self._sheet.notice[card.number]
        return {
            "case": card.number,
            "rings": [
                {"time": self.at(ring.since) + (f"–{self.at(ring.until)}" if ring.until < FOREVER else ""),
                 "work": ring.work}
                for ring in card.rings if ring.since < self._sheet.closes
            ],
            "knows": str(after) if after < FOREVER else "",
        }  # fmt: skip

    def card(self, card: Card) -> dict[str, Any]:
        """A row of the table of cards, and the card itself."""
        begins = say("open already") if card.known else ""
        if card.begun is not None:
            begins = say("desk {number}, done at {time}", number=card.begun[0] + 1, time=self.at(card.begun[1]))
        return {
            "label": card.label, "what": self.what(card), "amount": _yuan(card.fen), "money": exact_money(card.fen),
            "begins": begins,
            "way": [{"who": self.team(box.team), "work": box.work, "after": box.after} for box in card.boxes],
            "desks": [self._desks[box.desk] for box in card.boxes],
        }  # fmt: skip

    def what(self, card: Card) -> str:
        """What a card stands for."""
        if card.account < 0:
            return say("call")
        if card.account == 0:
            return say("victim who still pays")
        holder = names.place(card.bank) if ":" in card.bank else names.place(f"bank:{card.bank}")
        return say("{bank}, layer {layer}", bank=holder, layer=card.layer)

    def team(self, team: Mapping[str, int]) -> str:
        """Who works: a desk, with their number where it is not one."""
        return ", ".join(self._desks[name] + (f" ×{count}" if count > 1 else "") for name, count in team.items())

    def desk(self, desk: Desk) -> dict[str, Any]:
        """A row of the table of desks."""
        people = [
            (say("always enough") if heads is None else str(heads))
            + (f" ({self.at(since)})" if since > self._sheet.opens else "")
            for since, heads in desk.people
        ]
        return {
            "name": self._desks[desk.name],
            "decide": str(desk.deadline) if desk.deadline else "–",
            "people": " → ".join(people),
            "other": [] if desk.people[0][1] is None else [f"{self.at(since)} {long}" for since, long in desk.other],
        }

    def workers(self) -> list[str]:
        """Everybody at desks where there are not always enough."""
        most = {desk.name: max(heads or 0 for _, heads in desk.people) for desk in self._sheet.desks.values()}
        return [f"{self._desks[name]} {number}" for name, heads in most.items() for number in range(1, heads + 1)]

    def line(self, line: Line) -> dict[str, Any]:
        """A row of the lines of a case."""
        to = line.target or (names.way_out(line.way) if line.way else say("another account"))
        return {
            "number": line.number, "behind": line.behind or "", "deep": self._depth(line),
            "source": line.source if line.behind else line.source or say("victim"), "to": to,
            "at": self.at(line.at) if line.at <= self._latest else say("later"), "amount": _yuan(line.fen),
        }  # fmt: skip

    def _depth(self, line: Line) -> int:
        depth = 0
        while line.behind:
            line, depth = self._sheet.lines[line.behind - 1], depth + 1
        return min(depth, 4)


def _yuan(fen: int) -> str:
    return f"{round(fen / YUAN):,}"
