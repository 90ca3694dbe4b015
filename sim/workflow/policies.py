"""Queue policies: who is served next.

A policy maps what the responders know of a subject to a number; the smallest is served first, and equal numbers in
the order in which they joined the queue. It gets a `View`, never the plan. The policies of POLICIES are asked once,
when a subject joins; the others (see `ranking`) whenever someone is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class View(NamedTuple):
    """What a policy may look at: knowledge of one subject at one moment.

    Times are ms since the start, -1: not known.
    """

    queued: int
    """when it joined the queue"""
    amount: int
    """fen reported to have arrived on the account (0 for a case)"""
    credited: int
    """when the last credit reported came (the report's time for a case)"""
    layer: int = -1
    """how many transfers the account is from a victim, as first reported (-1 for a case)"""
    bank: int = -1
    """index of the account's bank among the scenario's (-1 for a case)"""
    known_at: int = -1
    """when the account became known (the report's time for a case)"""
    reported_at: int = -1
    """when the case was reported"""
    now: int = 0
    """the moment at which the policy is asked"""


Policy = Callable[[View], float]


def fifo(view: View) -> int:
    """First in, first out."""
    return view.queued


def largest_first(view: View) -> int:
    """The account that received most."""
    return -view.amount


def freshest_first(view: View) -> int:
    """The account credited last: its money is likeliest still there."""
    return -view.credited


POLICIES: Mapping[str, Policy] = {
    "fifo": fifo,
    "largest_first": largest_first,
    "freshest_first": freshest_first,
}
