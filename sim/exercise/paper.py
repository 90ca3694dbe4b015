"""An exercise on paper: cards that go from desk to desk, and lines of money that a stop crosses out.

The times are whole minutes, so that a room can play it with a clock, a pencil and the printed tables (`paper_page`),
and come to a result in yuan without the program. What the tables say is read from the plan and from runs of the program
(`paper_sheet`); how near the result comes to the program's for the same decisions is tried (`paper_trial`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

VICTIM: Final = "V"
"""Letter of the card of a victim who still pays."""
FOREVER: Final = 1 << 40
"""A minute that does not come."""


@dataclass(frozen=True)
class Box:
    """What is done with a card at one desk."""

    desk: str
    """Where it waits."""
    team: Mapping[str, int]
    """By desk: people it takes, all for as long."""
    work: int
    """Minutes of work."""
    after: int
    """Minutes from there until what comes next can begin, with nobody at work."""


@dataclass(frozen=True)
class Card:
    """A call, an account, or a victim who still pays: sealed until it is opened."""

    label: str
    """Number of the case, and a letter unless it is the call: 2, 2-C, 2-V."""
    case: int
    """Row of the case in the plan."""
    account: int
    """Its number in the case; 0 is the victim's own, -1 stands for the call."""
    bank: str
    """Holder; empty for call and victim."""
    layer: int
    fen: int
    """That come to the account in all if nothing is stopped; of a call and a victim: that are paid."""
    boxes: Sequence[Box]
    rings: Sequence[tuple[int, int]] = ()
    """Of a call: from which minute to which somebody waits to be answered."""
    begun: tuple[int, int] | None = None
    """Which box was worked on at the opening (from 0), and the minute in which it is done; None for none."""
    known: bool = False
    """Open at the opening."""

    @property
    def number(self) -> str:
        """Number of its case on paper."""
        return self.label.partition("-")[0]


@dataclass(frozen=True)
class Line:
    """Money that leaves a victim or an account in one go, unless it is stopped before."""

    number: int
    """From 1; what hangs on a line stands below it."""
    case: str
    """Number of its case on paper."""
    behind: int
    """The line that brought the money; 0 for a payment."""
    source: str
    """Its card; empty where it has none."""
    target: str
    """Its card; empty where the money leaves the cards."""
    at: int
    """Minute in which it leaves if the gang is not warned."""
    fen: int
    way: str
    """The way out of the banks that it takes; empty for none."""


@dataclass(frozen=True)
class Desk:
    """Where cards wait and people work."""

    name: str
    deadline: int
    """Minutes to decide; 0 where nobody decides."""
    people: Sequence[tuple[int, int | None]]
    """(from this minute on, so many people); None: always enough."""
    other: Sequence[tuple[int, int]]
    """Work that has no card: (comes in this minute, takes so many minutes of one person)."""

    def heads(self, now: int) -> int:
        """People there in a minute."""
        found = [heads for since, heads in self.people if since <= now]
        return FOREVER if not found or found[-1] is None else found[-1]


@dataclass(frozen=True)
class Sheet:
    """All that is reckoned with."""

    cards: Sequence[Card]
    lines: Sequence[Line]
    desks: Mapping[str, Desk]
    notice: Mapping[str, int]
    """By number of a case: minutes from the first line crossed out until its gang knows; FOREVER for never."""
    speed: float
    """From then on only this share of the minutes that are left counts."""
    opens: int
    closes: int
    stake: int
    """fen that the victims of the cards pay if nobody stops anything."""

    def warned(self, line: Line, known: int) -> int:
        """The minute in which a line leaves.

        Args:
            known: minute in which its gang knows of a stop.
        """
        if line.behind == 0 or line.at <= known:  # a victim does not pay faster
            return line.at
        return known - int(-self.speed * (line.at - known) // 1)


@dataclass(frozen=True)
class Decided:
    """A card that goes to people next."""

    at: int
    """Minute"""
    card: str
    box: int
    """From 0."""


@dataclass(frozen=True)
class Reckoned:
    """What came of some decisions."""

    fen: int
    """Stopped or never paid at the close."""
    stops: Mapping[str, int]
    """By card: the minute in which its stop took effect."""
    decided: Sequence[Decided]


Choose = Callable[[int, Sequence[Card]], Sequence[str]]
"""(minute, cards on which nobody has decided, oldest first) -> labels of those that go next, in this order."""


def play(sheet: Sheet, choose: Choose) -> Reckoned:
    """Play a room minute by minute, as its facilitator does by hand (the rules are printed: `paper_page.RULES`)."""
    board = _Board(sheet)
    decided = []
    for now in range(sheet.opens, sheet.closes):
        board.hang_up(now)
        board.come(now)
        board.wait_no_longer(now)
        board.serve(now)
        for label in choose(now, [board.cards[label] for label in board.undecided]):
            decided.append(Decided(now, label, board.box[label]))
            board.decide(label)
        board.serve(now)
    board.come(sheet.closes)
    stopped = {label: at for label, at in board.stops.items() if at <= sheet.closes}
    crossed, _, _ = cross_out(sheet, stopped)
    return Reckoned(sum(line.fen for line in crossed), stopped, decided)


def cross_out(sheet: Sheet, stops: Mapping[str, int]) -> tuple[list[Line], dict[int, int], dict[str, int]]:
    """What some stops do to the lines.

    Returns:
        The lines crossed out, without those that hang on others which are; the minute of each line that happens, by its
        number; and the minute in which the gang of a case knows, by its number.
    """
    known: dict[str, int] = {}
    while True:
        crossed, happens, first = [], {0: 0}, dict[str, int]()
        for line in sheet.lines:
            if line.behind not in happens:
                continue
            at = sheet.warned(line, known.get(line.case, FOREVER))
            if line.source and at >= stops.get(line.source, FOREVER):
                crossed.append(line)
                first[line.case] = min(first.get(line.case, FOREVER), at)
            else:
                happens[line.number] = at
        again = {case: at + sheet.notice[case] for case, at in first.items()}
        if again == known:
            return crossed, happens, known
        known = again


class _Board:
    """The table: where each card is."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cards = {card.label: card for card in sheet.cards}
        self.box: dict[str, int] = {}
        """By card that is open: its box."""
        self.stops: dict[str, int] = {}
        self.undecided: dict[str, int] = {}
        """Since when, oldest first."""
        self._next: defaultdict[str, list[str]] = defaultdict(list)
        """By desk: what was decided, in this order."""
        self._pile: defaultdict[str, list[str]] = defaultdict(list)
        """By desk: what nobody decided on in time."""
        self._other = {name: list(desk.other) for name, desk in sheet.desks.items()}
        self._busy: defaultdict[str, list[int]] = defaultdict(list)
        """By desk: until when people are busy."""
        self._due: list[tuple[int, str, int]] = []
        """(minute, card, box that comes up then)."""
        self._calling: dict[str, int] = {}
        """By call that waits to be answered: which of its rings."""
        for card in sheet.cards:
            if card.begun is not None:
                place, done = card.begun
                self._up(done + card.boxes[place].after, card.label, place + 1)
            elif card.known:
                self._up(sheet.opens, card.label, 0)
            elif card.rings:
                self._ring(card, 0, sheet.opens)

    def _up(self, at: int, label: str, box: int) -> None:
        self.box[label] = box
        heappush(self._due, (at, label, box))

    def _ring(self, card: Card, number: int, now: int) -> None:
        """Let a call ring for the next time that it does, if any."""
        for place, (since, until) in list(enumerate(card.rings))[number:]:
            if until > now:
                self._calling[card.label] = place
                self._up(max(since, now), card.label, 0)
                return
        self.box.pop(card.label, None)

    def come(self, now: int) -> None:
        """What is done by this minute, and what comes up then."""
        while self._due and self._due[0][0] <= now:
            at, label, box = heappop(self._due)
            card = self.cards[label]
            if box and f"{card.number}-{VICTIM}" in self.cards and card.account < 0:
                self._open(f"{card.number}-{VICTIM}", at)
            if box == len(card.boxes):
                self._done(card, at)
            elif self.sheet.desks[card.boxes[box].desk].deadline:
                self.undecided[label] = at
            else:
                self._pile[card.boxes[box].desk].append(label)

    def _open(self, label: str, at: int) -> None:
        if label not in self.box:
            self._up(at, label, 0)

    def _done(self, card: Card, at: int) -> None:
        """A call opens the accounts that were paid; any other card is a stop, and opens where the money had gone."""
        if card.account >= 0:
            self.stops[card.label] = at
        if card.account == 0:
            return
        _, happens, _ = cross_out(self.sheet, self.stops)
        for line in self.sheet.lines:
            mine = line.case == card.number and line.behind == 0 if card.account < 0 else line.source == card.label
            if mine and line.target and happens.get(line.number, FOREVER) < at:
                self._open(line.target, at)

    def hang_up(self, now: int) -> None:
        """Callers who were not served in time hang up, and ring again."""
        for label, place in list(self._calling.items()):
            card = self.cards[label]
            if now >= card.rings[place][1] and self._takes_back(label):
                self._calling.pop(label)
                self._ring(card, place + 1, now)

    def wait_no_longer(self, now: int) -> None:
        """What nobody decided on in time goes to the pile."""
        for label, since in list(self.undecided.items()):
            desk = self.cards[label].boxes[self.box[label]].desk
            if now - since >= self.sheet.desks[desk].deadline:
                del self.undecided[label]
                self._pile[desk].append(label)

    def _takes_back(self, label: str) -> bool:
        """Take a card away that waits; False where it does not wait."""
        desk = self.cards[label].boxes[0].desk
        for place in (self.undecided, self._next[desk], self._pile[desk]):
            if label in place:
                place.pop(label) if isinstance(place, dict) else place.remove(label)
                return True
        return False

    def decide(self, label: str) -> None:
        """A card goes to people next, behind what was decided before."""
        del self.undecided[label]
        self._next[self.cards[label].boxes[self.box[label]].desk].append(label)

    def serve(self, now: int) -> None:
        """Give work to whoever is free: what was decided, then the pile, then other work."""
        for ends in self._busy.values():
            ends[:] = [end for end in ends if end > now]
        for name in self.sheet.desks:
            while True:
                decided, pile, other = self._next[name], self._pile[name], self._other[name]
                if decided:
                    if not self._begin(decided[0], now):
                        break
                    decided.pop(0)
                elif pile:
                    largest = max(pile, key=lambda label: self.cards[label].fen)
                    if not self._begin(largest, now):
                        break
                    pile.remove(largest)
                elif other and other[0][0] <= now and self._free({name: 1}, now):
                    self._busy[name].append(now + other.pop(0)[1])
                else:
                    break

    def _free(self, team: Mapping[str, int], now: int) -> bool:
        return all(self.sheet.desks[name].heads(now) - len(self._busy[name]) >= count for name, count in team.items())

    def _begin(self, label: str, now: int) -> bool:
        """Begin a card's box; False where people are missing."""
        place = self.box[label]
        box = self.cards[label].boxes[place]
        if not self._free(box.team, now):
            return False
        for name, count in box.team.items():
            self._busy[name] += [now + box.work] * count
        self._calling.pop(label, None)
        self._up(now + box.work + box.after, label, place + 1)
        return True
