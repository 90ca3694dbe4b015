"""How a kind of bank answers an order, as planners choose it: by whom, and how soon."""

from __future__ import annotations

from typing import Final

from sim.scenario import marks
from sim.scenario.made import NOBODY
from sim.scenario.models import Scenario
from sim.words.language import duration, key, named, say

_HOW: Final = {
    "interface": key("by an interface, without people"), "officer": key("by officers who sit at the centre"),
    "remote": key("by a desk at its head office"), "letter": key("by letter"),
    "payment": key("by people at a payment firm"), "acquirer": key("by people at a firm that collects card payments"),
    "wallet": key("by people at a wallet of crypto assets"), NOBODY: key("it does not answer"),
}  # fmt: skip


def known(kind: str) -> bool:
    """Whether the pages have words for a kind of bank."""
    return kind in _HOW


def worded(path: tuple[str, ...], value: str) -> str | None:
    """A value in words, where its field says how a bank answers; None elsewhere."""
    return meaning(value, None) if marks.own(Scenario, path, "profile") else None


def meaning(kind: str, half: int | None) -> str:
    """``by officers who sit at the centre: half of the stops within 3 min``.

    Args:
        kind: the name of a bank profile, or `NOBODY`.
        half: ms within which half of its stops are made, from the order reaching somebody; None: none are.
    """
    how = say(_HOW[kind]) if kind in _HOW else named(kind, "profile")
    return how if half is None else say("{how}: half of the stops within {time}", how=how, time=duration(half))
