"""Automatic players: each decides from its role's view alone, like a trainee who never tires.

Of the exercise they know only which kind of action each inject asks for; about what to do it, the view tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from sim.exercise.acts import Refused
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise, Expect
from sim.exercise.offers import Asked, key_of, offers
from sim.exercise.seen import AccountSeen, TaskSeen, View
from sim.exercise.session import Seat, Session
from sim.words.units import MINUTE, SECOND
from sim.workflow.log import NONE

REACTION = 20 * SECOND
"""ms of simulated time that a player needs between two decisions."""
_CROWD = 3
"""Tasks that wait for each head of a desk before staff is called in."""
_NEAR = 40 * SECOND
"""ms before its deadline at which a decision is taken even where nobody can begin."""
_DUTY = {"en": "Received.", "zh": "收到。"}


@dataclass
class Player:
    """Somebody at a seat. It remembers what it has done, and knows nothing else but the view and what is expected."""

    seat: Seat
    reaction: int = REACTION
    expected: Mapping[str, Expect] = field(default_factory=dict)
    """What each inject asks for, by its id."""
    ready: int = 0
    """ms from which it decides again."""

    def play(self, session: Session) -> None:
        """Decide once, if it is ready and there is anything to decide."""
        view = session.view(self.seat.role)
        if view["now"] < self.ready:
            return
        for wish in wishes(view, self.expected):
            try:
                session.act(self.seat.id, **wish)
            except Refused:
                continue
            self.ready = session.now + self.reaction
            return


def wishes(view: View, expected: Mapping[str, Expect]) -> list[Asked]:
    """What a role might do now, by a view of it, what matters most first: answers to injects, tasks, staff.

    Nothing that a seat's page has no button for.
    """
    offered = {key_of(one) for one in offers(view)}
    return [wish for wish in _wishes(view, expected) if key_of(wish) in offered]


def _wishes(view: View, expected: Mapping[str, Expect]) -> list[Asked]:
    """`wishes`, whether they can be had or not."""
    may = frozenset(view["may"])
    found = [*_answers(view, may, expected)]
    if "take" in may:
        found += [wish for wish in _takes(view) if wish["desk"] in _idle(view)] + _due(view)
    if "call_in" in may and not any(one["action"] == "call_in" for one in view["decided"]):
        found += [
            {"action": "call_in", "desk": desk["name"]}
            for desk in view["desks"]
            if desk["heads"] and desk["waiting"] > _CROWD * desk["heads"]
        ]
    return found


def _answers(view: View, may: frozenset[str], expected: Mapping[str, Expect]) -> Iterator[Asked]:
    """What each message that waits for an answer asks for, the latest first; a word where that is not known."""
    said = [one["at"] for one in view["decided"] if one["action"] == "message"]
    for one in reversed(view["messages"]):
        if one["state"] != "open" or one.get("deadline", view["now"]) < view["now"]:
            continue
        expect = expected.get(one["id"], Expect())
        if expect.by not in (None, view["role"]):
            continue
        if expect.action in ("any", "message") and "message" in may and not expect.desk:
            if not any(at >= one["at"] for at in said):
                yield {"action": "message", "note": _DUTY["en"]}
            continue
        for action in _ANYTHING if expect.action == "any" else (expect.action,):
            if action in may and action in _ANSWERS:
                yield from (wish for wish in _ANSWERS[action](view) if _fits(wish, expect))


def _fits(wish: Asked, expect: Expect) -> bool:
    """Whether a wish is for a desk at which it is expected."""
    return expect.desk is None or fnmatchcase(wish["desk"], expect.desk)


# -- what answers which action ---------------------------------------------------------------------------------


def _takes(view: View) -> list[Asked]:
    """The open decisions, the most urgent first."""
    return [_about("take", one) for one in sorted(view["decisions"], key=lambda one: _urgency(view, one))]


def _idle(view: View) -> set[str]:
    """Desks at which nothing that is decided waits: what is taken there is begun as soon as somebody is free."""
    return {one["name"] for one in view["desks"] if one["waiting"] <= one["undecided"]}


def _due(view: View) -> list[Asked]:
    """The open decisions whose deadline is near, the nearest first: later they count as missed."""
    near = [one for one in view["decisions"] if one["deadline"] - view["now"] <= _NEAR]
    return [_about("take", one) for one in sorted(near, key=lambda one: one["deadline"])]


def _stops(view: View) -> list[Asked]:
    return [_about("stop", one) for one in _urgent(view) if one["state"] not in ("stopped", "frozen")]


def _calls(view: View) -> list[Asked]:
    return [_about("call_bank", one) for one in _urgent(view) if one["task"] in ("undecided", "waiting")]


def _write_offs(view: View) -> list[Asked]:
    """The least urgent first."""
    return [_about("write_off", one) for one in reversed(_urgent(view)) if one["task"] in ("undecided", "waiting")]


def _teams(view: View) -> list[Asked]:
    """To what a team waits for, to cash on its way out, then to victims who may still pay."""
    waiting = [_about("team", one) for one in sorted(view["decisions"], key=lambda one: _urgency(view, one))]
    cash = [_about("team", one) for one in _urgent(view) if not one["task"]]
    people: list[Asked] = [
        {"action": "team", "case": one["case"], "desk": ""} for one in view.get("cases", ()) if not one["safe"]
    ]
    return waiting + cash + people


def _calls_in(view: View) -> list[Asked]:
    """To the desk with the longest queue for its people first."""
    staffed = [desk for desk in view["desks"] if desk["heads"] is not None]
    staffed.sort(key=lambda desk: -desk["waiting"] / max(desk["heads"] or 0, 1))
    return [{"action": "call_in", "desk": desk["name"]} for desk in staffed]


def _policies(view: View) -> list[Asked]:
    """At the desk with the longest queue first: the largest first, or where that is so already, the freshest."""
    return [
        {"action": "policy", "desk": desk["name"], "policy": policy}
        for desk in sorted(view["desks"], key=lambda desk: -desk["waiting"])
        for policy in ("largest_first", "freshest_first")
        if policy != desk["policy"]
    ]


_ANSWERS: Mapping[str, Callable[[View], list[Asked]]] = {
    "take": _takes, "stop": _stops, "call_bank": _calls, "write_off": _write_offs, "team": _teams,
    "call_in": _calls_in, "policy": _policies,
}  # fmt: skip


_ANYTHING = ("policy", "call_bank", "take")
"""What is tried where anything about a desk answers."""


def _about(action: str, one: TaskSeen | AccountSeen) -> Asked:
    """An action on an open decision, or on an account."""
    return {"action": action, "desk": one["desk"], "case": one["case"], "account": one["account"]}


def _urgent(view: View) -> list[AccountSeen]:
    """The accounts that a view shows, the most urgent first."""
    return sorted(view.get("accounts", ()), key=lambda one: _weight(view, one))


def _urgency(view: View, one: TaskSeen) -> tuple[float, int]:
    """Of an open decision; a case that nobody has heard yet comes before every account."""
    for account in view.get("accounts", ()):
        if (account["case"], account["account"]) == (one["case"], one["account"]):
            return _weight(view, account), one["opened"]
    return (-float("inf") if one["account"] == NONE else 0.0), one["opened"]


def _weight(view: View, account: AccountSeen) -> float:
    """The more money came, and the later it came, the sooner (the lower); what is not known counts as nothing."""
    return -account.get("amount", 1) / max(view["now"] - account["credited"], MINUTE)


# -- a whole room ----------------------------------------------------------------------------------------------


def expected_of(exercise: Exercise) -> dict[str, Expect]:
    """What each inject of an exercise asks for, by its id."""
    return {one.id: one.expect for one in exercise.injects if one.expect is not None}


def everybody(exercise: Exercise, reaction: int = REACTION) -> list[Player]:
    """A player for every seat of every role of an exercise.

    Args:
        reaction: ms of simulated time that a player needs between two decisions.
    """
    expected = expected_of(exercise)
    return [
        Player(Seat(f"auto-{role}-{number}", role, f"{role} {number}"), reaction, expected)
        for role, one in exercise.roles.items()
        for number in range(1, one.seats + 1)
    ]


def dry_run(
    loaded: Loaded, *, reaction: int = REACTION, folder: Path | None = None, every: int = 5 * SECOND
) -> Session:
    """Play an exercise to its end with an automatic player at every seat, and fire what only a facilitator fires.

    Args:
        reaction: ms of simulated time that a player needs between two decisions.
        folder: for the journal.
        every: ms of simulated time between two looks of a player.
    """
    exercise = loaded.exercise
    players = everybody(exercise, reaction)
    session = Session.start(loaded, folder, seats=[player.seat for player in players])
    middle = (exercise.starts + exercise.ends) // 2
    while not session.finished:
        session.advance((session.now // every + 1) * every)
        if session.now >= middle:
            for status in [one for one in session.injects if one.inject.manual and one.state == "planned"]:
                session.inject(status.inject.id, "auto")
        for player in players:
            if not session.finished:
                player.play(session)
    session.finish("auto")
    return session
