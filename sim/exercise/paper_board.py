"""An exercise on paper, played minute by minute: which card lies where, and who is busy until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush

from sim.exercise.paper import FOREVER, VICTIM, Card, Decided, Reckoned, Sheet, cross_out

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
    board.finish(sheet.closes)
    crossed, _, _ = cross_out(sheet, board.stops)
    return Reckoned(sum(line.fen for line in crossed), board.stops, decided)


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
        for place, ring in list(enumerate(card.rings))[number:]:
            if ring.until > now:
                self._calling[card.label] = place
                self._up(max(ring.since, now), card.label, 0)
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

    def finish(self, now: int) -> None:
        """Have an account whose last work was begun count as stopped: else seconds decide what a large one is worth.

        Args:
            now: the minute of the close.
        """
        for _, label, box in self._due:
            card = self.cards[label]
            if card.account > 0 and box == len(card.boxes):
                self.stops[label] = now

    def hang_up(self, now: int) -> None:
        """Callers who were not served in time hang up, and ring again."""
        for label, place in list(self._calling.items()):
            card = self.cards[label]
            if now >= card.rings[place].until and self._takes_back(label):
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
        card, place = self.cards[label], self.box[label]
        box = card.boxes[place]
        if not self._free(box.team, now):
            return False
        ring = self._calling.pop(label, None)
        work = box.work if ring is None else card.rings[ring].work
        for name, count in box.team.items():
            self._busy[name] += [now + work] * count
        self._up(now + work + box.after, label, place + 1)
        return True
