"""A facilitator who has nothing but the printed cards page: its tables are read as text, its rules played by hand.

Nothing of the program is imported here. The rules are those that the page prints, by their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

NEVER = 10**9
HALF_DAY, DAY = 12 * 60, 24 * 60


class _Tables(HTMLParser):
    """Every table of a page as rows of the text of their cells, and the text around them."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.prose = ""
        self._name: str | None = None
        self._cell: list[str] | None = None
        self._head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._name = given.get("id") or ("lines" if "lines" in (given.get("class") or "") else "")
            self.tables.setdefault(self._name, [])
        elif tag in ("thead", "tfoot"):
            self._head = True
        elif tag == "tr" and self._name is not None and not self._head:
            self.tables[self._name].append([])
        elif tag in ("td", "th") and self._name is not None and not self._head:
            self._cell = []
            self.tables[self._name][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._name = None
        elif tag in ("thead", "tfoot"):
            self._head = False
        elif tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None and self._name is not None:
            self.tables[self._name][-1][-1] += data
        elif self._name is None:
            self.prose += data


@dataclass
class Way:
    """A desk on the way of a card."""

    people: dict[str, int]
    work: int
    wait: int

    @property
    def desk(self) -> str:
        return next(iter(self.people))


@dataclass
class PaperCard:
    """A card, and where it lies."""

    label: str
    amount: int
    way: list[Way]
    at_opening: str
    place: int = 0
    state: str = "sealed"
    since: int = 0
    """Minute in which it came up, or in which what is being done is over."""

    @property
    def case(self) -> str:
        return self.label.split("-")[0]

    @property
    def kind(self) -> str:
        return "call" if "-" not in self.label else "victim" if self.label.endswith("-V") else "account"


@dataclass
class PaperLine:
    number: int
    hangs_on: int
    source: str
    target: str
    leaves: int
    yuan: int
    case: str = ""
    crossed: str = ""
    """`itself`, or `hangs` on one that is."""


@dataclass
class PaperDesk:
    decide: int
    people: list[tuple[int, int]]
    other: list[tuple[int, int]]
    busy: list[int] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    pile: list[str] = field(default_factory=list)

    def heads(self, now: int) -> int:
        return [heads for since, heads in self.people if since <= now][-1]


Chooses = Callable[[int, list[PaperCard]], list[str]]


class PaperRoom:
    """The printed page laid out on a table."""

    def __init__(self, page: str) -> None:
        read = _Tables()
        read.feed(page)
        tables, self.prose = read.tables, " ".join(read.prose.split())
        span = re.search(r"(\d\d:\d\d)\D+(\d\d:\d\d(?: \([+-]\d+\))?)", self.prose)
        assert span
        self._opening = int(span[1][:2]) * 60 + int(span[1][3:])
        self.opens, self.closes = self._opening, self.minute(span[2])
        self.rings: dict[str, list[tuple[int, int, int]]] = {}
        """By call: (from this minute, to this one, minutes at its first desk)."""
        self.notice: dict[str, int] = {}
        for case, rings, knows, _ in tables["calls"]:
            self.rings[case] = [self._time(one) for one in rings.split("; ")]
            self.notice[case] = int(knows) if knows.isdigit() else NEVER
        self.desks = {name: self._desk(*rest) for name, *rest in tables["desks"]}
        self.cards = {row[0]: self._card(*row) for row in tables["cards"]}
        self.lines: dict[int, PaperLine] = {}
        for number, hangs_on, source, target, leaves, yuan in tables["lines"]:
            one = PaperLine(
                int(number), int(hangs_on or 0), source, target, self.minute(leaves) if ":" in leaves else NEVER,
                int(yuan.replace(",", "")),
            )  # fmt: skip
            card = one.source if one.source in self.cards else one.target
            one.case = self.lines[one.hangs_on].case if one.hangs_on else card.split("-")[0]
            self.lines[one.number] = one
        self.knows: dict[str, int] = {}
        self.until: dict[str, int] = {}
        """By call that came up: when it hangs up."""
        self.decisions: list[tuple[int, str, int]] = []

    def minute(self, clock: str) -> int:
        """Minutes since midnight of the day of the opening."""
        read = re.fullmatch(r"(\d\d):(\d\d)(?: \(([+-]\d+)\))?", clock.strip())
        assert read, clock
        return int(read[1]) * 60 + int(read[2]) + int(read[3] or 0) * DAY

    def _time(self, text: str) -> tuple[int, int, int]:
        read = re.fullmatch(r"([^–]+?)(?:–(.+?))? (\d+)", text)
        assert read, text
        return self.minute(read[1]), self.minute(read[2]) if read[2] else NEVER, int(read[3])

    def _desk(self, decide: str, people: str, other: str) -> PaperDesk:
        changes = []
        for one in people.split(" → "):
            read = re.fullmatch(r"(.+?)(?: \((\d\d:\d\d.*)\))?", one)
            assert read
            changes.append((self.minute(read[2]) if read[2] else -NEVER, int(read[1]) if read[1].isdigit() else NEVER))
        items = re.findall(r"(\d\d:\d\d(?: \([+-]\d+\))?) (\d+)", other)
        return PaperDesk(int(decide) if decide.isdigit() else 0, changes, [(self.minute(a), int(b)) for a, b in items])

    def _card(self, label: str, what: str, amount: str, at_opening: str, way: str, stopped: str) -> PaperCard:
        desks = []
        for one in way.split(" → "):
            read = re.fullmatch(r"(.+?) (\d+)(?: \+ (\d+))?", one)
            assert read, one
            people = {}
            for who in read[1].split(", "):
                several = re.fullmatch(r"(.+?)(?: ×(\d+))?", who)
                assert several
                people[several[1]] = int(several[2] or 1)
            desks.append(Way(people, int(read[2]), int(read[3] or 0)))
        return PaperCard(label, int(amount.replace(",", "")), desks, at_opening)

    # -- playing ---------------------------------------------------------------------------------------------------

    def play(self, chooses: Chooses) -> int:
        """The sum at the close (yuan)."""
        for card in self.cards.values():
            done = re.search(r"(\d+)\D+(\d\d:\d\d(?: \([+-]\d+\))?)", card.at_opening)
            if done:
                card.place, card.state = int(done[1]) - 1, "work"
                card.since = self.minute(done[2])
            elif card.at_opening:
                card.state, card.since = "coming", self.opens
        for now in range(self.opens, self.closes):
            self._hang_up(now)
            self._ring(now)
            self._finish(now)
            self._overdue(now)
            self._work(now)
            waiting = sorted(
                (card for card in self.cards.values() if card.state == "waiting"), key=lambda card: card.since
            )  # fmt: skip
            for label in chooses(now, waiting):
                card = self.cards[label]
                card.state = "named"
                self.desks[card.way[card.place].desk].named.append(label)
                self.decisions.append((now, label, card.place))
            self._work(now)
        self._finish(self.closes)
        for card in self.cards.values():
            if card.kind == "account" and card.state == "work" and card.place == len(card.way) - 1:
                self._stop(card, self.closes)
        return sum(line.yuan for line in self.lines.values() if line.crossed == "itself")

    def _ring(self, now: int) -> None:
        """Rule 2: a call comes up when it rings."""
        for case, rings in self.rings.items():
            card = self.cards.get(case)
            ringing = [(until, work) for since, until, work in rings if since <= now < until]
            if card and card.state == "sealed" and ringing:
                card.state, card.since = "coming", now
                self.until[case], card.way[0].work = ringing[0]

    def _hang_up(self, now: int) -> None:
        """Rule 2: who is not served in time hangs up."""
        for case, until in self.until.items():
            card = self.cards[case]
            if card.place == 0 and card.state in ("waiting", "named", "piled") and now >= until:
                self._take(card)
                card.state = "sealed"

    def _take(self, card: PaperCard) -> None:
        for several in (self.desks[card.way[0].desk].named, self.desks[card.way[0].desk].pile):
            if card.label in several:
                several.remove(card.label)

    def _finish(self, now: int) -> None:
        """Rule 3, as often as anything is over."""
        while True:
            over = [
                card for card in self.cards.values() if card.state in ("work", "coming") and self._next(card) <= now
            ]
            if not over:
                return
            card = min(over, key=lambda card: (self._next(card), card.label))
            at = self._next(card)
            if card.state == "work":
                card.place += 1
                victim = self.cards.get(f"{card.case}-V")
                if card.kind == "call" and victim and victim.state == "sealed":
                    victim.state, victim.since = "coming", at
            if card.place < len(card.way):
                desk = self.desks[card.way[card.place].desk]
                card.state, card.since = ("waiting", at) if desk.decide else ("piled", at)
                if not desk.decide:
                    desk.pile.append(card.label)
                continue
            card.state = "done"
            if card.kind != "call":
                self._stop(card, at)
            for line in self.lines.values():
                mine = (
                    line.case == card.case and not line.hangs_on if card.kind == "call" else line.source == card.label
                )
                target = self.cards.get(line.target)
                if card.kind == "victim" or not (mine and target) or line.crossed or self._leaves(line) >= at:
                    continue
                if target.state == "sealed":
                    target.state, target.since = "coming", at

    def _next(self, card: PaperCard) -> int:
        return card.since + (card.way[card.place].wait if card.state == "work" else 0)

    def _leaves(self, line: PaperLine) -> int:
        """Rule 4: half of the minutes that are left, rounded up, once the gang knows."""
        known = self.knows.get(line.case, NEVER)
        if not line.hangs_on or line.leaves <= known or line.leaves == NEVER:
            return line.leaves
        return known + (line.leaves - known + 1) // 2

    def _stop(self, card: PaperCard, at: int) -> None:
        """Rule 4: cross out."""
        for line in self.lines.values():
            if not line.crossed and line.hangs_on and self.lines[line.hangs_on].crossed:
                line.crossed = "hangs"
            elif not line.crossed and line.source == card.label and (leaves := self._leaves(line)) >= at:
                line.crossed = "itself"
                knows = leaves + self.notice[line.case]
                self.knows[line.case] = min(self.knows.get(line.case, NEVER), knows)
        for line in self.lines.values():
            if line.crossed == "itself" and line.hangs_on and self.lines[line.hangs_on].crossed:
                line.crossed = "hangs"

    def _overdue(self, now: int) -> None:
        """Rule 5."""
        for card in sorted(self.cards.values(), key=lambda card: card.since):
            if card.state == "waiting":
                desk = self.desks[card.way[card.place].desk]
                if now - card.since >= desk.decide:
                    card.state = "piled"
                    desk.pile.append(card.label)

    def _work(self, now: int) -> None:
        """Rule 6."""
        for desk in self.desks.values():
            desk.busy = [until for until in desk.busy if until > now]
        for name, desk in self.desks.items():
            while True:
                if desk.named or desk.pile:
                    label = desk.named[0] if desk.named else max(desk.pile, key=lambda one: self.cards[one].amount)
                    card = self.cards[label]
                    way = card.way[card.place]
                    if not all(self._free(who, count, now) for who, count in way.people.items()):
                        break
                    (desk.named if desk.named else desk.pile).remove(label)
                    for who, count in way.people.items():
                        self.desks[who].busy += [now + way.work] * count
                    card.state, card.since = "work", now + way.work
                elif desk.other and desk.other[0][0] <= now and self._free(name, 1, now):
                    desk.busy.append(now + desk.other.pop(0)[1])
                else:
                    break

    def _free(self, who: str, count: int, now: int) -> bool:
        return self.desks[who].heads(now) - len(self.desks[who].busy) >= count
