"""The lines of a story, and how accounts are called in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.report.case import Account
from sim.report.text import listed

MONEY, PERSON, RESPONSE = range(3)
"""Ranks of lines within an instant."""
_MOST_NAMES = 8
"""A line names at most this many accounts one by one."""


class Line(NamedTuple):
    """One thing that happened."""

    time: int
    rank: int
    """Order within an instant: money, then victim, then responders."""
    number: int
    text: str
    merge: str = ""
    """Lines in a row with the same word here may be said in one."""
    chain: str = ""
    """What led to it, said below it."""


def who(account: Account) -> str:
    """``A7 (layer 2, icbc)``."""
    return f"{account.name} (layer {account.layer}, {account.bank})"


def names(accounts: Sequence[Account]) -> str:
    """``A7, A8 and A9 (layer 2)``; a long list is cut to its first and last."""
    layers = sorted({a.layer for a in accounts})
    if len(accounts) == 1:
        return who(accounts[0])
    called = [a.name for a in accounts]
    of = f"layer {layers[0]}" if len(layers) == 1 else f"layers {layers[0]} to {layers[-1]}"
    if len(called) > _MOST_NAMES:
        return f"{len(called)} accounts, {called[0]} to {called[-1]} ({of})"
    return f"{listed(called)} ({of})"
