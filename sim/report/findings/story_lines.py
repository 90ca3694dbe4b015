"""The lines of a story, and how accounts are called in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.report.findings.case import Account
from sim.words.language import key, listed, say
from sim.words.names import layer

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
    level = layer(account.layer, card=account.card)
    return say("{account} ({layer}, {bank})", account=account.name, layer=level, bank=account.bank)


def account_names(accounts: Sequence[Account]) -> str:
    """``A7, A8 and A9 (layer 2)``; a long list is cut to its first and last."""
    layers = sorted({a.layer for a in accounts})
    if len(accounts) == 1:
        return who(accounts[0])
    called = [a.name for a in accounts]
    of = layer(layers[0], card=all(a.card for a in accounts))
    if len(layers) > 1:
        of = say("layers {first} to {last}", first=layers[0], last=layers[-1])
    if len(called) > _MOST_NAMES:
        many = key("{n} accounts, {first} to {last} ({layers})")
        return say(many, n=len(called), first=called[0], last=called[-1], layers=of)
    return say("{accounts} ({layers})", accounts=listed(called), layers=of)
