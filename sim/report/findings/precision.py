"""Arms and their difference, rounded together.

Rounded apart, 2,814,859 and 2,800,000 read 2,810,000 and 2,800,000 beside a gain of 14,859. Here one interval decides,
that of the difference: two of its own digits are told, and the arms have the same ones. What an arm reads is what it is
compared with plus the difference as they are printed, so a reader who subtracts finds the number beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from math import floor, isclose, isnan, log10
from typing import Final

from sim.report.findings import text
from sim.study.ask.compare import Difference
from sim.study.infer.stats import Summary
from sim.words.language import language, say

_MOST: Final[dict[text.Unit, int]] = {"yuan": 0, "s": 2, "share": 4, "count": 2}
"""Decimals beyond which nobody reads on, in English units: yuan, minutes, points, counts."""
_ALONE: Final = 20
"""Where there is no interval, a difference this many times its half width is told: with three digits."""

Key = tuple[str, str, str]
"""(arm, metric, group)"""


@dataclass(frozen=True)
class Cells:
    """What a row of a comparison reads, as decimals in English units; None for what has no meaning."""

    metric: str
    mean: Decimal | None
    change: Decimal | None
    """None of an arm that is compared with itself."""
    low: Decimal | None
    high: Decimal | None

    def mean_words(self, *, unit: bool = False, millions: bool = False) -> str:
        """``2,815,000``, in Chinese ``281.5`` (万元); with its unit where asked."""
        return _words(self.metric, self.mean, unit=unit, millions=millions, points=False)

    def as_mean(self, value: float) -> Decimal | None:
        """Another number in the unit and with the digits of the mean."""
        if self.mean is None or isnan(value):
            return None
        return Decimal(repr(value)).quantize(Decimal((0, (1,), int(self.mean.as_tuple().exponent))))

    def change_words(self, *, sign: bool = True, unit: bool = True, millions: bool = False) -> str:
        """``+15,000 yuan``, of shares ``+1.3 points``; without a sign its size."""
        change = self.change if sign or self.change is None else abs(self.change)
        return _words(self.metric, change, sign=sign, unit=unit, millions=millions)

    def interval_words(self, *, sign: bool = True, millions: bool = False) -> str:
        """``+5,000 to +25,000``; ``-`` where there is no interval. Without signs that of the size."""
        if self.low is None or self.high is None:
            return "-"
        edges = [self.low, self.high]
        if not sign and self.change is not None and self.change < 0:
            edges = [-self.high, -self.low]
        low, high = (_words(self.metric, edge, sign=sign, millions=millions) for edge in edges)
        return say("{low} to {high}", low=low, high=high)


def raw(number: Decimal | None, *, sign: bool = False) -> str:
    """A decimal in the unit of measurement, without a separator; empty for what has no meaning."""
    return "" if number is None else f"{number:+f}" if sign and number else f"{number:f}"


def cells(rows: Sequence[Difference], *, raw: bool = False) -> dict[Key, Cells]:
    """What the rows of comparisons read: those of one metric and group have one precision.

    Args:
        rows: with the arms that they are compared with, where those are shown.
        raw: in the units of measurement (seconds, shares), not in those that people read.
    """
    found: dict[Key, Cells] = {}
    of: dict[tuple[str, str], dict[str, Difference]] = {}
    for row in rows:
        of.setdefault((row.metric, row.group), {})[row.arm] = row
    for (metric, group), mine in of.items():
        beside = [name for name in (metric, *_BALANCE) if (name, group) in of] if metric in _BALANCE else [metric]
        scale = 1.0 if raw else text.english_scale(text.metric(metric).unit)
        most = None if raw else _MOST[text.metric(metric).unit]
        digits = max(_digits(of[name, group].values(), scale, most) for name in beside)
        for arm in mine:
            _add(found, mine, arm, scale, digits)
    for group in {group for metric, group in of if metric == _BALANCE[-1]}:
        if all((name, group) in of for name in _BALANCE):
            for arm, row in of[_BALANCE[-1], group].items():
                _balance(found, row, [of[name, group].get(arm) for name in _BALANCE[:-1]])
    return found


_BALANCE: Final = ("saved", "cost", "net_benefit")
"""Metrics of which the first less the second is the third: they have one precision, and add up as they are printed."""


def _balance(found: dict[Key, Cells], net: Difference, parts: Sequence[Difference | None]) -> None:
    """Make a net benefit what is left of what is saved when the cost is taken off, as both are printed."""
    saved, cost = parts
    if saved is None or cost is None:
        return
    place = (net.arm, net.metric, net.group)
    one, gain, price = (found[net.arm, metric, net.group] for metric in (net.metric, saved.metric, cost.metric))
    mean, change = one.mean, one.change
    if gain.mean is not None and price.mean is not None and _adds_up(saved.value, cost.value, net.value):
        mean = gain.mean - price.mean
    if gain.change is not None and price.change is not None and _adds_up(saved.change, cost.change, net.change):
        change = gain.change - price.change
    found[place] = replace(one, mean=mean, change=change)


def _digits(rows: Iterable[Difference], scale: float, most: int | None) -> int:
    """Decimals that the finest interval of a difference supports; below 0 so many zeros."""
    changes = [row.change for row in rows if row.arm != row.against]
    halves = [half for one in changes if (half := _half(one) or abs(one.mean) / _ALONE) > _ZERO]
    halves = halves or [half for row in rows if (half := _half(row.value)) > _ZERO]
    digits = 1 - floor(log10(min(halves) * scale)) if halves else 2
    return min(digits, 6 if most is None else most)


def _half(one: Summary) -> float:
    """Half of an interval; 0 where there is none, or where floating point makes one of the same number each time."""
    half = (one.high - one.low) / 2
    return half if half > _NOISE * abs(one.mean) else 0.0


_NOISE: Final = 1e-9
_ZERO: Final = 1e-12
"""Smaller numbers are what floating point makes of 0."""


def _add(found: dict[Key, Cells], rows: dict[str, Difference], arm: str, scale: float, digits: int) -> Decimal | None:
    """Put the cells of an arm after those of the arm that it is compared with; returns its mean."""
    row = rows[arm]
    place = (arm, row.metric, row.group)
    if place in found:
        return found[place].mean
    read = partial(_rounded, scale=scale, digits=digits)
    mean = read(row.value.mean)
    if row.arm == row.against:
        found[place] = Cells(row.metric, mean, None, None, None)
        return mean
    change = read(row.change.mean)
    other = rows.get(row.against)
    if other is not None and change is not None and _adds_up(row.value, other.value, row.change):
        beside = _add(found, rows, row.against, scale, digits)
        mean = None if beside is None else beside + change
    found[place] = Cells(row.metric, mean, change, read(row.change.low), read(row.change.high))
    return mean


def _adds_up(one: Summary, other: Summary, change: Summary) -> bool:
    """Whether a mean of differences is the difference of the means: not where replications are left out of one."""
    size = max(abs(one.mean), abs(other.mean))
    return isclose(one.mean - other.mean, change.mean, rel_tol=1e-6, abs_tol=1e-9 * size)


def _rounded(value: float, *, scale: float, digits: int) -> Decimal | None:
    if isnan(value):
        return None
    number = Decimal(repr(value * scale)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return number if number else abs(number)  # no -0


def _words(
    metric: str, number: Decimal | None, *, sign: bool = False, unit: bool = False, millions: bool = False,
    points: bool = True,
) -> str:  # fmt: skip
    """A decimal in the reader's units: the same digits in every language."""
    if number is None:
        return "-"
    kind = text.metric(metric).unit
    if kind == "yuan":
        number = number.scaleb(-6 if millions else 0 if language() == "en" else -4)
    shown = f"{number:+,f}" if sign and number else f"{number:,f}"
    if not unit:
        return shown
    if kind == "share":
        return f"{shown} {say('points')}" if points else f"{shown}%"
    word = say("million yuan") if millions else text.unit_word(kind)
    return f"{shown} {word}".rstrip()


def balance(saved: Summary, cost: Summary, net: Summary) -> tuple[Cells, Cells, Cells]:
    """What a change saves, costs and leaves, with one precision: the first less the second is the third as printed."""
    halves = [half for one in (saved, cost, net) if (half := _half(one)) > _ZERO]
    digits = min(1 - floor(log10(min(halves))), 0) if halves else 0
    read = partial(_rounded, scale=1.0, digits=digits)
    gain, price = read(saved.mean), read(cost.mean)
    left = None if gain is None or price is None else gain - price
    return (
        Cells("saved", None, gain, read(saved.low), read(saved.high)),
        Cells("cost", None, price, read(cost.low), read(cost.high)),
        Cells("net_benefit", None, left, read(net.low), read(net.high)),
    )
