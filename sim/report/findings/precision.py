"""Arms and their difference, rounded together.

Rounded apart, 2,814,859 and 2,800,000 read 2,810,000 and 2,800,000 beside a gain of 14,859. Here one interval decides,
that of the difference: two of its own digits are told, and the arm has the same ones; what several arms are compared
with has those of the finest difference. What an arm reads is what it is compared with plus the difference as they are
printed, to its own digits, so a reader who subtracts finds the number beside them, and no difference is told more
exactly than its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from math import floor, isclose, isnan, log10
from typing import Final

from sim.report.findings import text
from sim.study.ask.compare import Difference
from sim.study.infer.stats import Summary
from sim.words.language import language, say

_MOST: Final[dict[text.Unit, int]] = {"yuan": 0, "s": 2, "share": 2, "count": 2}
"""Decimals beyond which nobody reads on, in English units: yuan, minutes, points, counts."""
_LAST: Final[dict[text.Unit, int]] = {**_MOST, "share": 4}
"""The same of a difference that is surely not 0, and would read 0 with fewer."""
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
    """What the rows of comparisons read: each difference with the digits of its interval.

    Args:
        rows: with the arms that they are compared with, where those are shown.
        raw: in the units of measurement (seconds, shares), not in those that people read.
    """
    found: dict[Key, Cells] = {}
    of: dict[tuple[str, str], dict[str, Difference]] = {}
    for row in rows:
        of.setdefault((row.metric, row.group), {})[row.arm] = row
    for group in dict.fromkeys(group for _, group in of):
        digits = {metric: _digits(mine, metric, raw=raw) for (metric, its), mine in of.items() if its == group}
        if all(name in digits for name in _BALANCE):
            *parts, last = _BALANCE
            for name in parts:
                digits[name] = {arm: max(own, digits[last].get(arm, own)) for arm, own in digits[name].items()}
        for metric, its in digits.items():
            scale = 1.0 if raw else text.english_scale(text.metric(metric).unit)
            for arm in of[metric, group]:
                _add(found, of[metric, group], arm, scale, its)
        if all(name in digits for name in _BALANCE):
            saved, cost, net = (of[name, group] for name in _BALANCE)
            references = [arm for arm, row in net.items() if arm == row.against]
            for arm in dict.fromkeys([*references, *net]):
                if arm in saved and arm in cost:
                    _balance(found, saved[arm], cost[arm], net[arm])
    return found


_BALANCE: Final = ("saved", "cost", "net_benefit")
"""Metrics of which the first less the second is the third, as they are printed and to the digits of the third."""


def _balance(found: dict[Key, Cells], saved: Difference, cost: Difference, net: Difference) -> None:
    """Make a net benefit what is left of what is saved when the cost is taken off, as both are printed."""
    gain, price, own = (found[net.arm, row.metric, net.group] for row in (saved, cost, net))
    mean, change, other = own.mean, own.change, found.get((net.against, net.metric, net.group))
    if gain.change is not None and price.change is not None and _adds_up(saved.change, cost.change, net.change):
        change = _agreeing(change, gain.change - price.change)
    if change is not None and other is not None and other.mean is not None:
        mean = _agreeing(mean, other.mean + change)
    elif gain.mean is not None and price.mean is not None and _adds_up(saved.value, cost.value, net.value):
        mean = _agreeing(mean, gain.mean - price.mean)
    found[net.arm, net.metric, net.group] = replace(own, mean=mean, change=change)


def _agreeing(own: Decimal | None, made: Decimal) -> Decimal:
    """A number to its own digits, such that it is what is made of those beside it, as far as its digits go."""
    if own is None:
        return made
    finest = min(_exponent(own), _exponent(made))
    apart = abs(own - made)
    if finest == _exponent(own) == _exponent(made):
        return made
    near = (Decimal(1).scaleb(_exponent(own)) + Decimal(1).scaleb(finest)) / 2
    return own if apart <= near else made.quantize(Decimal(1).scaleb(_exponent(own)))


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _digits(rows: Mapping[str, Difference], metric: str, *, raw: bool) -> dict[str, int]:
    """By arm: decimals that the interval of its difference supports, below 0 so many zeros.

    What others are compared with, and an arm that differs from it in no run, have those of the finest interval.
    """
    unit = text.metric(metric).unit
    scale, most, last = (1.0, 6, 6) if raw else (text.english_scale(unit), _MOST[unit], _LAST[unit])
    changes = {arm: row.change for arm, row in rows.items() if row.arm != row.against}
    own = {
        arm: min(_supported(half * scale), last if _lost(one, scale, most) else most)
        for arm, one in changes.items()
        if (half := _half(one) or abs(one.mean) / _ALONE) > _ZERO
    }
    alone = [_supported(half * scale) for row in rows.values() if (half := _half(row.value)) > _ZERO]
    finest = max(own.values(), default=min(max(alone, default=2), most))
    references = {row.against for row in rows.values()}
    return {arm: finest if arm in references else own.get(arm, finest) for arm in rows}


def _lost(change: Summary, scale: float, most: int) -> bool:
    """Whether a difference that is surely not 0 would read 0."""
    return (change.low > 0 or change.high < 0) and abs(change.mean) * scale < 0.5 * 10.0**-most


def _supported(half: float) -> int:
    """Decimals of two digits of half an interval."""
    return 1 - floor(log10(half))


def _half(one: Summary) -> float:
    """Half of an interval; 0 where there is none, or where floating point makes one of the same number each time."""
    half = (one.high - one.low) / 2
    return half if half > _NOISE * abs(one.mean) else 0.0


_NOISE: Final = 1e-9
_ZERO: Final = 1e-12
"""Smaller numbers are what floating point makes of 0."""


def _add(
    found: dict[Key, Cells], rows: Mapping[str, Difference], arm: str, scale: float, digits: Mapping[str, int]
) -> Decimal | None:
    """Put the cells of an arm after those of the arm that it is compared with; returns its mean."""
    row = rows[arm]
    place = (arm, row.metric, row.group)
    if place in found:
        return found[place].mean
    read = partial(_rounded, scale=scale, digits=digits[arm])
    mean = read(row.value.mean)
    if row.arm == row.against:
        found[place] = Cells(row.metric, mean, None, None, None)
        return mean
    change = read(row.change.mean)
    other = rows.get(row.against)
    if other is not None and change is not None and _adds_up(row.value, other.value, row.change):
        beside = _add(found, rows, row.against, scale, digits)
        mean = None if beside is None else _agreeing(mean, beside + change)
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
        number = number.scaleb(-6 if millions else 0 if language() == "en" else -4) if number else Decimal(0)
    shown = f"{number:+,f}" if sign and number else f"{number:,f}"
    if not unit:
        return shown
    if kind == "share" and not points:
        return f"{shown}%"
    word = say("million yuan") if millions else text.change_word(kind)
    return f"{shown} {word}".rstrip()


def balance(saved: Summary, cost: Summary, net: Summary) -> tuple[Cells, Cells, Cells]:
    """What a change saves, costs and leaves, each to its own digits; the third is what is left as printed."""
    least = _decimals(net)
    read = [partial(_rounded, scale=1.0, digits=max(_decimals(one), least)) for one in (saved, cost)]
    gain, price = read[0](saved.mean), read[1](cost.mean)
    left = _rounded(net.mean, scale=1.0, digits=least)
    if gain is not None and price is not None:
        left = _agreeing(left, gain - price)
    return (
        Cells("saved", None, gain, read[0](saved.low), read[0](saved.high)),
        Cells("cost", None, price, read[1](cost.low), read[1](cost.high)),
        Cells("net_benefit", None, left, *(_rounded(end, scale=1.0, digits=least) for end in (net.low, net.high))),
    )


def _decimals(one: Summary) -> int:
    """Of an amount with an interval; whole yuan at the finest, and where there is none."""
    half = _half(one)
    return min(_supported(half), 0) if half > _ZERO else 0
