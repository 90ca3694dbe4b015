"""Queue policies: who is served next.

A policy maps what the responders know of a subject to a number; the smallest is served first, and equal numbers in
the order in which they joined the queue. It gets a `View`, never the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class View(NamedTuple):
    """What a policy may look at: knowledge of one subject at one moment."""

    queued: int
    """ms at which it joined the queue"""
    amount: int
    """fen reported to have arrived on the account (0 for a case)"""
    credited: int
    """ms of the last credit reported (the report's time for a case)"""


def fifo(view: View) -> int:
    """First in, first out."""
    return view.queued


def largest_first(view: View) -> int:
    """The account that received most."""
    return -view.amount


def freshest_first(view: View) -> int:
    """The account credited last: its money is likeliest still there."""
    return -view.credited


POLICIES: Mapping[str, Callable[[View], int]] = {
    "fifo": fifo,
    "largest_first": largest_first,
    "freshest_first": freshest_first,
}
