"""What a role sees: plain JSON made of what responders know, and of that only what the role may see.

Cases and accounts have the numbers that people are shown: how the plan numbers them would tell more than anybody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.engine.seats import Undecided
from sim.engine.sight import DeskState, Known, KnownAccount, KnownCase, KnownFlow
from sim.exercise.acts import Decision
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.expect import Expect
from sim.exercise.injects import Status, answer_to, in_time, to_judge, wrong_answer_to
from sim.exercise.load import Loaded
from sim.exercise.models import Role
from sim.exercise.people import People
from sim.exercise.scene import Scene, Scenes
from sim.exercise.seen import (
    AccountSeen,
    CaseSeen,
    ClockSeen,
    DecisionSeen,
    DeskSeen,
    ExpectSeen,
    FlowSeen,
    InjectSeen,
    MessageSeen,
    Seen,
    TaskSeen,
    TextSeen,
    View,
)
from sim.exercise.talk import EVERYBODY, SAID, Address, audible, seats_of
from sim.exercise.texts import Texts
from sim.exercise.vocabulary import ALWAYS
from sim.workflow.log import NONE

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


def seen_by(name: str, role: Role, scene: Scene) -> Seen:
    """What a role sees of a scene; what it may not see is not there at all.

    Args:
        name: of the role.
    """
    sees, numbers, known = frozenset(role.sees), Numbers.of(scene.known), scene.known
    seen: Seen = {
        "decisions": [_open(one, numbers) for one in scene.undecided if role.has(one.desk) or name in ALWAYS],
        "desks": [_desk(one, role) for one in known.desks if _sees_desk(one.name, role, sees, scene)],
        "messages": _messages(name, scene),
        "decided": [
            _decided(one, sees, scene)
            for one in scene.decisions[-MOST_DECIDED:]
            if (
                audible(one, scene.addresses, name)
                if one.action == "message"
                else "queues" in sees or one.role == name or (one.desk and role.has(one.desk))
            )
        ],
        "may": list(role.may),
    }
    if "cases" in sees:
        seen["cases"] = [_case(one, scene, sees) for one in known.cases]
    if "accounts" in sees:
        seen["accounts"] = [
            _account(one, numbers, scene, sees)
            for one in known.accounts
            if "field" in sees or one.bank not in scene.outside.field
        ]
    if "flows" in sees:
        seen["flows"] = [_flow(one, numbers, sees) for one in known.flows]
    return seen


class Views:
    """The views of a session's roles; the view of a role is kept until something changes, the clock apart."""

    def __init__(self, loaded: Loaded, clock: Clock, book: Book, people: People, scenes: Scenes) -> None:
        self._exercise, self._scenario = loaded.exercise, loaded.scenario
        self._clock = clock
        self._book = book
        self._people = people
        self._scenes = scenes
        self._kept: dict[str, tuple[int, View]] = {}
        """By role: the version, and its view, whose clock has gone on since."""

    def clock(self) -> ClockSeen:
        """The clock alone: what every tick moves, and what costs nothing to tell."""
        clock = self._clock
        when = self._scenario.when(clock.now).isoformat(timespec="seconds")
        return {
            "now": clock.now, "clock": when, "held": clock.held, "speed": clock.speed, "finished": clock.closed,
        }  # fmt: skip

    def of(self, role: str, seat: str = "") -> View:
        """What a role sees now.

        Args:
            seat: of the role, which does not see what was written to another seat alone; empty: all of them.

        Raises:
            KeyError: there is no such role.
        """
        scene, clock, version = self._scenes.now(), self.clock(), self._book.version
        if role not in self._kept or self._kept[role][0] != version:
            made: View = {"role": role, **clock, **seen_by(role, self._exercise.role(role), scene)}
            if role == "facilitator":
                made["injects"] = [_inject(status, scene) for status in scene.injects]
                seats = self._people.seats.values()
                made["seats"] = [{"id": seat.id, "role": seat.role, "name": seat.name} for seat in seats]
            self._kept[role] = (version, made)
        view: View = {**self._kept[role][1], **clock}
        if seat and scene.addresses:
            view["messages"] = [one for one in view["messages"] if seat in one.get("only", (seat,))]
            view["decided"] = [one for one in view["decided"] if seat in one.get("only", (seat,))]
        return view

    def presses(self, role: str, within: int) -> bool:
        """Whether a role would have something to look up for: what a glance at its view tells, without making it.

        A decision of its desks is so near its deadline, or it was asked something after which it has done nothing.

        Args:
            within: ms before the deadline.
        """
        now, scenes = self._clock.now, self._scenes
        decides = self._exercise.role(role).has
        if any(one.deadline - now <= within and decides(one.desk) for one in scenes.undecided()):
            return True
        done = max((one.at for one in scenes.decisions[-MOST_DECIDED:] if one.role == role), default=NONE)
        return any(
            status.state == "fired" and status.inject.expect is not None and done < status.fired_at
            and status.told_to(role) and (status.deadline is None or now <= status.deadline)
            and _state(status, answer_to(status, scenes.decisions)) in ("open", "wrong")
            for status in scenes.injects
        )  # fmt: skip


def _inject(status: Status, scene: Scene) -> InjectSeen:
    inject, answer = status.inject, answer_to(status, scene.decisions)
    fired, wrong, open_ = status.state == "fired", wrong_answer_to(status), to_judge(status)
    seen: InjectSeen = {
        "id": inject.id, "state": status.state, "due": status.due, "manual": inject.manual,
        "when": None if inject.when is None else inject.when.model_dump(mode="json", exclude_none=True),
        "fired_at": status.fired_at if fired else None, "to": list(inject.to), "channel": inject.channel,
        "text": _text(inject.text), "note": None if inject.note is None else _text(inject.note),
        "expect": None if inject.expect is None else _expect(inject.expect),
        "deadline": status.deadline if fired else None,
        "done_at": None if answer is None else answer.at, "done_by": None if answer is None else answer.name,
        "done_late": answer is not None and not in_time(status, answer),
        "wrong_at": None if wrong is None else wrong.at,
        "wrong_by": None if wrong is None else scene.decisions[wrong.number - 1].name,
        "missing": [] if wrong is None else list(wrong.missing),
        "said": "" if not status.attempts else scene.decisions[status.attempts[-1].number - 1].note,
        "ticked": status.ticked,
    }  # fmt: skip
    if open_ is not None:
        seen["to_judge"] = scene.decisions[open_.number - 1].name
    return seen


def _sees_desk(desk: str, role: Role, sees: frozenset[str], scene: Scene) -> bool:
    if role.has(desk) or "queues" in sees:
        return True
    return ("banks" in sees and desk in scene.outside.banks) or ("field" in sees and desk in scene.outside.field_desks)


def _case(one: KnownCase, scene: Scene, sees: frozenset[str]) -> CaseSeen:
    seen: CaseSeen = {
        "case": one.number, "reported_at": one.reported_at, "alerted_at": one.alerted_at, "channel": one.channel,
        "scam": one.scam, "age": one.age, "open": one.open, "safe": one.safe,
        "visits": scene.outside.visits,
    }  # fmt: skip
    if "amounts" in sees:
        seen["paid"], seen["caught"] = one.paid, one.caught
    return seen


def _account(one: KnownAccount, numbers: Numbers, scene: Scene, sees: frozenset[str]) -> AccountSeen:
    seen: AccountSeen = {
        "case": numbers.case[one.case], "account": one.number, "bank": one.bank, "layer": one.layer,
        "place": one.place, "credited": one.credited, "known_at": one.known_at, "state": one.state,
        "until": one.until, "task": one.task, "desk": one.desk, "step": one.step,
        "field": one.bank in scene.outside.field,
    }  # fmt: skip
    if "amounts" in sees:
        seen["amount"], seen["caught"] = one.amount, one.caught
    return seen


def _flow(one: KnownFlow, numbers: Numbers, sees: frozenset[str]) -> FlowSeen:
    def number(account: int) -> int:
        return account if account <= 0 else numbers.account[one.case, account]

    seen: FlowSeen = {
        "case": numbers.case[one.case], "source": number(one.source), "target": number(one.target), "at": one.at,
        "way": one.way,
    }  # fmt: skip
    if "amounts" in sees:
        seen["amount"] = one.amount
    return seen


def _open(one: Undecided, numbers: Numbers) -> TaskSeen:
    account = NONE if one.account == NONE else numbers.account[one.case, one.account]
    return {
        "id": numbers.task(one), "desk": one.desk, "case": numbers.case[one.case], "account": account,
        "step": one.step, "opened": one.opened, "deadline": one.deadline,
    }  # fmt: skip


def _desk(one: DeskState, role: Role) -> DeskSeen:
    return {
        "name": one.name, "heads": one.heads, "busy": one.busy, "waiting": one.waiting,
        "undecided": one.undecided, "policy": one.policy, "own": role.has(one.name),
    }  # fmt: skip


def _decided(one: Decision, sees: frozenset[str], scene: Scene) -> DecisionSeen:
    seen: DecisionSeen = {
        "number": one.number, "at": one.at, "name": one.name, "role": one.role, "action": one.action,
        "desk": one.desk, "policy": one.policy, "heads": one.heads, "note": one.note, "outcome": one.outcome,
    }  # fmt: skip
    if "cases" in sees:
        seen["case"] = one.case
    if "accounts" in sees:
        seen["account"] = one.account
    _address(seen, one, scene.addresses.get(one.number, EVERYBODY))
    return seen


def _address(seen: DecisionSeen | MessageSeen, one: Decision, to: Address) -> None:
    """Say to whom a message goes, where that is not everybody."""
    if to.role:
        seen["to"], seen["to_name"] = to.role, to.name
    if only := seats_of(one, to):
        seen["only"] = only


def _messages(name: str, scene: Scene) -> list[MessageSeen]:
    """What a role was told, in the order in which it was."""
    told: list[MessageSeen] = []
    for status in scene.injects:
        if status.state == "fired" and status.told_to(name):
            inject = status.inject
            message: MessageSeen = {
                "id": inject.id, "at": status.fired_at, "channel": inject.channel, "text": _text(inject.text),
                "state": _state(status, answer_to(status, scene.decisions)),
            }  # fmt: skip
            if status.deadline is not None:
                message["deadline"] = status.deadline
            if to_judge(status) is not None:
                message["to_judge"] = True
            told.append(message)
    told += [
        _written(one, scene.addresses.get(one.number, EVERYBODY))
        for one in scene.decisions
        if one.action == "message" and audible(one, scene.addresses, name)
    ]
    return sorted(told, key=lambda it: it["at"])


def _written(one: Decision, to: Address) -> MessageSeen:
    """What somebody wrote."""
    text: TextSeen = {"en": one.note, "zh": one.note}
    seen: MessageSeen = {
        "id": f"{SAID}{one.number}", "at": one.at, "channel": "message", "text": text, "from": one.name,
        "state": "told",
    }  # fmt: skip
    _address(seen, one, to)
    if to.reply:
        seen["reply"] = to.reply
    return seen


def _text(texts: Texts) -> TextSeen:
    return {"en": texts.en, "zh": texts.zh}


def _expect(expect: Expect) -> ExpectSeen:
    seen: ExpectSeen = {"action": expect.action, "by_hand": expect.by_hand}
    if expect.desk is not None:
        seen["desk"] = expect.desk
    if expect.by is not None:
        seen["by"] = expect.by
    return seen


def _state(status: Status, answer: Decision | None) -> Literal["told", "open", "wrong", "done", "late"]:
    """Of a message, as `MessageSeen` says."""
    if status.inject.expect is None:
        return "told"
    if answer is None:
        return "open" if wrong_answer_to(status) is None else "wrong"
    return "done" if in_time(status, answer) else "late"
