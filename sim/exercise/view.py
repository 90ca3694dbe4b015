"""What a role sees: plain JSON made of what responders know, and of that only what the role may see.

Cases and accounts have the numbers that people are shown: how the plan numbers them would tell more than anybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.exercise.acts import Decision
from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.models import ALWAYS, Role
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


@dataclass(frozen=True)
class Scene:
    """All that views of one moment are made of."""

    known: Known
    undecided: Sequence[Undecided]
    decisions: Sequence[Decision]
    injects: Sequence[Status]
    banks: frozenset[str]
    """Desks of holders."""
    field: frozenset[str]
    """Holders that only a field team can reach."""
    field_desks: frozenset[str]
    """Desks whose people go out."""
    visits: bool
    """Whether there is a route on which a team goes to a victim."""


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
            if "field" in sees or one.bank not in scene.field
        ]
    if "flows" in sees:
        view["flows"] = [_flow(one, numbers, sees) for one in known.flows]
    return view


def _sees_desk(desk: str, role: Role, sees: frozenset[str], scene: Scene) -> bool:
    if role.has(desk) or "queues" in sees:
        return True
    return ("banks" in sees and desk in scene.banks) or ("field" in sees and desk in scene.field_desks)


def _with_amounts(fields: View, amounts: View, sees: frozenset[str]) -> View:
    return fields | amounts if "amounts" in sees else fields


def _case(one: KnownCase, scene: Scene, sees: frozenset[str]) -> View:
    fields: View = {
        "case": one.number, "reported_at": one.reported_at, "alerted_at": one.alerted_at, "channel": one.channel,
        "scam": one.scam, "age": one.age, "open": one.open, "safe": one.safe,
        "visits": scene.visits,
    }  # fmt: skip
    return _with_amounts(fields, {"paid": one.paid, "caught": one.caught}, sees)


def _account(one: KnownAccount, numbers: Numbers, scene: Scene, sees: frozenset[str]) -> View:
    fields: View = {
        "case": numbers.case[one.case], "account": one.number, "bank": one.bank, "layer": one.layer,
        "place": one.place, "credited": one.credited, "known_at": one.known_at, "state": one.state,
        "until": one.until, "task": one.task, "desk": one.desk, "step": one.step,
        "field": one.bank in scene.field,
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
