"""What a proof says: published figures beside the model's, what follows from them, and checks of the model itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from sim.study.ask import still_open
from sim.study.ask.left_out import LeftOut
from sim.study.ask.published import SHARES, Excluded, Figure, Quantity, asked_of
from sim.study.ask.theory import Check
from sim.study.ask.verdicts import Verdict, verdict
from sim.study.infer.discrepancy import around, reach


@dataclass(frozen=True)
class Row:
    """A published figure beside the model's."""

    name: str
    figure: Figure
    low: float
    high: float
    """As printed, in the unit of the metric; infinite at an open end."""
    tolerance: float
    model: float
    """All replications together; of a single case the median."""
    interval: tuple[float, float]
    """95% of that number; of a single case the middle 90% of the cases."""
    as_much: float
    """Of a case: share of the model's in which it is as much or more, or within a bound that is printed; else NaN."""
    n: int
    verdict: Verdict
    other: LeftOut | None
    """What the other targets lead to; None where it is no target, or no calibration is there."""
    open: still_open.Range | None = None
    """Over what the calibrations leave open; None where none is there for it."""
    elsewhere: tuple[float, float] | None = None
    """90% range that the model's errors in other places give: of a figure of a place, those in all others; of one that
    the model was set for, those in all, which is what the next place may have. None where they are too few."""

    @property
    def as_asked(self) -> bool | None:
        """Whether a target that is inside or outside is within what is asked of it; None for any other figure."""
        if self.figure.role != "target" or self.verdict not in ("inside", "outside"):
            return None
        asked = asked_of(self.figure)
        return self.verdict == "inside" or self.low - asked <= self.model <= self.high + asked

    @property
    def left_out_verdict(self) -> Verdict | None:
        """Whether what the other targets lead to meets the figure; a case that says little does so here, too. None
        where nothing tells."""
        if (other := self.other) is None:
            return None
        low, high = self.low - self.tolerance, self.high + self.tolerance
        found = verdict(self.figure, low, high, other.middle, (other.low, other.high))
        return self.verdict if (found, self.verdict) == ("inside", "says little") else found

    @property
    def expected(self) -> bool | None:
        """Whether the errors in other places reach the figure of a place; None where nothing tells."""
        if self.elsewhere is None or self.figure.place is None:
            return None
        return self.elsewhere[0] <= self.high + self.tolerance and self.low - self.tolerance <= self.elsewhere[1]

    @property
    def admitted(self) -> bool | None:
        """Whether what the calibrations leave open reaches the figure; None where nothing tells."""
        if self.open is None or self.figure.kind == "direction only":
            return None
        return still_open.admits(self.open, self.low, self.high, self.tolerance)


@dataclass(frozen=True)
class Line:
    """A further claim: a curve as a whole, a fall, a value that is common to countries."""

    title: str
    said: str
    holds: bool


@dataclass(frozen=True)
class Pair:
    """Published figures that exclude each other, and the number that would follow."""

    excluded: Excluded
    value: float
    trade: Row | None = None
    """The figure that moves with an assumption, as it is."""
    points: tuple[tuple[float, float, float, float], ...] = ()
    """Factor of the assumption, the figure there and its interval."""


@dataclass(frozen=True)
class Elsewhere:
    """What the places of which nothing was used told of one quantity."""

    quantity: Quantity
    squares: Mapping[str, float]
    """By place: the mean square of the logarithm of what is published over what the model says (of shares the odds)."""
    middle: float
    """The same logarithm in the middle of the places."""
    without_model: float
    """The error of who says of each place the mean of the others; NaN for one place."""
    example: Row | None
    """Figure of that quantity that the model was set for."""

    @property
    def error(self) -> float:
        """Of the model: root mean square over the places."""
        return sqrt(fmean(self.squares.values()))

    def around(self, row: Row) -> tuple[float, float] | None:
        """90% range of a figure that the errors in all other places give; None where they are too few."""
        half = reach(self.squares, besides=row.figure.place or "")
        return None if half is None else around(row.model, self.quantity in SHARES, half)


@dataclass(frozen=True)
class Proof:
    """All comparisons."""

    parts: Mapping[str, Sequence[Row]]
    """By title of a file."""
    elsewhere: Sequence[Elsewhere]
    """How far off it is in places of which nothing was used."""
    lines: Sequence[Line]
    pairs: Sequence[Pair]
    delays: Mapping[str, Sequence[tuple[str, float, float, float]]]
    """By curve: report delay, share of the loss recovered (or still there) and its 95% interval."""
    checks: Sequence[Check]
    seed: int
    quick: float = 1.0
    """Part of the replications that were run."""

    @property
    def rows(self) -> list[Row]:
        """All comparisons, one after the other."""
        return [row for part in self.parts.values() for row in part]

    def count(self, verdict: Verdict, role: str | None = None) -> int:
        """How many figures have a verdict (in a role)."""
        return sum(row.verdict == verdict and role in (None, row.figure.role) for row in self.rows)

    @property
    def as_asked(self) -> int:
        """How many targets are within what is asked of them."""
        return sum(row.as_asked is True for row in self.rows)

    def admitted(self, role: str) -> tuple[int, int] | None:
        """How many figures of a role, of those inside or outside, what the calibrations leave open reaches, and of how
        many they tell; None where they tell of none."""
        judged = (row for row in self.rows if row.figure.role == role and row.verdict in ("inside", "outside"))
        return _of_known([row.admitted for row in judged])

    @property
    def left_out(self) -> dict[Verdict, int]:
        """By verdict: how many targets, each left out in turn, what the others lead to meets or misses."""
        return Counter(row.left_out_verdict for row in self.rows if row.left_out_verdict is not None)

    @property
    def foretold(self) -> tuple[int, int] | None:
        """How many figures of places of which nothing was used the errors in all other places reach, and of how many
        they tell; None where they tell of none."""
        return _of_known([row.expected for row in self.rows])


def _of_known(told: Sequence[bool | None]) -> tuple[int, int] | None:
    known = [one for one in told if one is not None]
    return (sum(known), len(known)) if known else None
