"""How a kind of bank answers an order, as planners choose it: by whom, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.report.findings import attended
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


@dataclass(frozen=True)
class Way:
    """How soon a kind of bank answers, and when."""

    half: int
    """ms within which half of its stops are made, from the order reaching somebody."""
    week: attended.Week


def ways_of(scenario: Scenario) -> dict[str, Way]:
    """By kind of bank."""
    return {name: Way(one.half, attended.week_of(one)) for name, one in scenario.bank_profiles.items()}


def known(kind: str) -> bool:
    """Whether the pages have words for a kind of bank."""
    return kind in _HOW


def worded(path: tuple[str, ...], value: str) -> str | None:
    """A value in words, where its field says how a bank answers; None elsewhere."""
    return meaning(value) if marks.own(Scenario, path, "profile") else None


def meaning(kind: str) -> str:
    """``by officers who sit at the centre``.

    Args:
        kind: the name of a bank profile, or `NOBODY`.
    """
    return say(_HOW[kind]) if kind in _HOW else named(kind, "profile")


def within(half: int) -> str:
    """``half of the stops within 3 min``."""
    return say("half of the stops within {time}", time=duration(half))


def soon(way: Way) -> str:
    """``half of the stops within 4 min 30 s, only 08:00-24:00 every day``."""
    return say("{soon}, {when}", soon=within(way.half), when=attended.in_words(way.week))


def chosen(kind: str, way: Way | None) -> str:
    """``by letter: half of the stops within 4 h, only 09:00-17:00 Monday to Friday``, as one chooses it.

    Args:
        kind: as for `meaning`.
        way: of the scenario; None: it answers no order.
    """
    return meaning(kind) if way is None else say("{how}: {what}", how=meaning(kind), what=soon(way))
