"""Quantities as a planner writes them in a command or a table: plain numbers, or with a unit. Read here alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final, NamedTuple

from sim.words.phrases import phrase
from sim.words.units import RefusedError, parse_duration, parse_money

ACCEPTED = phrase("a number, a time such as 35m, an amount such as 50k yuan or a share such as 1%")
NUMBER, SHARE, SECONDS, YUAN = "", "share", "s", "yuan"
"""What a quantity is written in: nothing, a percentage, a unit of time or of money."""


class Quantity(NamedTuple):
    """A number in the unit in which metrics are measured: yuan, seconds, shares, counts."""

    value: float
    unit: str
    """`YUAN`, `SECONDS` or `SHARE`; `NUMBER` where none was written."""
    whole: float
    """The same as the program holds it: a time in ms, an amount in fen."""


def read_quantity(text: str, *units: str) -> Quantity:
    """Read ``0.01``, ``1%``, ``2m`` or ``50k yuan``.

    Args:
        text: what was written.
        units: those in which it may be, in the order in which they are tried; all where none is named.

    Raises:
        RefusedError: it is written in none of them.
    """
    for unit in units or _READERS:
        read, held = _READERS[unit]
        try:
            whole = read(text)
        except ValueError:
            continue
        return Quantity(whole / held, unit, whole)
    raise RefusedError(text, ACCEPTED)


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError
    return value


def _percent(text: str) -> float:
    if not text.rstrip().endswith("%"):
        raise ValueError
    return _number(text.rstrip().removesuffix("%")) / 100


_READERS: Final[Mapping[str, tuple[Callable[[str], float], int]]] = {
    NUMBER: (_number, 1), SHARE: (_percent, 1), SECONDS: (parse_duration, 1000), YUAN: (parse_money, 100),
}  # fmt: skip
"""By unit: what reads it, and how many of what the program holds make one."""
