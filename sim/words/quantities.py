"""Values of metrics as a planner writes them: plain numbers, or with a unit."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from sim.words.phrases import phrase
from sim.words.units import RefusedError, parse_duration, parse_money

ACCEPTED = phrase("a number, a time such as 35m, an amount such as 50k yuan or a share such as 1%")
YUAN, SECONDS, SHARE = "yuan", "s", "share"


class Quantity(NamedTuple):
    """A number in the unit in which metrics are measured: yuan, seconds, shares, counts."""

    value: float
    unit: str
    """`yuan`, `s` or `share`; empty where none was written."""


def read_quantity(text: str) -> Quantity:
    """Read ``0.01``, ``1%``, ``2m`` or ``50k yuan``.

    Raises:
        RefusedError: it is none of these.
    """
    for parse, scale, unit in ((_finite, 1, ""), (_percent, 100, SHARE), (parse_duration, 1000, SECONDS),
                               (parse_money, 100, YUAN)):  # fmt: skip
        try:
            return Quantity(parse(text) / scale, unit)
        except (RefusedError, ValueError):
            continue
    raise RefusedError(text, ACCEPTED)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError
    return value


def _percent(text: str) -> float:
    if not text.rstrip().endswith("%"):
        raise ValueError
    return _finite(text.rstrip().removesuffix("%"))
