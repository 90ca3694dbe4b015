"""What a role sees: plain JSON made of what responders know, and of that only what the role may see.

Cases and accounts have the numbers that people are shown: how the plan numbers them would tell more than anybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sim.exercise.acts import Decision
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.load import Loaded
from sim.exercise.models import ALWAYS, Role
from sim.exercise.people import People
from sim.exercise.scene import Scene, Scenes
from sim.response.log import NONE
from sim.response.seats import Undecided
from sim.response.sight import DeskState, Known, KnownAccount, KnownCase, KnownFlow

View = dict[str, Any]
MOST_DECIDED = 100
"""The latest decisions that a view shows."""


@dataclass(frozen=True)
class Numbers:
    """The numbers that people are shown, by the plan's."""

    case: Mapping[int, int]
    account: Mapping[tuple[int, int], int]
    """By (row of the case, number in the plan); 0 is the victim's own."""

    @classmethod
    def of(cls, known: Known) -> Numbers:
        """The numbers of all that is known."""
        return cls(
            {one.case: one.number for one in known.cases},
            {(one.case, one.account): one.number for one in known.accounts},
        )

    def task(self, task: Undecided) -> str:
        """The id of an open decision."""
        account = NONE if task.account == NONE else self.account[task.case, task.account]
        return f"{task.desk}/{self.case[task.case]}/{account}/{task.step}/{task.attempt}"


def seen_by(name: str, role: Role, scene: Scene) -> View:
    """What a role sees of a scene; what it may not see is not there at all.

    Args:
        name: of the role.
    """
    sees, numbers, known = frozenset(role.sees), Numbers.of(scene.known), scene.known
    view: View = {
        "decisions": [_open(one, numbers) for one in scene.undecided if role.has(one.desk) or name in ALWAYS],
        "desks": [_desk(one, role) for one in known.desks if _sees_desk(one.name, role, sees, scene)],
        "messages": [*_messages(name, scene)],
        "decided": [
            _decided(one, sees)
            for one in scene.decisions[-MOST_DECIDED:]
            if "queues" in sees or one.role == name or (one.desk and role.has(one.desk)) or one.action == "message"
        ],
        "may": list(role.may),
    }
    if "cases" in sees:
        view["cases"] = [_case(one, scene, sees) for one in known.cases]
    if "accounts" in sees:
        view["accounts"] = [
            _account(one, numbers, scene, sees)
            for one in known.accounts
            if "field" in sees or one.bank not in scene.outside.field
        ]
    if "flows" in sees:
        view["flows"] = [_flow(one, numbers, sees) for one in known.flows]
    return view


class Views:
    """The views of a session's roles; the view of a role is kept until something changes, the clock apart."""

    def __init__(self, loaded: Loaded, clock: Clock, book: Book, people: People, scenes: Scenes) -> None:
        self._exercise, self._scenario = loaded.exercise, loaded.scenario
        self._clock = clock
        self._book = book
        self._people = people
        self._scenes = scenes
        self._kept: dict[str, tuple[int, View]] = {}
        """By role: the version, and its view."""

    def of(self, role: str) -> View:
        """What a role sees now.

        Raises:
            KeyError: there is no such role.
        """
        scene, clock = self._scenes.now(), self._clock
        if role not in self._kept or self._kept[role][0] != self._book.version:
            seen = {"role": role, **seen_by(role, self._exercise.role(role), scene)}
            if role == "facilitator":
                seen["injects"] = [_inject(status, scene) for status in scene.injects]
                seen["seats"] = [asdict(seat) for seat in self._people.seats.values()]
            self._kept[role] = (self._book.version, seen)
        when = self._scenario.when(clock.now).isoformat(timespec="seconds")
        state = {
            "now": clock.now, "clock": when, "held": clock.held, "speed": clock.speed, "finished": clock.closed,
        }  # fmt: skip
        return self._kept[role][1] | state


def _inject(status: Status, scene: Scene) -> View:
    inject, answer = status.inject, answer_to(status, scene.decisions)
    fired = status.state == "fired"
    return {
        "id": inject.id, "state": status.state, "due": status.due, "manual": inject.manual,
        "when": None if inject.when is None else inject.when.model_dump(mode="json", exclude_none=True),
        "fired_at": status.fired_at if fired else None, "to": list(inject.to), "channel": inject.channel,
        "text": inject.text.model_dump(), "note": None if inject.note is None else inject.note.model_dump(),
        "expect": None if inject.expect is None else inject.expect.model_dump(exclude_none=True),
        "deadline": status.deadline if fired else None,
        "done_at": None if answer is None else answer.at, "done_by": None if answer is None else answer.name,
        "done_late": answer is not None and not in_time(status, answer),
    }  # fmt: skip


def _sees_desk(desk: str, role: Role, sees: frozenset[str], scene: Scene) -> bool:
    if role.has(desk) or "queues" in sees:
        return True
    return ("banks" in sees and desk in scene.outside.banks) or ("field" in sees and desk in scene.outside.field_desks)


def _with_amounts(fields: View, amounts: View, sees: frozenset[str]) -> View:
    return fields | amounts if "amounts" in sees else fields


def _case(one: KnownCase, scene: Scene, sees: frozenset[str]) -> View:
    fields: View = {
        "case": one.number, "reported_at": one.reported_at, "alerted_at": one.alerted_at, "channel": one.channel,
        "scam": one.scam, "age": one.age, "open": one.open, "safe": one.safe,
        "visits": scene.outside.visits,
    }  # fmt: skip
    return _with_amounts(fields, {"paid": one.paid, "caught": one.caught}, sees)


def _account(one: KnownAccount, numbers: Numbers, scene: Scene, sees: frozenset[str]) -> View:
    fields: View = {
        "case": numbers.case[one.case], "account": one.number, "bank": one.bank, "layer": one.layer,
        "place": one.place, "credited": one.credited, "known_at": one.known_at, "state": one.state,
        "until": one.until, "task": one.task, "desk": one.desk, "step": one.step,
        "field": one.bank in scene.outside.field,
    }  # fmt: skip
    return _with_amounts(fields, {"amount": one.amount, "caught": one.caught}, sees)


def _flow(one: KnownFlow, numbers: Numbers, sees: frozenset[str]) -> View:
    def number(account: int) -> int:
        return account if account <= 0 else numbers.account[one.case, account]

    fields: View = {
        "case": numbers.case[one.case], "source": number(one.source), "target": number(one.target), "at": one.at,
        "way": one.way,
    }  # fmt: skip
    return _with_amounts(fields, {"amount": one.amount}, sees)


def _open(one: Undecided, numbers: Numbers) -> View:
    account = NONE if one.account == NONE else numbers.account[one.case, one.account]
    return {
        "id": numbers.task(one), "desk": one.desk, "case": numbers.case[one.case], "account": account,
        "step": one.step, "opened": one.opened, "deadline": one.deadline,
    }  # fmt: skip


def _desk(one: DeskState, role: Role) -> View:
    return {
        "name": one.name, "heads": one.heads, "busy": one.busy, "waiting": one.waiting,
        "undecided": one.undecided, "policy": one.policy, "own": role.has(one.name),
    }  # fmt: skip


def _decided(one: Decision, sees: frozenset[str]) -> View:
    fields: View = {
        "number": one.number, "at": one.at, "name": one.name, "role": one.role, "action": one.action,
        "desk": one.desk, "policy": one.policy, "heads": one.heads, "note": one.note, "outcome": one.outcome,
    }  # fmt: skip
    if "cases" in sees:
        fields["case"] = one.case
    if "accounts" in sees:
        fields["account"] = one.account
    return fields


def _messages(name: str, scene: Scene) -> Iterable[View]:
    """What a role was told, in the order in which it was."""
    told: list[tuple[int, View]] = []
    for status in scene.injects:
        if status.state == "fired" and status.told_to(name):
            inject = status.inject
            message: View = {
                "id": inject.id, "at": status.fired_at, "channel": inject.channel, "text": inject.text.model_dump(),
                "state": _state(status, answer_to(status, scene.decisions)),
            }  # fmt: skip
            told.append(
                (status.fired_at, message if status.deadline is None else message | {"deadline": status.deadline})
            )
    for one in scene.decisions:
        if one.action == "message":
            text = {"en": one.note, "zh": one.note}
            message = {
                "id": f"say-{one.number}", "at": one.at, "channel": "message", "text": text, "from": one.name,
                "state": "told",
            }  # fmt: skip
            told.append((one.at, message))
    return (message for _, message in sorted(told, key=lambda it: it[0]))


def _state(status: Status, answer: Decision | None) -> str:
    """Of a message: `told`, or where something is expected `open`, `done`, or `late`: done after its deadline."""
    if status.inject.expect is None:
        return "told"
    return "open" if answer is None else "done" if in_time(status, answer) else "late"
