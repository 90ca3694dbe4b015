"""What a role sees, field by field: plain JSON whose names the type checker knows.

Times are ms since the scenario's start, amounts fen. Cases and accounts have the numbers that people are shown. A field
that need not be there is left out where the role may not see it, or where there is nothing to say.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from sim.engine.sight import State, Task
from sim.exercise.injects import Missing
from sim.exercise.injects import State as InjectState
from sim.exercise.vocabulary import Channel, May


class TextSeen(TypedDict):
    """One text in both languages."""

    en: str
    zh: str


class TaskSeen(TypedDict):
    """An open decision of a desk that the role decides for."""

    id: str
    desk: str
    case: int
    account: int
    """NONE for the case itself."""
    step: str
    """`route.step`"""
    opened: int
    deadline: int


class DeskSeen(TypedDict):
    """A desk at this moment."""

    name: str
    heads: int | None
    """On duty; None where there are always enough."""
    busy: int
    waiting: int
    """Tasks that wait for people, the undecided among them."""
    undecided: int
    policy: str
    own: bool
    """Whether the role decides for it."""


class CaseSeen(TypedDict):
    """A case that was reported, or that a warning, a lead or an alarm named."""

    case: int
    reported_at: int | None
    alerted_at: int | None
    channel: str
    scam: str
    age: str
    open: bool
    safe: bool
    """The victim pays no more."""
    visits: bool
    """Whether a team can be sent to a victim at all."""
    paid: NotRequired[int]
    caught: NotRequired[int]


class AccountSeen(TypedDict):
    """An account that somebody has named."""

    case: int
    account: int
    bank: str
    layer: int
    place: str
    credited: int
    known_at: int
    state: State
    until: int | None
    task: Task
    desk: str
    step: str
    field: bool
    """Only a field team can reach it."""
    amount: NotRequired[int]
    caught: NotRequired[int]


class FlowSeen(TypedDict):
    """A transfer that the victim or a bank has named."""

    case: int
    source: int
    """0 for the victim."""
    target: int
    """-1 where the money left the banks."""
    at: int
    way: str
    amount: NotRequired[int]


_From = TypedDict("_From", {"from": NotRequired[str]})  # a word that no class can have for a field


class MessageSeen(_From):
    """What the role was told: an inject, or what somebody (`from`) wrote to everybody."""

    id: str
    at: int
    channel: Channel
    text: TextSeen
    state: Literal["told", "open", "wrong", "done", "late"]
    """`told`, or where something is expected `open`, `wrong`: answered, but not as it should be, `done`, or `late`:
    done after its deadline."""
    to_judge: NotRequired[bool]
    """Whether it was answered, and only whoever leads can say whether that is right; left out: no."""
    deadline: NotRequired[int]
    to: NotRequired[str]
    """The role to which it was written; left out: to everybody."""
    to_name: NotRequired[str]
    """Of whom it is for alone; empty: for all of the role."""
    only: NotRequired[list[str]]
    """The seats that see it, where it is for a person, or for those who lead or watch."""
    reply: NotRequired[str]
    """The id of the message that it answers."""


class DecisionSeen(TypedDict):
    """What somebody decided."""

    number: int
    at: int
    name: str
    role: str
    action: str
    desk: str
    policy: str
    heads: int
    note: str
    outcome: str
    case: NotRequired[int]
    account: NotRequired[int]
    to: NotRequired[str]
    """Of a message: as in `MessageSeen`, like the two below."""
    to_name: NotRequired[str]
    only: NotRequired[list[str]]


class ExpectSeen(TypedDict):
    """What a good room does about an inject."""

    action: May | Literal["any"]
    by_hand: bool
    """Whether whoever leads has to judge it."""
    desk: NotRequired[str]
    by: NotRequired[str]


class InjectSeen(TypedDict):
    """An inject, as whoever leads sees it."""

    id: str
    state: InjectState
    due: int | None
    manual: bool
    when: dict[str, Any] | None
    """The condition that may fire it, as the file of the exercise has it."""
    fired_at: int | None
    to: list[str]
    channel: Channel
    text: TextSeen
    note: TextSeen | None
    expect: ExpectSeen | None
    deadline: int | None
    done_at: int | None
    done_by: str | None
    done_late: bool
    wrong_at: int | None
    """Of the last wrong answer, where none was right."""
    wrong_by: str | None
    missing: list[Missing]
    """What it lacked."""
    said: str
    """The words of the last answer."""
    to_judge: NotRequired[str]
    """Who gave it, where only whoever leads can say whether it is right; left out: nobody."""
    ticked: bool | None
    """What whoever leads said of it."""


class SeatSeen(TypedDict):
    """Somebody in the room, as whoever leads sees it."""

    id: str
    role: str
    name: str


class Seen(TypedDict):
    """What a role sees of a scene."""

    decisions: list[TaskSeen]
    """The open ones."""
    desks: list[DeskSeen]
    messages: list[MessageSeen]
    decided: list[DecisionSeen]
    """The latest decisions."""
    may: list[May]
    cases: NotRequired[list[CaseSeen]]
    accounts: NotRequired[list[AccountSeen]]
    flows: NotRequired[list[FlowSeen]]
    injects: NotRequired[list[InjectSeen]]
    """For whoever leads alone."""
    seats: NotRequired[list[SeatSeen]]
    """For whoever leads alone."""


class ClockSeen(TypedDict):
    """The clock of a room, which everybody sees."""

    now: int
    clock: str
    """ISO time"""
    held: bool
    speed: float
    finished: bool


class View(Seen, ClockSeen):
    """What a role sees of a room now."""

    role: str
