"""What an exercise came to: the result beside what else it could have been, who decided what when, and what that cost.

Times are ms since the scenario's start, amounts fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.response.log import NONE


@dataclass(frozen=True)
class Best:
    """The best of the automatic policies."""

    name: str
    value: int
    """fen recovered"""


@dataclass(frozen=True)
class Score:
    """Points of the whole room, of a team (role) or of one person."""

    kind: Literal["room", "team", "seat"]
    id: str
    """Of the role or the seat; empty for the room."""
    role: str
    name: str
    points: float
    """0 to 100"""
    recovered: float | None
    """Parts of the score, each 0 to 1; None where a part does not apply."""
    injects: float | None
    decisions: float | None


@dataclass(frozen=True)
class Decided:
    """One decision, and what its lateness cost."""

    at: int
    opened: int
    """NONE for a decision that is not about a task."""
    seat: str
    role: str
    name: str
    action: str
    case: int
    account: int
    desk: str
    late: bool
    """The default policy had to decide."""
    waited: int
    minutes_lost: float
    fen_lost: int
    note: str = ""


@dataclass(frozen=True)
class Injected:
    """One inject, what was expected of the room, and what it did."""

    id: str
    fired_at: int | None
    to: tuple[str, ...]
    expected: str
    deadline: int | None
    done_at: int | None
    by: str
    in_time: bool | None


@dataclass(frozen=True)
class Money:
    """The victims' money at one moment."""

    at: int
    loss: int
    held: int
    gone: int


@dataclass(frozen=True)
class Row:
    """One line of the timeline."""

    at: int
    kind: str
    who: str
    what: str
    case: int = NONE
    account: int = NONE
    desk: str = ""
    note: str = ""


@dataclass(frozen=True)
class Review:
    """All of it."""

    opened: int
    ended: int
    loss: int
    result: int
    baseline: int
    best: Best
    ceiling: int
    scores: tuple[Score, ...]
    decisions: tuple[Decided, ...]
    injects: tuple[Injected, ...]
    money: tuple[Money, ...]
    timeline: tuple[Row, ...]
