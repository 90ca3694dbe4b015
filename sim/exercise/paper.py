"""An exercise on paper: cards that go from desk to desk, and lines of money that a stop crosses out.

The times are whole minutes, so that a room can play it with a clock, a pencil and the printed tables (`paper_page`),
and come to a result in yuan without the program (`paper_board`). What the tables say is read from the plan and from
runs of the program (`paper_sheet`); how near the result comes to the program's for the same decisions is tried
(`paper_trial`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
class Ring:
    """A time in which somebody who calls waits to be answered."""

    since: int
    """Minute"""
    until: int
    """Minute in which whoever was not answered hangs up; FOREVER for never."""
    work: int
    """Minutes at the first desk of whoever is answered then: each time it is told anew, and takes another time."""


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
    rings: Sequence[Ring] = ()
    """Of a call, in their order."""
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
